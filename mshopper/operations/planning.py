"""The plan: what is due, done, late and not done; rules and proposals; the plan as a file and for the head office."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.i18n import _
from mshopper.model.plan_item import PlanItem
from mshopper.model.plan_progress import PlanLine, PlanVisit, latest, plan_lines
from mshopper.model.plan_rules import PlanRules, QuotaRule, read_rules, rules_document
from mshopper.model.text import NO_TEXT, Text
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from mshopper.model.proposal import Proposal, ProposedLine

_RULES = "plan_rules"
_PLAN_FILE = "plan.csv"


class PlanEntry(NamedTuple):
    """A line of the plan with what a list shows beside it. `auditor` is a name where one is known, else the id."""

    line: PlanLine
    store_name: str
    region: str
    form_title: Text
    auditor: str

    @property
    def item(self) -> PlanItem:
        """What is planned."""
        return self.line.item

    @property
    def state(self) -> str:
        """One of PLAN_STATES."""
        return self.line.state


@dataclass(frozen=True, slots=True)
class QuotaProgress:
    """A quota in a month: how many of its visits are done, and how many are in the plan in all."""

    rule: QuotaRule
    done: int
    planned: int


def plan_entries(workspace: Workspace, others: Iterable[PlanVisit] = ()) -> list[PlanEntry]:
    """Every line of the plan with what has become of it today, what is to be done first coming first.

    `others` are the visits that other laptops sent (`sent_visits`).
    """
    store = workspace.store
    visits = latest([*store.plan.visits(), *others])
    shops = {shop.store_id: shop for shop in store.stores.all()}
    titles = {info.form_id: info.title for info in store.forms.list()}
    names = {auditor.auditor_id: auditor.name for auditor in store.auditors.all()}
    entries = []
    for line in plan_lines(store.plan.all(), visits, workspace.clock().date()):
        item = line.item
        shop = shops.get(item.store_id)
        who = item.auditor_id
        title = titles.get(item.form_id, NO_TEXT)
        entries.append(
            PlanEntry(line, shop.name if shop else "", shop.region if shop else "", title, names.get(who) or who)
        )
    return entries


def sent_visits(workspace: Workspace) -> list[PlanVisit]:
    """The visits in the merged tables of the head-office folder of the settings; none without one.

    Raises HeadOfficeError where they can't be read.
    """
    from mshopper.exchange.merged import read_merged
    from mshopper.exchange.schema import VISITS
    from mshopper.operations.reaching import chosen_folder

    folder = chosen_folder(workspace)
    merged = read_merged(folder) if folder and folder.is_dir() else None
    if merged is None:
        return []
    return [
        PlanVisit(
            row["visit_id"],
            int(row["revision"]),
            row["status"],
            "",
            row["plan_id"],
            row["store_id"],
            row["form_id"],
            row["auditor_id"],
            row["started_at"][:10],
        )
        for row in merged.rows(VISITS)
    ]


def quota_progress(entries: Sequence[PlanEntry], rules: PlanRules, month: str) -> list[QuotaProgress]:
    """How each quota stands in a month ("2026-11"), by the lines of the plan that end in it, each counted once."""
    from mshopper.model.proposal import same

    found = []
    for quota in rules.quotas:
        lines = [
            entry.line
            for entry in entries
            if entry.line.day[:7] == month
            and same(entry.region) == same(quota.region)
            and quota.form in ("", entry.item.form_id)
        ]
        counted = [line for line in lines if line.state != "not_done"]
        found.append(QuotaProgress(quota, sum(line.state == "done" for line in counted), len(counted)))
    return found


def load_plan_rules(workspace: Workspace) -> PlanRules:
    """The rules that plans are proposed by, as they were last kept."""
    return read_rules(workspace.store.settings.get(_RULES, {}))


def keep_plan_rules(workspace: Workspace, rules: PlanRules) -> None:
    """Keep these rules. Raises ReadOnlyStoreError."""
    workspace.store.settings.set(_RULES, rules_document(rules))


def read_rules_text(text: str, name: str) -> PlanRules:
    """Rules as YAML, or as JSON where the text begins with `{`. Raises MshopperError, which says where and what."""
    if text.lstrip().startswith("{"):
        try:
            return read_rules(json.loads(text))
        except ValueError as error:
            raise MshopperError(_("“{file}” isn't JSON: {problem}.").format(file=name, problem=error)) from error
    from mshopper.formfile.yaml_reader import read_yaml

    builder, _is_whole = read_yaml(text, name)
    if builder.findings:
        raise MshopperError(builder.document.problem(builder.findings[0]).sentence)
    return read_rules({} if builder.document.data is None else builder.document.data)


def read_rules_file(path: Path) -> PlanRules:
    """The rules in a file. Raises MshopperError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("not UTF-8")
        raise MshopperError(_("“{path}” can't be read ({reason}).").format(path=path, reason=reason)) from error
    return read_rules_text(text, path.name)


