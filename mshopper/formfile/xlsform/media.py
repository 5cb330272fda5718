"""The files that a form shows or plays, against those that lie beside it: what is missing or never shown, row by row."""

from mshopper.formfile.problems import short
from mshopper.formfile.xlsform.choices import media_of
from mshopper.formfile.xlsform.context import Context
from mshopper.formfile.xlsform.table import Row
from mshopper.i18n import _
from mshopper.model.form import Form
from mshopper.model.media import PICTURES


def warn_of_media(form: Form, context: Context) -> None:
    """Warn of pictures that aren't there, and of sounds and films, which aren't played here."""
    for row in {id(row): row for path, row in context.rows.items() if path in form.places}.values():
        _warn_of(row, context)
    for of in context.lists.lists.values():
        for row in of.rows:
            _warn_of(row, context)


def _warn_of(row: Row, context: Context) -> None:
    for kind, text in media_of(row):
        for name in dict.fromkeys(name for _language, name in text.values if name and name != "-"):
            if kind not in PICTURES:
                context.notes.warn(
                    row.place(kind),
                    _("`{file}` is never shown or played here: this app shows pictures only").format(file=short(name)),
                    _("Say in the label what people must know of it."),
                )
            elif "${" not in name and context.beside.find(name) is None:
                context.notes.warn(
                    row.place(kind),
                    _("the picture {file} isn't beside the form, so it can't be shown").format(file=short(name)),
                    _(
                        "Put it beside the form, or into a folder called like it with -media behind, and open the form again."
                    ),
                )
