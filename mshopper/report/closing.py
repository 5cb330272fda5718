"""The last part of a visit's report: the seal, its QR code, what it proves and how to verify it.

Takes Contents and gives groups of blocks for `pages`. A visit that goes on has no seal, and the page says so.
"""

from collections.abc import Iterator

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor

from mshopper.i18n import _
from mshopper.model.scoresheet import RULES_VERSION
from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Words
from mshopper.report.contents import Contents
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group
from mshopper.report.parts import facts_row, heading
from mshopper.report.style import BODY, INK, MUTED, SMALL, STRONG, WIDTH

_QR = 118.0
_GROUP = 8
"""A hash is printed in groups of so many digits."""


def seal_code(contents: Contents) -> str:
    """What the QR code says: mshopper:seal:<visit>:<revision>:<seal>."""
    header = contents.header
    return f"mshopper:seal:{header.visit_id}:{header.revision}:{header.seal}"


def closing(contents: Contents, fonts: Fonts) -> Iterator[Group]:
    """The seal, or why there is none."""
    header = contents.header
    yield heading(fonts, _("Seal"), "seal")
    if not header.seal:
        said = _("This visit has no seal: it gets one when it is submitted.")
        yield Group([Words.of(fonts, said, BODY.in_(MUTED)), Gap(8), *_facts(contents, fonts)])
        return
    column = _QR + 18
    proves = _(
        "The seal is computed from the visit's answers, comments, photos, times, store, auditor and score. If any of "
        "them is changed after submission, the seal no longer agrees."
    )
    how = _("To verify it: mshopper verify {visit_id}").format(visit_id=header.visit_id)
    signed = _("Signed with the key of the device.") if header.signature else _("Not signed.")
    words: list[Block] = [
        Words.of(fonts, in_groups(header.seal), STRONG),
        Gap(6),
        Words.of(fonts, proves, SMALL.in_(INK)),
        Gap(4),
        Words.of(fonts, signed, SMALL.in_(INK)),
        Words.of(fonts, how, SMALL.in_(INK)),
    ]
    qr = Figure(_qr_code(seal_code(contents)))
    yield Group([Row([Cell(0, _QR, [qr]), Cell(column, WIDTH - column, words)]), Gap(10), *_facts(contents, fonts)])


def _facts(contents: Contents, fonts: Fonts) -> list[Block]:
    header = contents.header
    facts = [
        (_("Visit"), header.visit_id),
        (_("Revision"), str(header.revision)),
        (_("Device"), header.device_id),
        (_("Rules of scoring"), contents.sheet.rules_version if contents.sheet else RULES_VERSION),
        (_("Form hash"), in_groups(header.form_hash)),
        (_("Seal of the revision before"), in_groups(header.parent_seal)),
    ]
    return facts_row(fonts, facts, 2)


def in_groups(digits: str) -> str:
    """A hash in groups that can be read aloud."""
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def _qr_code(words: str) -> Drawing:
    """A QR code with error correction M."""
    code = QrCodeWidget(words, barLevel="M", barWidth=_QR, barHeight=_QR, barBorder=1, barFillColor=HexColor(INK))
    return Drawing(_QR, _QR, code)
