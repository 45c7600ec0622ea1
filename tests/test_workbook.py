import datetime as dt
import io
import shutil
import subprocess
import time
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipeline.sheets import (
    GRID,
    HEADER_ROW,
    TONES,
    Column,
    Figure,
    KeyFigures,
    PageSheet,
    TablePart,
    TableSheet,
    TextPart,
)
from pipeline.workbook.cells import CUT, MOST_UNITS
from pipeline.workbook.pages import share_grid
from pipeline.workbook.render import render_workbook
from pipeline.workbook.tables import ENTRY_ROWS

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

COLUMNS = (
    Column("单位名称", width=20, band="单位"),
    Column("序号", "integer", width=8, centre=True),
    Column("得分", "score", bar=True, note="满分100。"),
    Column("得分率", "percent"),
    Column("较上期", "change"),
    Column("时限", "date"),
    Column("结果", words=TONES),
)
ROWS = pd.DataFrame(
    {
        "unit": ["区残联", "区教体局", "区国源水务"],
        "seq": pd.array([1, 2, None], dtype="Int64"),
        "score": [88.5, None, "不适用"],
        "rate": [0.5, np.nan, np.inf],
        "change": [-1.25, 0.0, None],
        "due": pd.to_datetime(["2023-07-31", None, "2023-10-31"]),
        "result": ["到位", None, "不到位"],
    }
)
SHEET = TableSheet("单位排名", COLUMNS, ROWS, title="单位排名（第2期）", note="组内排名。")


def texts_sheet(*texts, **more):
    rows = pd.DataFrame({"unit": [f"第{n}行" for n in range(len(texts))], "text": pd.Series(texts, dtype=object)})
    return TableSheet("数据问题", (Column("单位名称"), Column("原值", **more)), rows)


def opened(*sheets, **options):
    return openpyxl.load_workbook(io.BytesIO(render_workbook(sheets, "汇总表（第2期）", **options)))


def by_calamine(*sheets, name):
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_workbook(sheets, "汇总表（第2期）")))
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def written(*texts, **more):
    """What the cells hold after the texts were written."""
    place = opened(texts_sheet(*texts, **more))["数据问题"]
    return [place.cell(HEADER_ROW + 1 + at, 2).value for at in range(len(texts))]


def xml_parts(*sheets, **options):
    with zipfile.ZipFile(io.BytesIO(render_workbook(sheets, "汇总表", **options))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def rules_of(place):
    """Which words are coloured in which range."""
    rules = [(str(area.sqref), rule) for area in place.conditional_formatting for rule in area.rules]
    return {(area, rule.formula[0]) for area, rule in rules if rule.type == "cellIs"}


def test_a_table_sheet_has_title_note_header_and_data_in_fixed_rows_and_nothing_below():
    place = opened(SHEET)["单位排名"]
    lines = list(place.iter_rows(values_only=True))
    assert lines[0][0] == "单位排名（第2期）"
    assert lines[1][0] == "组内排名。"
    assert lines[2][:2] == ("单位", None)
    assert lines[HEADER_ROW - 1] == tuple(column.title for column in COLUMNS)
    assert len(lines) == HEADER_ROW + len(ROWS)


def test_numbers_are_numbers_dates_are_dates_and_missing_is_an_empty_cell():
    first, second, third = list(opened(SHEET)["单位排名"].iter_rows(min_row=HEADER_ROW + 1, values_only=True))
    assert first == ("区残联", 1, 88.5, 0.5, -1.25, dt.datetime(2023, 7, 31), "到位")
    assert second == ("区教体局", 2, None, None, 0, None, None)
    assert third == ("区国源水务", None, "不适用", None, None, dt.datetime(2023, 10, 31), "不到位")


def test_calamine_reads_the_same_values():
    first, second, third = by_calamine(SHEET, name="单位排名")[HEADER_ROW:]
    assert first == ["区残联", 1.0, 88.5, 0.5, -1.25, dt.date(2023, 7, 31), "到位"]
    assert second == ["区教体局", 2.0, "", "", 0.0, "", ""]
    assert third[2] == "不适用"


def test_each_kind_has_its_number_format():
    cells = opened(SHEET)["单位排名"][HEADER_ROW + 1]
    formats = [cell.number_format.replace("_ ", "") for cell in cells]
    assert formats == ["@", "0", "0.00", "0.0%", "+0.00;-0.00;0.00", "yyyy-mm-dd", "@"]


def test_digits_given_as_text_stay_text_and_numbers_given_as_numbers_do_not():
    assert written("001", "11410404005481234A4000105001000", "2000") == [
        "001",
        "11410404005481234A4000105001000",
        "2000",
    ]
    assert written(2000, 0.5, kind="number") == [2000, 0.5]


def test_dates_given_as_plain_dates_are_dates_and_those_excel_does_not_know_are_text():
    values = written(dt.date(2023, 3, 31), dt.date(1900, 3, 1), dt.date(1900, 2, 28), "长期", kind="date")
    assert values == [dt.datetime(2023, 3, 31), dt.datetime(1900, 3, 1), "1900-02-28", "长期"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 0375",
        "-5%",
        "@SUM(A1)",
        "{=1}",
        '=HYPERLINK("http://x","点")',
        "https://example.com",
        "mailto:a@b.c",
        "internal:'总览'!A1",
        "<r>甲&乙</r>",
        "<r><t>甲</t></r>",
        "_x0041_",
        "  前后空格  ",
        "第一行\n第二行",
        "“引号”<标签>&",
        "NA",
        "#REF!",
        "TRUE",
    ],
)
def test_a_text_is_written_as_it_is(text):
    assert written(text) == [text]
    assert by_calamine(texts_sheet(text), name="数据问题")[HEADER_ROW][1] == text


