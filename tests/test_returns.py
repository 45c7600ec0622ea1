"""A faulty form comes back marked: on the right cells, without losing anything, and corrected in place it is accepted."""

import re
import tempfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from pipeline.document.wordml import pack, unpack
from pipeline.findings import ERROR, REMARK
from pipeline.reader import read_form
from pipeline.returns.book import return_form
from pipeline.returns.carry import MACROS, OTHER_FORMAT, not_markable
from pipeline.returns.cover import COVER
from pipeline.returns.marks import ALWAYS, MARK
from pipeline.returns.notes import Finding, Note, returned_forms, write_note
from pipeline.run import Result
from pipeline.words import ACCEPTED, RETURNED
from tests.excel_edits import edited
from tests.folders import run_folder
from tests.forms import the_rules
from tests.office import Job, run_office, validate
from tests.worked import form_bytes, values_of

UNIT = "区残联"
FOLDER = tempfile.TemporaryDirectory(prefix="returns-")
# 办公室收到的一份表：六个事项，四处错、一处提醒。
ITEMS = """
事项清单 ×6：大厅办件量=3
审批环节：事项名称=事项1 | 环节名称=审核
"""
FAULTS = {"O5": "窗口", "K6": None, "Y7": "若干", "Z8": "一审"}
REMARKED = {"W9": "12人"}
RIGHT = {"O5": "大厅", "K6": "是", "Y7": 0, "Z8": "审核合一", "W9": 12}


@cache
def right_form() -> bytes:
    """The form as it should have been."""
    return form_bytes(values_of({"form": ITEMS}, UNIT, 1), UNIT, 1)


def changed(data: bytes, change: Callable[[Workbook], object]) -> bytes:
    """The workbook after somebody worked on it."""
    book, out = load_workbook(BytesIO(data)), BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def put(cells: dict[str, Any], sheet: str = "事项清单") -> Callable[[Workbook], object]:
    def change(book: Workbook) -> None:
        for cell, value in cells.items():
            book[sheet][cell].value = value

    return change


@cache
def faulty_form() -> bytes:
    return changed(right_form(), put({**FAULTS, **REMARKED}))


@cache
def returned(data: bytes, name: str = "区残联.xlsx") -> tuple[bytes, Note, Result]:
    """What comes back for a form that lies alone in a folder."""
    folder = Path(tempfile.mkdtemp(dir=FOLDER.name))
    (folder / name).write_bytes(data)
    result, sources = run_folder(folder)
    ((unit, file),) = returned_forms(result).items()
    note = write_note(unit, sources[file], result)
    return return_form(data, note, the_rules()), note, result


def marked(data: bytes, sheet: str = "事项清单") -> dict[str, str]:
    """Cell -> comment of the cells of a sheet that carry a mark."""
    page = load_workbook(BytesIO(data))[sheet]
    return {
        cell.coordinate: cell.comment.text
        for row in page.iter_rows()
        for cell in row
        if cell.comment and MARK in cell.comment.text
    }


def coloured(data: bytes, sheet: str = "事项清单") -> list[list[str]]:
    """The cells under each colour of ours, red before amber."""
    page = load_workbook(BytesIO(data))[sheet]
    return [str(area.sqref).split() for area in page.conditional_formatting if ALWAYS in area.rules[0].formula]


def cover_lines(data: bytes) -> list[tuple[Any, ...]]:
    return [row for row in load_workbook(BytesIO(data))[COVER].iter_rows(values_only=True) if any(row)]


# --- the marks


def test_every_fault_is_red_with_a_comment_and_every_remark_amber() -> None:
    data, note, _ = returned(faulty_form())
    assert {finding.cell: finding.level for finding in note.findings} == {
        **dict.fromkeys(FAULTS, ERROR),
        **dict.fromkeys(REMARKED, REMARK),
    }
    red, amber = coloured(data)
    assert sorted(red) == sorted(FAULTS)
    assert amber == list(REMARKED)
    comments = marked(data)
    assert set(comments) == {*FAULTS, *REMARKED}
    assert "错误：“受理地点”不能填“窗口”" in comments["O5"]
    assert "怎么改：请从下拉列表中选择；例：大厅" in comments["O5"]


def test_the_first_sheet_says_what_is_wrong_and_links_to_each_cell() -> None:
    data, _, _ = returned(faulty_form())
    book = load_workbook(BytesIO(data))
    assert book.sheetnames[0] == COVER
    assert book.active.title == COVER
    links = {cell.value: cell.hyperlink.location for row in book[COVER].iter_rows() for cell in row if cell.hyperlink}
    for cell in (*FAULTS, *REMARKED):
        assert links[f"事项清单 {cell}"] == f"'事项清单'!{cell}"
    assert "4处错误" in cover_lines(data)[1][0]
    assert [page.title for page in book.worksheets if page.sheet_view.tabSelected] == [COVER]


