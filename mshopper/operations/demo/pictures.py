"""Which sample photo shows what a question asks for."""

from collections.abc import Mapping, Sequence

from mshopper.operations.demo.situation import Situation

_WINDOWS = ("shop-window-1", "shop-window-2", "shop-window-3")
_SHELVES = ("shelves-1", "shelves-2")
_MESS = ("messy-shelf-1", "messy-shelf-2")
_TAGS = ("price-tag-1", "price-tag-2")
_PARCELS = ("parcel-1", "parcel-2")
_SCREENS = ("screen-1", "screen-2")

_SHOWN: Mapping[str, Sequence[str]] = {
    "receipt_photo": ("receipt-1", "receipt-2"),
    "restaurant/receipt_photo": ("receipt-3",),
    "open_as_posted": ("closed-shutter",),
    "branch_service/open_as_posted": ("counter",),
    "premises_clean": ("counter",),
    "exits_clear": ("fire-exit-2",),
    "exits_open": ("fire-exit-1",),
    "exit_signs": ("fire-exit-3",),
    "extinguishers_faulty": ("extinguisher",),
    "unpriced": ("shelves-1", "shelves-2", "empty-shelf"),
    "offers_valid": _TAGS,
    "till_price": _TAGS,
    "handwritten": _TAGS,
    "window_prices": _TAGS,
    "planogram_followed": ("empty-shelf", *_MESS),
    "display_photo": _SHELVES,
    "fridge_temperature": ("fridge",),
    "expired_found": ("fridge",),
    "table_clean": ("table-2",),
    "food_safety": ("table-1", "table-2"),
    "intact": ("parcel-2",),
    "parcel_intact": ("parcel-2",),
    "product_matches": ("parcel-2",),
    "packaging": ("parcel-1",),
    "pack_claims": _PARCELS,
    "pack_image": _PARCELS,
    "social_replied": ("screen-1",),
    "web_promise": ("screen-1",),
    "web_conditions": ("screen-1",),
    "web_facts": ("screen-1",),
    "social_promise": ("screen-1",),
    "service_promise": ("screen-1",),
    "preticked": ("screen-2",),
    "charged_right": ("screen-2",),
    "promise_photo": ("shop-window-3",),
    "store_photo": _WINDOWS,
    "front_photo": ("shop-window-1", "shop-window-2"),
    "hours_posted": ("shop-window-2",),
    "hours_match": ("shop-window-2",),
    "sign_works": ("shop-window-2",),
    "window_clean": ("shop-window-1", "shop-window-2"),
    "fitting_clean": ("fitting-room",),
    "till_wait": ("queue",),
    "signed": ("signature",),
}
"""Names of sample photos by question id, or by form and question id."""

_DISHES: Mapping[str, Sequence[str]] = {"1": ("table-1",), "2": ("table-2",)}
"""The dishes of which there is a photo, by the order in which they are served."""

_ADDED: Mapping[str, tuple[str, float]] = {
    "window_clean": ("yes", 0.35),
    "fitting_clean": ("no", 1.0),
    "premises_clean": ("yes", 0.6),
    "web_facts": ("", 0.5),
    "packaging": ("", 0.5),
    "window_prices": ("yes", 0.2),
    "exits_open": ("yes", 0.5),
    "till_wait": ("", 0.25),
}
"""Questions that auditors add a photo to unasked: to which answer ("" any), and how often."""


def offered(at: Situation) -> Sequence[str]:
    """The sample photos that suit the question; none where no sample does."""
    if at.question_id == "dish_photo":
        return _DISHES.get(at.key.instance, ())
    return _SHOWN.get(f"{at.form_id}/{at.question_id}") or _SHOWN.get(at.question_id) or _MESS


def wanted(at: Situation, value: str) -> bool:
    """Whether the auditor adds a photo to this answer."""
    answer, share = _ADDED.get(at.question_id, ("", 0.0))
    return answer in ("", value) and at.rng.random() < share
