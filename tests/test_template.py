"""template.py: the rules and what is known become an Excel form that a clerk can fill in and the reader reads back."""

import re
import shutil
import subprocess
import tomllib
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from pipeline.form import Column, Sheet
from pipeline.guide import guide_lines, list_faults
from pipeline.rules import load_rules
from pipeline.template.book import TEMPLATE, Stamp, Values, main, write_form
from pipeline.template.looks import A3, ACROSS, SMALLEST, page_starts

pytestmark = pytest.mark.filterwarnings("error")

ROOT = Path(__file__).parent.parent
RULES = load_rules(ROOT / "rules")
GUIDE = RULES.guide
FORM = RULES.form
LISTS = [sheet for sheet in FORM.sheets if sheet.layout == "rows" and sheet.key != "declarations"]
SIGNED = ("单位信息", "九项自查")
PRINTED = [("declarations", key) for key in ("check", "question", "good")]
ENTERED = [(s, column) for s in FORM.sheets for column in s.columns if (s.key, column.key) not in PRINTED]
CASES = ROOT / "tests" / "cases"
ROUND_TRIPS = tomllib.loads((CASES / "template_values.toml").read_text("utf-8"))["values"]
COLOURS = tomllib.loads((CASES / "template_colours.toml").read_text("utf-8"))
FILL = {"FFFFF2A8": "yellow", "FFFFB66B": "orange"}

SOFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def blank() -> Workbook:
    return opened(write_form(RULES))


def opened(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def all_rows(data: bytes, title: str) -> list[list[Any]]:
    """The rows of a sheet as python-calamine reads them."""
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(title).to_python(skip_empty_area=False)


def marked(column: Column) -> str:
    return column.title + ("*" if column.required else "°" if column.required_when else "")


def place(sheet: Sheet, key: str, entry: int = 0) -> str:
    """The address of a column's cell in an entry, counted from 0."""
    index = sheet.keys.index(key)
    return f"B{4 + index}" if sheet.layout == "fields" else f"{get_column_letter(index + 1)}{5 + entry}"


def validation_of(page: Worksheet, address: str) -> DataValidation:
    return next(rule for rule in page.data_validations.dataValidation if address in rule.sqref)


# What is generated.


def test_the_committed_template_is_what_the_rules_generate() -> None:
    """If this fails the rules changed: run `python -m pipeline.template`."""
    assert TEMPLATE.read_bytes() == write_form(RULES)


def test_the_command_writes_the_blank_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path / "表.xlsx") == 0
    assert (tmp_path / "表.xlsx").read_bytes() == write_form(RULES)
    assert "表.xlsx" in capsys.readouterr().out


def test_the_same_values_give_the_same_bytes() -> None:
    values: Values = {"items": [{"name": "甲", "planned": date(2023, 6, 30)}], "systems": [{"name": "某系统"}]}
    stamp = Stamp("区残联", "第2期", 1, True)
    assert write_form(RULES, values, stamp) == write_form(RULES, values, stamp)


def test_the_blank_form_stays_under_60_kilobytes() -> None:
    assert len(write_form(RULES)) < 60 * 1024


# Sheets and columns.


def test_the_sheets_stand_in_the_order_of_the_form_between_guide_and_hidden_ones(blank: Workbook) -> None:
    assert blank.sheetnames == ["填写说明", *(sheet.title for sheet in FORM.sheets), "填报检查", "_列表", "_版本"]
    assert {blank[name].sheet_state for name in ("_列表", "_版本")} == {"veryHidden"}
    assert {blank[name].sheet_state for name in blank.sheetnames[:-2]} == {"visible"}


@pytest.mark.parametrize("sheet", FORM.sheets, ids=lambda sheet: sheet.title)
def test_every_column_is_there_with_its_mark_in_both_readers(sheet: Sheet, blank: Workbook) -> None:
    titles = [marked(column) for column in sheet.columns]
    page, rows = blank[sheet.title], all_rows(TEMPLATE.read_bytes(), sheet.title)
    if sheet.layout == "fields":
        assert [page.cell(3, column).value for column in (1, 2, 3)] == ["项目", "填报内容", "填写说明"] == rows[2]
        assert [page.cell(row, 1).value for row in range(4, 4 + len(titles))] == titles == [row[0] for row in rows[3:]]
    else:
        assert [page.cell(3, column).value for column in range(1, len(titles) + 1)] == titles == rows[2][: len(titles)]


