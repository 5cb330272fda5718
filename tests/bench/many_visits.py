"""A data folder with as many visits as wanted, made by SQL in seconds: for the benchmark and for looking at the list.

Its visits have states, scores, verdicts, times and shops as real ones have; one in eleven has comments.
"""

from pathlib import Path

from mshopper import operations as ops
from mshopper.model.record import Store

CITIES = [
    "Milano",
    "Torino",
    "Roma",
    "Napoli",
    "Genova",
    "Bologna",
    "Padova",
    "Firenze",
    "Bari",
    "Verona",
    "Trieste",
    "Lecce",
]
STREETS = ["Duomo", "Porta_Nuova", "Stazione", "Fiera", "Centro", "Città_Alta", "Porto", "Corso_Italia"]


def make(folder: Path, visits: int) -> None:
    """Fill a new data folder with `visits` visits to 960 shops by 50 auditors; 6 of them are in progress."""
    with ops.open_workspace(folder, anywhere=True) as workspace:
        ops.change_settings(workspace, language="en", theme="light", auditor="Anna Rossi", auditor_id="A01")
        shops = [f"{city} {street.replace('_', ' ')}" for city in CITIES for street in STREETS]
        for number in range(960):
            name = f"{shops[number % len(shops)]} {number // len(shops) + 1}"
            ops.add_store(workspace, Store(f"S{number:04d}", name))
        forms = [ops.find_form(workspace, form_id) for form_id in ("exit_interview", "store_visit")]
        with workspace.store.write():
            workspace.store.execute(
                """CREATE TEMP TABLE made AS WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < ?)
                SELECT n, printf('%08x-0000-4000-8000-%012x', (n * 2654435761) % 4294967296, n) AS visit_id,
                    CASE WHEN n > ?1 - 6 THEN 'in_progress' WHEN n % 29 = 0 THEN 'not_done' WHEN n % 3 = 0 THEN 'approved'
                        ELSE 'submitted' END AS state,
                    (n * 7919) % 960 AS shop, (n * 31) % 50 AS auditor, (n * 104729) % 10001 AS hundredths,
                    datetime('2024-01-01', printf('+%d minutes', n * 15)) AS at
                FROM n WHERE n <= ?1""",
                [visits],
            )
            workspace.store.execute("INSERT INTO visits SELECT visit_id, randomblob(16) FROM made")
            workspace.store.execute(
                """INSERT INTO revisions (visit_id, revision, latest, state, form_id, form_version, form_hash, store_id,
                    store_name, store, auditor_id, auditor, device_id, language, channel, plan_id, planned_for, started_at,
                    ended_at, submitted_at, changed_at, parent_seal, seal, signature, reason, flags, began, day, answered,
                    total, earned, possible, percent, percent_real, coverage, verdict, grade, criticals)
                SELECT visit_id, 1, 1, made.state, f.form_id, f.version, f.hash, s.store_id, s.name,
                    json_array(s.store_id, s.name, '', '', '', '', '', '[]'),
                    printf('A%02d', auditor), 'Auditor ' || char(65 + auditor / 2) || ' ' || auditor, 'd1', 'it', 'store', '',
                    '', replace(at, ' ', 'T') || '+01:00', '',
                    CASE made.state WHEN 'in_progress' THEN '' ELSE replace(at, ' ', 'T') || '+01:00' END,
                    replace(at, ' ', 'T') || '+01:00', '',
                    CASE made.state WHEN 'in_progress' THEN '' ELSE printf('%064x', n) END, '',
                    CASE made.state WHEN 'not_done' THEN 'closed' ELSE '' END, '[]',
                    unixepoch(at) * 1000, substr(at, 1, 10), CASE made.state WHEN 'in_progress' THEN n % 9 ELSE 9 END, 9,
                    CASE WHEN scored THEN hundredths || '/100' END, CASE WHEN scored THEN '100' END,
                    CASE WHEN scored THEN hundredths || '/100' END, CASE WHEN scored THEN hundredths / 100.0 END,
                    CASE WHEN scored THEN '100' END,
                    CASE WHEN NOT scored THEN '' WHEN hundredths < 7000 THEN 'fail' ELSE 'pass' END, '',
                    CASE WHEN scored AND hundredths < 900 THEN 1 ELSE 0 END
                FROM (SELECT *, state IN ('submitted', 'approved') AS scored FROM made) made
                    JOIN stores s ON s.store_id = printf('S%04d', shop)
                    JOIN forms f ON f.hash = iif(n % 4, ?, ?)
                ORDER BY n""",
                [form.hash for form in forms],
            )
            workspace.store.execute(
                """INSERT INTO answers SELECT r.id, 'till/queue', '', 'text', 'x', 0,
                    CASE r.id % 3 WHEN 0 THEN 'The queue was long' WHEN 1 THEN 'Nobody at the till'
                        ELSE 'Perché così tardi?' END, '', NULL
                FROM revisions r WHERE r.id % 11 = 0"""
            )
            workspace.store.execute("DROP TABLE made")
