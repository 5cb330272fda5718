"""Each reader of a foreign file: good files made once, how they are damaged, and how they are read.

`read` does all that the program does with such a file before a person sees it. Only an MshopperError may come out.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hypothesis import strategies as st
from PIL import Image

from mshopper import operations as ops
from mshopper import paths
from mshopper.model.answer import Answer
from mshopper.operations.reviews import approve_visit, judged_here
from mshopper.store import VisitFilter, open_store
from tests.fuzz.damage import in_bytes, in_json, in_zip
from tests.operations.conftest import GREETED, WHO, begin, make_template, submitted


@dataclass(frozen=True)
class Reader:
    """`bad` draws damaged bytes; `read` is given a file of them, in a folder of its own, by the name `name`."""

    name: str
    bad: st.SearchStrategy[bytes]
    read: Callable[[Path], object]


def readers(place: Path) -> list[Reader]:
    """All of them; the good files lie in `place`."""
    made = Good(place)
    return [
        Reader("form.yaml", in_bytes(made.form), read_form),
        Reader("form.json", in_json(made.form_json), read_form),
        Reader("form.xlsx", in_zip(made.workbook), read_form),
        Reader("form.csv", in_bytes(b"type,name,label\ntext,a,A\nselect_one x,b,B\n" * 3), read_form),
        Reader("answers.json", in_json(made.answers) | in_bytes(made.answers), made.read_answers),
        Reader("stores.csv", in_bytes(made.stores), read_stores),
        Reader("plan.csv", in_bytes(made.plan), read_plan),
        *(Reader(name, made.bad_part(name), partial(made.read_segment, name)) for name in made.segment),
        Reader(made.review.name, made.bad_review(), made.read_review),
        Reader("datapackage.json", made.bad_package(), made.read_package),
        Reader("visit.mshopper-visit", in_zip(made.exported), made.read_exported),
        Reader("photo.jpg", in_bytes(made.jpeg), read_photo),
        Reader("photo.png", in_bytes(made.png), read_photo),
        Reader("photo.tif", in_bytes(made.tiff), read_photo),
        Reader("mshopper.sqlite", in_bytes(made.database), read_database),
    ]


class Good:
    """Good files of every kind, of one small data folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.form = (paths.forms_folder() / "exit_interview.yaml").read_bytes()
        self.workbook = (paths.forms_folder() / "example_scored.xlsx").read_bytes()
        self.stores = b'store_id,name,region,latitude,longitude\nMI-001,Milano,Lombardia,45.4,9.1\n010,"A, B",,,\n'
        self.plan = b"plan_id,store_id,form_id,auditor_id,from,to\np1,MI-001,visit,a,2026-11-01,2026-11-30\n"
        self.answers = json.dumps({"greeted": "yes", "wait": 30, "till": [{"clean": True}, {"staff": "x"}], "who": {
            "value": "Anna", "comment": "c", "seconds": 3, "photos": ["door.jpg"]}}).encode()  # fmt: skip
        picture = Image.radial_gradient("L").resize((320, 240)).convert("RGB")
        for suffix in ("jpg", "png", "tif"):
            picture.save(place / f"photo.{suffix}")
        self.jpeg, self.png, self.tiff = ((place / f"photo.{suffix}").read_bytes() for suffix in ("jpg", "png", "tif"))
        self._use(place / "office")
        self.elsewhere = ops.open_workspace(place / "elsewhere")

    def _use(self, office: Path) -> None:
        with ops.open_workspace(make_template(self.place / "template")) as workspace:
            opened = submitted(workspace)
            second = begin(workspace)
            ops.answer(workspace, second, WHO, Answer("Zoë", comment="said"))
            ops.attach_photo(workspace, second, GREETED, ops.take_in(self.place / "photo.jpg"))
            ops.submit_visit(workspace, second, reason="fuzz")
            ops.sync(workspace, office)
            file = ops.export_visit(workspace, second.header.visit_id, self.place)
            approve_visit(workspace, judged_here(workspace, opened.header.visit_id))
            ops.sync(workspace, office)
            self.exported = file.read_bytes()
            info = ops.find_form(workspace, "visit")
            self.form_json = json.dumps(workspace.store.forms.document(info.hash)).encode()
            self.visit_form, _rules = workspace.form(info.hash)
        self.office = office
        self.database = (self.place / "template" / "data" / "mshopper.sqlite").read_bytes()
        (self.results,) = (office / "results").iterdir()
        self.segment = sorted(
            file.name for file in self.results.iterdir() if file.name != "device.json" and file.name.startswith("0")
        )
        (self.review,) = (office / "reviews").rglob("*.review.json")

    def bad_part(self, name: str) -> st.SearchStrategy[bytes]:
        """A damaged file of the segment."""
        good = (self.results / name).read_bytes()
        return in_json(good) | in_bytes(good) if name.endswith(".json") else in_bytes(good)

    def bad_review(self) -> st.SearchStrategy[bytes]:
        """A damaged statement."""
        good = self.review.read_bytes()
        return in_json(good) | in_bytes(good)

    def bad_package(self) -> st.SearchStrategy[bytes]:
        """A damaged list of the merged tables."""
        good = (self.office / "datapackage.json").read_bytes()
        return in_json(good) | in_bytes(good)

    def read_answers(self, file: Path) -> None:
        """As `mshopper score` does."""
        from mshopper.operations.answers_file import read_answers

        read_answers(file, self.visit_form)

    def read_segment(self, name: str, file: Path) -> None:
        """As the merge does, without the signatures, which would stop most of it."""
        from mshopper.exchange.segment import read_segment

        folder = file.parent / "device"
        shutil.copytree(self.results, folder, dirs_exist_ok=True)
        shutil.copy(file, folder / name)
        read_segment(folder, name.partition(".")[0])

    def read_review(self, file: Path) -> None:
        """As taking reviews does."""
        from mshopper.exchange.folder import HeadOffice
        from mshopper.exchange.reviews import read_review, scan_reviews

        office = file.parent / "office"
        target = office / self.review.relative_to(self.office)
        target.parent.mkdir(parents=True)
        shutil.copy(file, target)
        opened = HeadOffice(office)
        for place in scan_reviews(opened)[0]:
            read_review(opened, place, keys=lambda _device: None)

    def read_package(self, file: Path) -> None:
        """As whoever reads merged tables does."""
        from mshopper.exchange.merged import newest_package, read_merged

        newest_package(file.parent)
        read_merged(file.parent)

    def read_exported(self, file: Path) -> None:
        """As verifying it does, which reads all of it."""
        ops.verify_file(self.elsewhere, file)


def read_form(file: Path) -> None:
    """As taking in a form does."""
    from mshopper.formfile import check_form

    check_form(file)


def read_stores(file: Path) -> None:
    """As `mshopper stores import` does."""
    from mshopper.exchange.stores_csv import read_stores as read

    read(file)


def read_plan(file: Path) -> None:
    """As a sync does."""
    from mshopper.exchange.stores_csv import read_plan as read

    read(file)


def read_photo(file: Path) -> None:
    """As attaching it does."""
    ops.take_in(file)


def read_database(file: Path) -> None:
    """As the start does, and putting back a backup; where it opens, the list of visits."""
    from mshopper.store.backups import check_backup

    folder = file.parent / "data"
    folder.mkdir()
    shutil.copy(file, folder / "mshopper.sqlite")
    try:
        check_backup(file)
    finally:
        with open_store(folder) as store:
            store.visit_list.list(VisitFilter(), 50, 0)
