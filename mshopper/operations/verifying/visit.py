"""The checks of one sealed visit, from all that is known of it: the store's and an exported file's visits go through here.

Nothing is taken for granted but the scoring rules of this version: answers and photos against the journal, the score against
form and answers, everything against the seal, the seal against the signature.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mshopper.model import seal as seals
from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form_document import form_hash
from mshopper.model.journal import ERASED, NAME_ERASED, HiddenLine, JournalLine, first_broken
from mshopper.model.record import PhotoInfo, VisitRecord
from mshopper.model.rules import FormRules
from mshopper.model.scoresheet import RULES_VERSION
from mshopper.model.sealed import SealedVisit
from mshopper.model.verification import Check, agrees, all_differ, differs, unchecked
from mshopper.operations.identity import is_signature
from mshopper.operations.verifying.rescored import rescored


def visit_checks(visit: SealedVisit, rules: FormRules | None = None, form_digest: str = "") -> list[Check]:
    """All checks of a sealed visit but those of the journal's chain, of who the device is, and of its neighbours.

    `rules` are the compiled rules of its form and `form_digest` the form's hash, where they are at hand.
    """
    if not visit.record.header.seal:
        return [unchecked("seal", "no_seal")]
    sealing = visit.sealing
    before = [line for line in visit.lines if sealing is None or line.seq < sealing.seq]
    erased = {line.data.get("what", "all") for line in visit.lines if line.event == ERASED}
    is_erased = "all" in erased
    is_seal_whole = not is_erased and all(line.event != NAME_ERASED for line in visit.lines)
    checks = [
        *_sealing(visit, sealing),
        *_answers(visit, before, is_erased),
        *_photos(visit, before, bool(erased)),
        *_form(visit.record, form_digest or form_hash(visit.record.form)),
        *_score(visit.record, rules, is_erased),
    ]
    return [*checks, *_seal(visit, checks, not is_seal_whole)]


def chain_check(chain: Sequence[JournalLine | HiddenLine], visit: SealedVisit) -> Check:
    """Whether the lines hold together and end with that which seals the visit: the seal names the line before it."""
    broken = first_broken(chain, seq=chain[0].seq, previous=chain[0].previous) if chain else None
    if broken is not None:
        return differs("journal", "chain_broken", line=broken)
    strange = any(line.visit_id != visit.record.header.visit_id for line in visit.lines)
    if strange or not chain or chain[-1] != visit.sealing:
        return differs("journal", "sealing_missing")
    hidden = sum(isinstance(line, HiddenLine) for line in chain)
    return agrees("journal", "chain_of_visit", n=len(chain) - hidden, hidden=hidden)


def _sealing(visit: SealedVisit, sealing: JournalLine | None) -> Iterator[Check]:
    """The journal's own word of the seal and of what state followed."""
    header = visit.record.header
    if sealing is None:
        yield differs("journal", "sealing_missing")
        return
    said = (sealing.data.get("seal"), sealing.data.get("signature"), sealing.at)
    if said != (header.seal, header.signature, header.submitted_at):
        yield differs("journal", "sealing_other")
    else:
        yield agrees("journal", "sealing_agrees", line=sealing.seq)
    state = sealing.event
    for line in visit.lines:
        if line.seq > sealing.seq and line.revision == header.revision and line.event == "state_changed":
            state = line.data.get("to", "")
    if state != header.state:
        yield differs("state", "state_changed", said=state, kept=header.state)


def _answers(visit: SealedVisit, before: list[JournalLine], is_erased: bool) -> list[Check]:
    """Each answer and number of instances, as the journal last had it."""
    record = visit.record
    journaled = _journaled(before, record.header.revision, lambda line: line.data if line.event == "answered" else {})
    hashes = {photo.id: photo.sha256 for photo in record.photos}
    kept = {entry_name(key): _digest(key, answer, hashes, visit.salt) for key, answer in record.answers.items()}
    kept |= {entry_name(key): str(count) for key, count in record.counts.items()}
    expected = {name: digest for name, digest in journaled.items() if digest}
    if is_erased:
        expected = {name: digest for name, digest in expected.items() if name in kept}
    wrong = [name for name in sorted({*kept, *expected}) if kept.get(name) != expected.get(name)]
    checks = all_differ("answers", "answer_changed", wrong, "question")
    if is_erased:
        checks.append(unchecked("answers", "answers_erased"))
    return checks or [agrees("answers", "answers_agree", n=len(record.answers))]


def _journaled(
    before: Iterable[JournalLine], revision: int, read: Callable[[JournalLine], Mapping[str, str]]
) -> dict[str, str]:
    """What the journal last said of each thing in a revision, which begins as the one before was; `read` reads a line."""
    said: dict[int, dict[str, str]] = {}
    for line in before:
        if line.event == "revised":  # anew where a correction was begun and deleted before
            said[line.revision] = dict(said.get(line.revision - 1, {}))
        said.setdefault(line.revision, {}).update(read(line))
    return said.get(revision, {})


def _caption(line: JournalLine) -> Mapping[str, str]:
    shown = line.event in ("photo_added", "photo_edited", "photo_captioned")
    return {line.data.get("photo", ""): line.data.get("caption", "")} if shown else {}