def rules_text(rules: PlanRules) -> str:
    """The rules as a person edits them: YAML, a rule a line."""
    document = rules_document(rules)
    lines = []
    for part in ("forms", "quotas", "auditors"):
        lines.append(f"{part}:" if document[part] else f"{part}: []")
        lines += [
            f"  - {{{', '.join(f'{name}: {_yaml(value)}' for name, value in rule.items())}}}" for rule in document[part]
        ]
    return "\n".join([*lines, f"different_auditor: {'true' if rules.different_auditor else 'false'}", ""])


def _yaml(value: object) -> str:
    """A value within braces: JSON's quotes are YAML's too."""
    return json.dumps(value, ensure_ascii=False)


def propose_plan(
    workspace: Workspace,
    first: dt.date,
    last: dt.date,
    *,
    rules: PlanRules | None = None,
    seed: int = 0,
    others: Iterable[PlanVisit] = (),
) -> "Proposal":
    """A plan for the days from `first` to `last` by the rules kept, or those given. Raises MshopperError without any."""
    from mshopper.model.planning import propose
    from mshopper.model.proposal import PlanFacts, Proposal, Reason

    rules = rules or load_plan_rules(workspace)
    if last < first:
        raise MshopperError(_("The last day of the period comes before its first one; correct the dates."))
    if not rules.forms:
        raise MshopperError(_("There are no rules to plan by yet: say first which form is due how often."))
    store = workspace.store
    visits = latest([*store.plan.visits(), *others])
    today = workspace.clock().date()
    facts = PlanFacts(tuple(store.stores.all()), tuple(visits), tuple(plan_lines(store.plan.all(), visits, today)))
    if not facts.stores:
        raise MshopperError(_("There are no stores to plan for yet: import them first."))
    proposal = propose(facts, rules, max(first, today), max(last, today), seed=seed)
    known = {info.form_id for info in store.forms.list()}
    unknown = [Reason.of("unknown_form", form=rule.form) for rule in rules.forms if rule.form not in known]
    return Proposal(proposal.lines, (*unknown, *proposal.unmet))


def accept_plan(workspace: Workspace, lines: "Iterable[ProposedLine]") -> int:
    """Put proposed lines into the plan; how many. Doing it again changes nothing. Raises ReadOnlyStoreError."""
    items = [line.item for line in lines]
    workspace.store.plan.upsert(items)
    return len(items)


def withdraw_plan(workspace: Workspace, plan_ids: Iterable[str]) -> None:
    """Take lines out of the plan again; visits made for them stay. Raises ReadOnlyStoreError."""
    workspace.store.plan.remove(plan_ids)


def export_plan(workspace: Workspace, path: Path, *, excel: str = "", others: Iterable[PlanVisit] = ()) -> int:
    """Write the plan with what has become of each line: a workbook by its ending .xlsx, else a CSV; how many lines.

    Raises HeadOfficeError.
    """
    from mshopper.exchange.plan_csv import write_plan

    entries = plan_entries(workspace, others)
    write_plan(path, [(entry.item, _further(entry)) for entry in entries], excel=excel)
    return len(entries)


def _further(entry: PlanEntry) -> tuple[str, ...]:
    visit = entry.line.visit
    return entry.store_name, entry.region, entry.state, visit.day if visit else "", entry.line.reason


def publish_plan(workspace: Workspace, folder: Path) -> int:
    """Write plan.csv into the head-office folder, for laptops to take; how many lines.

    Raises HeadOfficeError where another computer merges there: only the one that does may say what is planned.
    """
    from mshopper.exchange.files import write_file
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.plan_csv import plan_bytes
    from mshopper.operations.identity import this_device

    workspace.require_writable()
    if HeadOffice(folder).merger() != this_device(workspace).device_id:
        sentence = _(
            "Only the computer that merges in “{folder}” writes the plan there: sync with it from here first, take over by"
            " “mshopper merge --claim”, or export the plan to a file."
        )
        raise HeadOfficeError(sentence.format(folder=folder))
    items = workspace.store.plan.all()
    write_file(folder / _PLAN_FILE, plan_bytes(items))
    return len(items)
