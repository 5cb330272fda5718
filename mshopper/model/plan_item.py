"""A visit that is to be made, as the head office's plan has it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A visit that is to be made: which store, by which form, by whom, between which dates (ISO, "" is open)."""

    plan_id: str
    store_id: str
    form_id: str
    auditor_id: str = ""
    from_date: str = ""
    to_date: str = ""
