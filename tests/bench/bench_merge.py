"""The merge against what others would merge with, the next merge against the first, memory, reviews, and how time grows.

`python tests/bench/bench_merge.py 1000000` measures a million visits in ten thousand segments; by default 20,000 in 200.
DuckDB only copies all rows as text. On a tenth of the files pandas (`uv sync --group peers`, else left out) concatenates
them and keeps each visit's highest revision with its parts, and csvkit's csvstack only concatenates; neither verifies,
remembers, or takes care of formulas. Then a decision on each visit of that tenth arrives at once, and later a hundred more.
"""

import csv
import datetime as dt
import hashlib
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mshopper.exchange.files import document_bytes
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import merge
from mshopper.exchange.reviews import REVIEW
from mshopper.exchange.schema import TABLES, VISITS, TableFile
from mshopper.exchange.segment import segment_name, signed_part
from mshopper.exchange.statement import signed_statement
from mshopper.model.review import APPROVE, Decision, decision_content
from mshopper.operations.identity import is_signature

VISITS_EACH = 100
DEVICES = 200
BEGIN = dt.datetime(2026, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def run(scale: int = 20_000) -> list[tuple[str, float, float | None]]:
    """(what, number, limit), for `scale` visits."""
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-merge-") as name:
        folder = Path(name)
        least, tenth, all_of_it = (_timed(folder / str(part), scale // part) for part in (100, 10, 1))
        results: list[tuple[str, float, float | None]] = [
            (f"merge of {scale} visits, seconds", all_of_it["full"], None),
            ("merge / DuckDB's COPY of the same files, all columns text", all_of_it["full"] / all_of_it["duckdb"], 1.5),
            (
                "10 new segments / full merge",
                all_of_it["next"] / all_of_it["full"],
                0.05 if scale >= 1_000_000 else None,
            ),
            ("peak memory of the full merge, GB", all_of_it["peak"], 1.0),
            *(
                (f"time of {visits} visits / ten times the time of a tenth", after["full"] / before["full"] / 10, None)
                for visits, before, after in ((scale // 10, least, tenth), (scale, tenth, all_of_it))
            ),
        ]
        place = folder / "10"
        for peer, limit in (("pandas", 0.5), ("csvkit", 0.5)):
            if importlib.util.find_spec(peer):
                seconds = _in_a_process(f"--{peer}", place)["seconds"]
                results.append((f"merge of {scale // 10} visits / {peer}", tenth["full"] / seconds, limit))
        results += _reviewed(place, scale // 10, tenth["full"])
    return results


def _timed(folder: Path, visits: int) -> dict[str, float]:
    head_office = HeadOffice.open(_made(folder / "head-office"), device_id="office")
    generator = Generator(head_office)
    generator.segments(visits // VISITS_EACH)
    seconds = {"duckdb": _seconds(lambda: _copy_by_duckdb(head_office.folder, _made(folder / "copy")))}
    full = _in_a_process("--merge", folder)
    generator.segments(10)
    return seconds | {
        "full": full["seconds"],
        "peak": full["peak"],
        "next": _in_a_process("--merge", folder)["seconds"],
    }


def _reviewed(folder: Path, decisions: int, full: float) -> list[tuple[str, float, float | None]]:
    """A decision on each of so many visits, taken up by the merge in `folder`."""
    generator = Generator(HeadOffice(folder / "head-office"))
    with (folder / "head-office" / VISITS.file).open(encoding="utf-8", newline="") as stream:
        visits = [(row["visit_id"], row["seal"]) for row in csv.DictReader(stream)]
    generator.decide(visits[:decisions])
    first = _in_a_process("--merge", folder)
    generator.decide(visits[decisions : decisions + 100])
    following = _in_a_process("--merge", folder)
    return [
        (f"merge of {decisions} new decisions / full merge of their visits", first["seconds"] / full, None),
        ("merge of 100 more decisions / full merge of their visits", following["seconds"] / full, None),
        (f"peak memory with {decisions} decisions, GB", first["peak"], 1.0),
    ]


def _in_a_process(what: str, folder: Path) -> dict[str, float]:
    """Seconds and peak memory (GB) of one merge, in a process of its own."""
    done = subprocess.run([sys.executable, __file__, what, str(folder)], capture_output=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _merge_once(folder: Path) -> None:
    head_office = HeadOffice(folder / "head-office")
    merge(head_office, device_id="office", state=folder / "state", verify=is_signature)


def _by_pandas(folder: Path) -> None:
    import pandas

    results, target = folder / "head-office" / "results", _made(folder / "pandas")
    tables = {
        table: pandas.concat(
            pandas.read_csv(path, dtype=str, keep_default_na=False) for path in results.glob(f"*/*.{table.name}.csv")
        )
        for table in TABLES
    }
    visits = tables[VISITS].assign(number=tables[VISITS]["revision"].astype(int)).sort_values("number")
    visits = visits.drop_duplicates("visit_id", keep="last").drop(columns="number").sort_values("started_at")
    visits.to_csv(target / VISITS.file, index=False)
    for table in TABLES[1:]:
        tables[table].merge(visits[["visit_id", "revision"]]).to_csv(target / table.file, index=False)


def _by_csvkit(folder: Path) -> None:
    target = _made(folder / "csvkit")
    stack = "from csvkit.utilities.csvstack import launch_new_instance; launch_new_instance()"
    for table in TABLES:
        files = (folder / "head-office" / "results").glob(f"*/*.{table.name}.csv")
        with (target / table.file).open("wb") as stream:
            subprocess.run([sys.executable, "-c", stack, *map(str, files)], stdout=stream, check=True)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _copy_by_duckdb(folder: Path, target: Path) -> None:
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    for table in TABLES:
        files = folder / "results" / "*" / f"*.{table.name}.csv"
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{files}', all_varchar=true, header=true)) TO '{target / table.file}'"
        )
    connection.close()


class Generator:
    """Segments as laptops publish them, a hundred visits each, with text that needs quotes; the later the newer."""

    def __init__(self, head_office: HeadOffice) -> None:
        self._head_office = head_office
        self._random = random.Random(1)
        self._keys = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(DEVICES)]
        self._made = 0

    def segments(self, count: int) -> None:
        for _number in range(count):
            self._segment(self._made)
            self._made += 1

    def decide(self, visits: Sequence[tuple[str, str]]) -> None:
        """An approval of each visit (its id and seal), by the devices in turn."""
        publics = [key.public_key().public_bytes_raw() for key in self._keys]
        for number, (visit_id, seal) in enumerate(visits):
            device = number % DEVICES
            statement = signed_statement(
                REVIEW,
                decision_content(Decision("", visit_id, 1, seal, APPROVE, reviewer="Carla Bianchi", percent="80.00")),
                device_id=f"supervisor-{device}",
                public_key=publics[device],
                sign=self._keys[device].sign,
                created="2026-11-21T12:00:00+01:00",
            )
            self._head_office.register(statement.device_id, publics[device])
            folder = self._head_office.reviews_folder(statement.device_id)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / statement.file).write_bytes(document_bytes(dict(statement.document)))

    def _segment(self, number: int) -> None:
        device, key = f"device-{number % DEVICES}", self._keys[number % DEVICES]
        public = key.public_key().public_bytes_raw()
        self._head_office.register(device, public)
        rows: dict[str, list[str]] = {table.name: [] for table in TABLES}
        for place in range(VISITS_EACH):
            self._visit(
                rows,
                device,
                BEGIN + dt.timedelta(seconds=3000 * number + self._random.randint(0, 86_400), minutes=place),
            )
        contents = {
            table.name: "\r\n".join([",".join(table.column_names), *rows[table.name], ""]).encode() for table in TABLES
        }
        files = {
            name: TableFile(len(rows[name]), len(data), hashlib.sha256(data).hexdigest())
            for name, data in contents.items()
        }
        name = segment_name(number // DEVICES + 1, files)
        folder = self._head_office.device_folder(device)
        for table in TABLES:
            (folder / f"{name}.{table.name}.csv").write_bytes(contents[table.name])
        statement = {
            "mshopper_segment": 1,
            "device": device,
            "seq": number // DEVICES + 1,
            "created": "2026-11-21T12:00:00+01:00",
            "public_key": public.hex(),
            "files": {
                table.name: {
                    "rows": files[table.name].rows,
                    "bytes": files[table.name].bytes,
                    "sha256": files[table.name].sha256,
                    "columns": list(table.column_names),
                }
                for table in TABLES
            },
        }
        statement["signature"] = key.sign(signed_part(statement)).hex()
        (folder / f"{name}.json").write_bytes(document_bytes(statement))

    def _visit(self, rows: dict[str, list[str]], device: str, started: dt.datetime) -> None:
        visit, percent = str(uuid.UUID(int=self._random.getrandbits(128))), self._random.randint(0, 100)
        seal, at = hashlib.sha256(visit.encode()).hexdigest(), started.isoformat(timespec="milliseconds")
        store = self._random.randint(1, 900)
        rows["visits"].append(
            f'{visit},1,,store_visit,2026.1,{"f" * 64},S{store},"Milano, Duomo {store}",Lombardia,a-{device},Anna Rossi,'
            f"store,,{at},{at},{at},31.5,{percent}.00,{percent}.00,100.00,100.00,pass,B,,80.00,70.00,90.00,60.00,100.00,"
            f",,,12.50,EUR,1,,submitted,{seal},{device}"
        )
        for kind, part in (("section", "welcome"), ("section", "till"), ("dimension", "courtesy")):
            rows["scores"].append(f"{visit},1,{kind},{part},,Accoglienza,{percent}.00,{percent}.00,100.00")
        for question in range(5):
            rows["answers"].append(
                f'{visit},1,q{question},,"Il personale ha salutato, sorridendo?",yes_no,,yes,Sì,false,,5.00,5.00,4.2,0'
            )
        if store % 2:
            rows["photos"].append(f"{visit},1,q1,,{seal},{seal},{at},ffeeddccbbaa0099,")


_IN_A_PROCESS = {"--merge": _merge_once, "--pandas": _by_pandas, "--csvkit": _by_csvkit}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in _IN_A_PROCESS:
        seconds = _seconds(lambda: _IN_A_PROCESS[sys.argv[1]](Path(sys.argv[2])))
        # Not ru_maxrss, which begins with that of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(json.dumps({"seconds": seconds, "peak": int(status.partition("VmHWM:")[2].split()[0]) / (1 << 20)}))
    else:
        for what, number, limit in run(*map(int, sys.argv[1:2])):
            print(f"{what}: {number:.3f}" + (f" (limit {limit})" if limit else ""))
