"""Sizes of type and the application's style sheet, made from the colours and the size of text in force."""

from mshopper import paths
from mshopper.ui.colours import Colours

SMALL, BASE, QUESTION, TITLE, SCORE = 12, 13, 15, 20, 28
"""Sizes of type, in logical pixels, at a text scale of 100 %."""

TARGET = 40
"""The least height of what is clicked or touched, in logical pixels; higher where larger text asks for it."""


def target(scale: int = 100) -> int:
    """The height of a button or field at a text scale in percent."""
    return max(TARGET, round(BASE * scale / 100 * 1.35) + 14)


def style_sheet(colours: Colours, scale: int = 100) -> str:
    """The application's style sheet; `@name` in the text stands for the colour of that name."""
    sheet = _sheet(scale, target(scale))
    for name in sorted(Colours._fields, key=len, reverse=True):
        sheet = sheet.replace(f"@{name};", f"{getattr(colours, name)};")
    return sheet


def _picture(name: str) -> str:
    return (paths.resources_folder() / "icons" / f"{name}.svg").as_posix()


def _sheet(scale: int, target: int) -> str:
    def px(size: int) -> int:
        return round(size * scale / 100)

    # A style sheet can't tint a picture: this one's grey stands out from a card of every theme.
    arrow = _picture("chevron-down")
    return f"""
QWidget {{ outline: none; }}
QMainWindow, QScrollArea, QWidget[role="page"] {{ background: @window; }}
QScrollArea {{ border: none; }}
QLabel {{ background: transparent; color: @text; }}
QLabel[role="muted"] {{ color: @muted; }}
QLabel[role="small"] {{ color: @muted; font-size: {px(SMALL)}px; }}
QLabel[role="title"] {{ font-size: {px(TITLE)}px; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {px(QUESTION)}px; font-weight: 600; }}
QLabel[role="question"] {{ font-size: {px(QUESTION)}px; }}
QLabel[role="score"] {{ font-size: {px(SCORE)}px; font-weight: 600; }}
QLabel[role="number"] {{ color: @muted; font-size: {px(QUESTION)}px; }}
QLabel[role="clock"] {{ font-size: {px(TITLE)}px; font-weight: 600; }}
QLabel[role="good"] {{ color: @good; }}
QLabel[role="warn"] {{ color: @warn; }}
QLabel[role="bad"] {{ color: @bad; }}
QFrame[role="card"] {{ background: @card; border: 1px solid @line; border-radius: 8px; }}
QFrame[role="card"][current="true"] {{ border: 1px solid @accent; }}
QFrame[role="card"][target="true"] {{ border: 2px dashed @accent; }}
QFrame[role="overlay"] {{ background: @card; border: 2px solid @control_line; border-radius: 8px; }}
QFrame[role="overlay"] QScrollArea, QFrame[role="overlay"] QWidget[role="page"] {{ background: @card; }}
QFrame[role="bar"] {{ background: @card; border: none; border-bottom: 1px solid @line; }}
QFrame[role="side"] {{ background: @card; border: none; border-right: 1px solid @line; }}
QFrame[role="foot"] {{ background: @card; border: none; border-top: 1px solid @line; }}
QFrame[role="notice"] {{ background: @raised; border: none; border-left: 4px solid @accent; }}
QFrame[role="notice"][kind="bad"] {{ border-left: 4px solid @bad; }}
QFrame[role="notice"][kind="warn"] {{ border-left: 4px solid @warn; }}
QFrame[role="notice"][kind="good"] {{ border-left: 4px solid @good; }}
QFrame[role="rule"] {{ background: @line; border: none; max-height: 1px; min-height: 1px; }}

QPushButton, QToolButton {{
  background: @card; color: @text; border: 1px solid @control_line; border-radius: 8px;
  padding: 0 16px; min-height: {target - 2}px; }}
QToolButton {{ padding: 0 8px; }}
QPushButton:hover, QToolButton:hover {{ background: @raised; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid @accent; padding: 0 15px; min-height: {target - 4}px; }}
QToolButton:focus {{ padding: 0 7px; }}
QPushButton:pressed, QToolButton:pressed {{ background: @accent_soft; }}
QPushButton:disabled, QToolButton:disabled {{ color: @muted; border: 1px solid @line; background: transparent; }}
QPushButton[kind="primary"] {{ background: @accent; color: @on_accent; border: 1px solid @accent; font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid @text; }}
QPushButton[kind="primary"]:disabled {{ background: transparent; color: @muted; border: 1px solid @line; }}
QPushButton[kind="option"] {{ min-width: 32px; text-align: center; }}
QPushButton[kind="option"]:checked, QToolButton[kind="option"]:checked {{
  background: @accent; color: @on_accent; border: 1px solid @accent; }}
QPushButton[kind="option"]:checked:focus {{ border: 2px solid @text; }}
QPushButton[kind="option"]:checked:disabled {{ background: @accent_soft; color: @text; border: 1px solid @line; }}
QPushButton[kind="star"] {{ border: 1px solid transparent; background: transparent; padding: 0 4px; min-width: 32px; }}
QPushButton[kind="star"]:focus {{ border: 2px solid @accent; padding: 0 3px; }}
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{ border: 1px solid transparent; background: transparent; }}
QPushButton[kind="quiet"] {{ color: @muted; padding: 0 8px; min-width: 24px; }}
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ border: 2px solid @accent; }}
QPushButton[kind="quiet"]:focus {{ padding: 0 7px; }}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: @raised; color: @text; }}
QPushButton[kind="quiet"]:checked {{ background: @accent_soft; color: @text; }}
QPushButton[kind="link"] {{ border: 1px solid transparent; background: transparent; color: @accent; text-align: left;
  padding: 0 8px; }}
QPushButton[kind="link"]:hover {{ background: @raised; }}
QPushButton[kind="link"]:focus {{ border: 2px solid @accent; padding: 0 7px; }}
QPushButton[kind="danger"] {{ color: @bad; border: 1px solid @bad; }}
QToolButton[kind="place"] {{ border: 1px solid transparent; background: transparent; color: @muted; padding: 0 12px;
  font-size: {px(BASE + 1)}px; }}
QToolButton[kind="place"]:hover {{ background: @raised; color: @text; }}
QToolButton[kind="place"]:checked {{ color: @accent; background: @accent_soft; }}
QToolButton[kind="place"]:focus {{ border: 2px solid @accent; padding: 0 11px; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}

QLineEdit, QPlainTextEdit, QComboBox, QDateEdit {{
  background: @card; color: @text; border: 1px solid @control_line; border-radius: 8px; padding: 0 10px;
  selection-background-color: @accent; selection-color: @on_accent; }}
QLineEdit, QComboBox, QDateEdit {{ min-height: {target - 2}px; }}
QPlainTextEdit {{ padding: 6px; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateEdit:focus {{ border: 2px solid @accent; }}
QLineEdit:focus, QComboBox:focus, QDateEdit:focus {{ padding: 0 9px; min-height: {target - 4}px; }}
QPlainTextEdit:focus {{ padding: 5px; }}
QLineEdit[wrong="true"] {{ border: 2px solid @bad; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: @muted; border: 1px solid @line; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus {{ border: none; min-height: 0; padding: 0; background: transparent; }}
QLineEdit QToolButton, QLineEdit QToolButton:hover {{ border: none; min-height: 0; padding: 0; background: transparent; }}
QComboBox::drop-down, QDateEdit::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow, QDateEdit::down-arrow {{ image: url("{arrow}"); width: {px(16)}px; height: {px(16)}px; }}
QComboBox QAbstractItemView {{ background: @card; border: 1px solid @control_line; padding: 4px;
  selection-background-color: @accent_soft; selection-color: @text; }}
QComboBox QAbstractItemView::item {{ min-height: {target}px; }}

QPushButton[kind="tab"] {{ border: 1px solid transparent; background: transparent; color: @muted; padding: 0 6px;
  font-size: {px(SMALL)}px; }}
QPushButton[kind="tab"]:hover {{ background: @raised; color: @text; }}
QPushButton[kind="tab"]:checked {{ background: @accent_soft; color: @accent; font-weight: 600; }}
QPushButton[kind="tab"]:focus {{ border: 2px solid @accent; padding: 0 5px; }}
QFrame[role="card"] QScrollArea {{ background: @card; }}
QTableView[role="lines"] {{ background: @card; color: @text; border: none;
  selection-background-color: @accent_soft; selection-color: @text; }}
QTableView[role="lines"]::item {{ padding: 0 6px; border-bottom: 1px solid @line; }}
QTableView[role="lines"] QHeaderView, QTableView[role="lines"] QHeaderView::section {{
  background: @card; color: @muted; font-size: {px(SMALL)}px; border: none; }}
QTableView[role="lines"] QHeaderView::section {{ padding: 0 6px; border-bottom: 1px solid @control_line; }}
QSplitter::handle {{ background: transparent; }}

QListView, QListWidget {{ background: transparent; border: none; color: @text; }}
QListWidget[role="choose"] {{ background: @card; border: 1px solid @control_line; border-radius: 8px; }}
QListWidget[role="choose"]:focus {{ border: 2px solid @accent; }}
QListWidget::item {{ padding: 4px 8px; min-height: {target - 8}px; border-radius: 6px; color: @text; }}
QListWidget::item:hover {{ background: @raised; }}
QListWidget::item:selected {{ background: @accent_soft; color: @text; }}
QListWidget::item:disabled {{ color: @muted; }}

QCheckBox {{ min-height: {target}px; spacing: 8px; }}
QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid @control_line; border-radius: 4px; background: @card; }}
QCheckBox::indicator:focus {{ border: 2px solid @accent; width: 14px; height: 14px; }}
QCheckBox::indicator:checked {{ border: 5px solid @accent; width: 8px; height: 8px; }}
QListWidget::indicator {{ width: 16px; height: 16px; border: 1px solid @control_line; border-radius: 4px; background: @card; }}
QListWidget::indicator:checked {{ border: 5px solid @accent; width: 8px; height: 8px; }}
QSlider {{ min-height: {target}px; }}
QSlider::groove:horizontal {{ height: 6px; background: @raised; border: 1px solid @control_line; border-radius: 4px; }}
QSlider::sub-page:horizontal {{ background: @accent; border: 1px solid @accent; border-radius: 4px; }}
QSlider::handle:horizontal {{ width: 22px; height: 22px; margin: -9px 0; border: 1px solid @control_line;
  border-radius: 12px; background: @card; }}
QSlider::handle:horizontal:hover {{ background: @raised; }}
QSlider::handle:horizontal:focus {{ border: 2px solid @accent; }}

QProgressBar {{ background: @raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: @accent; border-radius: 3px; }}
QMenu {{ background: @card; color: @text; border: 1px solid @control_line; padding: 4px; }}
QMenu::item {{ padding: 9px 32px 9px 16px; border-radius: 6px; }}
QMenu::item:selected {{ background: @accent_soft; }}
QMenu::item:disabled {{ color: @muted; }}
QMenu::separator {{ height: 1px; background: @line; margin: 4px 8px; }}
QToolTip {{ background: @card; color: @text; border: 1px solid @control_line; padding: 4px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar::handle:vertical {{ background: @control_line; border-radius: 4px; min-height: 32px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: @control_line; border-radius: 4px; min-width: 32px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QCalendarWidget QToolButton {{ border: none; }}
"""
