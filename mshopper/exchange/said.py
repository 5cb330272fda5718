"""What was said of visits, in a merge: the statements that count, what they decide, and their tables.

Statements that were verified before and whose files are as they were aren't read again. Those on erased visits don't count,
and those on visits that haven't arrived wait for them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mshopper.errors import HeadOfficeError
from mshopper.exchange.csvfile import table_bytes
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.index import KnownStatement, MergeIndex
from mshopper.exchange.reviews import KINDS, ReviewPlace, read_review, said_by, scan_reviews
from mshopper.exchange.reviews import Said as OneSaid
from mshopper.exchange.schema import ACTIONS, REVIEWS, Row, TableFile
from mshopper.exchange.segment import Keys, SegmentProblem, Verify
from mshopper.exchange.statement import kept_statement
from mshopper.model.chain import Chain
from mshopper.model.corrective import Action, ActionStep, actions_of
from mshopper.model.review import Decision, reviews_of, status_after


@dataclass(frozen=True)
class Said:
    """Decisions and steps of corrective actions, by the id of their statement ("device/file")."""

    by_id: Mapping[str, OneSaid]

    @property
    def ids(self) -> frozenset[str]:
        """The statements."""
        return frozenset(self.by_id)

    def without(self, erased: frozenset[str]) -> "Said":
        """What was said of other visits."""
        return Said({name: one for name, one in self.by_id.items() if one.visit_id not in erased})

    @cached_property
    def reviews(self) -> Mapping[str, Chain[Decision]]:
        """The decisions on each visit in their order, by visit."""
        return reviews_of(one for one in self.by_id.values() if isinstance(one, Decision))

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """The corrective actions by id."""
        return actions_of(one for one in self.by_id.values() if isinstance(one, ActionStep))

    def decided(self) -> dict[tuple[str, str], str]:
        """The status that was decided, by visit and seal."""
        return {
            (visit_id, seal): status
            for visit_id, chain in self.reviews.items()
            for seal in {one.seal for one in chain.standing}
            if (status := status_after(chain.standing, seal))
        }

    def disagreements(self) -> tuple[str, ...]:
        """Visits on which two decisions follow the same one, and nobody has said yet which is right."""
        return tuple(visit_id for visit_id, chain in self.reviews.items() if chain.conflicts)


def arrived_reviews(
    head_office: HeadOffice, index: MergeIndex, keys: Keys, verify: Verify | None
) -> tuple[Said, list[SegmentProblem]]:
    """What has arrived, and what is wrong with the rest. Raises HeadOfficeError."""
    places, problems = scan_reviews(head_office)
    before = {one.id: one for one in index.statements()}
    said: dict[str, OneSaid] = {}
    new: list[KnownStatement] = []
    for place in places:
        trusted_with = f"{_key(keys, place.device_id)} {verify is not None}"
        known = before.get(place.id)
        if known is None or (known.stamp, known.key) != (place.stamp, trusted_with):
            known = _read(head_office, place, trusted_with, keys, verify, problems)
            if known is None:
                continue
            new.append(known)
        one = said_by(kept_statement(KINDS[known.kind], known.document, known.hash))
        assert one is not None, "only what says something is remembered"
        said[place.id] = one
    gone = before.keys() - said.keys()
    if new or gone:
        index.set_statements(new, gone)
    return Said(said), problems


def _key(keys: Keys, device: str) -> str:
    try:
        return keys(device) or ""
    except HeadOfficeError:
        return "unreadable"


def _read(
    head_office: HeadOffice,
    place: ReviewPlace,
    trusted_with: str,
    keys: Keys,
    verify: Verify | None,
    problems: list[SegmentProblem],
) -> KnownStatement | None:
    found = read_review(head_office, place, keys=keys, verify=verify)
    if isinstance(found, SegmentProblem):
        problems.append(found)
        return None
    document = json.dumps(dict(found.document), ensure_ascii=True)
    return KnownStatement(place.id, place.kind, place.stamp, trusted_with, found.hash, document)


def write_reviews(target: Path, said: Said, index: MergeIndex) -> dict[str, TableFile]:
    """Write the tables of decisions and of corrective actions on the visits that are shown. Raises OSError."""
    about = {*said.reviews, *(action.first.visit_id for action in said.actions.values())}
    shown = index.shown_among(about)
    rows = {REVIEWS: list(_review_rows(said, shown)), ACTIONS: list(_action_rows(said, shown))}
    files = {}
    for table, found in rows.items():
        data, files[table.name] = table_bytes(table.column_names, found)
        (target / table.file).write_bytes(data)
    return files


def _review_rows(said: Said, shown: frozenset[str]) -> Iterator[Row]:
    for visit_id, chain in said.reviews.items():
        if visit_id in shown:
            for number, decision in enumerate(chain.standing, start=1):
                yield _review_row(decision, "stands", str(number))
            for standing, decisions in (("other", chain.others), ("waiting", chain.waiting)):
                for decision in decisions:
                    yield _review_row(decision, standing, "")


def _review_row(decision: Decision, standing: str, number: str) -> Row:
    return {
        "visit_id": decision.visit_id,
        "revision": str(decision.revision),
        "number": number,
        "standing": standing,
        "decision": decision.kind,
        "reason": decision.reason,
        "reviewer_id": decision.reviewer_id,
        "reviewer": decision.reviewer,
        "disputed_by": decision.disputed_by,
        "outcome": decision.outcome,
        "percent": decision.percent,
        "percent_after": decision.percent_after,
        "decided_at": decision.created,
        "seal": decision.seal,
        "decision_hash": decision.hash,
        "previous": decision.previous,
        "device_id": decision.device_id,
    }


def _action_rows(said: Said, shown: frozenset[str]) -> Iterator[Row]:
    for action_id, action in said.actions.items():
        first, last, done = action.first, action.last, action.done
        if first.visit_id not in shown:
            continue
        yield {
            "visit_id": first.visit_id,
            "revision": str(first.revision),
            "action_id": action_id,
            "store_id": first.store_id,
            "store_name": first.store_name,
            "form_id": first.form_id,
            "question_id": first.question_id,
            "instance": first.instance,
            "label": first.label,
            "finding": first.finding,
            "wanted": action.wanted,
            "owner": last.owner,
            "due": last.due,
            "state": "done" if action.is_done else "open",
            "reopened": str(action.reopened),
            "done": done.note if done else "",
            "photo": done.photo if done else "",
            "opened_at": first.created,
            "changed_at": last.created,
            "reporter": last.reporter,
            "device_id": done.device_id if done and action.is_done else last.device_id,
        }