def test_bands_are_titled_above_their_first_column(blank: Workbook) -> None:
    row = {cell.column - 1: cell.value for cell in blank["事项清单"][2] if cell.value}
    bands = [column.band for column in FORM.by_key["items"].columns]
    assert row == {bands.index(band): band for band in dict.fromkeys(bands)}


@pytest.mark.parametrize("sheet", LISTS, ids=lambda sheet: sheet.title)
def test_the_example_row_begins_with_its_mark(sheet: Sheet, blank: Workbook) -> None:
    row = [cell.value for cell in blank[sheet.title][4]][: len(sheet.columns)]
    texts = [
        shown.date().isoformat() if isinstance(shown, datetime) else "" if shown is None else str(shown)
        for shown in row
    ]
    needless = [
        column.key for column in sheet.columns if column.required_when and column.title not in ("承办科室", "设定依据")
    ]
    told = ["" if column.key in needless else column.example for column in sheet.columns]
    assert texts == [FORM.example_mark, *told[1:]]


def test_the_nine_questions_are_printed_without_an_example_row(blank: Workbook) -> None:
    rows = [[cell.value for cell in row[:6]] for row in blank["九项自查"].iter_rows(min_row=4)]
    assert rows == [[str(c.number), c.question, c.good, None, None, None] for c in RULES.checks.checks]


def test_a_blank_form_holds_no_entries(blank: Workbook) -> None:
    for sheet in LISTS:
        assert blank[sheet.title].max_row == 4, sheet.title
    assert [row[1].value for row in blank["单位信息"].iter_rows(min_row=4)] == [None] * 13


# The stamp.


def test_the_stamp_stands_in_the_last_sheet() -> None:
    page = opened(write_form(RULES, stamp=Stamp("区残联", "第2期", 3, True)))["_版本"]
    told = {row[0].value: row[1].value for row in page.iter_rows()}
    assert told == {"表版本": FORM.version, "单位名称": "区残联", "期号": "第2期", "版次": 3, "预填": "是"}


def test_a_form_sent_out_blank_is_copy_0_of_nobody(blank: Workbook) -> None:
    told = {row[0].value: row[1].value for row in blank["_版本"].iter_rows()}
    assert told == {"表版本": FORM.version, "单位名称": "", "期号": "", "版次": 0, "预填": "否"}


def test_version_unit_and_cutoff_stand_in_the_title_line_of_every_sheet() -> None:
    book = opened(write_form(RULES, {"items": [{"name": "甲"}]}, Stamp("区残联", "第2期", 1, True)))
    for sheet in FORM.sheets:
        line = " ".join(str(cell.value) for cell in book[sheet.title][1] if cell.value)
        for part in (
            sheet.title,
            sheet.intro,
            FORM.version,
            "区残联",
            "第2期（截止 3月31日）",
            "第1次退回",
            "上期内容",
        ):
            assert part in line, (sheet.title, part)


def test_the_title_line_of_a_blank_form_repeats_the_unit_that_is_typed(blank: Workbook) -> None:
    for sheet in FORM.sheets:
        line = [str(cell.value) for cell in blank[sheet.title][1] if cell.value]
        assert line[1].startswith("=")
        assert line[1].endswith("&单位信息!$B$4")


# Values.


@pytest.fixture(scope="module")
def round_trips() -> bytes:
    """A form with each value of the cases in an entry of its own."""
    values: dict[str, list[dict[str, Any]]] = {}
    for case in ROUND_TRIPS:
        values.setdefault(case["sheet"], []).append({case["column"]: case["value"]})
    return write_form(RULES, values, Stamp("区残联", "第2期", 1, True))


@pytest.fixture(scope="module")
def read_back(round_trips: bytes) -> Workbook:
    return opened(round_trips)


def entry_of(case: dict[str, Any]) -> int:
    return [other for other in ROUND_TRIPS if other["sheet"] == case["sheet"]].index(case)


