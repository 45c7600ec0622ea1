"""汇总表 as something to work with: its formulas give what is stored, and every link leads to an existing place."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from pipeline.followup import LEDGER
from pipeline.rules import Rules
from pipeline.run import Result
from pipeline.sheets import HEADER_ROW, TableSheet
from pipeline.summary.book import summary_sheets
from pipeline.workbook.render import render_workbook
from tests.districts import run_district
from tests.forms import the_rules
from tests.office import Job, run_office
from tests.results import CARRIED, GOOD, LATE, NEVER, RETURNED, a_result, an_empty_result
from tests.submissions import full_districts

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

FORMULAS_OF_A_UNIT = ("九项得分", "环节模式得分", "评比得分")


def rendered(result: Result) -> bytes:
    return render_workbook(summary_sheets(result), "汇总表")


@cache
def sample() -> bytes:
    return rendered(a_result())


@cache
def sample_book(values: bool = False) -> Workbook:
    return opened(sample(), values)


def opened(data: bytes, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data), data_only=values)


def formulas(book: Workbook) -> Iterator[tuple[str, str]]:
    """Sheet and address of every cell with a formula."""
    for place in book.worksheets:
        for row in place.iter_rows():
            yield from ((place.title, cell.coordinate) for cell in row if cell.data_type == "f")


def titles(place: Any) -> dict[str, int]:
    """The column number of each title."""
    return {cell.value: cell.column for cell in place[HEADER_ROW]}


def row_of(place: Any, **told: Any) -> int:
    """The row in which these titles have these values."""
    at = titles(place)
    for row in range(HEADER_ROW + 1, place.max_row + 1):
        if all(place.cell(row, at[title]).value == value for title, value in told.items()):
            return row
    raise AssertionError(f"{place.title}: no row {told}")


def cell_at(book: Workbook, location: str) -> Any:
    """The cell a link leads to; fails where there is none."""
    found = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", location)
    assert found, location
    place = book[found[1]]
    column, row, _, _ = range_boundaries(found[2])
    assert row <= place.max_row, location
    assert column <= place.max_column, location
    return place[found[2]]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9
    return (one or "") == (other or "")


def worked_out_again(results: list[Result], folder: Path) -> list[str]:
    """The cells of the workbooks that LibreOffice works out otherwise than they were stored."""
    jobs = []
    for number, result in enumerate(results):
        source = folder / f"{number}.xlsx"
        source.write_bytes(rendered(result))
        jobs.append(Job(source, [], {"xlsx": folder / f"{number}_again.xlsx"}))
    run_office(jobs, folder)
    wrong = []
    for job in jobs:
        written, stored, again = (
            opened(job.source.read_bytes()),
            opened(job.source.read_bytes(), values=True),
            opened(job.saves["xlsx"].read_bytes(), values=True),
        )
        cells = list(formulas(written))
        assert len(cells) > 500
        wrong += [
            f"{sheet}!{cell}: {stored[sheet][cell].value!r} {again[sheet][cell].value!r}"
            for sheet, cell in cells
            if not same(stored[sheet][cell].value, again[sheet][cell].value)
        ]
    return wrong


# --- formulas --------------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_all_formulas_give_the_stored_values_again(tmp_path: Path) -> None:
    """A district with one unit of every kind, and one nobody reported in."""
    assert worked_out_again([a_result(), an_empty_result()], tmp_path) == []


@pytest.mark.office
@settings(max_examples=1, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(full_districts())
def test_they_do_for_districts_with_odd_units_as_well(
    tmp_path_factory: pytest.TempPathFactory, district: dict[str, Any]
) -> None:
    assert worked_out_again([run_district(district)], tmp_path_factory.mktemp("office")) == []


def other_rules() -> Rules:
    """Rules with other weights, thresholds and shares."""
    rules = the_rules()
    weights = {3: 10, 8: 18, 4: 6, 5: 18}
    checks = tuple(
        check.model_copy(update={"weight": weights.get(check.number, check.weight)}) for check in rules.checks.checks
    )
    measures = rules.checks.measures.model_copy(update={"basic_credit": 0.5, "covered_counts": 0.25})
    return rules.model_copy(
        update={
            "checks": rules.checks.model_copy(update={"checks": checks, "measures": measures}),
            "ranking": rules.ranking.model_copy(update={"nine": 0.7, "modes": 0.3}),
        }
    )


@pytest.mark.office
def test_a_number_changed_on_the_rules_page_gives_the_scores_of_the_changed_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = a_result()
    monkeypatch.setattr("tests.districts.the_rules", other_rules)
    wanted = a_result.__wrapped__()
    source, saved = tmp_path / "source.xlsx", tmp_path / "changed.xlsx"
    source.write_bytes(sample())
    names = {
        name: place.attr_text.split("!")[1].replace("$", "") for name, place in sample_book().defined_names.items()
    }
    told = {
        "权重第3项": 10, "权重第8项": 18, "权重第4项": 6, "权重第5项": 18,
        "基本到位得分率": 0.5, "整改中按": 0.25, "九项占比": 0.7, "环节占比": 0.3,
    }  # fmt: skip
    cells = {names[name]: value for name, value in told.items()}
    run_office([Job(source, [["fill", "规则", cells]], {"xlsx": saved})], tmp_path)
    place = opened(saved.read_bytes(), values=True)["单位排名"]
    at = titles(place)
    for unit in wanted.units.itertuples():
        row = row_of(place, 单位名称=unit.unit)
        for title, value in zip(FORMULAS_OF_A_UNIT, (unit.nine, unit.mode, unit.score), strict=True):
            shown = place.cell(row, at[title]).value
            assert (
                shown == pytest.approx(value)
                if isinstance(value, float) and value == value
                else shown in (None, "", "不适用")
            ), (
                unit.unit,
                title,
            )
    moved = wanted.units["score"].sub(before.units["score"]).abs()
    assert moved.max() > 1


@pytest.mark.office
def test_a_corrected_flag_moves_count_rate_and_score(tmp_path: Path) -> None:
    source, saved = tmp_path / "source.xlsx", tmp_path / "changed.xlsx"
    source.write_bytes(sample())
    stored = sample_book(values=True)
    items = stored["事项明细"]
    row = row_of(items, 单位名称=GOOD, 第3项=0)
    flag = items.cell(row, titles(items)["第3项"]).coordinate
    run_office([Job(source, [["fill", "事项明细", {flag: 1}]], {"xlsx": saved})], tmp_path)
    again = opened(saved.read_bytes(), values=True)
    check = row_of(stored["自查对照"], 单位名称=GOOD, 序号=3)
    at = titles(stored["自查对照"])
    seen = [
        (book["自查对照"].cell(check, at[title]).value)
        for book in (stored, again)
        for title in ("分子", "得分率", "数据结果")
    ]
    assert seen == [1, 0.5, "不到位", 2, 1, "到位"]
    unit = row_of(stored["单位排名"], 单位名称=GOOD)
    score = titles(stored["单位排名"])["评比得分"]
    assert again["单位排名"].cell(unit, score).value > stored["单位排名"].cell(unit, score).value


def test_the_stored_values_are_those_of_the_program() -> None:
    place, units = sample_book(values=True)["单位排名"], a_result().units.set_index("unit")
    at = titles(place)
    assert place.cell(row_of(place, 单位名称=GOOD), at["评比得分"]).value == units.loc[GOOD, "score"]
    assert place.cell(row_of(place, 单位名称=NEVER), at["评比得分"]).value in (None, "")


def test_texts_of_units_are_never_part_of_a_formula() -> None:
    book = sample_book()
    written = {book[sheet][cell].value for sheet, cell in formulas(book)}
    names = [*a_result().items["name"], *a_result().rules.roster.names]
    assert not [text for text in written if any(name in text for name in names)]


def test_a_large_workbook_holds_values_only_and_says_so() -> None:
    rules = the_rules().model_copy(
        update={"workbook": the_rules().workbook.model_copy(update={"most_formula_rows": 3})}
    )
    sheets = summary_sheets(replace(a_result(), rules=rules))
    book = opened(render_workbook(sheets, "汇总表"))
    assert list(formulas(book)) == []
    assert any("只列数值" in str(cell.value) for cell in book["总览"]["A"])
    assert all("只列数值" not in str(cell.value) for cell in sample_book()["总览"]["A"])


def test_what_does_not_fit_a_sheet_goes_on_on_the_next_and_the_first_page_says_so() -> None:
    rules = the_rules().model_copy(update={"workbook": the_rules().workbook.model_copy(update={"rows_per_sheet": 34})})
    sheets = {sheet.name: sheet for sheet in summary_sheets(replace(a_result(), rules=rules))}
    assert "自查对照（2）" in sheets
    contents = sheets["目录"]
    assert isinstance(contents, TableSheet)
    assert "自查对照（2）" in contents.rows.iloc[:, 1].tolist()
    assert "自查对照（2）" in sheets["总览"].note


# --- links -----------------------------------------------------------------------------------------------------------


def links(book: Workbook) -> list[tuple[str, str, str]]:
    """Sheet, address and target of every link."""
    return [
        (place.title, cell.coordinate, cell.hyperlink.location)
        for place in book.worksheets
        for row in place.iter_rows()
        for cell in row
        if cell.hyperlink
    ]


def test_every_link_leads_to_a_place_in_the_workbook() -> None:
    book = sample_book()
    found = links(book)
    assert len(found) > 300
    for _, _, location in found:
        cell_at(book, location)
    assert all(
        cell.hyperlink.target is None for place in book for row in place.iter_rows() for cell in row if cell.hyperlink
    )


def test_from_a_cell_of_the_heat_map_one_comes_to_the_units_own_cell() -> None:
    assert follow_all(a_result()) == 8


def follow_all(result: Result) -> int:
    """Follows every cell of 九项自查 to its row, its shortfalls and their rows; how many shortfalls were reached."""
    book, stored = opened(rendered(result)), opened(rendered(result), values=True)
    heat, checks, short = (stored[name] for name in ("九项自查", "自查对照", "未达标明细"))
    link = {(sheet, cell): location for sheet, cell, location in links(book)}
    at, reached = titles(checks), 0
    for row in range(HEADER_ROW + 1, heat.max_row + 1):
        unit = heat.cell(row, 1).value
        for number in range(1, 10):
            cell = heat.cell(row, 1 + number)
            there = cell_at(stored, link["九项自查", cell.coordinate])
            if cell.value == "未报送":
                assert there.parent.title == "报送情况"
                continue
            assert there.parent.title == "自查对照"
            assert [there.parent.cell(there.row, at[title]).value for title in ("单位名称", "序号", "数据结果")] == [
                unit,
                number,
                cell.value,
            ]
            counted = checks.cell(there.row, at["未达标数"])
            if cell.value not in ("基本到位", "不到位"):
                assert counted.value == 0
                continue
            first = cell_at(stored, link["自查对照", counted.coordinate])
            reached += follow_lines(short, first.row, counted.value, (unit, number), link, stored)
    return reached


def follow_lines(
    short: Any, first: int, count: int, key: tuple[str, int], link: dict[tuple[str, str], str], stored: Workbook
) -> int:
    """The lines of one check on 未达标明细: each names file and cell, or that there is none, and leads to its row."""
    at = titles(short)
    for row in range(first, first + count):
        told = {title: short.cell(row, column).value for title, column in at.items()}
        assert (told["单位名称"], told["序号"]) == key
        assert told["原因"]
        if told["名称"] == "（整项）":
            continue
        assert bool(told["文件"]) == bool(told["单元格"])
        there = cell_at(stored, link["未达标明细", short.cell(row, at["名称"]).coordinate])
        assert there.value == key[0]
        assert told["名称"] in [cell.value for cell in there.parent[there.row]]
    return count


def test_a_check_that_falls_short_as_a_whole_has_a_line_of_its_own() -> None:
    book = sample_book(values=True)
    place = book["未达标明细"]
    row = row_of(place, 单位名称=RETURNED, 序号=8)
    assert place.cell(row, titles(place)["原因"]).value == "有事项没有填写厅外办件量"


# --- the other new sheets --------------------------------------------------------------------------------------------


def test_all_sums_agree() -> None:
    for result in (a_result(), an_empty_result()):
        place = opened(rendered(result), values=True)["核对"]
        at = titles(place)
        words = [place.cell(row, at["是否一致"]).value for row in range(HEADER_ROW + 1, place.max_row + 1)]
        assert set(words) == {"一致"}


def test_points_won_and_left_add_up_to_the_whole() -> None:
    place = sample_book(values=True)["自查对照"]
    at = titles(place)
    rows = [row for row in range(HEADER_ROW + 1, place.max_row + 1) if place.cell(row, 1).value == LATE]
    won, left = (sum(place.cell(row, at[title]).value or 0 for row in rows) for title in ("得分", "可提升分"))
    assert won + left == pytest.approx(100)
    assert won == pytest.approx(a_result().units.set_index("unit").loc[LATE, "nine"], abs=0.005)


def test_the_same_item_told_differently_in_two_units_is_compared_and_one_told_alike_is_not() -> None:
    assert alike_rows(a_result()) == []
    modes = a_result().modes
    longer = modes.assign(promised_days=modes["promised_days"].mask(modes["unit"].eq(GOOD), 9))
    rows = alike_rows(replace(a_result(), modes=longer))
    assert [row[2] for row in rows] == ["承诺时限"] * 4
    assert [row[3] for row in rows][:2] == [GOOD, CARRIED]
    assert [row[9] for row in rows][:2] == [9, 3]


def alike_rows(result: Result) -> list[list[Any]]:
    sheet = next(sheet for sheet in summary_sheets(result) if sheet.name == "同类事项对比")
    assert isinstance(sheet, TableSheet)
    return [list(row) for row in sheet.rows.itertuples(index=False)]


def test_a_task_says_what_has_become_of_it_and_what_is_gone_stands_below() -> None:
    tasks = a_result().details["tasks"]
    own = tasks[tasks["unit"].eq(GOOD)].iloc[0]
    base = {"kind": "任务", "unit": GOOD, "state": "进行中", "overdue": False}
    ledger = pd.DataFrame(
        [
            {
                **base,
                "text": own["content"],
                "file": own["file"],
                "row": own["row"],
                "change": "延期",
                "first_period": 1,
            },
            {**base, "text": "旧任务", "file": "旧.xlsx", "row": own["row"], "change": "不再列出", "first_period": 1},
        ]
    ).reindex(columns=LEDGER)
    sheet = next(s for s in summary_sheets(replace(a_result(), ledger=ledger)) if s.name == "任务清单")
    assert isinstance(sheet, TableSheet)
    rows = sheet.rows.set_axis([column.title for column in sheet.columns], axis=1)
    told = rows[rows["单位名称"].eq(GOOD)]
    assert told["变化"].tolist() == ["延期", "不再列出"]
    assert told["首次列出"].tolist() == ["第1期", "第1期"]
    assert rows["任务内容"].iloc[-1] == "旧任务"
    assert len(rows) == len(tasks) + 1


def test_an_item_says_how_it_moved_and_one_removed_stands_on_a_sheet_of_its_own() -> None:
    item = a_result().items[a_result().items["unit"].eq(GOOD)].iloc[0]
    moves = pd.DataFrame(
        [
            {
                "unit": GOOD,
                "name": item["name"],
                "name_before": "旧名",
                "change": "更名",
                "file": item["file"],
                "row": item["row"],
            },
            {"unit": GOOD, "name": None, "name_before": "没有了的", "change": "减少", "file": "", "row": None},
        ]
    )
    sheets = {sheet.name: sheet for sheet in summary_sheets(replace(a_result(), movements=moves))}
    items, moved = sheets["事项明细"], sheets["事项变化"]
    assert isinstance(items, TableSheet)
    assert isinstance(moved, TableSheet)
    rows = items.rows.set_axis([column.title for column in items.columns], axis=1)
    assert rows.loc[rows["事项名称"].eq(item["name"]) & rows["单位名称"].eq(GOOD), "较上期"].tolist() == ["更名"]
    assert len(rows) == len(a_result().items)
    assert moved.rows.iloc[:, 3].tolist() == ["更名", "减少"]
