"""Statements on this laptop: signed and kept when they are made, published and taken when it syncs.

Decisions and steps of corrective actions go this way. Publishing is safe to repeat: a statement is named by its content, and
one that the folder lost goes again, unless its visit was erased.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mshopper.operations.identity import is_signature, sign, this_device
from mshopper.operations.workspace import Workspace
from mshopper.store.statements import StatementRow

if TYPE_CHECKING:
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.statement import Statement
    from mshopper.model.corrective import ActionStep
    from mshopper.model.review import Decision


@dataclass(frozen=True, slots=True)
class TakenStatements:
    """What came in: the visits that were judged, how many steps of actions; `problems` are sentences on what was left."""

    visits: frozenset[str] = frozenset()
    steps: int = 0
    problems: tuple[str, ...] = ()


def keep_statement(
    workspace: Workspace, kind: str, content: Mapping[str, Any], *, subject: str, visit_id: str, store_id: str = ""
) -> str:
    """Sign and keep a statement; gives its hash. Raises ReadOnlyStoreError."""
    from mshopper.exchange.reviews import KINDS
    from mshopper.exchange.statement import signed_statement

    workspace.require_writable()
    device = this_device(workspace)
    statement = signed_statement(
        KINDS[kind],
        _writable(content),
        device_id=device.device_id,
        public_key=device.public_key,
        sign=lambda message: sign(device, message),
        created=workspace.now(),
    )
    _keep(workspace, statement, subject=subject, visit_id=visit_id, store_id=store_id, own=True)
    return statement.hash


def _writable(content: Any) -> Any:
    """Text that UTF-8 can hold: half a character that somebody pasted becomes "?"."""
    if isinstance(content, str):
        return content.encode("utf-8", "replace").decode("utf-8")
    if isinstance(content, Mapping):
        return {key: _writable(value) for key, value in content.items()}
    return [_writable(one) for one in content] if isinstance(content, list) else content


def _keep(
    workspace: Workspace, statement: "Statement", *, subject: str, visit_id: str, store_id: str, own: bool
) -> bool:
    row = StatementRow(
        statement.hash,
        statement.kind.name,
        statement.device_id,
        subject,
        visit_id,
        store_id,
        own,
        "" if own else workspace.now(),
        json.dumps(dict(statement.document)),
    )
    return workspace.store.statements.add(row, at=workspace.now())


def read_rows(rows: Iterable[StatementRow]) -> "list[Decision | ActionStep]":
    """What kept statements say."""
    from mshopper.exchange.reviews import KINDS, said_by

    found = [said_by(_statement(row)) for row in rows if row.kind in KINDS]
    return [one for one in found if one is not None]


def _statement(row: StatementRow) -> "Statement":
    from mshopper.exchange.reviews import KINDS
    from mshopper.exchange.statement import kept_statement

    return kept_statement(KINDS[row.kind], row.document, row.hash)


def publish_statements(
    workspace: Workspace, head_office: "HeadOffice", deliver: Callable[[], None] = lambda: None
) -> int:
    """Publish this laptop's statements that the folder lacks; how many went. Raises HeadOfficeError.

    They count as published once `deliver` has brought them there.
    """
    from mshopper.exchange.reviews import publish_statements as publish
    from mshopper.exchange.reviews import put_photo, scan_reviews
    from mshopper.exchange.tombstone import erased_visits
    from mshopper.model.corrective import ActionStep

    own = workspace.store.statements.own()
    if not own:
        return 0
    there = {(place.device_id, place.name, place.kind) for place in scan_reviews(head_office)[0]}
    lacking = [row for row in own if (row.device_id, row.hash[:16], row.kind) not in there]
    erased = erased_visits(head_office, verify=is_signature) if lacking else frozenset()
    going = [row for row in lacking if row.visit_id not in erased]
    for device_id in {row.device_id for row in going}:
        device = workspace.store.devices.get(device_id)
        if device is not None:
            head_office.register(device_id, device.public_key)
    for row in going:
        for said in read_rows([row]):
            jpeg = workspace.store.statements.photo(said.photo) if isinstance(said, ActionStep) and said.photo else None
            if jpeg:
                put_photo(head_office, row.device_id, said.photo, jpeg)  # type: ignore[union-attr]
    sent = publish(head_office, [_statement(row) for row in going])
    hashes = [row.hash for row in own]
    workspace.store.statements.hand_over(hashes, at=workspace.now())
    deliver()
    workspace.store.statements.publish(hashes, head_office.identity())
    return sent


def coming_statements(workspace: Workspace, head_office: "HeadOffice") -> int:
    """How many statements of others are there to be taken. Raises HeadOfficeError."""
    from mshopper.exchange.reviews import scan_reviews

    known = workspace.store.statements.known()
    return sum((place.device_id, place.name, place.kind) not in known for place in scan_reviews(head_office)[0])


def take_statements(workspace: Workspace, head_office: "HeadOffice") -> TakenStatements:
    """Take what others said of visits. Raises HeadOfficeError, ReadOnlyStoreError."""
    from mshopper.exchange.reviews import read_photo, read_review, said_by, scan_reviews
    from mshopper.exchange.segment import SegmentProblem
    from mshopper.model.corrective import ActionStep

    places, strange = scan_reviews(head_office)
    problems = [problem.sentence for problem in strange]
    known, keys = workspace.store.statements.known(), head_office.keys()
    erased = workspace.store.erasure.erased()
    visits: set[str] = set()
    steps = 0
    for place in places:
        if (place.device_id, place.name, place.kind) in known:
            continue
        found = read_review(head_office, place, keys=keys, verify=is_signature)
        if isinstance(found, SegmentProblem):
            problems.append(found.sentence)
            continue
        said = said_by(found)
        if isinstance(said, ActionStep):
            subject, store_id = said.action_id, said.store_id
        else:
            assert said is not None
            subject, store_id = said.visit_id, ""
        if said.visit_id in erased and erased[said.visit_id].is_whole:
            continue
        if not _keep(workspace, found, subject=subject, visit_id=said.visit_id, store_id=store_id, own=False):
            continue
        if isinstance(said, ActionStep):
            steps += 1
            is_here = said.photo and workspace.store.visits.header(said.visit_id) is not None
            if is_here and (jpeg := read_photo(head_office, said.device_id, said.photo)):
                workspace.store.statements.add_photo(said.photo, jpeg)
        else:
            visits.add(said.visit_id)
    return TakenStatements(frozenset(visits), steps, tuple(problems))