def _digest(key: AnswerKey, answer: Answer, hashes: dict[str, str], salt: bytes) -> str:
    return seals.answer_digest(key, answer, [hashes.get(photo, photo) for photo in answer.photos], salt=salt)


def entry_name(key: AnswerKey) -> str:
    """How the journal calls a question in an instance."""
    return f"{key.path}[{key.instance}]" if key.instance else key.path


def _photos(visit: SealedVisit, before: list[JournalLine], is_erased: bool) -> Iterator[Check]:
    photos = visit.record.photos
    if not photos:
        yield from () if is_erased else (agrees("photos", "photos_none"),)
        return
    missing = [_where(photo) for photo in photos if visit.stored(photo.sha256) is None]
    changed = [_where(photo) for photo in photos if visit.stored(photo.sha256) not in (None, photo.sha256)]
    if missing and is_erased:
        yield unchecked("photos", "photos_erased", n=len(missing))
    else:
        yield from all_differ("photos", "photo_missing", missing, "where")
    yield from all_differ("photos", "photo_changed", changed, "where")
    if len(photos) > len(missing) + len(changed):
        yield agrees("photos", "photos_agree", n=len(photos) - len(missing) - len(changed))
    yield from _originals(visit, photos)
    yield from _facts(visit, before)


def _originals(visit: SealedVisit, photos: tuple[PhotoInfo, ...]) -> Iterator[Check]:
    found = {photo: visit.original(photo.original_sha256) for photo in photos}
    changed = [_where(photo) for photo, had in found.items() if had not in (None, photo.original_sha256)]
    yield from all_differ("photos", "original_changed", changed, "where")
    kept = sum(had is not None for had in found.values())
    if kept > len(changed):
        yield agrees("photos", "originals_agree", n=kept - len(changed))
    if kept < len(photos):
        yield unchecked("photos", "originals_not_kept", n=len(photos) - kept)


def _facts(visit: SealedVisit, before: list[JournalLine]) -> Iterator[Check]:
    """What is known of each photo and written below it, as the journal had it."""
    facts: dict[str, str] = {}
    for line in before:
        if line.event in ("photo_added", "photo_edited"):
            facts[line.data.get("photo", "")] = line.data.get("facts", "")
    captions = _journaled(before, visit.record.header.revision, _caption)
    wrong = [
        _where(photo)
        for photo in visit.record.photos
        if facts.get(photo.id) != seals.photo_digest(photo, salt=visit.salt)
        or captions.get(photo.id) != seals.caption_digest(photo.id, photo.caption, salt=visit.salt)
    ]
    yield from all_differ("facts", "facts_changed", wrong, "where")
    if not wrong:
        yield agrees("facts", "facts_agree", n=len(visit.record.photos))


def _where(photo: PhotoInfo) -> str:
    return f"{entry_name(photo.key)} {photo.sha256[:12]}".strip()


def _form(record: VisitRecord, form_digest: str) -> Iterator[Check]:
    if form_digest == record.header.form_hash:
        yield agrees("form", "form_agrees", form=record.header.form_id, version=record.header.form_version)
    else:
        yield differs("form", "form_changed")


def _score(record: VisitRecord, rules: FormRules | None, is_erased: bool) -> Iterator[Check]:
    sheet = record.sheet
    if is_erased:
        yield unchecked("score", "score_erased")
        return
    if sheet is None:
        known = record.header.state == "not_done"
        yield agrees("score", "not_done") if known else differs("score", "score_missing")
        return
    if sheet.rules_version != RULES_VERSION:
        yield unchecked("score", "score_rules", version=sheet.rules_version)
        return
    again, as_frozen = rescored(record, rules)
    if not as_frozen:
        yield differs("score", "frozen_changed")
    if again == sheet:
        yield agrees("score", "score_agrees", n=len(sheet.lines))
        return
    there = {(line.path, line.instance): line for line in again.lines}
    wrong = [
        entry_name(AnswerKey(line.path, line.instance))
        for line in sheet.lines
        if there.get((line.path, line.instance)) != line
    ]
    yield from all_differ("score", "line_changed", wrong, "question")
    if not wrong or (again.percent, again.verdict) != (sheet.percent, sheet.verdict):
        yield differs("score", "total_changed")


def _seal(visit: SealedVisit, checks: list[Check], is_erased: bool) -> Iterator[Check]:
    header, statement = visit.record.header, visit.statement()
    if statement is not None and seals.seal(statement.content) == header.seal:
        yield agrees("seal", "seal_agrees", seal=header.seal)
    elif is_erased:
        yield unchecked("seal", "seal_erased")
    else:
        others = any(check.result == "differs" for check in checks)
        yield differs("seal", "seal_changed" if others else "seal_header_changed", seal=header.seal)
    yield from signature_checks(header.seal, header.signature, visit.public_key)


def signature_checks(seal: str, signature: str, public_key: str) -> Iterator[Check]:
    """Whether the key's owner signed the seal (all hex)."""
    if not public_key:
        yield unchecked("signature", "no_key")
        return
    try:
        is_good = is_signature(bytes.fromhex(public_key), bytes.fromhex(seal), bytes.fromhex(signature))
    except ValueError:
        is_good = False
    if is_good:
        yield agrees("signature", "signature_agrees")
    else:
        yield differs("signature", "signature_wrong")