@pytest.mark.parametrize("case", ROUND_TRIPS, ids=lambda case: case["why"])
def test_a_value_comes_back_as_it_was_in_both_readers(
    case: dict[str, Any], round_trips: bytes, read_back: Workbook
) -> None:
    sheet, shows = FORM.by_key[case["sheet"]], case.get("shows", case["value"])
    cell = read_back[sheet.title][place(sheet, case["column"], entry_of(case))]
    assert cell.data_type == ("s" if isinstance(shows, str) else "d" if isinstance(shows, date) else "n")
    assert (cell.value.date() if isinstance(cell.value, datetime) else cell.value) == shows
    assert cell.hyperlink is None
    row = all_rows(round_trips, sheet.title)[4 + entry_of(case)]
    assert row[sheet.keys.index(case["column"])] == shows


def test_no_entry_is_a_formula_or_a_link(round_trips: bytes) -> None:
    with ZipFile(BytesIO(round_trips)) as parts:
        sheets = {name: parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name}
    for name, text in sheets.items():
        if "_rels" in name:
            assert "hyperlink" not in text
        elif name.rsplit("/")[-1] not in ("sheet13.xml", "sheet14.xml"):  # 填报检查, the lists: the form's own formulas
            assert "hyperlink" not in text
            assert not re.search(r'<c r="[A-Z]+([5-9]|\d\d+)"[^>]*><f>', text)


def test_a_text_where_a_number_or_date_is_due_stays_a_text_when_edited(read_back: Workbook) -> None:
    """Such a cell is not formatted as text; Excel's mark for a leading ' keeps "=2+3" from being worked out."""
    for case in ROUND_TRIPS:
        sheet = FORM.by_key[case["sheet"]]
        due = sheet.by_key[case["column"]].type in ("count", "date")
        cell = read_back[sheet.title][place(sheet, case["column"], entry_of(case))]
        assert bool(cell.quotePrefix) == (due and isinstance(case["value"], str)), case["why"]
        assert due or isinstance(case["value"], date) or cell.number_format == "@"


def test_a_text_beyond_what_a_cell_holds_is_cut_there() -> None:
    long = "长" * 32_766 + "𠮷𠮷"
    book = opened(write_form(RULES, {"items": [{"remark": long}, {"remark": "长" * 32_767}]}))
    assert book["事项清单"]["AB5"].value == "长" * 32_766
    assert book["事项清单"]["AB6"].value == "长" * 32_767


@pytest.mark.parametrize("nothing", [None, "", float("nan"), pd.NA, pd.NaT], ids=repr)
def test_a_missing_value_leaves_the_cell_empty(nothing: object) -> None:
    page = opened(write_form(RULES, {"items": [{"name": "甲", "legal_days": nothing, "remark": nothing}]}))["事项清单"]
    assert page["B5"].value == "甲"
    assert page["U5"].value is None
    assert page["AB5"].value is None


@pytest.mark.parametrize("odd", [float("inf"), 10**400, date(1899, 1, 1)])
def test_a_value_excel_has_no_type_for_becomes_text(odd: object) -> None:
    cell = opened(write_form(RULES, {"items": [{"legal_days": odd, "remark": odd}]}))["事项清单"]["U5"]
    assert cell.data_type == "s"
    assert cell.value == str(odd)[:32_767]


def test_the_fields_of_the_unit_are_written_beside_their_titles() -> None:
    values = {"unit_info": [{"unit": "区残联", "filled_on": date(2023, 3, 30), "leader_phone": "0375-2530000"}]}
    rows = opened(write_form(RULES, values))["单位信息"].iter_rows(min_row=4, max_col=2, values_only=True)
    told = {title: value for title, value in rows if value is not None}
    assert told == {
        "单位名称*": "区残联",
        "填报日期*": datetime(2023, 3, 30),
        "分管负责同志电话*": "0375-2530000",
    }


def test_declarations_go_to_the_row_of_their_number_whatever_their_order() -> None:
    values = {
        "declarations": [{"check": "9", "declared": "否", "question": "改过的问题"}, {"check": " 2", "problem": "缺人"}]
    }
    rows = list(opened(write_form(RULES, values))["九项自查"].iter_rows(min_row=4, max_col=6, values_only=True))
    assert rows[8][1] == RULES.checks.by_number[9].question
    assert rows[8][3:] == ("否", None, None)
    assert rows[1][3:] == (None, None, "缺人")
    assert [row[3:] for row in rows[2:8]] == [(None, None, None)] * 6


