"""定稿: what has been printed stays as it was printed, whatever arrives later or changes in rules/ (spec 1)."""

import shutil
from collections.abc import Sequence
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import process
from pipeline.book import open_book
from pipeline.finals import RawFinal, final_in
from pipeline.run import Result
from pipeline.summary.book import summary_sheets
from pipeline.workbook.render import render_workbook
from tests.districts import Register, run_district
from tests.forms import ROOT
from tests.periods import a_form
from tests.worked import form_bytes, values_of

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")
GOOD, POOR, SILENT = "区发改委", "区教体局", "区司法局"
OUTSIDE = "事项清单：厅外办件量=2 | 进驻大厅=否"
Forms = list[dict[str, Any]]


def forms() -> Forms:
    """Three units; the poor one mends itself in 第3期, the silent one stays away in 第3期."""
    first = [a_form(unit, period) for unit in (GOOD, SILENT) for period in (1, 2)]
    return [*first, a_form(POOR, 1, OUTSIDE), a_form(POOR, 2, OUTSIDE), a_form(GOOD, 3), a_form(POOR, 3)]


def district(*more: dict[str, Any], **told: Any) -> dict[str, Any]:
    return {"forms": [*forms(), *more], "catalogue": [], "periods": [1, 2, 3], **told}


@cache
def printed() -> bytes:
    """The 汇总表 of 第2期 as it was printed."""
    return render_workbook(summary_sheets(run_district(district(), 2)), "汇总表（第2期）")


def read_final(data: bytes) -> RawFinal:
    return final_in(open_book(data))


@cache
def final() -> RawFinal:
    return read_final(printed())


def edited(sheet: str, unit: str, title: str, value: Any) -> RawFinal:
    """The printed 汇总表 in which a person wrote another value."""
    book = openpyxl.load_workbook(BytesIO(printed()))
    page = book[sheet]
    rows = list(page.iter_rows(min_row=4))
    titles = [cell.value for cell in rows[0]]
    line = next(row for row in rows if unit in [cell.value for cell in row])
    line[titles.index(title)].value = value
    out = BytesIO()
    book.save(out)
    return read_final(out.getvalue())


def of_unit(result: Result, unit: str) -> pd.Series:
    return result.units.set_index("unit").loc[unit]


def third(*more: dict[str, Any], raw: RawFinal | None = None, **told: Any) -> Result:
    """第3期 where 第2期 is final."""
    return run_third(more, raw, told) if more or raw or told else plain_third()


@cache
def plain_third() -> Result:
    return run_third((), None, {})


def run_third(more: Sequence[dict[str, Any]], raw: RawFinal | None, told: dict[str, Any]) -> Result:
    return run_district(district(*more, finals={"汇总表（第2期）.xlsx": raw or final()}, **told), 3)


def late_form(lines: str = "", unit: str = POOR, day: int = 10) -> dict[str, Any]:
    """A form for 第2期 that was not there when it was printed; the office laid it into the folder of its period."""
    form = a_form(unit, 2, lines)
    filled_on = date(2023, 4, day)
    about = [{**form["values"]["unit_info"][0], "filled_on": filled_on}]
    return {
        **form,
        "folder": 2,
        "file": f"补报{day}/{unit}.xlsx",
        "filled_on": filled_on,
        "values": {**form["values"], "unit_info": about},
    }


def test_the_period_of_a_final_is_the_one_stamped_in_it() -> None:
    assert final().period == 2


def test_read_back_the_printed_figures_are_those_that_were_computed() -> None:
    """Nothing changes by a 定稿 that says what the program says anyway."""
    free, bound = run_district(district(), 3), third()
    for name in ("units", "checks", "five", "trend", "proposals", "proposals_before"):
        left, right = getattr(free, name), getattr(bound, name)
        left, right = (frame.drop(columns="reason", errors="ignore") for frame in (left, right))
        pd.testing.assert_frame_equal(left, right, check_dtype=False, obj=name)


