"""The plan between head office and laptops: published, taken, visited, sent back, and counted right."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.model.plan_rules import FormRule, PlanRules, QuotaRule
from mshopper.model.record import PlanItem, Store

from .conftest import GREETED, Clock, said

PLAN = [
    PlanItem("P1", "MI-001", "visit", "a", "2026-11-01", "2026-11-30"),
    PlanItem("P2", "RM-002", "visit", "a", "2026-11-01", "2026-11-20"),
    PlanItem("P3", "RM-002", "visit", "", "2026-12-01", "2026-12-31"),
]


def states(workspace: ops.Workspace) -> dict[str, str]:
    """What has become of each line, with what other laptops sent."""
    return {entry.item.plan_id: entry.state for entry in ops.plan_entries(workspace, ops.sent_visits(workspace))}


def test_head_office_sees_what_became_of_its_plan(
    laptop: Callable[[str], ops.Workspace], tmp_path: Path, clock: Clock
) -> None:
    """Two laptops: one plans and merges, the other visits; only the first may write the plan, and each visit counts once."""
    office = tmp_path / "office"
    office.mkdir()
    with laptop("head") as head:
        ops.change_settings(head, head_office=str(office))
        head.store.plan.replace(PLAN)
        assert states(head) == {"P1": "due", "P2": "late", "P3": "planned"}
        ops.sync(head, office)
        assert ops.publish_plan(head, office) == 3
        ops.sync(head, office)
    with laptop("field") as field:
        ops.sync(field, office)
        assert [item.plan_id for item in field.store.plan.all()] == ["P1", "P2", "P3"]
        with pytest.raises(HeadOfficeError, match="Only the computer that merges"):
            ops.publish_plan(field, office)
        form = ops.find_form(field, "visit").hash
        made = ops.start_visit(field, form_hash=form, store_id="MI-001", plan_id="P1")
        ops.answer(field, made, GREETED, said("yes"))
        ops.submit_visit(field, made, reason="a trial")
        closed = ops.start_visit(field, form_hash=form, store_id="RM-002", plan_id="P2")
        ops.mark_not_done(field, visit_id=closed.header.visit_id, reason="closed", note="ferie")
        assert {entry.item.plan_id: entry.line.reason for entry in ops.plan_entries(field)}["P2"] == "closed: ferie"
        ops.sync(field, office)
        correction = ops.correct_visit(field, made.header.visit_id, reason="a typo")
        assert states(field)["P1"] == "done"
        ops.submit_visit(field, correction, reason="a trial")
        ops.sync(field, office)
    with laptop("head") as head:
        ops.sync(head, office)
        assert states(head) == {"P1": "done", "P2": "not_done", "P3": "planned"}
        entries = ops.plan_entries(head, ops.sent_visits(head))
        rules = PlanRules((FormRule("visit", 3),), (QuotaRule("Lombardia", at_least=1), QuotaRule("lazio", at_most=2)))
        progress = ops.quota_progress(entries, rules, "2026-11")
        assert [(each.done, each.planned) for each in progress] == [(1, 1), (0, 0)]
        proposal = ops.propose_plan(
            head, dt.date(2026, 11, 22), dt.date(2027, 2, 28), rules=rules, others=ops.sent_visits(head)
        )
        found = [(line.item.store_id, line.why.code, line.item.to_date) for line in proposal.lines]
        assert [each for each in found if each[1] != "quota"] == [("MI-001", "due", "2027-02-21")]
        assert {each[1] for each in found} == {"due", "quota"}


def test_what_a_proposal_needs_is_said(workspace: ops.Workspace) -> None:
    """Rules, stores, a period that ends after it begins; a form that isn't here is named and planned all the same."""
    begin, end = dt.date(2026, 12, 1), dt.date(2027, 1, 31)
    with pytest.raises(MshopperError, match="no rules"):
        ops.propose_plan(workspace, begin, end)
    ops.keep_plan_rules(workspace, PlanRules((FormRule("strange", 2),)))
    with pytest.raises(MshopperError, match="before its first"):
        ops.propose_plan(workspace, end, begin)
    proposal = ops.propose_plan(workspace, begin, end)
    assert [reason.code for reason in proposal.unmet] == ["unknown_form"]
    assert {line.item.store_id for line in proposal.lines} == {"MI-001", "RM-002"}
    ops.accept_plan(workspace, proposal.lines)
    ops.accept_plan(workspace, proposal.lines)
    assert len(workspace.store.plan.all()) == len(proposal.lines)


def test_rules_as_text_are_the_rules(workspace: ops.Workspace) -> None:
    """What the screen shows for editing reads back as it was kept, names with signs and quotes included."""
    rules = PlanRules(
        (FormRule('visit "a"', 2, 7, (dt.date(2026, 12, 24),), ("Valle d’Aosta", "Trentino: Alto")),),
        (QuotaRule("no", at_most=0),),
        different_auditor=False,
    )
    assert ops.read_rules_text(ops.rules_text(rules), "rules") == rules
    ops.keep_plan_rules(workspace, rules)
    assert ops.load_plan_rules(workspace) == rules


def test_names_of_stores_that_are_paths_or_formulas_come_back(workspace: ops.Workspace, tmp_path: Path) -> None:
    """In the plan's own files: CSV and workbook."""
    names = ["../../x", "=1+1", "CON", "a\nb", "x" * 300, "'quoted"]
    workspace.store.stores.upsert([Store(name, name) for name in names])
    items = [PlanItem(f"=p{n}", name, "visit", "@auditor") for n, name in enumerate(names)]
    workspace.store.plan.replace(items)
    for name, excel in (("plan.csv", ""), ("it.csv", "it"), ("plan.xlsx", "")):
        ops.export_plan(workspace, tmp_path / name, excel=excel)
        preview = ops.preview_list(workspace, tmp_path / name, "plan")
        assert (sorted(preview.items, key=lambda item: items.index(item)), preview.changed) == (items, 0), name  # type: ignore[arg-type]