def test_more_rows_than_the_drop_downs_reach_take_them_along() -> None:
    count = 5_100
    data = write_form(RULES, {"stages": [{"item": "甲", "name": str(index)} for index in range(count)]})
    book = load_workbook(BytesIO(data))
    last = 4 + count
    assert book["审批环节"].max_row == last
    assert str(validation_of(book["审批环节"], f"C{last}").sqref).startswith("C5:C")
    assert f"$A${last + 1}" in book.defined_names["名称_审批环节"].attr_text


# What helps while filling in.


@pytest.mark.parametrize(("sheet", "column"), ENTERED, ids=lambda part: part.title)
def test_every_column_says_what_goes_in_within_the_limits_of_excel(
    sheet: Sheet, column: Column, blank: Workbook
) -> None:
    rule = validation_of(blank[sheet.title], first_of(sheet, column))
    assert column.note in rule.prompt
    assert ("必填" in rule.prompt) == bool(column.required or column.required_when)
    assert len(rule.promptTitle) <= 32
    assert len(rule.prompt) <= 255
    assert len(rule.errorTitle or "") <= 32
    assert len(rule.error or "") <= 255
    assert all(len(formula or "") <= 257 for formula in (rule.formula1, rule.formula2))
    if rule.error:
        assert f"例：{column.example}" in rule.error or not column.example


def first_of(sheet: Sheet, column: Column) -> str:
    """The address of a column's first open cell."""
    address = place(sheet, column.key)
    return address.replace("5", "4") if sheet.key == "declarations" else address


def offered(book: Workbook, rule: DataValidation) -> tuple[str, ...]:
    """The choices of a drop-down that does not depend on the row."""
    if rule.formula1.startswith('"'):
        return tuple(rule.formula1.strip('"').split(","))
    title, cells = book.defined_names[rule.formula1].attr_text.replace("$", "").replace("'", "").split("!")
    return tuple(row[0].value for row in book[title][cells])


@pytest.mark.parametrize(
    ("sheet", "column"),
    [
        (sheet, column)
        for sheet, column in ENTERED
        if column.type == "choice" and not column.choices_when and column.key != "service_field"
    ],
    ids=lambda part: part.title,
)
def test_a_choice_offers_exactly_the_choices_of_the_form_and_stops_others(
    sheet: Sheet, column: Column, blank: Workbook
) -> None:
    rule = validation_of(blank[sheet.title], first_of(sheet, column))
    assert (rule.type, rule.errorStyle, rule.showErrorMessage) == ("list", None, True)
    assert offered(blank, rule) == column.choices


def test_a_list_too_long_for_a_drop_down_goes_to_the_list_sheet() -> None:
    long = tuple(f"第{index}种很长很长的事项类型名称" for index in range(30))
    items = FORM.by_key["items"]
    column = items.by_key["item_type"].model_copy(update={"choices": long})
    columns = tuple(column if other.key == column.key else other for other in items.columns)
    sheets = tuple(s.model_copy(update={"columns": columns}) if s.key == "items" else s for s in FORM.sheets)
    rules = RULES.model_copy(update={"form": FORM.model_copy(update={"sheets": sheets})})
    book = opened(write_form(rules))
    rule = validation_of(book["事项清单"], "D5")
    assert rule.formula1.startswith("选项_")
    assert offered(book, rule) == long


@pytest.mark.parametrize(
    ("title", "address", "style", "names"),
    [
        ("审批环节", "A5", "warning", "名称_事项清单"),
        ("一证通办", "A5", "warning", "名称_事项清单"),
        ("事项清单", "F5", "information", "名称_内设机构"),
        ("审批人员", "B5", "information", "名称_内设机构"),
        ("任务清单", "C5", "information", "名称_内设机构"),
        ("事项清单", "S5", "information", "名称_办理系统"),
    ],
)
def test_a_name_listed_elsewhere_is_offered_and_another_one_allowed(
    title: str, address: str, style: str, names: str, blank: Workbook
) -> None:
    rule = validation_of(blank[title], address)
    assert (rule.type, rule.errorStyle, rule.formula1) == ("list", style, names)
    assert names in blank.defined_names


@pytest.mark.parametrize(("title", "address"), [("整改台账", "D5"), ("授权委托", "F5")])
def test_several_names_in_one_cell_are_never_questioned(title: str, address: str, blank: Workbook) -> None:
    rule = validation_of(blank[title], address)
    assert (rule.formula1, rule.showErrorMessage) == ("名称_事项清单", False)