def test_a_form_that_came_after_printing_leaves_the_printed_period_as_it_was() -> None:
    before, after = third(), third(late_form())
    for name in ("proposals_before", "five"):
        pd.testing.assert_frame_equal(getattr(before, name), getattr(after, name), obj=name)
    second = [result.trend[result.trend["period"].eq(2)].reset_index(drop=True) for result in (before, after)]
    pd.testing.assert_frame_equal(*second)
    assert of_unit(before, POOR)["change"] == of_unit(after, POOR)["change"]


def test_without_the_final_the_same_form_changes_the_last_period() -> None:
    """The near miss: nothing printed, so the newest form of 第2期 counts."""
    result = run_district(district(late_form()), 3)
    assert of_unit(result, POOR)["change"] != of_unit(third(late_form()), POOR)["change"]
    assert result.late_corrections.empty


def test_a_form_the_final_does_not_list_is_a_correction_and_named() -> None:
    result = third(late_form())
    assert result.late_corrections[["unit", "period", "file"]].to_numpy().tolist() == [[POOR, 2, f"补报10/{POOR}.xlsx"]]
    line = result.files.set_index("file").loc[f"补报10/{POOR}.xlsx"]
    assert line["outcome"] == "更正"
    assert line["reason"] == "第2期已定稿，不再改动；这份表从第3期起计入"
    assert third().late_corrections.empty


def test_it_is_no_correction_before_somebody_said_which_period_it_belongs_to() -> None:
    """Filled in in the window of 第3期 with the old 期号: it may be the form of 第3期."""
    result = third({**late_form(), "folder": None})
    line = result.files.set_index("file").loc[f"补报10/{POOR}.xlsx"]
    assert line["outcome"] == "期号待确认"
    assert "如属第3期请移到“第3期”文件夹，如属第2期的更正请移到“第2期”文件夹" in line["reason"]
    assert result.late_corrections.empty


def test_a_correction_speaks_for_a_unit_from_the_next_period_on_unless_it_has_a_form_of_its_own() -> None:
    late = late_form("事项清单 ×3：", SILENT)
    carried = of_unit(third(late), SILENT)
    assert carried[["state", "own_period", "items"]].tolist() == ["未报送", 2, 3]
    assert of_unit(third(), SILENT)["items"] == 1
    assert of_unit(third(late_form("事项清单 ×3：", POOR)), POOR)["items"] == 1
    assert of_unit(third(late_form("事项清单 ×3：", POOR)), POOR)["own_period"] == 3


def test_of_two_corrections_the_newer_one_speaks() -> None:
    older, newer = late_form("事项清单 ×3：", SILENT, 9), late_form("事项清单 ×4：", SILENT, 10)
    assert of_unit(third(newer, older), SILENT)["items"] == 4


def test_a_figure_a_person_changed_in_the_final_is_the_published_one() -> None:
    plain, changed = third(), third(raw=edited("单位排名", GOOD, "评比得分", 50))
    now = of_unit(plain, GOOD)["score"]
    assert of_unit(changed, GOOD)["change"] == round(now - 50, 2)


def test_a_result_changed_in_the_final_moves_what_page_one_compares_with() -> None:
    table = final().tables["自查对照"]
    third_check = table["单位名称"].eq(GOOD) & table["序号"].astype("float64").eq(3)
    changed = {**final().tables, "自查对照": table.assign(分子=table["分子"].mask(third_check, 0.0))}
    before = [
        third(raw=raw).five.set_index("name")["done_before"] for raw in (final(), final()._replace(tables=changed))
    ]
    assert (before[0] - before[1]).to_dict() == {"事项": 1, "环节": 0, "人员": 0, "系统": 0, "窗口": 0}


def test_the_printed_proposals_are_those_passed_over_next_time() -> None:
    """The stamp says GOOD was proposed for praise; a rerun might have proposed others."""
    raw = final()
    others = RawFinal(
        raw.period, raw.tables, [pair for pair in raw.stamp if not pair[0].startswith("拟")] + [("拟表扬", POOR)]
    )
    result = third(raw=others)
    assert result.proposals_before[["kind", "unit"]].to_numpy().tolist() == [["表扬", POOR]]
    praised = result.proposals.loc[result.proposals["kind"].eq("表扬"), "unit"].tolist()
    assert POOR not in praised