def test_findings_of_one_cause_stand_together_and_say_it_once() -> None:
    data, _, _ = returned(changed(right_form(), put({"K5": None, "O6": "窗口", "K8": None})))
    lines = [line for line in cover_lines(data) if line[3] and str(line[3]).startswith("事项清单 ")]
    assert [line[3] for line in lines][:3] == ["事项清单 K5", "事项清单 K8", "事项清单 O6"]
    assert [line[0] for line in lines][:3] == [ERROR, None, ERROR]


def test_the_sheet_tells_what_would_raise_the_score_and_by_how_much() -> None:
    values = put({"K5": "否", "M5": "专网未通", "N5": "2023-06-30", "K6": None})
    data, note, result = returned(changed(right_form(), values))
    points = {gain.what: gain.points for gain in note.gains}
    # 第3项：权重16，6项中2项没有进驻；九项得分占评比得分的80%，计分权重90（第9项未核验）。
    assert points["第3项 事项进驻"] == pytest.approx(round(100 * 0.8 * 16 / 90 * 2 / 6, 2))
    assert points["改正全部错误后重报"] == 1
    entered = next(gain for gain in note.gains if gain.what.startswith("第3项"))
    assert [(short.name, short.cell) for short in entered.shorts] == [("事项1", "K5"), ("事项2", "K6")]
    assert [gain.points for gain in note.gains] == sorted(points.values(), reverse=True)
    assert ("+4.74", "第3项 事项进驻（不到位，4/6）") in [line[:2] for line in cover_lines(data)]
    assert note.score == result.units.set_index("unit").loc[UNIT, "score"]


def test_no_lead_appears_in_a_returned_form() -> None:
    """Entered on paper and worked outside: a lead for the office, which the unit must not read."""
    data, _, result = returned(changed(right_form(), put({"Y5": 9, "P5": "厅外", "K6": None})))
    assert len(result.leads)
    assert not any("疑似".encode() in part for part in unpack(data).values())


# --- the right cells, however the unit laid out its sheet


def test_marks_follow_title_rows_the_unit_inserted() -> None:
    data, _, _ = returned(changed(faulty_form(), lambda book: book["事项清单"].insert_rows(1, 2)))
    assert set(marked(data)) == {"O7", "K8", "Y9", "Z10", "W11"}


def test_marks_follow_columns_the_unit_moved() -> None:
    def swap(book: Workbook) -> None:
        page = book["事项清单"]
        for row in range(3, 11):
            page[f"O{row}"].value, page[f"AC{row}"].value = None, page[f"O{row}"].value

    data, _, _ = returned(changed(faulty_form(), swap))
    assert set(marked(data)) == {"AC5", "K6", "Y7", "Z8", "W9"}


def test_marks_in_merged_cells_lie_on_their_first_cell() -> None:
    data, _, _ = returned(
        changed(changed(right_form(), put({"O5": "窗口"})), lambda book: book["事项清单"].merge_cells("O5:O7")),
    )
    assert set(marked(data)) == {"O5"}
    assert "事项清单!O5:O7".partition("!")[2] in [
        str(a) for a in load_workbook(BytesIO(data))["事项清单"].merged_cells.ranges
    ]


def test_marks_lie_on_the_sheet_that_was_read_though_its_name_was_changed() -> None:
    data, _, _ = returned(edited(faulty_form(), ["改名 事项清单 事项清单（新）"]))
    assert set(marked(data, "事项清单（新）")) >= set(FAULTS)
    book = load_workbook(BytesIO(data))
    links = [cell.hyperlink.location for row in book[COVER].iter_rows() for cell in row if cell.hyperlink]
    assert "'事项清单（新）'!O5" in links


# --- nothing is lost


def looks_of(page: Any) -> list[tuple[Any, ...]]:
    """What stands in each cell of a sheet, and how it looks."""
    return [
        (cell.coordinate, cell.value, cell.number_format, cell.protection.locked, cell.fill.fgColor.rgb, cell.font.b)
        for row in page.iter_rows()
        for cell in row
    ]


