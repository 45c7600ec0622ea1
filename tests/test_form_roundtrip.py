"""The form in LibreOffice: filled in from nothing, worked on as clerks do, saved as .xlsx, .xls and .ods, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import process
from pipeline import intake
from pipeline.check import Checked, Shelf, check_sources
from pipeline.demo.district import load_district
from pipeline.demo.forms import fill_form
from pipeline.frames import Frames, type_forms
from pipeline.intake import Source
from pipeline.prefill import to_rows
from pipeline.reader import read_form
from pipeline.template.book import TEMPLATE, Stamp, write_form
from tests.forms import the_rules
from tests.office import FILTERS, Job, address, run_office, typing_steps, validate

RULES = the_rules()
FORM = RULES.form
CLERKS = ("区残联", "区市场监管局")
PERIOD = 1
SELF_CHECK = ["read", "填报检查", "A2:E14"]
ITEMS = 7  # so many items 区残联 lists
LAST = 4 + ITEMS  # the row of the last one

Values = Mapping[str, Sequence[Mapping[str, Any]]]


def filled(unit: str) -> dict[str, list[dict[str, Any]]]:
    """What the clerk of a unit types: every sheet, no slip, everybody in the hall."""
    district = load_district()
    form = fill_form(district, district.by_name[unit], PERIOD)
    return {**form, "staff": [{**person, "in_hall": "是"} for person in form["staff"]]}


def told(values: Values) -> dict[str, list[dict[str, Any]]]:
    """The values without blanks, as they should be read; of the nine checks what is typed."""
    return {
        key: [{k: v for k, v in row.items() if v not in (None, "")} for row in rows] for key, rows in values.items()
    }


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """What the program reads in a form, sheet by sheet."""
    frames: Frames = type_forms({"表": read_form(path.read_bytes(), FORM)}, FORM)[0]
    rows = {sheet.key: to_rows(frames[sheet.key][list(sheet.keys)]) for sheet in FORM.sheets}
    rows["declarations"] = [
        {k: v for k, v in row.items() if k not in ("question", "good")} for row in rows["declarations"]
    ]
    return rows


def checked(path: Path) -> Checked:
    """What the program says of a form."""
    shelf = Shelf(RULES, pd.DataFrame(columns=intake.ROW), {})
    return check_sources([Source(path.name, str(path.parent))], shelf)[0]


def said(path: Path) -> set[tuple[str, str, str]]:
    """The findings about a form: level, sheet, code."""
    found = checked(path).findings
    return set(zip(found["level"], found["sheet"], found["code"], strict=True))


@dataclass(frozen=True)
class Worked:
    """The files LibreOffice saved, by what was done and kind of file, and what it showed on the way."""

    files: Mapping[tuple[str, str], Path]
    shown: Mapping[str, list[Any]]
    seconds: float


def habits() -> dict[str, list[list[Any]]]:
    """What clerks do to a filled-in form, as steps."""
    block = [[f"粘贴事项{n}", "", "行政许可"] for n in range(1, 4)]
    more = "事项清单"
    return {
        "排序": [["sort", more, f"A5:AB{LAST}", 1]],
        "筛选和隐藏": [["hide_rows", more, "A6:A8"], ["hide_columns", more, "C1:E1"]],
        "插行": [["insert_rows", more, 7, 2], SELF_CHECK],
        "第一行上面插行": [["unprotect", more], ["insert_rows", more, 5, 1], SELF_CHECK],
        "删行": [["delete_rows", more, 5, 1], SELF_CHECK],
        "加标题行": [
            ["unprotect", more],
            ["insert_rows", more, 1, 2],
            ["fill", more, {"A1": "石龙区残疾人联合会事项"}],
        ],
        "自加一栏": [["unprotect", more], ["insert_columns", more, 4, 1], ["fill", more, {"D3": "自编号", "D5": "一"}]],
        "合计行": [["fill", more, {f"A{LAST + 1}": "合计", f"W{LAST + 1}": 99}]],
        "粘贴": [
            ["add_page", "草稿", block],
            ["copy", "草稿", "A1:C3", more, f"B{LAST + 1}"],
            ["remove_page", "草稿"],
            SELF_CHECK,
        ],
    }


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """Two forms filled in from nothing and saved three ways, and one worked on further in the ways of `habits`."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "profile").mkdir()
    blank = folder / "blank.xlsx"  # a copy: LibreOffice leaves a lock beside what it opens
    blank.write_bytes(TEMPLATE.read_bytes())
    files, jobs = {}, []
    for unit in CLERKS:
        saves = {kind: folder / kind / f"{unit}.{kind}" for kind in FILTERS}
        files |= {(unit, kind): path for kind, path in saves.items()}
        jobs.append(Job(blank, [*typing_steps(filled(unit), FORM), SELF_CHECK], saves))
    for name, steps in habits().items():
        files[name, "xlsx"] = folder / f"{name}.xlsx"
        jobs.append(Job(files["区残联", "xlsx"], steps, {"xlsx": files[name, "xlsx"]}))
    for kind in FILTERS:
        (folder / kind).mkdir()
    # The blank form once more at the end: by then LibreOffice has nothing of its own to load.
    answers = run_office([Job(blank, [SELF_CHECK]), *jobs, Job(blank, [])], folder)
    shown = {name: answer["seen"] for name, answer in zip(("空表", *CLERKS, *habits()), answers, strict=False)}
    return Worked(files, shown, answers[-1]["seconds"])