def test_a_final_that_proposed_nobody_passes_nobody_over() -> None:
    """A rerun of 第2期 would propose somebody; what was printed and decided on named nobody."""
    raw = final()
    nobody = raw._replace(stamp=[pair for pair in raw.stamp if not pair[0].startswith("拟")])
    assert len(third(raw=raw._replace(stamp=[])).proposals_before)  # without a stamp the rerun has to do
    assert third(raw=nobody).proposals_before.empty


def test_the_office_s_later_register_does_not_touch_a_printed_period() -> None:
    rows = {"waivers": [{"unit": POOR, "check": "3", "reason": "新设", "approver": "甲", "until": date(2023, 12, 1)}]}
    plain, waived = third(), third(registers={"登记表.xlsx": Register(3, rows)})
    second = [result.trend[result.trend["period"].eq(2)].reset_index(drop=True) for result in (plain, waived)]
    pd.testing.assert_frame_equal(*second)
    assert waived.checks.query("unit == @POOR and check == 3")["result"].tolist() == ["不适用"]


def test_a_form_listed_as_undecided_when_the_period_was_printed_is_a_correction_once_its_period_is_known() -> None:
    """It lay there, but the printed figures do not hold it."""
    table = final().tables["报送情况"]
    listed = late_form("事项清单 ×3：", SILENT)
    line = {
        **dict.fromkeys(table.columns),
        "单位名称": SILENT,
        "sha256": listed["file"],
        "处理结果": "期号待确认",
        "文件": listed["file"],
    }
    tables = {**final().tables, "报送情况": pd.concat([table, pd.DataFrame([line])], ignore_index=True)}
    result = third(listed, raw=final()._replace(tables=tables))
    assert result.files.set_index("file").loc[listed["file"], "outcome"] == "更正"


def test_a_correction_that_came_after_two_periods_were_printed_is_named_in_the_next_one() -> None:
    fourth = [a_form(GOOD, 4), a_form(POOR, 4)]
    finals = {"二.xlsx": final(), "三.xlsx": read_final(render_workbook(summary_sheets(third()), "汇总表（第3期）"))}
    seen = {
        "二.xlsx": final(),
        "三.xlsx": read_final(render_workbook(summary_sheets(third(late_form())), "汇总表（第3期）")),
    }
    both = {"forms": [*forms(), *fourth, late_form()], "catalogue": [], "periods": [1, 2, 3, 4]}
    assert run_district({**both, "finals": finals}, 4).late_corrections["unit"].tolist() == [POOR]
    assert run_district({**both, "finals": seen}, 4).late_corrections.empty


# Through the whole program.


def run(inputs: Path, outputs: Path, *options: str) -> int:
    return process.main([*options, "--inputs", str(inputs), "--outputs", str(outputs), "--workers", "1"])


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_printed_period_is_not_written_again_whatever_arrived_or_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs, outputs, rules = tmp_path / "inputs", tmp_path / "outputs", tmp_path / "rules"
    inputs.mkdir()
    for unit in (GOOD, POOR, SILENT):
        (inputs / f"{unit}.xlsx").write_bytes(form_bytes(values_of({}, unit, 1), unit, 1))
    assert run(inputs, outputs) == 0
    shutil.copy(outputs / "第1期" / "汇总表（第1期）.xlsx", inputs / "已印发.xlsx")
    (inputs / "补报.xlsx").write_bytes(form_bytes(values_of({"form": OUTSIDE}, "区民政局", 1), "区民政局", 1))
    shutil.copytree(ROOT / "rules", rules)
    checks = rules / "checks.toml"
    checks.write_text(checks.read_text("utf-8").replace("weight = 16", "weight = 14").replace("weight = 10", "weight = 11"), "utf-8")  # fmt: skip
    before = bytes_below(outputs)
    capsys.readouterr()
    assert run(inputs, outputs, "--period", "1", "--rules", str(rules)) == 0
    said = capsys.readouterr().out
    assert "第1期已定稿（已印发.xlsx），结果不再改写。" in said
    assert "更正 补报.xlsx：从第2期起计入" in said
    assert bytes_below(outputs) == before