def test_everything_else_of_the_file_is_still_there() -> None:
    def work(book: Workbook) -> None:
        book.create_sheet("本单位的草稿")["B2"] = "=1+1"
        book["事项清单"]["B6"].comment = Comment("问过平台", "王五")
        book["事项清单"]["O5"].comment = Comment("先这样填", "王五")

    sent = changed(faulty_form(), work)
    data, _, _ = returned(sent)
    before, after = load_workbook(BytesIO(sent)), load_workbook(BytesIO(data))
    assert after.sheetnames == [COVER, *before.sheetnames]
    for page in before.worksheets:
        twin = after[page.title]
        assert page.title == "_版本" or looks_of(page) == looks_of(twin)
        assert vars(page.protection) == vars(twin.protection)
        assert page.sheet_state == twin.sheet_state
        assert sorted((str(v.sqref), v.type, v.formula1) for v in page.data_validations.dataValidation) == sorted(
            (str(v.sqref), v.type, v.formula1) for v in twin.data_validations.dataValidation
        )
        assert [(str(area.sqref), rule.formula) for area in page.conditional_formatting for rule in area.rules] == [
            (str(area.sqref), rule.formula)
            for area in twin.conditional_formatting
            for rule in area.rules
            if ALWAYS not in rule.formula
        ]
        notes = {cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment}
        kept = {cell.coordinate: cell.comment.text for row in twin.iter_rows() for cell in row if cell.comment}
        assert all(text in kept[cell] for cell, text in notes.items())
    assert {name: book.attr_text for name, book in before.defined_names.items()} == {
        name: book.attr_text for name, book in after.defined_names.items()
    }


SPARKLINES = (
    b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    b'uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><x14:sparklineGroups/></ext></extLst>'
)


def test_what_is_not_marked_stays_byte_for_byte_as_the_unit_sent_it() -> None:
    """Pictures, drop-downs of later versions, cells of other programs: nothing that is not known is lost."""
    parts = unpack(faulty_form())
    sheet = next(part for part, xml in parts.items() if b'r="Z10"' in xml)
    parts[sheet] = parts[sheet].replace(b"</worksheet>", SPARKLINES + b"</worksheet>")
    parts["xl/media/image1.png"] = b"\x89PNG"
    parts["xl/cellimages.xml"] = b"<cellImages/>"
    sent = pack(parts)
    after = unpack(returned(sent)[0])
    assert b"sparklineGroups" in after[sheet]
    assert _cells_of(after[sheet]) == _cells_of(parts[sheet])
    changed_parts = {part for part in parts if after[part] != parts[part]}
    assert {part for part in changed_parts if not part.startswith(("xl/worksheets/", "xl/comments/"))} == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", _boxes_beside(parts, sheet)
    }  # fmt: skip
    assert len([part for part in changed_parts if part.startswith("xl/comments/")]) == 1
    sheets = {part for part in changed_parts if part.startswith("xl/worksheets/")}
    assert sheets == {sheet, *(part for part in parts if b"tabSelected" in parts[part] or _is_stamp(parts, part))}


