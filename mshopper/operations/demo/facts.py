"""Answers that aren't a matter of good or bad: times, prices, places, products, and whatever must agree with them.

By question id, or by form and question id where forms differ. A fact gives the answer's value, None to leave it open.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from mshopper.model.answer import Value
from mshopper.operations.demo.situation import Situation

Fact = Callable[[Situation], Value]

NOT_APPLICABLE = "N/A"
"""What a fact gives for "not applicable"; no value of a question that uses it."""

_PRICES = ("9.90", "14.50", "19.90", "24.50", "34.90", "49.00", "59.90", "79.90")


def _one_of(*values: Value) -> Fact:
    return lambda at: at.rng.choice(values)


def _often(value: str, share: float, other: str) -> Fact:
    return lambda at: value if at.rng.random() < share else other


def _between(low: int, high: int) -> Fact:
    return lambda at: at.rng.randint(low, high)


def _on(days: int) -> Fact:
    return lambda at: at.day(days).isoformat()


def _text(at: Situation) -> Value:
    return at.text()


def _mood_word(at: Situation) -> Value:
    return at.samples.emotion(at.mood(), at.rng)


def _position(at: Situation) -> Value:
    if not at.store.latitude:
        return NOT_APPLICABLE
    near = [float(degrees) + at.rng.uniform(-3e-4, 3e-4) for degrees in (at.store.latitude, at.store.longitude)]
    return f"{near[0]:.6f} {near[1]:.6f} 0 {at.rng.randrange(5, 30)}"


def _price(at: Situation) -> Value:
    return Decimal(at.rng.choice(_PRICES))


def _same(question_id: str) -> Fact:
    return lambda at: at.said(question_id)


def _same_or_more(question_id: str, *more: str) -> Fact:
    """The amount of another question; where it goes badly, more than that."""

    def amount(at: Situation) -> Value:
        before = at.said(question_id)
        if not isinstance(before, Decimal):
            return NOT_APPLICABLE
        return before if at.is_good() else before + Decimal(at.rng.choice(more))

    return amount


def _day_said(at: Situation, question_id: str) -> date:
    return date.fromisoformat(str(at.said(question_id)))


def _after(question_id: str, early: tuple[int, int], late: tuple[int, int]) -> Fact:
    """A day so many days after another that was answered: more of them where it goes badly; never after the visit."""

    def day(at: Situation) -> Value:
        days = at.rng.randint(*(early if at.is_good() else late))
        return min(_day_said(at, question_id) + timedelta(days=days), at.appointment.ended.date()).isoformat()

    return day


def _barcode(at: Situation) -> Value:
    """An EAN-13 of the range that shops give out themselves, with its check digit (GS1 General Specifications, 7.9)."""
    digits = "20" + "".join(str(at.rng.randrange(10)) for _digit in range(10))
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-total % 10)


def _staff_present(at: Situation) -> Value:
    planned = at.said("staff_planned")
    assert isinstance(planned, int)
    return planned if at.is_good() else planned - 1


def _empty_slots(at: Situation) -> Value:
    return at.rng.randint(0, 1) if at.is_good() else at.rng.randint(2, 7)


def _ranking(at: Situation) -> Value:
    ids = [choice.id for choice in at.question.choices]
    return tuple(at.rng.sample(ids, len(ids)))


def _emotion_chosen(at: Situation) -> Value:
    by_mood = {1: "disappointment", 2: "annoyance", 3: "indifference", 4: "calm", 5: "joy"}
    return by_mood[at.mood()]


def _feeling_on_scale(at: Situation) -> Value:
    bounds = at.question.scale_bounds
    assert bounds is not None
    return bounds[0] + round(at.feeling() * (bounds[1] - bounds[0]))


def _called_back_after(at: Situation) -> Value:
    promised = at.said("promised_within")
    assert isinstance(promised, Decimal)
    return round(promised * Decimal("0.6" if at.is_good() else "1.3"))


FACTS: Mapping[str, Fact] = {
    # Times and places
    "arrived_at": lambda at: at.at(),
    "called_at": lambda at: at.at(),
    "started_at": lambda at: at.at(),
    "left_at": lambda at: at.before_end(9),
    "ended_at": lambda at: at.before_end(1),
    "position": _position,
    "entered_at": lambda at: at.at(3 * 24 * 60 - 190),
    "paid_on": lambda at: at.at(22),
    "visit_date": _on(0),
    "started_on": _on(0),
    "actions_by": lambda at: at.day(at.rng.randint(3, 15)).isoformat(),
    "booked_for": lambda at: (at.appointment.started + timedelta(minutes=15)).strftime("%H:00"),
    "arrived": lambda at: at.appointment.started.strftime("%H:%M"),
    # In the store
    "customers_inside": _between(2, 14),
    "staff_on_floor": _between(1, 4),
    "staff_role": _often("assistant", 0.8, "department_head"),
    "product": _text,
    "tried": _often("yes", 0.7, "no"),
    "bought": _often("yes", 0.75, "no"),
    "spent": _price,
    "emotion_word": _mood_word,
    "improve": _text,
    # The customer's journey
    "web_price": _price,
    "phone_price": _same("web_price"),
    "store_price": _same_or_more("web_price", "2.00", "3.50"),
    "customer_journey/spent": _same("store_price"),
    "promised_on": _on(7),
    "customer_journey/delivered_on": _after("promised_on", (-1, 0), (1, 2)),
    "support_channel": _one_of("phone", "chat", "email"),
    "touchpoints_ranked": _ranking,
    # Phone
    "topic": _text,
    "attempts": lambda at: 3 if at.said("answered") == "no" else 1 if at.is_good() else 2,
    "has_menu": _often("yes", 0.5, "no"),
    "mystery_call/role": _often("store_staff", 0.7, "operator"),
    "callback_promised": _often("yes", 0.35, "no"),
    "promised_within": _one_of(Decimal(3600), Decimal(7200), Decimal(14400)),
    "called_back_after": _called_back_after,
    "facts": _text,
    # Buying online
    "device": _one_of("phone", "computer"),
    "listed_total": _one_of(Decimal("64.80")),
    "online_purchase/spent": _same_or_more("listed_total", "5.50", "3.00"),
    "hidden_costs_named": _text,
    "online_purchase/remarks": _text,
    "promised_delivery": _on(4),
    "parcel_code": _barcode,
    "online_purchase/delivered_on": _after("promised_delivery", (-1, 0), (1, 3)),
    "sent_back_on": _after("delivered_on", (2, 2), (3, 3)),
    "refund_promise": _one_of(14),
    "refunded_on": _after("sent_back_on", (6, 13), (15, 17)),
    # At the table
    "booked_by": _often("phone", 0.7, "online"),
    "guests": _one_of(2),
    "dish_name": lambda at: at.text(f"dish_name/{at.key.instance}"),
    "server_role": _often("waiter", 0.7, "head_waiter"),
    "menu_total": _one_of(Decimal("43.50"), Decimal("51.00"), Decimal("58.50")),
    "restaurant/spent": _same_or_more("menu_total", "3.00"),
    "restaurant/remarks": _text,
    # At the counter
    "kind": _one_of("utility"),
    "appointment_by": _often("online", 0.6, "none"),
    "people_waiting": _between(0, 9),
    "desks_open": _between(1, 3),
    "branch_service/role": _often("adviser", 0.6, "teller"),
    "request": _text,
    # Standards
    "in_charge": _often("manager", 0.6, "deputy"),
    "sells_food": lambda at: "yes" if at.store.format == "Parco commerciale" else "no",
    "extinguishers_seen": _between(6, 14),
    "ean": _barcode,
    "shelf_price": _price,
    "till_price": _same("shelf_price"),
    "dates_checked": _between(30, 45),
    "slots_checked": _between(50, 70),
    "slots_empty": _empty_slots,
    "staff_planned": _between(5, 9),
    "staff_present": _staff_present,
    "actions": _text,
    "store_standards/remarks": _text,
    # Brand
    "seen_on": _one_of("online_ad", "newsletter", "outdoor"),
    "promise_text": _text,
    "ad_price": _one_of(Decimal("24.90")),
    "brand_coherence/web_price": _same("ad_price"),
    "brand_coherence/store_price": _same("ad_price"),
    "asked_by": _one_of("email", "chat", "form"),
    "channels_ranked": _ranking,
    "widest_gap": _text,
    # Said on the way out
    "consent": _one_of("yes"),
    "exit_interview/bought": _one_of("planned", "planned", "other", "nothing"),
    "reason_not": _one_of(("missing",), ("price",), ("just_looking",), ("queue", "help")),
    "why": _text,
    "exit_interview/emotion": _emotion_chosen,
    "matters": _ranking,
    "change_one": _text,
}

SCALES: Fact = _feeling_on_scale
"""A scale that isn't scored says how the visit felt."""


def fact(at: Situation) -> Fact | None:
    """The fact for the question at hand, where there is one."""
    return FACTS.get(f"{at.form_id}/{at.question_id}") or FACTS.get(at.question_id)
