"""A visit as the store would hand it over: a form in two languages, answers, photos, and their score sheet."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

from PIL import Image, ImageDraw

from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import (
    Band,
    Choice,
    Condition,
    Critical,
    Form,
    Grade,
    Question,
    Repeat,
    ScoringPolicy,
    Section,
    Text,
)
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.model.scoring import score
from mshopper.model.visit import Visit

VISIT_ID = "0192f3a4-7b1c-7d2e-9a55-3c1f0e7b8d42"


def text(it: str, en: str) -> Text:
    """Words in the two languages of the sample."""
    return Text.of({"it": it, "en": en})


def yes_no(name: str, it: str, en: str, dimension: str, points: int = 5, **more: object) -> Question:
    """A scored yes-or-no question."""
    return Question(name, "yes_no", text(it, en), dimensions=(dimension,), points=Fraction(points), **more)  # type: ignore[arg-type]


def _sections() -> tuple[Section, ...]:
    website = Section(
        "website",
        text("Sito e telefono", "Website and phone"),
        phase="before",
        touchpoint="website",
        items=(
            yes_no(
                "found",
                "Il negozio si trova cercandolo online?",
                "Is the store found when searched online?",
                "efficiency",
            ),
            yes_no("hours", "Gli orari online sono corretti?", "Are the hours online correct?", "quality"),
            Question(
                "phone_wait",
                "duration",
                text("Attesa al telefono (obiettivo: 20 secondi)", "Wait on the phone (target: 20 seconds)"),
                dimensions=("time",),
                bands=(Band(Fraction(10), Fraction(20)), Band(Fraction(5), Fraction(60)), Band(Fraction(0))),
            ),
            yes_no(
                "phone_polite", "Chi risponde si presenta?", "Does the person answering say who they are?", "courtesy"
            ),
            yes_no(
                "chat", "La chat risponde entro 5 minuti?", "Does the chat answer within 5 minutes?", "time", na=True
            ),
        ),
    )
    welcome = Section(
        "welcome",
        text("Accoglienza", "Welcome"),
        phase="during",
        touchpoint="store",
        weight=Fraction(2),
        pass_mark=Fraction(70),
        items=(
            yes_no(
                "greeted",
                "Si riceve un saluto entro 30 secondi dall'ingresso?",
                "Is there a greeting within 30 seconds of entering?",
                "courtesy",
                critical=(Critical(Condition(("no",)), "cap", Fraction(70)),),
            ),
            yes_no(
                "smile",
                "Il saluto è accompagnato da uno sguardo?",
                "Does the greeting come with a look?",
                "courtesy",
                3,
            ),
            yes_no("clean", "Pavimento ed espositori sono puliti?", "Are floor and displays clean?", "quality"),
            yes_no("badge", "Il personale porta il cartellino?", "Do staff wear their badge?", "professionalism", 2),
            Question(
                "mood",
                "rating",
                text("Atmosfera del negozio", "Atmosphere of the store"),
                dimensions=("quality",),
                points=Fraction(10),
                weight=Fraction(3, 2),
            ),
            Question("people", "integer", text("Clienti presenti", "Customers present")),
        ),
    )
    advice = Section(
        "advice",
        text("Consulenza", "Advice"),
        phase="during",
        touchpoint="store",
        weight=Fraction(3),
        pass_mark=Fraction(60),
        items=tuple(
            yes_no(f"advice_{n}", it, en, dimension, points)
            for n, (it, en, dimension, points) in enumerate(
                (
                    (
                        "Vengono fatte domande per capire il bisogno?",
                        "Are questions asked to understand the need?",
                        "professionalism",
                        6,
                    ),
                    (
                        "Chi assiste lascia finire di parlare?",
                        "Does the assistant let the customer finish?",
                        "courtesy",
                        4,
                    ),
                    (
                        "La risposta tecnica è corretta e completa?",
                        "Is the technical answer right and complete?",
                        "professionalism",
                        8,
                    ),
                    ("Vengono mostrate almeno due alternative?", "Are at least two alternatives shown?", "quality", 5),
                    (
                        "Viene spiegato un vantaggio legato all'uso?",
                        "Is a benefit explained in terms of use?",
                        "professionalism",
                        5,
                    ),
                    ("Il prodotto è disponibile subito?", "Is the product available at once?", "efficiency", 4),
                    (
                        "Viene proposto un articolo complementare?",
                        "Is a complementary item suggested?",
                        "professionalism",
                        3,
                    ),
                    ("Si evita di insistere dopo un no?", "Is the customer left alone after a no?", "courtesy", 4),
                    ("Il camerino è pulito e in ordine?", "Is the fitting room clean and tidy?", "quality", 4),
                    (
                        "Durante la prova qualcuno chiede come va?",
                        "While trying, does somebody ask how it goes?",
                        "courtesy",
                        5,
                    ),
                ),
                1,
            )
        ),
    )
    tills = Section(
        "tills",
        text("Casse", "Tills"),
        phase="during",
        touchpoint="store",
        weight=Fraction(2),
        repeat=Repeat(1, 5, text("Cassa", "Till")),
        items=(
            Question(
                "queue",
                "duration",
                text("Attesa in coda", "Time in the queue"),
                dimensions=("time",),
                bands=(Band(Fraction(6), Fraction(180)), Band(Fraction(3), Fraction(300)), Band(Fraction(0))),
            ),
            yes_no("till_hello", "Alla cassa si riceve un saluto?", "Is there a greeting at the till?", "courtesy", 3),
            yes_no("receipt", "Lo scontrino viene consegnato?", "Is the receipt handed over?", "professionalism", 5),
            Question(
                "cashier",
                "choice",
                text("Chi sta alla cassa", "Who is at the till"),
                choices=(
                    Choice("assistant", text("Addetto", "Assistant")),
                    Choice("manager", text("Responsabile", "Manager")),
                ),
            ),
        ),
    )
    after = Section(
        "after",
        text("Dopo la visita", "After the visit"),
        phase="after",
        touchpoint="email",
        items=(
            yes_no("followup", "Arriva l'e-mail di conferma?", "Does the confirmation e-mail arrive?", "efficiency"),
            Question(
                "reply",
                "duration",
                text("Tempo di risposta al reclamo", "Time to answer the complaint"),
                dimensions=("time",),
                bands=(Band(Fraction(8), Fraction(86400)), Band(Fraction(0))),
            ),
            Question("nps", "nps", text("Consiglierebbe il negozio?", "Would you recommend the store?")),
            Question("csat", "csat", text("Soddisfazione complessiva", "Overall satisfaction"), scale="5"),
            Question("best", "text", text("Il momento migliore", "The best moment")),
            Question("worst", "text", text("La prima cosa da migliorare", "The first thing to improve")),
            Question("front", "photo", text("Foto della facciata", "Photo of the shop front")),
            Question("note", "note", text("Grazie: il modulo finisce qui.", "Thank you: the form ends here.")),
        ),
    )
    delivery = Section(
        "delivery",
        text("Consegna", "Delivery"),
        phase="after",
        touchpoint="delivery",
        when="${followup} = 'no'",
        items=(
            yes_no(
                "on_time", "Il pacco arriva il giorno promesso?", "Does the parcel arrive on the promised day?", "time"
            ),
            yes_no("intact", "L'imballo è integro?", "Is the parcel intact?", "quality"),
            yes_no("courier", "Il corriere avvisa prima?", "Does the courier call ahead?", "courtesy"),
        ),
    )
    return (website, welcome, advice, tills, after, delivery)


def sample_form() -> Form:
    """The sample's form."""
    policy = ScoringPolicy(
        pass_mark=Fraction(75),
        grades=tuple(Grade(g, Fraction(p)) for g, p in (("A", 90), ("B", 75), ("C", 60), ("D", 0))),
    )
    return Form(
        "store_visit",
        "2026.1",
        text("Visita in negozio", "Store visit"),
        ("it", "en"),
        scoring=policy,
        sections=_sections(),
    )