def test_drop_downs_reach_other_sheets_by_name_only(blank: Workbook) -> None:
    """Excel moves a drop-down with a direct reference to another sheet into a part that openpyxl loses."""
    rules = [rule for sheet in FORM.sheets for rule in blank[sheet.title].data_validations.dataValidation]
    assert not [rule for rule in rules if "!" in str(rule.formula1)]


def test_dates_and_numbers_are_checked_when_typed(blank: Workbook) -> None:
    planned, days = (validation_of(blank["事项清单"], address) for address in ("N5", "U5"))
    assert (planned.type, planned.errorStyle) == ("date", None)
    assert (days.type, days.operator, days.formula1, days.errorStyle) == ("whole", None, "0", None)
    assert validation_of(blank["单位信息"], "B16").type == "textLength"


def test_every_header_of_a_list_has_a_comment_with_note_and_example(blank: Workbook) -> None:
    for sheet in (FORM.by_key["declarations"], *LISTS):
        for column, cell in zip(sheet.columns, blank[sheet.title][3], strict=False):
            assert column.note in cell.comment.text
            assert column.example in cell.comment.text


def test_the_comment_of_a_header_says_when_its_cells_turn_orange(blank: Workbook) -> None:
    for entry in GUIDE.contradictions:
        sheet, page = FORM.by_key[entry.sheet], blank[FORM.by_key[entry.sheet].title]
        number = sheet.keys.index(entry.column)
        note = page.cell(4 + number, 3).value if sheet.layout == "fields" else page.cell(3, number + 1).comment.text
        assert f"变橙色：{entry.why}" in note


# 填报检查.

OLD_FUNCTIONS = {"SUMPRODUCT", "MMULT", "ROW", "TRIM", "ISNUMBER", "SEARCH", "COUNTIF", "IF", "SUM"}


def test_the_self_check_uses_functions_that_every_excel_and_wps_has(blank: Workbook) -> None:
    formulas = [
        str(cell.value) for row in blank["填报检查"].iter_rows(min_row=2) for cell in row if cell.data_type == "f"
    ]
    assert {name for formula in formulas for name in re.findall(r"([A-Z][A-Z.]+)\(", formula)} == OLD_FUNCTIONS
    assert max(map(len, formulas)) < 8_192


def shown_by_the_self_check(data: bytes) -> dict[str, list[Any]]:
    """The stored values of 填报检查: sheet -> rows, missing, contradictory, verdict."""
    return {row[0]: row[1:5] for row in all_rows(data, "填报检查")[3:]}


def test_the_stored_values_of_a_blank_form_are_those_of_its_formulas() -> None:
    told, nothing = shown_by_the_self_check(TEMPLATE.read_bytes()), [0, 0, 0, "（没有填写）"]
    to_do = "× 请到该表处理黄色、橙色的格"
    assert told.pop("单位信息") == [1, 8, 0, to_do]
    assert told.pop("九项自查") == [9, 9, 0, to_do]
    assert list(told.values()) == [nothing] * len(LISTS)
    assert all_rows(TEMPLATE.read_bytes(), "填报检查")[1][0] == "× 还有 17 处漏填、0 处矛盾，请处理后再报送"


def test_a_form_with_entries_stores_what_is_missing_and_leaves_the_rest_to_the_office_program() -> None:
    """A stored 0 would be believed by LibreOffice; an open value is worked out on opening."""
    whole = {**COLOURS["complete"]["items"]}
    rows = [whole, {**whole, "accept_at": "", "basis": ""}, {**whole, "item_type": "公共服务", "basis": ""}]
    assert shown_by_the_self_check(write_form(RULES, {"items": rows}))["事项清单"] == [3, 2, "", ""]


def test_the_choices_of_a_field_of_public_service_are_offered_for_public_service_only(blank: Workbook) -> None:
    rule = validation_of(blank["事项清单"], "E5")
    name = re.fullmatch(r'IF\(\$D5="公共服务",(选项_\d+),选项_无\)', rule.formula1)
    assert name is not None
    title, cells = blank.defined_names[name[1]].attr_text.replace("$", "").replace("'", "").split("!")
    assert tuple(row[0].value for row in blank[title][cells]) == FORM.column("items", "service_field").choices
    title, cell = blank.defined_names["选项_无"].attr_text.replace("$", "").replace("'", "").split("!")
    assert blank[title][cell].value is None