# From nothing.


@pytest.mark.office
@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("unit", CLERKS)
def test_a_form_filled_in_from_nothing_is_read_as_it_was_typed_in_every_kind_of_file(
    unit: str, kind: str, worked: Worked
) -> None:
    assert read(worked.files[unit, kind]) == told(filled(unit))


@pytest.mark.office
@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("unit", CLERKS)
def test_a_form_filled_in_from_nothing_has_no_finding(unit: str, kind: str, worked: Worked) -> None:
    found = checked(worked.files[unit, kind])
    assert (found.unit, found.period, found.verdict) == (unit, PERIOD, "接收")
    assert said(worked.files[unit, kind]) == set()


@pytest.mark.office
def test_forms_saved_by_libreoffice_and_dropped_into_the_mailbox_are_processed(worked: Worked, tmp_path: Path) -> None:
    inputs, outputs = tmp_path / "inputs", tmp_path / "outputs"
    inputs.mkdir()
    for unit, kind in zip(CLERKS, ("xlsx", "ods"), strict=True):
        path = worked.files[unit, kind]
        (inputs / path.name).write_bytes(path.read_bytes())
    assert process.main(["--inputs", str(inputs), "--outputs", str(outputs), "--workers", "1"]) == 0
    summary = CalamineWorkbook.from_path(str(outputs / "第1期" / "汇总表（第1期）.xlsx"))
    rows = summary.get_sheet_by_name("报送情况").to_python()
    header = next(row for row in rows if "单位名称" in row)
    state, unit = header.index("状态"), header.index("单位名称")
    assert {row[unit]: row[state] for row in rows if row[unit] in CLERKS} == dict.fromkeys(CLERKS, "已接收")


@pytest.mark.office
def test_the_blank_form_opens_in_less_than_two_seconds(worked: Worked) -> None:
    assert worked.seconds < 2


# 填报检查.


def lines(shown: list[Any]) -> dict[str, list[Any]]:
    """Sheet -> rows in use, missing, contradictory, verdict."""
    return {row[0]: row[1:] for row in shown[-1][2:]}


@pytest.mark.office
def test_the_self_check_of_a_blank_form_counts_what_every_unit_must_fill_in(worked: Worked) -> None:
    counted = lines(worked.shown["空表"])
    assert counted["单位信息"][:3] == [1, sum(column.required for column in FORM.by_key["unit_info"].columns), 0]
    assert counted["九项自查"][:3] == [9, 9, 0]
    assert {tuple(row) for title, row in counted.items() if title not in ("单位信息", "九项自查", "")} == {
        (0, 0, 0, "（没有填写）")
    }
    assert worked.shown["空表"][-1][0][0].startswith("× 还有 17 处漏填、0 处矛盾")


@pytest.mark.office
@pytest.mark.parametrize("unit", CLERKS)
def test_the_self_check_of_a_finished_form_is_green(unit: str, worked: Worked) -> None:
    counted, values = lines(worked.shown[unit]), filled(unit)
    assert worked.shown[unit][-1][0][0] == "√ 可以报送"
    for sheet in FORM.sheets:
        assert counted[sheet.title][1:] == [0, 0, "√ 通过"], sheet.title
        if sheet.layout == "rows":
            assert counted[sheet.title][0] == len(values[sheet.key]), sheet.title