def test_texts_never_become_formulas_or_links():
    parts = xml_parts(texts_sheet("=1+1", "{=1}", "https://example.com", "mailto:a@b.c", "internal:'总览'!A1"))
    assert not any("<f>" in part or "<f " in part or "<hyperlink" in part for part in parts.values())


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("甲\x00乙\x07丙\x1f", "甲乙丙"),
        ("甲\x85乙\x9f", "甲乙"),
        ("甲\t乙", "甲 乙"),
        ("甲\r\n乙\r丙", "甲\n乙\n丙"),
        ("甲\ufffe\uffff", "甲"),
        ("\ud83d坏", "\ufffd坏"),
        ("\x00\x01", None),
        ("", None),
    ],
)
def test_control_characters_go_and_half_characters_are_marked(text, cell):
    assert written(text) == [cell]


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark_and_one_that_just_fits_is_not():
    fits, too_long, faces = written("长" * MOST_UNITS, "长" * (MOST_UNITS + 1), "😀" * 17_000)
    assert fits == "长" * MOST_UNITS
    assert too_long == "长" * (MOST_UNITS - len(CUT)) + CUT
    assert faces.endswith("😀" + CUT)
    assert len(faces.encode("utf-16-le")) <= 2 * MOST_UNITS


def test_text_columns_keep_later_edits_as_text_except_where_excel_would_show_hashes():
    short = opened(texts_sheet("甲" * 255))["数据问题"]
    long = opened(texts_sheet("甲" * 256))["数据问题"]
    assert short.cell(HEADER_ROW + 1, 2).number_format == "@"
    assert long.cell(HEADER_ROW + 1, 2).number_format == "General"


def test_the_same_sheets_give_the_same_bytes():
    page = PageSheet("总览", (TextPart(("截至2023年3月31日。",)),))
    first = render_workbook([page, SHEET], "汇总表")
    time.sleep(1.1)  # the clock moves on
    assert render_workbook([page, SHEET], "汇总表") == first


def test_rows_beyond_a_sheet_go_on_on_the_next_with_the_same_header():
    sheet = TableSheet("环节明细", (Column("序号", "integer"),), pd.DataFrame({"n": range(7)}))
    book = opened(sheet, rows_per_sheet=3)
    assert book.sheetnames == ["环节明细", "环节明细（2）", "环节明细（3）"]
    assert [place.cell(HEADER_ROW, 1).value for place in book] == ["序号"] * 3
    numbers = [[cell.value for cell in place["A"][HEADER_ROW:]] for place in book]
    assert numbers == [[0, 1, 2], [3, 4, 5], [6]]


def test_rows_that_just_fill_a_sheet_stay_on_it():
    sheet = TableSheet("环节明细", (Column("序号", "integer"),), pd.DataFrame({"n": range(3)}))
    assert opened(sheet, rows_per_sheet=3).sheetnames == ["环节明细"]


def test_a_long_table_is_written_whole_and_in_order():
    count = 45_000  # more than the rows put together at a time
    rows = pd.DataFrame({"n": range(count), "text": [f"事项{n % 700}" for n in range(count)]})
    sheet = TableSheet("环节明细", (Column("序号", "integer"), Column("事项名称")), rows)
    lines = by_calamine(sheet, name="环节明细")[HEADER_ROW:]
    assert [line[0] for line in lines] == list(range(count))
    assert [line[1] for line in lines] == rows["text"].tolist()