# Protection, formats, paper.


@pytest.mark.parametrize("sheet", LISTS, ids=lambda sheet: sheet.title)
def test_a_list_guards_its_head_and_leaves_the_rest_open(sheet: Sheet, blank: Workbook) -> None:
    page = blank[sheet.title]
    protection = page.protection
    assert (protection.sheet, protection.password) == (True, None)
    allowed = ("sort", "autoFilter", "insertRows", "deleteRows", "formatColumns", "formatRows")
    assert not any(getattr(protection, name) for name in allowed)
    assert protection.formatCells
    assert all(
        page.cell(row, column).protection.locked for row in (1, 2, 3, 4) for column in range(1, len(sheet.columns) + 1)
    )
    ranges = [(d.min, d.max) for d in page.column_dimensions.values() if not d.protection.locked]
    assert {column for low, high in ranges for column in (low, high)} >= {1, 16_384}
    assert sum(high - low + 1 for low, high in ranges) == 16_384


def test_only_the_answers_are_open_on_the_sheets_that_are_signed(blank: Workbook) -> None:
    unlocked = {
        name: [c.coordinate for row in blank[name].iter_rows() for c in row if not c.protection.locked]
        for name in SIGNED
    }
    assert unlocked["单位信息"] == [f"B{row}" for row in range(4, 17)]
    assert unlocked["九项自查"] == [f"{letter}{row}" for row in range(4, 13) for letter in "DEF"]


def test_columns_carry_the_format_of_their_type(blank: Workbook) -> None:
    formats = {"date": "yyyy\\-mm\\-dd", "count": "General"}
    for sheet in LISTS:
        told = {
            i: d.number_format
            for d in blank[sheet.title].column_dimensions.values()
            for i in range(d.min, min(d.max, 99) + 1)
        }
        for index, column in enumerate(sheet.columns, 1):
            assert told[index].replace("\\", "") == formats.get(column.type, "@").replace("\\", ""), column.title


def test_sorting_and_filtering_begin_below_the_example_row(blank: Workbook) -> None:
    for sheet in LISTS:
        assert blank[sheet.title].auto_filter.ref == f"A4:{get_column_letter(len(sheet.columns))}5000"


def test_the_head_and_the_name_stay_in_view(blank: Workbook) -> None:
    assert blank["事项清单"].freeze_panes == "C5"
    assert blank["审批环节"].freeze_panes == "B5"
    assert blank["九项自查"].freeze_panes == "A4"


def test_rows_grow_with_what_is_typed_into_them() -> None:
    data = write_form(RULES, {"items": [{"basis": "《中华人民共和国民办教育促进法》第十二条；" * 4}, {"basis": "短"}]})
    with ZipFile(BytesIO(data)) as parts:
        assert "customHeight" not in parts.read("xl/worksheets/sheet4.xml").decode()
    heights = opened(data)["事项清单"].row_dimensions
    assert heights[5].height > 3 * heights[6].height


def test_the_signature_lines_are_in_the_page_footer_and_in_no_cell(blank: Workbook) -> None:
    for name in SIGNED:
        page = blank[name]
        footer = " ".join(
            part.text or "" for part in (page.oddFooter.left, page.oddFooter.center, page.oddFooter.right)
        )
        assert all(text in footer for text in GUIDE.signature)
        assert page.oddHeader.center.text == GUIDE.report_title
        assert int(page.page_setup.paperSize) == 9
        cells = " ".join(str(cell.value) for row in page.iter_rows() for cell in row)
        assert "签字" not in cells
        assert "盖章" not in cells


def test_the_letters_print_as_a_signed_list_on_a4(blank: Workbook) -> None:
    page = blank["授权委托"]
    footer = " ".join(part.text or "" for part in (page.oddFooter.left, page.oddFooter.center, page.oddFooter.right))
    assert page.oddHeader.center.text == GUIDE.letters_title
    assert all(text in footer for text in GUIDE.signature)
    assert (int(page.page_setup.paperSize), page.page_setup.orientation) == (9, "landscape")