@pytest.mark.office
def test_the_self_check_follows_rows_that_are_inserted_deleted_and_pasted(worked: Worked) -> None:
    counts = {name: lines(worked.shown[name])["事项清单"][:2] for name in ("插行", "第一行上面插行", "删行", "粘贴")}
    required = sum(column.required for column in FORM.by_key["items"].columns)
    pasted = 3 * (required - 2 + 2)  # name and type are there; 承办科室 and 设定依据 are wanted for 行政许可
    same = [ITEMS, 0]
    assert counts == {"插行": same, "第一行上面插行": same, "删行": [ITEMS - 1, 0], "粘贴": [ITEMS + 3, pasted]}


SLIPS: dict[str, tuple[str, dict[str, Any], str, int]] = {
    "漏填办理地点": ("items", {"review_at": None, "decide_at": None}, "漏填", 2),
    "承诺长于法定": ("items", {"legal_days": 3, "promised_days": 5}, "矛盾", 1),
    "负面清单没有文号": ("items", {"negative": "是", "negative_no": None}, "矛盾", 1),
    "未进驻没有原因": ("items", {"in_hall": "否", "reason": None, "planned": None}, "矛盾", 1),
    "即办件多个环节": ("items", {"case_type": "即办件", "online_stages": 2, "promised_days": 1}, "矛盾", 1),
    "编码成了数字": ("items", {"code": 1.14e30}, "矛盾", 1),
    "环节的事项不在清单": ("stages", {"item": "没有的事项"}, "矛盾", 1),
    "委托书过期早于签订": ("authorisations", {"valid_to": date(2020, 1, 1)}, "矛盾", 1),
    "已完成没有日期": ("tasks", {"state": "已完成", "done_on": None}, "矛盾", 1),
    "免提交多于可替代": ("one_card", {"materials": 5, "replaceable": 3, "spared": 4}, "矛盾", 1),
    "选了没有事项": ("unit_info", {"no_items": "是"}, "矛盾", 1),
    "自查结论漏填": ("declarations", {"declared": None}, "漏填", 1),
}


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[Any]]]:
    """What 填报检查 shows in LibreOffice for a finished form with one slip: name of the slip -> sheet title -> line."""
    folder, jobs = tmp_path_factory.mktemp("slips"), []
    for name, (sheet, change, _, _) in SLIPS.items():
        values = filled("区残联")
        values[sheet] = [{**values[sheet][0], **change}, *values[sheet][1:]]
        path = folder / f"{name}.xlsx"
        path.write_bytes(write_form(RULES, values, Stamp("区残联", "第1期")))
        jobs.append(Job(path, [SELF_CHECK]))
    return {name: lines(answer["seen"]) for name, answer in zip(SLIPS, run_office(jobs, folder), strict=True)}


@pytest.mark.office
@pytest.mark.parametrize("name", SLIPS)
def test_the_self_check_counts_a_slip_on_its_sheet_and_nowhere_else(
    name: str, slips: dict[str, dict[str, list[Any]]]
) -> None:
    sheet, _, kind, number = SLIPS[name]
    title = FORM.by_key[sheet].title
    assert slips[name][title][1 if kind == "漏填" else 2] == number
    assert slips[name][title][3].startswith("×")
    assert {other for other, line in slips[name].items() if other and str(line[3]).startswith("×")} == {title}


# What clerks do to it.


@pytest.mark.office
@pytest.mark.parametrize("habit", ["排序", "筛选和隐藏", "插行", "第一行上面插行", "加标题行", "自加一栏", "合计行"])
def test_the_values_are_still_read_right(habit: str, worked: Worked) -> None:
    def by_name(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: row["name"])

    found, typed = read(worked.files[habit, "xlsx"]), told(filled("区残联"))
    assert by_name(found.pop("items")) == by_name(typed.pop("items"))
    assert found == typed
    assert not [level for level, _, _ in said(worked.files[habit, "xlsx"]) if level == "错误"]


@pytest.mark.office
def test_a_deleted_row_is_gone_and_the_others_stay(worked: Worked) -> None:
    assert read(worked.files["删行", "xlsx"])["items"] == told(filled("区残联"))["items"][1:]


