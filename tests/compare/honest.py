"""Visits as honest auditors make them, as rows of the four tables: good and bad shops, nothing made up.

Answers hang together by the shop's quality and the day's, as they do in life; that is what flags must not take for a trick.
"""

import datetime as dt
import random
from typing import Any

from mshopper.compare.source import Source, open_rows
from mshopper.exchange.schema import TABLES
from mshopper.model.record import Store

SCHEMA = {table.name: {column.name: column.type for column in table.columns} for table in TABLES}
Row = dict[str, str]
Rows = dict[str, list[Row]]

_SAID = (
    "la cassa era aperta e il personale ha salutato subito poi ci ha accompagnati al banco dove mancava un prezzo "
    "sul ripiano in basso mentre la luce vicino ai camerini era spenta e nessuno sapeva quando sarebbe tornata"
)
_BEGIN = dt.datetime(2026, 1, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def visit(number: int, **cells: str) -> Row:
    """A line of head-office.csv, made on day `number` by one of six auditors in one of forty stores."""
    start = _BEGIN + dt.timedelta(days=number // 6, hours=2 * (number % 6))
    end = start + dt.timedelta(minutes=float(cells.get("minutes", "30")))
    return {
        "visit_id": f"v{number:06}",
        "revision": "1",
        "form_id": "f",
        "form_version": "1",
        "form_hash": "h",
        "store_id": f"s{number % 40}",
        "store_name": f"Store {number % 40}",
        "region": f"R{number % 4}",
        "auditor_id": f"a{number % 6}",
        "auditor": f"Auditor {number % 6}",
        "channel": "store",
        "started_at": start.isoformat(timespec="milliseconds"),
        "ended_at": end.isoformat(timespec="milliseconds"),
        "submitted_at": end.isoformat(timespec="milliseconds"),
        "minutes": "30.0",
        "percent": "80.00",
        "status": "submitted",
        **cells,
    }


def answer(visit_id: str, question: str, kind: str, value: str, **cells: str) -> Row:
    """A line of head-office-answers.csv."""
    return {
        "visit_id": visit_id,
        "revision": "1",
        "question_id": question,
        "instance": "",
        "label": question.title(),
        "type": kind,
        "value": value,
        "na": "false",
        **cells,
    }


def photo(visit_id: str, question: str, digest: str, picture: str, **cells: str) -> Row:
    """A line of head-office-photos.csv; `digest` names the file, `picture` is its perceptual hash."""
    return {
        "visit_id": visit_id,
        "revision": "1",
        "question_id": question,
        "instance": "",
        "sha256": digest,
        "original_sha256": f"o{digest}",
        "perceptual_hash": picture,
        **cells,
    }


def honest_rows(count: int, seed: int = 0) -> Rows:
    """Rows of `count` visits of one form with 34 questions."""
    chance = random.Random(seed)
    shops = [chance.gauss(0.75, 0.12) for _shop in range(40)]
    rows: Rows = {"visits": [], "scores": [], "answers": [], "photos": []}
    for number in range(count):
        quality = min(0.98, max(0.1, shops[number % 40] + chance.gauss(0, 0.1)))
        _visit(rows, number, quality, chance)
    return rows


def _visit(rows: Rows, number: int, quality: float, chance: random.Random) -> None:
    name, earned, possible = f"v{number:06}", 0, 0
    na_share = chance.betavariate(1, 25)
    for place in range(22):
        reversed_one = place % 9 == 8  # "Is anything broken?": yes is bad
        good = chance.random() < min(0.99, quality + 0.02 * (place % 7))
        na, value = chance.random() < na_share, "yes" if good != reversed_one else "no"
        points = {} if na else {"earned": "5" if good else "0", "possible": "5"}
        earned, possible = earned + 5 * (good and not na), possible + 5 * (not na)
        comment = _comment(chance) if not good and chance.random() < 0.6 else ""
        cells = {"na": "true", "value": ""} if na else {"value": value}
        rows["answers"].append(answer(name, f"q{place}", "yes_no", **cells, comment=comment, **points))
    for place in range(8):
        stars = min(5, max(1, round(1 + 4 * quality + chance.gauss(0, 0.8))))
        earned, possible = earned + stars - 1, possible + 4
        rows["answers"].append(answer(name, f"r{place}", "rating", str(stars), earned=str(stars - 1), possible="4"))
    nps = min(10, max(0, round(10 * quality + chance.gauss(0.5, 1.3))))
    rows["answers"].append(answer(name, "nps", "nps", str(nps)))
    rows["answers"].append(answer(name, "csat", "csat", str(min(5, max(1, round(nps / 2)))), variant="5"))
    rows["answers"].append(answer(name, "queue", "duration", str(int(chance.expovariate(1 / 120)))))
    rows["answers"].append(answer(name, "remarks", "text", _comment(chance)))
    percent, minutes = f"{100 * earned / possible:.2f}", f"{chance.lognormvariate(3.3, 0.3):.1f}"
    line = visit(number, percent=percent, minutes=minutes, earned=str(earned), possible=str(possible))
    rows["visits"].append(line)
    for kind in ("time", "quality", "courtesy"):
        part = max(0.0, min(100.0, 100 * quality + chance.gauss(0, 8)))
        rows["scores"].append(
            {
                "visit_id": name,
                "revision": "1",
                "kind": "dimension",
                "id": kind,
                "title": kind.title(),
                "percent": f"{part:.2f}",
                "earned": f"{part / 10:.2f}",
                "possible": "10",
            }
        )
    taken = dt.datetime.fromisoformat(line["started_at"]) + dt.timedelta(minutes=float(minutes) / 2)
    for place in range(2):
        rows["photos"].append(
            photo(
                name,
                f"q{place}",
                f"{name}-{place}",
                f"{chance.getrandbits(64):016x}",
                taken_at=taken.isoformat(timespec="seconds")[:19],
            )
        )


def _comment(chance: random.Random) -> str:
    words = _SAID.split()
    return " ".join(chance.choice(words) for _word in range(chance.randint(4, 25))).capitalize() + "."


def opened(rows: Rows, **cells: Any) -> Source:
    """The rows open for questions; close it."""
    return open_rows(rows, SCHEMA, **cells)


def stores(*places: tuple[str, str, str]) -> list[Store]:
    """Stores by (id, latitude, longitude)."""
    return [Store(store, store, latitude=latitude, longitude=longitude) for store, latitude, longitude in places]