def test_the_wide_list_prints_on_a3_in_whole_bands_with_the_name_repeated(blank: Workbook) -> None:
    page = blank["事项清单"]
    assert (int(page.page_setup.paperSize), page.page_setup.orientation) == (8, "landscape")
    assert (page.print_title_cols, page.print_title_rows) == ("$A:$B", "$2:$3")
    columns = FORM.by_key["items"].columns
    breaks = [point.id for point in page.col_breaks.brk]
    assert breaks
    assert all(columns[start].band != columns[start - 1].band for start in breaks)


def test_a_page_ends_before_the_band_that_no_longer_fits() -> None:
    room = ACROSS[A3] / SMALLEST
    assert page_starts([room / 2, room / 2, 1], [0, 1, 2], 0) == [2]
    assert page_starts([room / 4, room / 4, room / 2, room / 2], [0, 2, 3], 1) == [3]
    assert page_starts([room / 4, room / 4, room / 2 + 1, room / 2], [0, 2, 3], 1) == [2, 3]


# The guide.


def test_the_guide_tells_steps_deadlines_terms_citations_and_where_to_send(blank: Workbook) -> None:
    text = "\n".join(str(cell.value) for row in blank["填写说明"].iter_rows() for cell in row if cell.value)
    for part in ("slqfwzx@163.com", "2536288", "2023年3月6日", "2023年10月31日", "第18期11月10日", "√ 正确", "× 错误"):
        assert part in text
    for term in ("大厅", "分厅", "授权", "特别程序", "负面清单"):
        assert f"\n{term}\n" in text
    assert len(GUIDE.steps) == 5
    assert len(text) < 2_000, "两分钟读不完"


def test_the_guide_names_the_period_a_form_is_sent_out_for() -> None:
    lines = [line.text for line in guide_lines(GUIDE, FORM, RULES.calendar, RULES.calendar.by_number[2])]
    assert "第2期，截止 2023年3月31日" in lines
    assert not [line for line in guide_lines(GUIDE, FORM, RULES.calendar) if line.tone == "now"]


@pytest.mark.parametrize("name", ["AND", "OR", "NOT", "IF", "N"])
def test_a_formula_that_cannot_count_a_whole_column_is_a_fault(name: str) -> None:
    entry = GUIDE.contradictions[1].model_copy(update={"when": f"{name}({{name}})"})
    faults = list_faults(GUIDE.model_copy(update={"contradictions": (entry,)}), FORM)
    assert len(faults) == 1
    assert f"不能用 {name}" in faults[0]


def test_the_guide_of_the_project_is_without_fault() -> None:
    assert list_faults(GUIDE, FORM) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sheet": "事项"}, "没有工作表 事项"),
        ({"column": "price"}, "没有栏目 price"),
        ({"when": "{price}>1"}, "没有栏目 price"),
    ],
)
def test_a_contradiction_that_names_nothing_is_a_fault(change: dict[str, str], said: str) -> None:
    entry = GUIDE.contradictions[0].model_copy(update=change)
    faults = list_faults(GUIDE.model_copy(update={"contradictions": (entry,)}), FORM)
    assert len(faults) == 1
    assert said in faults[0]


def test_an_unknown_place_holder_of_the_guide_is_a_fault() -> None:
    faults = list_faults(GUIDE.model_copy(update={"lead": "{address} 和 {email}"}), FORM)
    assert faults == ["guide.toml：不认识 {address}；可用：{office}、{email}、{phone}"]


