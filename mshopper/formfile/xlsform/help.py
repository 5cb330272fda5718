"""The sheet `help` of the workbooks that we write: what each column of ours says. Other tools ignore the sheet."""

from mshopper.i18n import _


def help_sheet() -> list[list[str]]:
    """Sheet, column, what it says and an example, one row for each column; a header first."""
    return [[_("sheet"), _("column"), _("what it says"), _("example")], *_survey(), *_choices(), *_settings()]


def _survey() -> list[list[str]]:
    rows = [
        (
            "mshopper::type",
            _(
                "The question's type in mshopper where XLSForm has none: yes_no, rating, nps, csat, ces, duration, money."
            ),
            "nps",
        ),
        (
            "score::points",
            _(
                "Points: of yes, of the top of a scale, of the highest band; or of each answer. Choices have the column score."
            ),
            "5  |  yes=5, no=0",
        ),
        ("score::weight", _("The weight of the question, or of a group at the top level; 1 unless said."), "2"),
        (
            "score::dimension",
            _(
                "The dimensions that the question judges: time, quality, professionalism, efficiency, courtesy, or own ones."
            ),
            "courtesy",
        ),
        (
            "score::bands",
            _("Points by bands of a number: up to 60 gives 10, up to 180 gives 5, above it 0."),
            "60=10, 180=5, else=0",
        ),
        (
            "score::critical",
            _(
                "An answer, several, or a rule, that must not be; a line for each. It fails the visit, unless “=>” says "
                "zero_section, zero_form or cap 50."
            ),
            "no  |  no => zero_section  |  . > 600 => cap 50",
        ),
        (
            "score::evidence",
            _(
                "What an answer must bring: photos, a comment of so many characters; always, or when an answer is given."
            ),
            "photos=1 comment=20 when=no",
        ),
        ("score::na", _("true if “not applicable” may be answered, or the choice that means it."), "true"),
        ("score::bonus", _("yes if the points add to what is earned and not to what is possible."), "yes"),
        ("score::pass_mark", _("The percentage below which a group fails the visit."), "70"),
        ("mshopper::phase", _("The phase of the customer journey of a group: before, during, after."), "during"),
        ("mshopper::touchpoint", _("The touchpoint of a group: website, phone, store, delivery, any name."), "store"),
        (
            "mshopper::repeat_min, mshopper::repeat_max, mshopper::repeat_label",
            _("How often a repeat is filled in, and what one of them is called."),
            "1",
        ),
        ("mshopper::min, mshopper::max", _("The bounds of a number, or of a rating."), "0"),
        ("mshopper::style", _("How a rating looks: stars, faces, numbers."), "stars"),
        ("mshopper::scale", _("The scale of a csat: 5 or faces."), "faces"),
        ("mshopper::variant", _("The variant of a ces: seven_mean, seven_top, five_top."), "five_top"),
        ("mshopper::currency", _("The currency of money: three capital letters."), "EUR"),
        ("mshopper::staff", _("The answer says who of the staff was seen: by name or by role."), "role"),
        (
            "mshopper::unsupported",
            _("The type that a note stands for, where the form asked for something that can't be answered here."),
            "hologram",
        ),
        ("mshopper::checks", _("Checks beside the one in constraint, in JSON."), '[{"that": ". < 9"}]'),
    ]
    return [["survey", *row] for row in rows]


def _choices() -> list[list[str]]:
    return [["choices", "score", _("The points of the choice, in every question that asks for this list."), "5"]]


def _settings() -> list[list[str]]:
    rows = [
        ("score::aggregate", _("How the groups make the visit's score: points (unless said) or mean."), "mean"),
        ("score::unanswered", _("What an unanswered question gives: zero (unless said) or exclude."), "exclude"),
        ("score::cap", _("no if percentages may leave 0-100."), "no"),
        ("score::pass_mark", _("The percentage below which a visit fails."), "80"),
        ("score::grades", _("Letters, each from a percentage up."), "A=90, B=75, C=60, D=0"),
        ("mshopper::dimensions", _("The dimensions, where they aren't the usual five."), "speed kindness"),
        ("mshopper::languages", _("The form's languages, the default first."), "it, en"),
        ("mshopper::title", _("The form's title, a column for each language."), "…"),
        ("mshopper::channel", _("The channel of visits with this form."), "store"),
        ("mshopper::briefing", _("What the auditor should read before starting."), "…"),
        ("mshopper::people", _("How staff may be identified: none (unless said), role, name."), "role"),
    ]
    return [["settings", *row] for row in rows]
