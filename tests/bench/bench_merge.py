"""The merge against DuckDB's own copy of the same files, the next merge against the first, memory, and how time grows.

`python tests/bench/bench_merge.py 1000000` measures a million visits in ten thousand segments; by default 20,000 in 200.
"""

import datetime as dt
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import duckdb
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mshopper.exchange.files import document_bytes
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import merge
from mshopper.exchange.schema import TABLES, TableFile
from mshopper.exchange.segment import segment_name, signed_part
from mshopper.operations.identity import is_signature

VISITS_EACH = 100
DEVICES = 200
BEGIN = dt.datetime(2026, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def run(scale: int = 20_000) -> list[tuple[str, float, float | None]]:
    """(what, number, limit), for `scale` visits."""
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-merge-") as name:
        folder = Path(name)
        small, large = _timed(folder / "small", scale // 10), _timed(folder / "large", scale)
        results: list[tuple[str, float, float | None]] = [
            (f"merge of {scale} visits, seconds", large["full"], None),
            ("merge / DuckDB's COPY of the same files, all columns text", large["full"] / large["duckdb"], 1.5),
            ("10 new segments / full merge", large["next"] / large["full"], 0.05 if scale >= 1_000_000 else None),
            ("peak memory of the full merge, GB", large["peak"], 1.0),
            ("time of ten times the visits / ten times the time", large["full"] / small["full"] / 10, None),
        ]
    return results


def _timed(folder: Path, visits: int) -> dict[str, float]:
    head_office = HeadOffice.open(_made(folder / "head-office"), device_id="office")
    generator = Generator(head_office)
    generator.segments(visits // VISITS_EACH)
    seconds = {"duckdb": _seconds(lambda: _copy_by_duckdb(head_office.folder, _made(folder / "copy")))}
    seconds |= _in_a_process("full", folder)
    generator.segments(10)
    seconds |= {"next": _in_a_process("next", folder)["next"]}
    return seconds


def _in_a_process(what: str, folder: Path) -> dict[str, float]:
    """Seconds and peak memory of one merge, in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--merge", str(folder), what], capture_output=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _merge_once(folder: Path, what: str) -> None:
    head_office = HeadOffice(folder / "head-office")
    seconds = _seconds(lambda: merge(head_office, device_id="office", state=folder / "state", verify=is_signature))
    # Not ru_maxrss, which begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / (1 << 20)
    print(json.dumps({what: seconds, "peak": peak}))


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
        self._keys = [Ed25519PrivateKey.generate() for _number in range(DEVICES)]
        self._made = 0

    def segments(self, count: int) -> None:
        for _number in range(count):
            self._segment(self._made)
            self._made += 1

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


if __name__ == "__main__":
    if sys.argv[1:2] == ["--merge"]:
        _merge_once(Path(sys.argv[2]), sys.argv[3])
    else:
        for what, number, limit in run(*map(int, sys.argv[1:2])):
            print(f"{what}: {number:.3f}" + (f" (limit {limit})" if limit else ""))