LONG = (
    "Il commesso era al telefono e non ha salutato; dopo circa due minuti è arrivata una collega che si è scusata "
    "e ha chiesto «come posso aiutarla?». Prezzi <b>non</b> esposti & vetrina in disordine."
)

_SAID: Mapping[str, tuple[Value, str]] = {
    # question: (value, comment)
    "website/found": ("yes", ""),
    "website/hours": ("yes", ""),
    "website/phone_wait": (Decimal(34), "Tre squilli a vuoto, poi musica d'attesa."),
    "website/phone_polite": ("yes", ""),
    "website/chat": (None, ""),
    "welcome/greeted": ("no", LONG),
    "welcome/smile": ("no", ""),
    "welcome/clean": ("yes", ""),
    "welcome/badge": ("yes", ""),
    "welcome/mood": (4, "Luce calda, musica bassa. 😀 Un cartello in cinese: 你好，欢迎光临！"),
    "welcome/people": (7, ""),
    **{f"advice/advice_{n}": ("yes", "") for n in range(1, 11)},
    "advice/advice_3": ("no", "Ha detto che il tessuto è impermeabile: sull'etichetta c'è scritto il contrario."),
    "advice/advice_6": ("no", ""),
    "after/followup": ("yes", ""),
    "after/reply": (Decimal(90000), ""),
    "after/nps": (9, ""),
    "after/csat": (4, ""),
    "after/best": ("La collega che ha risolto tutto in due minuti — Żółć, Ελλάδα, 北京", ""),
    "after/worst": ("Il saluto all'ingresso.", ""),
    "after/front": (None, ""),
}
_TILLS: Mapping[str, Mapping[str, Value]] = {
    "1": {"queue": Decimal(65), "till_hello": "yes", "receipt": "yes", "cashier": "assistant"},
    "2": {"queue": Decimal(412), "till_hello": "no", "receipt": "yes", "cashier": "manager"},
}


