"""Taking: forms, stores and plan that head office put into its folder come to this laptop.

What is broken is refused with a sentence, and what was known before stays. A form is kept in every version, so that visits
go on with the one they were started with; new visits use the one that head office has there now.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import FormProblemsError, HeadOfficeError, MshopperError, StoreError
from mshopper.i18n import _
from mshopper.operations.form_pictures import files_digest
from mshopper.operations.forms import import_form
from mshopper.operations.policy import KEPT
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.exchange.folder import HeadOffice
    from mshopper.model.record import PlanItem

_TAKEN = "taken_files"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in, in words: forms with their version, stores by id and name, lines of the plan by id.

    Lines that head office took out of the plan are in `dropped_plan`; `problems` are sentences on what was refused.
    """

    forms: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    dropped_plan: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def take(workspace: Workspace, head_office: "HeadOffice", progress: Progress) -> Taken:
    """Take what head office offers. Raises HeadOfficeError where the folder can't be read, ReadOnlyStoreError, Cancelled."""
    offered = head_office.offered()
    progress.expect(len(offered.forms) + 1)
    taken = _Taking(workspace)
    for path in offered.forms:
        progress.advance(path.name)
        taken.form(path)
    if offered.stores:
        taken.stores_csv(offered.stores)
    if offered.plan:
        taken.plan_csv(offered.plan)
    if offered.policy:
        taken.policy_json(offered.policy)
    progress.advance(_("Taking stores and plan"))
    return taken.done()


@dataclass(frozen=True, slots=True)
class Coming:
    """What a sync would take: forms by the names of their files, how many stores and lines of the plan."""

    forms: tuple[str, ...] = ()
    stores: int = 0
    plan: int = 0


def coming(workspace: Workspace, head_office: "HeadOffice") -> Coming:
    """What is there that this laptop hasn't taken; what is broken isn't counted. Raises HeadOfficeError."""
    from mshopper.exchange.files import file_sha256, reading
    from mshopper.exchange.stores_csv import read_plan, read_stores

    offered, store = head_office.offered(), workspace.store
    before: dict[str, str] = store.settings.get(_TAKEN, {})

    def is_new(path: Path) -> bool:
        with reading(path):
            return before.get(path.name) != file_sha256(path)

    stores = plan = 0
    with suppress(HeadOfficeError):
        if offered.stores and is_new(offered.stores):
            stores = sum(store.stores.get(one.store_id) != one for one in read_stores(offered.stores))
    with suppress(HeadOfficeError):
        if offered.plan and is_new(offered.plan):
            there, here = {one.plan_id: one for one in read_plan(offered.plan)}, store.plan.all()
            gone = sum(one.plan_id not in there for one in here)
            plan = gone + len(set(there.values()) - set(here))
    return Coming(tuple(path.name for path in offered.forms if is_new(path)), stores, plan)


class _Taking:
    """One round of taking: a file that is as it was when it was last taken isn't read through again."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._before: dict[str, str] = workspace.store.settings.get(_TAKEN, {})
        self._now: dict[str, str] = {}
        self._forms: list[str] = []
        self._stores: list[str] = []
        self._plan: list[str] = []
        self._dropped: list[str] = []
        self._problems: list[str] = []

    def form(self, path: Path) -> None:
        # What lies beside a form belongs to it: a picture or list that comes later is taken with the form again.
        digest = self._news(path, files_digest(path))
        if not digest:
            return
        forms = self._workspace.store.forms
        known = {row.hash for info in forms.list() for row in forms.versions(info.form_id)}
        try:
            with self._workspace.store.write():
                info = import_form(self._workspace, path)
                if info.hash not in known or forms.make_latest(info.hash):
                    self._forms.append(
                        f"{info.title.get(info.languages[0] if info.languages else '') or info.id} {info.version}".strip()
                    )
        except FormProblemsError as error:
            sentence = _("The form “{file}” was not taken: {problem}")
            self._problems.append(sentence.format(file=path.name, problem=error))
        except StoreError:
            raise  # this laptop's problem, not the form's
        except MshopperError as error:
            self._problems.append(str(error))
        else:
            self._now[path.name] = digest

    def stores_csv(self, path: Path) -> None:
        from mshopper.exchange.stores_csv import read_stores

        if digest := self._news(path):
            try:
                stores = read_stores(path)
            except HeadOfficeError as error:
                self._problems.append(str(error))
                return
            kept = self._workspace.store.stores
            changed = [store for store in stores if kept.get(store.store_id) != store]
            kept.upsert(changed)
            self._stores += [f"{store.store_id} {store.name}".strip() for store in changed]
            self._now[path.name] = digest

    def plan_csv(self, path: Path) -> None:
        from mshopper.exchange.stores_csv import read_plan

        if digest := self._news(path):
            try:
                items = read_plan(path)
            except HeadOfficeError as error:
                self._problems.append(str(error))
                return
            kept = self._workspace.store.plan
            before: dict[str, PlanItem] = {item.plan_id: item for item in kept.all()}
            kept.replace(items)
            self._plan += [item.plan_id for item in items if before.get(item.plan_id) != item]
            self._dropped += sorted(before.keys() - {item.plan_id for item in items})
            self._now[path.name] = digest

    def policy_json(self, path: Path) -> None:
        from mshopper.exchange.policy import read_policy

        if digest := self._news(path):
            try:
                asked = read_policy(path)
            except HeadOfficeError as error:
                self._problems.append(str(error))
                return
            with self._workspace.store.write():
                self._workspace.store.settings.set(KEPT, asked)
                self._workspace.store.journal.append("policy_taken", at=self._workspace.now())
            self._now[path.name] = digest

    def done(self) -> Taken:
        if self._now != self._before:
            self._workspace.store.settings.set(_TAKEN, self._now)
        return Taken(
            tuple(self._forms), tuple(self._stores), tuple(self._plan), tuple(self._dropped), tuple(self._problems)
        )

    def _news(self, path: Path, more: str = "") -> str:
        """The hash of a file that isn't as it was when it was taken; "" for one that is, or that can't be read now."""
        from mshopper.exchange.files import file_sha256

        try:
            digest = f"{file_sha256(path)} {more}".strip()
        except OSError as error:
            sentence = _("“{path}” can't be read ({reason}): check that the folder is connected and may be opened.")
            self._problems.append(sentence.format(path=path, reason=error.strerror or error))
            return ""
        if self._before.get(path.name) != digest:
            return digest
        self._now[path.name] = digest
        return ""