def test_the_file_states_its_extent_and_counts_its_texts_rightly():
    twice = pd.concat([ROWS, ROWS])
    parts = xml_parts(*(TableSheet(name, COLUMNS, twice) for name in ("一", "二")))
    sheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert all(f'<dimension ref="A1:G{HEADER_ROW + len(twice)}"/>' in sheet for sheet in sheets)
    texts = sum(sheet.count(' t="s"') for sheet in sheets)
    assert (
        f'count="{texts}" uniqueCount="{parts["xl/sharedStrings.xml"].count("<si>")}"' in parts["xl/sharedStrings.xml"]
    )


def test_result_words_that_occur_are_coloured_and_others_are_not():
    rules = rules_of(opened(SHEET)["单位排名"])
    last = HEADER_ROW + len(ROWS)
    assert (f"G5:G{last}", '"到位"') in rules
    assert (f"G5:G{last}", '"不到位"') in rules
    assert not any(word == '"基本到位"' for _, word in rules)


def test_neighbours_with_the_same_words_are_coloured_as_one_area():
    columns = (Column("单位名称"), Column("1 职能集中", words=TONES), Column("2 科室进驻", words=TONES))
    rows = pd.DataFrame([["区残联", "到位", "逾期"], ["区教体局", "逾期", "到位"]])
    rules = rules_of(opened(TableSheet("九项自查", columns, rows))["九项自查"])
    assert rules == {("B5:C6", '"到位"'), ("B5:C6", '"逾期"')}


def test_the_view_is_frozen_below_the_header_and_filtered():
    place = opened(TableSheet("单位排名", COLUMNS, ROWS, freeze=3))["单位排名"]
    assert place.freeze_panes == f"D{HEADER_ROW + 1}"
    assert place.auto_filter.ref == f"A{HEADER_ROW}:G{HEADER_ROW + len(ROWS)}"


def test_a_print_has_paper_repeated_header_and_page_numbers():
    place = opened(TableSheet("单位排名", COLUMNS, ROWS, paper="A3", landscape=False))["单位排名"]
    assert (int(place.page_setup.paperSize), place.page_setup.orientation) == (8, "portrait")
    assert place.print_title_rows == f"${HEADER_ROW - 1}:${HEADER_ROW}"
    assert place.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert place.oddFooter.left.text == "汇总表（第2期）"
    assert place.sheet_properties.pageSetUpPr.fitToPage


def test_an_ampersand_in_the_title_is_printed_as_such():
    with zipfile.ZipFile(io.BytesIO(render_workbook([SHEET], "甲&P乙"))) as packed:
        assert "&amp;L甲&amp;&amp;P乙&amp;C第 &amp;P 页" in packed.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("columns", "rows", "pages"), [(7, 33, (1, 1)), (7, 200, (1, 0)), (12, 200, (1, 0)), (30, 200, (3, 0))]
)
def test_a_print_takes_as_many_pages_as_keep_it_readable(columns, rows, pages):
    wide = tuple(Column(f"栏目{n}", width=18) for n in range(columns))
    frame = pd.DataFrame("是", index=range(rows), columns=range(columns))
    place = opened(TableSheet("事项明细", wide, frame, freeze=2))["事项明细"]
    # The file does not say so where it is 1.
    fit = (place.page_setup.fitToWidth, place.page_setup.fitToHeight)
    assert tuple(1 if number is None else number for number in fit) == pages
    assert place.print_title_cols == ("$A:$B" if pages[0] > 1 else None)


def test_rows_grow_with_wrapped_text_up_to_a_limit():
    sheet = texts_sheet("短", "长" * 40, "长" * 4_000, "一\n二\n三", width=40, wrap=True)
    rows = opened(sheet)["数据问题"].row_dimensions
    heights = [rows[HEADER_ROW + 1 + at].height for at in range(4)]
    assert heights == [18, 18 + 2 * 15, 18 + 11 * 15, 18 + 2 * 15]


def test_text_that_is_not_wrapped_keeps_its_row_low():
    rows = opened(texts_sheet("长" * 40, width=40))["数据问题"].row_dimensions
    assert rows[HEADER_ROW + 1].height == 18


def test_columns_without_a_width_fit_their_chinese_text_within_limits():
    columns = (Column("短"), Column("事项"), Column("说明"))
    rows = pd.DataFrame([["是", "民办学校设立审批许可", "长" * 200]])
    short, name, long = (
        opened(TableSheet("事项", columns, rows))["事项"].column_dimensions[letter].width for letter in "ABC"
    )
    assert 8 <= short < 10
    assert 20 <= name < 28
    assert long < 50