def jpeg(n: int, width: int = 800, height: int = 600) -> bytes:
    """A photo that differs from the others."""
    image = Image.new("RGB", (width, height), (90 + n * 37 % 130, 110 + n * 53 % 100, 120 + n * 29 % 110))
    draw = ImageDraw.Draw(image)
    for step in range(9):
        x = (n * 97 + step * 173) % width
        draw.rectangle((x, height * step // 12, x + width // 5, height), fill=(60 + step * 20, 80 + n * 11 % 150, 90))
    draw.ellipse((width // 3, height // 4, width // 3 * 2, height // 4 * 3), fill=(235, 225, 200))
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def sample_photos(count: int, form: Form) -> tuple[tuple[PhotoInfo, ...], dict[str, bytes]]:
    """So many photos, spread over a few questions, every third upright; and their bytes by id."""
    spots = [AnswerKey(path) for path in ("welcome/greeted", "welcome/clean", "advice/advice_9", "after/front")]
    spots.append(AnswerKey("tills/queue", "2"))
    infos, data = [], {}
    for n in range(count):
        size = (600, 800) if n % 3 == 2 else (800, 600)
        content = jpeg(n, *size)
        digest = hashlib.sha256(content).hexdigest()
        caption = ("", "Vetrina lato strada", "Coda alla cassa 2: <otto> persone & un solo addetto")[n % 3]
        key = spots[n % len(spots)]
        infos.append(
            PhotoInfo(
                f"p{n}", key, digest, digest, *size, taken_at=f"2026-11-12T10:{n % 60:02d}:00+01:00", caption=caption
            )
        )
        data[f"p{n}"] = content
    return tuple(infos), data


def sample_record(photos: int = 12) -> tuple[VisitRecord, dict[str, bytes]]:
    """A submitted visit with a critical answer, two tills, a delivery that didn't apply, and photos; their bytes by id."""
    form = sample_form()
    infos, data = sample_photos(photos, form)
    ids: dict[AnswerKey, list[str]] = {}
    for info in infos:
        ids.setdefault(info.key, []).append(info.id)
    answers = {}
    for path, (value, comment) in _SAID.items():
        key = AnswerKey(path)
        answers[key] = Answer(value, path == "website/chat", comment, tuple(ids.get(key, ())))
    for instance, said in _TILLS.items():
        for name, value in said.items():
            key = AnswerKey(f"tills/{name}", instance)
            answers[key] = Answer(value, photos=tuple(ids.get(key, ())))
    counts = {AnswerKey("tills"): 2}
    now = dt.datetime.fromisoformat("2026-11-12T11:20:00+01:00")
    visit = Visit(form, now=lambda: now, visit_id=VISIT_ID, answers=answers, counts=counts)
    hidden = frozenset(key for key in visit.keys() if not visit.is_relevant(key))
    header = VisitHeader(
        visit_id=VISIT_ID,
        revision=1,
        state="submitted",
        form_id=form.id,
        form_version=form.version,
        form_hash=hashlib.sha256(b"form").hexdigest(),
        store=Store("MI-014", "Milano Duomo", "Nord-Ovest", "flagship", "Corso Vittorio Emanuele II 12, 20122 Milano"),
        auditor_id="A-0012",
        auditor="Giulia Bianchi",
        device_id="7f6c1d52-90a1-4c55-8e0b-2b1d0c9e4f10",
        language="it",
        channel="store",
        started_at="2026-11-12T10:05:00+01:00",
        ended_at="2026-11-12T10:52:30+01:00",
        submitted_at="2026-11-12T11:20:00+01:00",
        seal=hashlib.sha256(b"seal").hexdigest(),
        signature="sig",
    )
    return VisitRecord(header, form, answers, counts, infos, {}, hidden, score(form, visit)), data