# In an office program.


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the settings of LibreOffice, made once: a new one takes seconds."""
    if not SOFFICE:
        pytest.skip("soffice（LibreOffice）不在这台机器上")
    return tmp_path_factory.mktemp("profile")


def converted(data: bytes, kind: str, profile: Path, folder: Path) -> bytes:
    """What LibreOffice makes of a form when it opens it and saves it as another kind of file."""
    source = folder / "form.xlsx"
    source.write_bytes(data)
    settings = f"-env:UserInstallation=file://{profile}"
    command = [str(SOFFICE), settings, "--headless", "--convert-to", kind, "--outdir", str(folder / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "out" / f"form.{kind}").read_bytes()


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_libreoffice_saves_the_form_with_its_values_intact(
    kind: str, round_trips: bytes, profile: Path, tmp_path: Path
) -> None:
    saved = converted(round_trips, kind, profile, tmp_path)
    for title in [*(sheet.title for sheet in FORM.sheets), "_版本"]:
        after = all_rows(saved, title)
        for number, row in enumerate(all_rows(round_trips, title)):
            assert after[number][: len(row)] == row, (title, number + 1)


@pytest.fixture(scope="module")
def shown(profile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """The colour LibreOffice finds for each entry of the colour cases: (sheet title, address) -> yellow or orange."""
    book = opened(write_form(RULES, colour_values()))
    questions = {sheet.title: _ask(book[sheet.title]) for sheet in LISTS}
    answers = answered(book, profile, tmp_path_factory.mktemp("colours"))
    found: dict[tuple[str, str], str] = {}
    for title, asked in questions.items():
        for address, (cell, colour) in asked.items():
            if answers[title][address].value:
                found.setdefault((title, cell), colour)
    return found


def answered(book: Workbook, profile: Path, folder: Path) -> Workbook:
    """The workbook with its formulas worked out by LibreOffice."""
    buffer = BytesIO()
    book.save(buffer)
    return load_workbook(BytesIO(converted(buffer.getvalue(), "xlsx", profile, folder)), data_only=True)


def colour_values() -> Values:
    """The entries of the colour cases, each a complete one with a few columns changed."""
    values: dict[str, list[dict[str, Any]]] = {}
    for number, case in enumerate(COLOURS["cases"]):
        complete = {**COLOURS["complete"][case["sheet"]]}
        if case["sheet"] == "items" and values.get("items"):
            complete["name"] += f"（{number}）"  # a name may stand once only
        values.setdefault(case["sheet"], []).append({**complete, **case["change"]})
    return values


def _ask(page: Worksheet) -> dict[str, tuple[str, str]]:
    """Write each colour's formula for each entry into a cell far to the right; that cell -> (entry's cell, colour)."""
    asked: dict[str, tuple[str, str]] = {}
    rules = [(span, rule) for span in page.conditional_formatting for rule in span.rules]
    for span, rule in sorted(rules, key=lambda pair: pair[1].priority):
        fill = rule.dxf.fill.bgColor.rgb if rule.dxf.fill else ""
        first = str(span.sqref).split(" ")[0].split(":")[0]
        columns = [cells.min_col for cells in span.sqref.ranges] if fill in FILL else []
        for column in columns:
            for row in range(5, page.max_row + 1):
                cell, free = f"{get_column_letter(column)}{row}", f"{get_column_letter(50 + len(asked) % 900)}{row}"
                page[free] = Translator(f"={rule.formula[0]}", first).translate_formula(cell)
                asked[free] = (cell, FILL[fill])
    return asked


@pytest.mark.office
@pytest.mark.parametrize("case", COLOURS["cases"], ids=lambda case: case["why"])
def test_a_cell_turns_yellow_or_orange(case: dict[str, Any], shown: dict[tuple[str, str], str]) -> None:
    sheet = FORM.by_key[case["sheet"]]
    entry = [other for other in COLOURS["cases"] if other["sheet"] == case["sheet"]].index(case)
    told = {place(sheet, key, entry): colour for colour in ("yellow", "orange") for key in case.get(colour, ())}
    row = re.compile(rf"[A-Z]+{5 + entry}")
    assert {
        cell: colour for (title, cell), colour in shown.items() if title == sheet.title and row.fullmatch(cell)
    } == told


@pytest.mark.office
def test_the_choices_of_a_place_depend_on_the_row(profile: Path, tmp_path: Path) -> None:
    """上级机关 only for what is forwarded, 不涉及 also for public service, neither for the rest."""
    rows = [{"forwarded": "是"}, {"item_type": "公共服务"}, {"forwarded": "否", "item_type": "行政许可"}, {}]
    book = opened(write_form(RULES, {"items": rows}))
    page = book["事项清单"]
    source = validation_of(page, "P5").formula1
    for row in range(5, 9):
        for column, choice in (("AX", "大厅"), ("AY", "上级机关"), ("AZ", "不涉及")):
            counted = Translator(f"={source}", "P5").translate_formula(f"P{row}")[1:]
            page[f"{column}{row}"] = f'=COUNTIF({counted},"{choice}")'
    answers = answered(book, profile, tmp_path)["事项清单"]
    told = [[answers[f"{column}{row}"].value for column in ("AX", "AY", "AZ")] for row in range(5, 9)]
    assert told == [[1, 1, 1], [1, 0, 1], [1, 0, 0], [1, 0, 0]]