@pytest.mark.office
def test_what_was_pasted_over_the_drop_downs_is_read_and_what_it_lacks_is_asked_for_by_cell(worked: Worked) -> None:
    path = worked.files["粘贴", "xlsx"]
    assert [row["name"] for row in read(path)["items"][-3:]] == ["粘贴事项1", "粘贴事项2", "粘贴事项3"]
    found = checked(path).findings
    cells = found.loc[found["code"].eq("missing") & found["sheet"].eq("事项清单"), "cell"]
    assert f"K{LAST + 1}" in set(cells)
    assert f"B{LAST + 1}" not in set(cells)
    assert not [cell for cell in cells if cell.endswith(str(LAST))]


@pytest.mark.office
def test_a_column_of_ones_own_and_a_total_row_are_remarked_on_and_counted_nowhere(worked: Worked) -> None:
    assert ("提醒", "事项清单", "column_extra") in said(worked.files["自加一栏", "xlsx"])
    assert ("提醒", "事项清单", "row_total") in said(worked.files["合计行", "xlsx"])


# Independent validation.


@pytest.mark.office
@pytest.mark.parametrize("kind", ["空表", "预填", "填好"])
def test_the_open_xml_validator_finds_no_fault(kind: str, tmp_path: Path) -> None:
    values = None if kind == "空表" else filled("区市场监管局")
    stamp = Stamp("区市场监管局", "第2期", prefilled=kind == "预填") if values else Stamp()
    path = tmp_path / "form.xlsx"
    path.write_bytes(write_form(RULES, values, stamp))
    assert validate(path) == []


# Guided mistakes that a paste brings past the drop-downs.

MISTAKES: list[tuple[str, str, Any, str]] = [
    ("unit_info", "filled_on", "三月底", "not_a_date"),
    ("unit_info", "leader_phone", "不详", "odd_phone"),
    ("unit_info", "liaison_email", "没有邮箱", "odd_email"),
    ("unit_info", "no_items", "大概有", "not_a_choice"),
    ("unit_info", "experience", "好" * 201, "too_long"),
    ("declarations", "declared", "基本是", "not_a_choice"),
    ("items", "name", None, "item_unnamed"),
    ("items", "code", "1.14E+30", "code_damaged"),
    ("items", "item_type", "行政处罚", "item_out_of_scope"),
    ("items", "item_type", "许可", "not_a_choice"),
    ("items", "planned", "6月底前", "not_a_date"),
    ("items", "accept_at", "办公楼", "not_a_choice"),
    ("items", "review_at", "网上", "not_a_choice"),
    ("items", "decide_at", "上级机关", "choice_not_here"),
    ("items", "legal_days", "二十天", "not_a_count"),
    ("items", "legal_days", -1, "not_a_count"),
    ("items", "promised_days", 500, "promise_longer"),
    ("items", "outside_cases", None, "missing"),
    ("items", "outside_cases", "12人", "guessed"),
    ("items", "window", None, "window_blank"),
    ("stages", "item", "没有的事项", "item_unknown"),
    ("authorisations", "listed", "没有的事项", "item_unknown"),
    ("staff", "post", "科员", "not_a_choice"),
    ("tasks", "due", "年底", "not_a_date"),
    ("problems", "item", "没有的事项", "item_unknown"),
    ("problems", "check", "10", "not_a_choice"),
    ("one_card", "item", "没有的事项", "item_unknown"),
]


@pytest.mark.parametrize(("sheet", "key", "value", "code"), MISTAKES)
def test_a_mistake_is_found_in_its_cell(sheet: str, key: str, value: Any, code: str, tmp_path: Path) -> None:
    values = filled("区残联")
    needed = {"listed": {"scope": "所列事项"}, "window": {"in_hall": "是"}}.get(key, {})
    values[sheet] = [{**values[sheet][0], **needed, key: value}, *values[sheet][1:]]
    path = tmp_path / "区残联.xlsx"
    path.write_bytes(write_form(RULES, values, Stamp("区残联", "第1期")))
    found = checked(path).findings
    cells = set(found.loc[found["code"].eq(code) & found["sheet"].eq(FORM.by_key[sheet].title), "cell"])
    assert address(FORM.by_key[sheet], key) in cells
