"""Qt's own words (buttons of its dialogs, its context menus) and the numbers of its widgets, in the language shown."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from mshopper.i18n import current_language


def speak_qt() -> None:
    """Have Qt speak as the app does. English, and a language that Qt has no catalogue for, leave it in English."""
    app = QCoreApplication.instance()
    assert app is not None
    language = current_language()
    QLocale.setDefault(QLocale(language))
    for translator in app.findChildren(QTranslator):
        app.removeTranslator(translator)
        translator.deleteLater()
    if language != "en":
        translator = QTranslator(app)
        if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(translator)


def own_name(language: str) -> str:
    """A language by its own name: Italiano."""
    if language == "en":
        return "English"  # Qt says American English
    name = QLocale(language).nativeLanguageName() or language
    return name[:1].upper() + name[1:]
