"""Names of staff: where they stand in a visit, and that none is left where pseudonyms take their place."""

from hypothesis import given
from hypothesis import strategies as st

from mshopper.i18n import use_language
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form import Choice, Form, Question, Section, Text
from mshopper.model.people import folded, names_in, pseudonym, pseudonymised, staff_names
from mshopper.model.record import FLAG_PSEUDONYMS, PhotoInfo, Store, VisitHeader, VisitRecord

KEY = b"k" * 32
WHO, SELLER, NOTES = (AnswerKey(f"s/{name}") for name in ("who", "seller", "notes"))
SELLERS = (Choice("p1", Text.of({"it": "Carla Neri", "en": "Carla Black"})), Choice("none", Text.of("Nobody")))
FORM = Form(
    "f",
    "1",
    people="name",
    sections=(
        Section(
            "s",
            items=(
                Question("who", "text", staff="name"),
                Question("seller", "choice", choices=SELLERS, staff="name"),
                Question("notes", "text"),
            ),
        ),
    ),
)


def record(**answers: Answer) -> VisitRecord:
    """A visit by the form with a photo, whose caption says who is on it."""
    header = VisitHeader("v", 1, "submitted", "f", "1", "h", Store("S"), "", "", "d", reason="Anna wasn't there")
    photo = PhotoInfo("p", WHO, "", "", 1, 1, caption="ANNA ROSSI alla cassa")
    return VisitRecord(header, FORM, {AnswerKey(f"s/{name}"): said for name, said in answers.items()}, photos=(photo,))


def test_names_are_replaced_wherever_they_stand() -> None:
    """In the answer, comments, captions and the reason, without regard to case and accents; a choice by its words."""
    hidden = pseudonymised(
        record(
            who=Answer("Anna Rossi", comment="La signora Rossi è stata gentile"),
            seller=Answer("p1"),
            notes=Answer("Carla e anna parlavano; la rossìna no"),
        ),
        KEY,
    )
    anna, carla = pseudonym("anna  ROSSI", KEY), pseudonym("Carla Neri", KEY)
    assert anna != carla != pseudonym("Carla Neri", b"other")
    assert hidden.answers[WHO] == Answer(anna, comment=f"La signora {anna} è stata gentile")
    assert hidden.answers[SELLER].value == carla
    assert hidden.answers[NOTES].value == f"{carla} e {anna} parlavano; la rossìna no"
    assert hidden.photos[0].caption == f"{anna} alla cassa"
    assert hidden.header.reason == f"{anna} wasn't there"
    assert hidden.header.flags == (FLAG_PSEUDONYMS,)


def test_a_visit_without_names_is_as_it_was() -> None:
    """N/A, a blank and an answer that isn't about staff name nobody."""
    plain = record(who=Answer("Anna", na=True), notes=Answer("Anna"))
    assert staff_names(FORM, plain.answers) == ()
    assert pseudonymised(plain, KEY) is plain


def test_a_comment_that_holds_a_name_is_found_by_its_words() -> None:
    """A first name, a surname, in any case; not a word that only begins like one, nor a title."""
    names = ["Niccolò Dell'Acqua", "Sig. Bo"]
    assert names_in("ho parlato con NICCOLO", names) == ("Niccolò Dell'Acqua",)
    assert names_in("dell'acqua frizzante", names) == ("Niccolò Dell'Acqua",)
    assert names_in("il sig. alla cassa, niccolini", names) == ()


def test_a_pseudonym_speaks_the_language_of_the_report() -> None:
    """“Addetto …” in Italian, “Staff …” in English, with the same letters."""
    english = pseudonym("Anna", KEY)
    use_language("it")
    italian = pseudonym("Anna", KEY)
    assert (english.split()[0], italian.split()[0]) == ("Staff", "Addetto")
    assert english.split()[1] == italian.split()[1]


NAMES = st.text(st.sampled_from("abàCDe "), min_size=3, max_size=12).filter(
    lambda name: any(len(word) > 2 for word in folded(name).split())
)


@given(NAMES, NAMES, st.text(st.sampled_from("abàCDe ,.'-"), max_size=40))
def test_no_telling_word_of_a_name_is_left(first: str, second: str, around: str) -> None:
    """Whatever stands around it, and whoever else is named."""
    said = record(who=Answer(first), notes=Answer(f"{around} {second} {first.upper()} {around}"))
    hidden = pseudonymised(said, KEY)
    assert names_in(str(hidden.answers[NOTES].value), staff_names(FORM, said.answers)) == ()