def test_an_empty_table_says_so_in_its_note_and_holds_no_row():
    sheet = TableSheet("一证通办", COLUMNS[:1], pd.DataFrame({"unit": []}, dtype=str), note="可不报。")
    lines = list(opened(sheet)["一证通办"].iter_rows(values_only=True))
    assert lines[1][0] == "可不报。 暂无记录。"
    assert len(lines) == HEADER_ROW


def test_a_header_note_is_a_comment():
    header = opened(SHEET)["单位排名"][HEADER_ROW]
    assert header[2].comment.text == "满分100。"
    assert header[1].comment is None


CHOICES = Column("确认", entry=True, choices=("是", "否"))
NAMES = Column("单位名称", choices=tuple(f"第{n}个单位，名称较长" for n in range(33)))
REGISTER = TableSheet(
    "评议确认",
    (NAMES, CHOICES, Column("批准人", entry=True)),
    pd.DataFrame([["区残联", None, None]]),
    protected=True,
)


def test_a_protected_sheet_locks_head_and_data_and_leaves_entries_and_new_rows_open():
    place = opened(REGISTER)["评议确认"]
    assert place.protection.sheet
    assert place.protection.password is None
    assert place.cell(HEADER_ROW, 2).protection.locked
    assert [cell.protection.locked for cell in place[HEADER_ROW + 1]] == [True, False, False]
    assert not any(place.column_dimensions[letter].protection.locked for letter in "ABC")
    # Without a format of its own a row of the head would be as open as the columns.
    head = [place.row_dimensions[row] for row in range(1, HEADER_ROW + 1)]
    assert all(row.customFormat and row.protection.locked for row in head)


def test_a_protected_sheet_allows_filtering_sorting_and_inserting_but_not_new_columns():
    allowed = opened(REGISTER)["评议确认"].protection
    # In the file these are what the protection forbids.
    assert not any((allowed.autoFilter, allowed.sort, allowed.insertRows, allowed.deleteRows))
    assert allowed.insertColumns


def test_a_sheet_is_not_protected_unless_asked():
    assert not opened(SHEET)["单位排名"].protection.sheet


def test_choices_are_drop_downs_down_to_the_last_row_with_room():
    book = opened(REGISTER)
    lists = {str(v.sqref): v.formula1 for v in book["评议确认"].data_validations.dataValidation}
    end = HEADER_ROW + ENTRY_ROWS
    assert lists[f"B5:B{end}"] == '"是,否"'
    assert lists[f"A5:A{end}"] == "'选项'!$A$1:$A$33"
    assert book["选项"].sheet_state == "hidden"
    assert [cell.value for cell in book["选项"]["A"]] == list(NAMES.choices)


def test_short_lists_need_no_further_sheet():
    sheet = TableSheet("评议确认", (CHOICES,), pd.DataFrame({"a": ["是"]}), protected=True)
    assert opened(sheet).sheetnames == ["评议确认"]


def test_a_hidden_sheet_is_there_for_the_program_only():
    stamp = TableSheet("标记", (Column("名称"), Column("值")), pd.DataFrame([["期号", "2"]]), hidden=True)
    assert opened(SHEET, stamp)["标记"].sheet_state == "hidden"


PAGE = PageSheet(
    "总览",
    (
        KeyFigures(
            (Figure("应报单位", 33), Figure("进驻率", 0.905, "percent", note="上期 88.1%", tone="good")), "报送"
        ),
        TablePart(COLUMNS, ROWS, title="排名", note="组内排名。"),
        TablePart(COLUMNS, ROWS.iloc[:0], title="拟通报", empty="本期没有拟通报的单位。"),
        TextPart(("第一句。", "第二句。"), title="说明"),
    ),
    title="总览（第2期）",
    note="截至2023年3月31日",
)


def test_a_page_holds_its_parts_one_below_the_other():
    lines = [[v for v in line if v is not None] for line in opened(PAGE)["总览"].iter_rows(values_only=True)]
    titles = [column.title for column in COLUMNS]
    assert [line for line in lines if line] == [
        ["总览（第2期）"],
        ["截至2023年3月31日"],
        ["报送"],
        ["应报单位", "进驻率"],
        [33, 0.905],
        ["上期 88.1%"],
        ["排名"],
        ["组内排名。"],
        titles,
        ["区残联", 1, 88.5, 0.5, -1.25, dt.datetime(2023, 7, 31), "到位"],
        ["区教体局", 2, 0],
        ["区国源水务", "不适用", dt.datetime(2023, 10, 31), "不到位"],
        ["拟通报"],
        ["本期没有拟通报的单位。"],
        titles,
        ["说明"],
        ["第一句。"],
        ["第二句。"],
    ]


