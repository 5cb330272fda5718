"""What stands behind a comparison: the visits of a group, and what there is to choose from."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Sequence

from mshopper.compare.forms import FormSets
from mshopper.compare.selection import KEY_COLUMNS, condition, measured, only
from mshopper.compare.source import Source
from mshopper.compare.sums import Question, where
from mshopper.model.comparison import KEYS, Filters, Measure, Offer, VisitLine

_TITLED = {"store": "max(store_name)", "auditor": "max(auditor)"}
_CHOSEN = (*KEYS, "verdict")


def visits_of(
    source: Source,
    forms: FormSets,
    *,
    by: str,
    group_id: str,
    measure: Measure,
    filters: Filters,
    limit: int,
    offset: int,
    visit_ids: Sequence[str] = (),
) -> list[VisitLine]:
    """The visits that a group's numbers were made of, the newest first; those of all groups for the group "".

    `visit_ids` narrows them to these.

    Raises HeadOfficeError where the tables can't be read.
    """
    found = forms.under(filters)
    narrowed = only(filters, by, group_id) if group_id else filters
    is_mixed = len(found.sets) > 1 and by != "form"
    wanted, values = where(Question(by, measure, narrowed, found.sets[0] if is_mixed else None))
    if visit_ids:
        wanted, values = f"{wanted} AND visit_id IN (SELECT unnest(?::VARCHAR[]))", [*values, list(visit_ids)]
    if measure.kind != "percent":
        source.table("scores")
    relation, parameters = measured(measure)
    rows = source.rows(
        "SELECT visit_id, revision, store_id, store_name, auditor, form_id, form_version, started_at, value::DOUBLE, "
        f"verdict, criticals, status FROM {relation} WHERE {wanted} ORDER BY started_at DESC, visit_id LIMIT ? OFFSET ?",
        [*parameters, *values, limit, offset],
    )
    return [VisitLine(*row) for row in rows]


def offer(source: Source) -> Offer:
    """Every value that visits have, of those that count. Raises HeadOfficeError where the tables can't be read."""
    wanted, parameters = condition(Filters())
    values: dict[str, dict[str, str]] = {}
    for key in _CHOSEN:
        column = KEY_COLUMNS.get(key, "verdict")
        title, order = _TITLED.get(key, "NULL"), "length(key), key" if key == "hour" else "key"
        rows = source.rows(
            f"SELECT {column} AS key, {title} FROM visits WHERE {wanted} AND {column} <> '' "
            f"GROUP BY {column} ORDER BY {order}",
            parameters,
        )
        values[key] = {str(row[0]): row[1] or str(row[0]) for row in rows}
    parts = source.rows(
        f"SELECT kind || ':' || id, max(title) FROM {source.table('scores')} WHERE instance = '' AND kind <> '' "
        "AND percent IS NOT NULL GROUP BY kind, id ORDER BY kind, id"
    )
    visits = source.rows(f"SELECT count(*) FROM visits WHERE {wanted}", parameters)[0][0]
    measures = {name: title or name.partition(":")[2] for name, title in parts}
    return Offer(values, measures, *days_of(source, Filters()), visits)


def days_of(source: Source, filters: Filters) -> tuple[str, str]:
    """The first and the last day of the visits that count, "" where there are none. Raises HeadOfficeError."""
    wanted, parameters = condition(filters)
    first, last = source.rows(
        f"SELECT min(day) FILTER (weekday IS NOT NULL), max(day) FILTER (weekday IS NOT NULL) FROM visits WHERE {wanted}",
        parameters,
    )[0]
    return first or "", last or ""
