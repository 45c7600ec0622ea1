"""Nothing dropped into inputs/ stops a run: each hostile file becomes what its case says."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.cli import Progress
from pipeline.district import read_district
from pipeline.findings import FAULTS, describe
from pipeline.frames import type_forms
from pipeline.intake import Identified, Source, identify_files
from pipeline.reader import read_form
from pipeline.validate import keep_items
from pipeline.workers import Limits, Workers
from tests.forms import the_rules
from tests.hostile import cells, containers, kinds, readers
from tests.hostile.case import Case
from tests.hostile.parts import OTHER, book, form_values, mail
from tests.results import GOOD, an_item

CASES: list[Case] = [*kinds.CASES, *containers.CASES, *cells.CASES, *readers.CASES]
# English words a clerk knows: programs, formats, and names of the cases themselves.
KNOWN_WORDS = {
    "excel",
    "word",
    "outlook",
    "csv",
    "zip",
    "rar",
    "xlsx",
    "xml",
    "winmail",
    "dat",
    "wps",
    "gz",
    "bz",
    "xz",
    "cab",
    "z",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inputs")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_hostile_file_becomes_what_its_case_says(case: Case, folder: Path) -> None:
    source = _put(case, folder / case.id)
    lines = _identify(source)
    told = lines[source.path].row
    assert told["kind"] == case.becomes, told
    assert all(word in told.get("reason", "") for word in case.says), told
    members = {
        path.removeprefix(f"{source.path} › "): one.row["kind"] for path, one in lines.items() if path != source.path
    }
    assert members == case.members
    if case.becomes == "form":
        _check_content(case, source.read())


def _put(case: Case, folder: Path) -> Source:
    folder.mkdir(exist_ok=True)
    (folder / case.name).write_bytes(case.make())
    return Source(case.name, str(folder))


def _identify(source: Source) -> dict[str, Identified]:
    """What the file and its members are, by the path shown; each path stands once."""
    lines: dict[str, Identified] = {}
    todo = [source]
    while todo:
        found = identify_files(todo, the_rules())
        assert not {one.row["file"] for one in found} & lines.keys()
        lines |= {one.row["file"]: one for one in found}
        todo = [member for one in found for member in one.members]
    return lines


def _check_content(case: Case, data: bytes) -> None:
    form = the_rules().form
    frames, findings, places = type_forms({"f": read_form(data, form)}, form)
    _, _, about_items = keep_items(frames["items"], findings)
    codes = {*findings["code"], *about_items["code"]}
    assert set(case.codes) <= codes, codes
    assert not set(case.never) & codes, codes
    for (sheet, key), wanted in case.reads.items():
        read = [None if value is pd.NA or value != value else value for value in frames[sheet][key].tolist()]
        assert read == [None if value is pd.NA else value for value in wanted]
    assert set(describe(findings, places, form)["level"]) <= {"错误", "提醒"}


def test_every_case_has_an_id_of_its_own_and_there_are_enough() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 150


def test_no_message_holds_words_a_clerk_would_not_know(folder: Path) -> None:
    words = [text for fault in FAULTS.values() for text in (fault.problem, fault.advice)]
    reasons = [
        one.row.get("reason", "") for case in kinds.CASES for one in _identify(_put(case, folder / case.id)).values()
    ]
    for text in [*words, *reasons]:
        plain = re.sub(r"\{\w+\}", "", text).lower()
        assert set(re.findall(r"[a-z]+", plain)) <= KNOWN_WORDS, text


GOOD_UNITS = 30


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The units and receipts of 30 good forms alone, and of the same among all hostile files."""
    alone = tmp_path_factory.mktemp("alone")
    units = [unit for unit in the_rules().roster.names if unit not in (GOOD, OTHER)][:GOOD_UNITS]
    for number, unit in enumerate(units):
        values = form_values(an_item(hall_cases=number, in_hall="是" if number % 3 else "否"), unit=unit)
        (alone / f"{unit}.xlsx").write_bytes(book(values=values))
    among = tmp_path_factory.mktemp("among")
    for path in alone.iterdir():
        (among / path.name).write_bytes(path.read_bytes())
    for case in CASES:
        if case.becomes not in ("catalogue", "register", "final"):
            _put(case, among / case.id)
    with Progress() as progress, Workers(Limits(workers=2, memory_mb=1536)) as workers:
        few, many = (read_district(place, the_rules(), 2, workers, progress) for place in (alone, among))
    assert not few.faults
    assert not many.faults
    good = few.result.units["unit"].isin(units)
    return few.result.units[good], many.result.units[good], few.result.files, many.result.files


def test_good_forms_give_the_same_figures_among_hostile_ones(runs: tuple[pd.DataFrame, ...]) -> None:
    alone, among, _, _ = runs
    figures = ["unit", "state", "nine", "mode", "score", "items", "must", "errors"]
    pd.testing.assert_frame_equal(alone[figures].reset_index(drop=True), among[figures].reset_index(drop=True))
    assert len(alone) == GOOD_UNITS


def test_every_file_and_every_member_has_exactly_one_line(runs: tuple[pd.DataFrame, ...]) -> None:
    lines = runs[3]["file"].dropna()
    cases = [case for case in CASES if case.becomes not in ("catalogue", "register", "final")]
    wanted = [f"{case.id}/{case.name}" for case in cases]
    wanted += [f"{case.id}/{case.name} › {name}" for case in cases for name in case.members]
    assert sorted(line for line in lines if "/" in line) == sorted(wanted)
    assert runs[3].loc[runs[3]["file"].notna(), "outcome"].notna().all()


def test_the_ledger_reconciles(runs: tuple[pd.DataFrame, ...]) -> None:
    files = runs[3].dropna(subset=["cells_read"])
    assert (files["cells_read"] == files["cells_counted"] + files["cells_refused"]).all()
    assert (files.loc[~files["outcome"].isin(["采用", "目录"]), "cells_counted"] == 0).all()
    assert files.loc[files["outcome"].eq("采用"), "cells_counted"].gt(0).all()


def test_what_the_ledger_counts_is_what_was_filled_in(tmp_path: Path) -> None:
    values = form_values(an_item(hall_cases="很多"))
    told = sum(value not in (None, "") for rows in values.values() for row in rows for value in row.values())
    (tmp_path / "a.xlsx").write_bytes(book(values=values))
    with Progress() as progress, Workers(Limits(workers=1)) as workers:
        files = read_district(tmp_path, the_rules(), 2, workers, progress).result.files
    line = files[files["file"].eq("a.xlsx")].iloc[0]
    assert (line["cells_read"], line["cells_refused"], line["cells_counted"]) == (told, 1, told - 1)


def test_a_form_in_a_mail_is_late_by_the_day_of_the_mail(tmp_path: Path) -> None:
    early = form_values(unit="区残联", filled_on=date(2023, 3, 30))
    late = "Mon, 03 Apr 2023 09:00:00 +0800"
    (tmp_path / "a.eml").write_bytes(mail(("区残联.xlsx", book(values=early)), when=late))
    (tmp_path / "b.xlsx").write_bytes(book(values=form_values(unit="区教体局", filled_on=date(2023, 3, 30))))
    with Progress() as progress, Workers(Limits(workers=1)) as workers:
        units = read_district(tmp_path, the_rules(), 2, workers, progress).result.units.set_index("unit")
    assert units.loc["区残联", "late"]
    assert not units.loc["区教体局", "late"]