def _boxes_beside(parts: dict[str, bytes], sheet: str) -> str:
    """The part with the boxes of a sheet's comments."""
    relations = parts[sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"].decode()
    found = re.search(r'"/?(xl/drawings/[^"]+\.vml)"', relations)
    assert found
    return found[1]


def _cells_of(xml: bytes) -> bytes:
    root = etree.fromstring(xml)
    return etree.tostring(root.find("{*}sheetData"), method="c14n", exclusive=True)


def _is_stamp(parts: dict[str, bytes], part: str) -> bool:
    """The last sheet is the hidden one that counts the copies."""
    names = [name for name in parts if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return part == max(names, key=lambda name: int(re.sub(r"\D", "", name)))


def test_formulas_keep_the_results_they_had() -> None:
    """A look without Excel, and the program itself, see the figures the unit saw."""
    sent = right_form()
    parts = unpack(sent)
    sheet = next(part for part, xml in parts.items() if b'r="W5"' in xml)
    cell = re.search(rb'<c r="W5"[^>]*>.*?</c>', parts[sheet])
    assert cell
    parts[sheet] = parts[sheet].replace(cell[0], b'<c r="W5"><f>SUM(1,2)</f><v>3</v></c>')
    data, _, _ = returned(with_fault(parts))
    assert load_workbook(BytesIO(data))["事项清单"]["W5"].value == "=SUM(1,2)"
    assert load_workbook(BytesIO(data), data_only=True)["事项清单"]["W5"].value == 3


def with_fault(parts: dict[str, bytes]) -> bytes:
    """The parts as a file, with a fault, so that it is returned: 自查结论 of the first check is blank."""
    data = pack(parts)
    place = next(part for part, xml in parts.items() if part.startswith("xl/worksheets/") and b'r="D12"' in xml)
    xml = re.sub(rb'<c r="D4"([^>]*?) t="s"[^>]*><v>\d+</v></c>', rb'<c r="D4"\1/>', parts[place])
    assert xml != parts[place]
    return pack({**unpack(data), place: xml})


def test_the_same_form_gives_the_same_bytes() -> None:
    data, note, _ = returned(faulty_form())
    assert return_form(note.source.read(), note, the_rules()) == data


def test_a_returned_form_keeps_the_dates_of_the_file_and_gets_none_of_its_own() -> None:
    parts = unpack(faulty_form())
    undated = re.sub(rb"<dcterms:(created|modified).*?</dcterms:\1>", b"", parts["docProps/core.xml"])
    for core in (parts["docProps/core.xml"], undated):
        data, _, _ = returned(pack({**parts, "docProps/core.xml": core}))
        assert unpack(data)["docProps/core.xml"] == core


# --- a second return


def test_marks_of_an_earlier_return_are_gone_and_the_copy_counts_up() -> None:
    first, note, _ = returned(changed(faulty_form(), _with_own_comment))
    assert read_form(first, the_rules().form).stamp["copy"] == "1"
    half = changed(first, put({cell: value for cell, value in RIGHT.items() if cell != "O5"}))
    second, note, _ = returned(half)
    assert note.copy == 2
    assert read_form(second, the_rules().form).stamp["copy"] == "2"
    assert set(marked(second)) == {"O5"}
    assert coloured(second) == [["O5"]]
    book = load_workbook(BytesIO(second))
    assert book.sheetnames.count(COVER) == 1
    assert sum(COVER in name for name in book.sheetnames) == 1
    assert book["事项清单"]["K6"].comment.text == "先空着"


def _with_own_comment(book: Workbook) -> None:
    book["事项清单"]["K6"].comment = Comment("先空着", "王五")


def test_a_form_corrected_in_place_is_accepted_with_the_scores_of_a_right_one(tmp_path: Path) -> None:
    data, note, faulty = returned(faulty_form())
    assert faulty.units.set_index("unit").loc[UNIT, "state"] == RETURNED
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "区残联.xlsx").write_bytes(note.source.read())
    (tmp_path / "circle" / "区残联 改好.xlsx").write_bytes(changed(data, put(RIGHT)))
    corrected, _ = run_folder(tmp_path / "circle")
    (tmp_path / "right").mkdir()
    (tmp_path / "right" / "区残联.xlsx").write_bytes(right_form())
    right, _ = run_folder(tmp_path / "right")
    ours, theirs = (result.units.set_index("unit").loc[UNIT] for result in (corrected, right))
    assert ours["state"] == ACCEPTED
    assert ours["file"] == "区残联 改好.xlsx"
    assert corrected.findings[corrected.findings["level"].eq(ERROR)].empty
    told = ["nine", "mode", "deduction", "score", "items", "must", "errors"]
    assert ours[told].to_dict() == theirs[told].to_dict()
    checks = ["check", "declared", "result", "numerator", "denominator", "credit", "short"]
    assert corrected.checks[checks].equals(right.checks[checks])


# --- files that cannot be marked as they are


def test_a_file_that_cannot_be_marked_is_written_anew_and_says_so() -> None:
    sent = pack(
        {**unpack(changed(faulty_form(), lambda book: book["事项清单"].insert_rows(1, 2))), "xl/vbaProject.bin": b""}
    )
    assert not_markable(sent) == (MACROS,)
    data, _, _ = returned(sent)
    assert MACROS in cover_lines(data)[2][0]
    assert set(marked(data)) == {*FAULTS, *REMARKED}  # in the new form the rows stand where the form has them
    page = load_workbook(BytesIO(data))["事项清单"]
    assert [page[cell].value for cell in ("O5", "Y7", "B10")] == ["窗口", "若干", "事项6"]
    assert read_form(data, the_rules().form).stamp["copy"] == "1"


def test_the_unit_s_other_sheets_are_named_where_they_stay_behind() -> None:
    _, note, _ = returned(changed(faulty_form(), lambda book: book.create_sheet("本单位的草稿")))
    data = return_form(note.source.read(), note, the_rules(), anew=True)
    assert "“本单位的草稿”没有带过来" in cover_lines(data)[2][0]
    assert set(marked(data)) == {*FAULTS, *REMARKED}


@pytest.mark.parametrize(
    "part", ["xl/vbaProject.bin", "xl/threadedComments/threadedComment1.xml", "_xmlsignatures/sig1.xml"]
)
def test_what_marks_would_not_go_with_is_seen_before(part: str) -> None:
    assert not_markable(pack({**unpack(right_form()), part: b""}))


@pytest.mark.parametrize(
    "part", ["xl/media/image1.png", "xl/ctrlProps/ctrlProp1.xml", "xl/externalLinks/externalLink1.xml"]
)
def test_whatever_else_is_in_a_file_stays_there(part: str) -> None:
    assert not_markable(pack({**unpack(right_form()), part: b""})) == ()


def test_our_own_form_can_be_marked_as_it_is() -> None:
    assert not_markable(right_form()) == ()
    assert not_markable(b"\xd0\xcf\x11\xe0") == (OTHER_FORMAT,)


def test_a_row_finding_is_marked_on_the_first_filled_cell_of_the_row() -> None:
    sent = changed(faulty_form(), put({"B12": "合计"}))
    data, note, _ = returned(sent)
    assert "第12行" in [finding.cell for finding in note.findings]
    assert "“合计”一行不是填报内容" in marked(data)["B12"]


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    _, note, _ = returned(faulty_form())
    finding = Finding("事项清单", "O5", ERROR, "写的“=1+1”", "=HYPERLINK", "=1+1")
    data = return_form(note.source.read(), Note(**{**vars(note), "findings": (finding,)}), the_rules())
    page = load_workbook(BytesIO(data))[COVER]
    assert [cell.data_type for row in page.iter_rows() for cell in row if str(cell.value).startswith("=")] == ["s", "s"]


# --- real programs


@pytest.mark.office
@pytest.mark.parametrize("anew", [False, True])
def test_the_validator_finds_nothing_in_a_returned_form(tmp_path: Path, anew: bool) -> None:
    """What it finds in the file as the unit's program saved it (here: the order of the fonts' parts) is not ours to mend."""
    _, note, _ = returned(faulty_form())
    sent, back = tmp_path / "sent.xlsx", tmp_path / "back.xlsx"
    sent.write_bytes(right_form() if anew else note.source.read())
    back.write_bytes(return_form(note.source.read(), note, the_rules(), anew=anew))
    assert [(fault["path"], fault["xPath"]) for fault in validate(back)] == [
        (fault["path"], fault["xPath"]) for fault in validate(sent)
    ]


@pytest.mark.office
def test_the_validator_finds_nothing_in_our_own_form_marked_and_marked_again(tmp_path: Path) -> None:
    first, _, _ = returned(with_fault(unpack(right_form())))
    second, note, _ = returned(first)
    assert note.copy == 2
    for data in (first, second):
        (tmp_path / "out.xlsx").write_bytes(data)
        assert validate(tmp_path / "out.xlsx") == []


@pytest.mark.office
def test_a_form_saved_as_xls_or_ods_comes_back_marked_in_a_new_form(tmp_path: Path) -> None:
    source = tmp_path / "sent.xlsx"
    source.write_bytes(right_form())
    steps = [["fill", "事项清单", {"O5": "窗口"}], ["fill", "授权委托", {"C5": "已签"}]]
    saves = {kind: tmp_path / f"区残联.{kind}" for kind in ("xls", "ods")}
    run_office([Job(source, steps, saves)], tmp_path)
    for path in saves.values():
        data, _, _ = returned(path.read_bytes(), path.name)
        assert "O5" in marked(data)
        assert set(marked(data, "授权委托")) == {"C5"}
        assert OTHER_FORMAT in cover_lines(data)[2][0]


@pytest.mark.office
def test_a_form_saved_by_another_program_is_marked_as_it_is_and_read_by_it_again(tmp_path: Path) -> None:
    source, saved, back, again = (tmp_path / f"{name}.xlsx" for name in ("sent", "saved", "back", "again"))
    source.write_bytes(right_form())
    run_office([Job(source, [["fill", "事项清单", {"O5": "窗口"}]], {"xlsx": saved})], tmp_path)
    data, note, _ = returned(saved.read_bytes())
    assert load_workbook(BytesIO(data)).sheetnames == [COVER, *load_workbook(saved).sheetnames]
    assert set(marked(data)) == {"O5"}
    back.write_bytes(data)
    run_office([Job(back, [["fill", "事项清单", {"O5": "大厅"}]], {"xlsx": again})], tmp_path)
    assert set(marked(again.read_bytes())) == {"O5"}
    assert coloured(again.read_bytes()) == [["O5"]]
    assert read_form(again.read_bytes(), the_rules().form).stamp["copy"] == str(note.copy)
