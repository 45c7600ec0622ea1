"""The bench's submissions and the script it compares with; how long anything takes is not asserted."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from process import main
from tests.bench import naive
from tests.bench.submissions import Size, prepare

SMALL = Size(units=3, items=6, stages=13)
SHARED = {
    "总览", "单位排名", "九项自查", "自查对照", "三个无审批", "环节模式", "环节明细", "事项明细", "机构人员", "业务系统", "任务清单",
    "整改台账", "一证通办", "报送情况", "数据问题", "趋势", "规则", "未达标明细", "环节压减", "同类事项对比", "核对",
}  # fmt: skip
CARELESS_UNIT = "区发改委"  # the first of the roster, whose form holds errors


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("bench"), SMALL)


def rows_of(path: Path) -> dict[str, int]:
    """The number of filled rows of each sheet."""
    book = load_workbook(path, read_only=True)
    return {page.title: sum(any(cell is not None for cell in row) for row in page.values) for page in book}


def test_the_submissions_have_the_size_asked_for_and_are_the_same_every_time(inputs: Path, tmp_path: Path) -> None:
    again = prepare(tmp_path, SMALL)
    assert [path.name for path in sorted(again.iterdir())] == [path.name for path in sorted(inputs.iterdir())]
    assert all((inputs / path.name).read_bytes() == path.read_bytes() for path in again.iterdir())
    forms = [path for path in inputs.iterdir() if "目录" not in path.name]
    # Title, header and the example row stand above the entries.
    assert [rows_of(form)["审批环节"] for form in forms] == [3 + 13] * 3


def test_submissions_that_are_there_are_not_written_again(inputs: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in inputs.iterdir()}
    assert prepare(inputs.parent, SMALL) == inputs
    assert {path: path.stat().st_mtime_ns for path in inputs.iterdir()} == before


def test_another_size_makes_other_submissions(inputs: Path) -> None:
    other = prepare(inputs.parent, Size(units=1, items=6, stages=12))
    assert other != inputs
    assert len(list(other.iterdir())) == 2


def test_both_write_every_row_of_the_same_sheets(inputs: Path, tmp_path: Path) -> None:
    assert main(["--inputs", str(inputs), "--outputs", str(tmp_path), "--period", "2", "--workers", "1"]) == 0
    naive.main(inputs, tmp_path / "naive")
    ours = rows_of(tmp_path / "第2期" / "汇总表（第2期）.xlsx")
    theirs = rows_of(tmp_path / "naive" / "汇总表.xlsx")
    assert ours.keys() >= SHARED
    assert theirs.keys() == SHARED
    # Ours has three lines above the header, and the item each unit left out.
    assert theirs["事项明细"] == 1 + 3 * 6
    assert ours["事项明细"] == theirs["事项明细"] + 3 + 3
    assert theirs["环节明细"] == 1 + 3 * 13
    assert {path.suffix for path in (tmp_path / "naive").iterdir()} == {".xlsx", ".docx", ""}


def test_both_return_the_same_forms_with_the_same_cells_marked_and_write_to_every_unit(
    inputs: Path, tmp_path: Path
) -> None:
    assert main(["--inputs", str(inputs), "--outputs", str(tmp_path), "--period", "2", "--workers", "1"]) == 0
    naive.main(inputs, tmp_path / "naive")
    ours, theirs = tmp_path / "第2期", tmp_path / "naive"
    assert names_in(ours / "退回") == names_in(theirs / "退回") == {f"{CARELESS_UNIT}.xlsx"}
    assert names_in(theirs / "通知") <= names_in(ours / "通知")
    assert len(names_in(theirs / "通知")) == SMALL.units
    assert commented(theirs / "退回" / f"{CARELESS_UNIT}.xlsx") <= commented(ours / "退回" / f"{CARELESS_UNIT}.xlsx")


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def commented(path: Path) -> set[tuple[str, str]]:
    """Sheet and address of the cells with a comment."""
    pages = load_workbook(path).worksheets
    return {(page.title, cell.coordinate) for page in pages for row in page.iter_rows() for cell in row if cell.comment}
