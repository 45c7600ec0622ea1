"""The sheet 退回说明: what is wrong and where, each cell as a link; then what would raise the score."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from pipeline.findings import ERROR, REMARK
from pipeline.returns.looks import SPACE, Look, Looks
from pipeline.returns.marks import COLOURS
from pipeline.returns.notes import Finding, Gain, Note
from pipeline.tables import day_words
from pipeline.template.cells import LINE_HEIGHT, clear_text, count_lines

COVER = "退回说明"
WIDTHS = (12.0, 42.0, 40.0, 18.0, 34.0)
FINDING_TITLES = ("级别", "问题", "怎么改", "单元格（可点）", "原来填的")
GAIN_TITLES = ("可提高（分）", "哪一项、差在谁", "差什么", "单元格（可点）", "现在填的")
INK, GREY, HEAD, LINE, LINK = "FF1F3A5F", "FF6B7280", "FFDDEBF7", "FFD9DEE4", "FF1F4E89"
GAIN_FILL = "FFE2F0D9"
LONGEST = 32_000  # characters of a text in a cell
# What a reader takes for the number of a character unless it is written like this.
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

Find = Callable[[str, str], str]  # sheet title and cell -> the target of a link, blank where there is none


class Line(NamedTuple):
    """One row of the sheet: its five texts, the target of the link, and the colour of the first cell."""

    texts: tuple[str, str, str, str, str]
    target: str
    fill: str = ""


class Row(NamedTuple):
    """A row as it is written: its texts with their looks, its height in points, the target of the link in column D; merged or not."""

    cells: tuple[tuple[str, Look], ...]
    height: float
    target: str = ""
    merged: bool = False


_BLANK = Row((), 0)


def write_cover(note: Note, why_anew: str, find: Find, looks: Looks) -> bytes:
    """The part of the sheet; `why_anew`: why the form was written anew (blank: it was not), `find`: where a link leads."""
    rows = [_text_row(f"{COVER}：{note.unit}（{note.period}）", Look(16, True, INK)), _text_row(_message(note), Look())]
    if why_anew:
        rows.append(_text_row(why_anew, Look(10, False, GREY)))
    rows += [_BLANK, *_table_rows(FINDING_TITLES, _finding_lines(note.findings, find))]
    if note.gains:
        advice = _text_row(_advice(note), Look(13, True, INK))
        rows += [_BLANK, advice, *_table_rows(GAIN_TITLES, _gain_lines(note.gains, find))]
    return _sheet(rows, looks).encode()


def _message(note: Note) -> str:
    remarks = sum(finding.level == REMARK for finding in note.findings)
    also = f"另有{remarks}处提醒（橙色）请核对，确实无误的不用改。" if remarks else ""
    return (
        f"本表有{note.errors}处错误（红色），请在本表原处改正，{day_words(note.until)}前发回；红色和橙色的格子上有批注。{also}"
        "改正后直接保存发回，不用改名，也不用删除本页和批注。"
    )


def _advice(note: Note) -> str:
    now = f"（现在评比得分{note.score:.2f}分）" if note.score is not None else ""
    return f"提分建议{now}：按可以提高的分数排列，分数为该项全部到位时可提高的分"


def _finding_lines(findings: Sequence[Finding], find: Find) -> Iterator[Line]:
    """A line for each finding; what is the same as in the line above is not said again."""
    last = ("", "", "")
    for finding in findings:
        told = (finding.level, finding.problem, finding.advice)
        same = told == last
        shown = ("", "", "") if same else told
        where = f"{finding.sheet} {finding.cell}".strip()
        fill = "" if same else COLOURS.get(finding.level, COLOURS[REMARK])[0]
        yield Line((*shown, where, finding.value), find(finding.sheet, finding.cell), fill)
        last = told


def _gain_lines(gains: Sequence[Gain], find: Find) -> Iterator[Line]:
    """A line for each way to a better score, and one below it for each item, department or person concerned."""
    for gain in gains:
        reason = "；".join(short.why for short in gain.shorts if not short.name)
        yield Line((f"+{gain.points:.2f}", f"{gain.what}（{gain.now}）", reason, "", ""), "", GAIN_FILL)
        for short in gain.shorts:
            if short.name:
                where = f"{short.sheet} {short.cell}" if short.cell else ""
                yield Line(("", f"　{short.name}", short.why, where, short.value), find(short.sheet, short.cell))


def _table_rows(titles: Sequence[str], lines: Iterator[Line]) -> Iterator[Row]:
    look = Look(bold=True, ink=INK, fill=HEAD, centred=True)
    yield Row(tuple((title, look) for title in titles), 24)
    for line in lines:
        height = max(count_lines(text, width - 2) for text, width in zip(line.texts, WIDTHS, strict=True))
        cells = tuple((text, _look(column, line)) for column, text in enumerate(line.texts, 1))
        yield Row(cells, 5 + LINE_HEIGHT * height, line.target)


def _look(column: int, line: Line) -> Look:
    """The look of a cell of a line."""
    look = Look(bold=bool(line.fill) and column <= 2, line=LINE, centred=column == 1)
    if column == 4 and line.target:
        return look._replace(ink=LINK, underlined=True)
    return look._replace(fill=line.fill) if column == 1 else look


def _text_row(text: str, look: Look) -> Row:
    """A text across the table."""
    scale = look.size / 11
    lines = count_lines(text, (sum(WIDTHS) - 4) / scale)
    return Row(((text, look),), 8 + LINE_HEIGHT * scale * lines, merged=True)


def _sheet(rows: Sequence[Row], looks: Looks) -> str:
    """The sheet with its rows, to be printed across a page."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(WIDTHS, 1)
    )
    lines = "".join(_row(number, row, looks) for number, row in enumerate(rows, 1) if row.cells)
    merged = [f'<mergeCell ref="A{number}:E{number}"/>' for number, row in enumerate(rows, 1) if row.merged]
    links = "".join(
        f'<hyperlink ref="D{number}" location={quoteattr(row.target)} display={quoteattr(clear_text(row.cells[3][0]))}/>'
        for number, row in enumerate(rows, 1)
        if row.target
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<worksheet {SPACE}><sheetPr><tabColor rgb="{COLOURS[ERROR][1]}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{lines}</sheetData>'
        f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>'
        f"{links and f'<hyperlinks>{links}</hyperlinks>'}"
        '<printOptions horizontalCentered="1"/><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" '
        'footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
    )


def _row(number: int, row: Row, looks: Looks) -> str:
    cells = "".join(
        _cell(f"{letter}{number}", text, look, looks)
        for letter, (text, look) in zip("ABCDE", row.cells, strict=False)  # a text across the table has one cell
    )
    return f'<row r="{number}" ht="{row.height:g}" customHeight="1">{cells}</row>'


def _cell(place: str, text: str, look: Look, looks: Looks) -> str:
    """A cell with a text, which stays a text whatever it begins with."""
    written = _CODED.sub("_x005F_", clear_text(text)[:LONGEST])
    number = looks.cell(look._replace(quoted=written[:1] in tuple("=+-@")))
    if not written:
        return f'<c r="{place}" s="{number}"/>'
    return f'<c r="{place}" s="{number}" t="inlineStr"><is><t xml:space="preserve">{escape(written)}</t></is></c>'