def test_result_words_on_a_page_are_coloured_and_other_words_are_not():
    cells = {cell.value: cell for line in opened(PAGE)["总览"].iter_rows() for cell in line}
    assert cells["到位"].fill.bgColor.rgb != cells["区残联"].fill.bgColor.rgb
    assert cells["不到位"].fill.fgColor.rgb not in (cells["到位"].fill.fgColor.rgb, cells["区残联"].fill.fgColor.rgb)


@pytest.mark.parametrize("widths", [[10], [6, 40, 7, 7, 7], [1] * GRID, [100, 1, 1], [3.5, 3.5, 3.5]])
def test_the_columns_of_a_small_table_share_the_whole_width_of_the_page(widths):
    spans = share_grid(widths)
    assert sum(spans) == GRID
    assert min(spans) >= 1
    assert [w for w, _ in sorted(zip(widths, spans, strict=True))] == sorted(widths)
    assert sorted(spans) == [span for _, span in sorted(zip(widths, spans, strict=True))]


def test_rows_that_do_not_fit_the_columns_are_refused():
    with pytest.raises(ValueError, match="7 columns of rows for 6 columns"):
        TableSheet("单位排名", COLUMNS[:-1], ROWS)
    with pytest.raises(ValueError, match="25 columns on a page"):
        TablePart((Column("栏"),) * 25, pd.DataFrame([["是"] * 25]))


@pytest.mark.parametrize("flags", [[True, False], pd.array([True, None], dtype="boolean"), [None, True]])
def test_booleans_are_refused_since_people_read_words(flags):
    with pytest.raises(ValueError, match="booleans in 进驻大厅"):
        TableSheet("事项明细", (Column("进驻大厅"),), pd.DataFrame({"in_hall": flags}))


def test_the_words_for_yes_and_no_are_taken():
    assert written("是", "否") == ["是", "否"]


def test_thirty_thousand_rows_of_twelve_columns_are_written_in_good_time():
    count = 30_000
    rows = pd.DataFrame({f"text{c}": [f"第{n % 7_000}项{c}" for n in range(count)] for c in range(8)})
    rows = rows.assign(**{f"number{c}": np.arange(count) / 7 for c in range(4)})
    columns = tuple(Column(name, "text" if name.startswith("text") else "number") for name in rows.columns)
    before = time.process_time()
    render_workbook([TableSheet("环节明细", columns, rows)], "汇总表")
    assert time.process_time() - before < 3


@pytest.fixture(scope="module")
def resaved(tmp_path_factory):
    """The sample workbook before and after LibreOffice opened and saved it, and its print."""
    if not (soffice := shutil.which("soffice")):
        pytest.skip("soffice (LibreOffice) is not installed")
    folder = tmp_path_factory.mktemp("office")
    source = folder / "source.xlsx"
    source.write_bytes(
        render_workbook([PAGE, SHEET, texts_sheet("=1+1", "<r>甲</r>", "_x0041_", "一\n二"), REGISTER], "表")
    )
    for kind in ("xlsx", "pdf"):
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", folder / "out", source]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return source, folder / "out" / "source.xlsx", folder / "out" / "source.pdf"


@pytest.mark.office
def test_values_survive_being_saved_by_libreoffice(resaved):
    before, after = (CalamineWorkbook.from_path(path) for path in resaved[:2])
    assert after.sheet_names == before.sheet_names
    for name in ("总览", "单位排名", "数据问题", "评议确认"):
        assert after.get_sheet_by_name(name).to_python() == before.get_sheet_by_name(name).to_python()


@pytest.mark.office
def test_protection_and_drop_downs_survive_being_saved_by_libreoffice(resaved):
    place = openpyxl.load_workbook(resaved[1])["评议确认"]
    assert place.protection.sheet
    assert len(place.data_validations.dataValidation) == 2


@pytest.mark.office
def test_each_visible_sheet_prints_on_one_page(resaved):
    if not (pdfinfo := shutil.which("pdfinfo")):
        pytest.skip("pdfinfo (poppler) is not installed")
    text = subprocess.run([pdfinfo, resaved[2]], check=True, capture_output=True, text=True).stdout
    assert "Pages:           4" in text
