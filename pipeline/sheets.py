"""What a workbook shows, as plain data: sheets, columns, parts of a page, tones (rendered by workbook.py).

Rows are frames whose columns stand in the order of `columns`; their own names do not matter. Missing (NA, NaN, NaT,
None, "") is an empty cell. 是/否 come as words, never as booleans. Nothing is sorted, totalled or re-worded on the way.

Formulas, links and charts name what they mean in square brackets, whatever place it has in the file:
[分子] the cell of the same row; [自查对照!分子] the whole column of a table (on a page, the title of the small table stands for the sheet);
[自查对照!分子:7] its cell in row 7 of the data, counted from 0; [趋势!评比得分:3:5] its cells from row 3 to 5; [自查对照!] the top of a sheet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd
from pandas.api.types import infer_dtype

Kind = Literal["text", "integer", "number", "score", "change", "percent", "date"]
Tone = Literal["good", "fair", "bad", "muted", "note"]
Paper = Literal["A4", "A3"]
Tab = Literal["red", "blue", "green", "grey"]

# Row 1 title, row 2 note, row 3 bands (or a gap), row 4 header, data from row 5: on every TableSheet, counted from 1.
HEADER_ROW = 4
MOST_ROWS = 1_048_576 - HEADER_ROW  # of a sheet in Excel
# A page is this many narrow columns wide; the columns of its tables take several each.
GRID = 24

# The result words of the program and how each is coloured; a column takes this or its own mapping as `words`.
TONES: Mapping[str, Tone] = {
    "到位": "good",
    "基本到位": "fair",
    "不到位": "bad",
    "不适用": "muted",
    "未核验": "muted",
    "已到位": "good",
    "推进中": "fair",
    "逾期": "bad",
    "一致": "good",
    "自报偏高": "bad",
    "自报偏低": "fair",
    "无法核验": "muted",
    "实现": "good",
    "未实现": "bad",
    "有效": "good",
    "待补": "fair",
    "未列明": "bad",
    "资料不全": "bad",
    "超出标准模式": "bad",
    "须无条件审核合一": "bad",
    "应压减": "bad",
    "需补充依据": "fair",
    "应改报": "fair",
    "已接收": "good",
    "退回补正": "fair",
    "未报送": "bad",
    "联系表": "muted",
    "采用": "good",
    "被替代": "muted",
    "更正": "fair",
    "期号待确认": "fair",
    "拒收": "bad",
    "忽略": "muted",
    "附件": "muted",
    "登记表": "note",
    "目录": "note",
    "定稿": "note",
    "错误": "bad",
    "提醒": "fair",
    "电话更正": "note",
    "督查查实": "bad",
    "表扬": "good",
    "通报": "bad",
    "属实": "bad",
    "不属实": "good",
    "待核查": "fair",
    "已整改": "good",
    "未整改": "bad",
    "未开始": "muted",
    "进行中": "fair",
    "已完成": "good",
    "整建制进驻": "good",
    "部分进驻": "fair",
    "未进驻": "bad",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    kind: how values are written and shown. text; integer `0`; number as it is; score `0.00`; change `+0.00`;
        percent (a share 0–1) `0.0%`; date `2023-03-31`. A text among numbers or dates (不适用) stays a text.
    width: in Latin characters (a Chinese one counts 2); None: from title and content.
    wrap: long text goes on over several lines, and the row grows with it (to at most 12 lines).
    words: words whose whole cell is coloured, e.g. TONES; other texts stay plain.
    bar: a data bar behind the number (percent: 0–1, score: 0–100, else: smallest to largest).
    centre: centred cells (short result words, 是/否).
    note: shown on the header when the pointer rests on it.
    band: title above the header; neighbours with the same one share it.
    entry: the office fills this one in: marked header, open in a protected sheet.
    choices: drop-down list.
    linked: its cells look like links (which they are where the sheet's `links` say so).
    spark: the values are places of numbers ([趋势!评比得分:3:5]) and are shown as small columns side by side.
    names: a name for each cell, by which formulas anywhere in the workbook may call it ("" for none).
    """

    title: str
    kind: Kind = "text"
    width: float | None = None
    wrap: bool = False
    words: Mapping[str, Tone] | None = None
    bar: bool = False
    centre: bool = False
    note: str = ""
    band: str = ""
    entry: bool = False
    choices: tuple[str, ...] = ()
    linked: bool = False
    spark: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TableSheet:
    """A sheet with one table: header in row HEADER_ROW, filter, no total rows, nothing below the data.

    name: the tab (at most 31 characters). title: first line (blank: the name). note: the line under it.
    freeze: number of first columns that stay in view and are repeated on each printed page.
    empty: added to the note when there are no rows.
    protected: title, header and what the program filled in are locked, without password; `entry` columns and all
        rows below stay open. Filtering, inserting, sorting and deleting rows are allowed (the last two Excel does only
        where no cell of the rows is locked, so in sheets of `entry` columns).
    hidden: not shown (a stamp for the program to find).
    formulas: by column title, what works out each value again in Excel ("" where nothing does); the rows hold the values all the same.
    links: by column title, the place in the workbook each cell leads to ("" where to none).
    """

    name: str
    columns: tuple[Column, ...]
    rows: pd.DataFrame
    title: str = ""
    note: str = ""
    freeze: int = 1
    paper: Paper = "A4"
    landscape: bool = True
    empty: str = "暂无记录。"
    protected: bool = False
    hidden: bool = False
    tab: Tab | None = None
    formulas: Mapping[str, pd.Series] = field(default_factory=dict)
    links: Mapping[str, pd.Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns."""
        _refuse_misfit(self.name, self.columns, self.rows)
        unknown = {*self.formulas, *self.links} - {column.title for column in self.columns}
        if unknown:
            raise ValueError(f"{self.name}: formulas or links for unknown columns {'、'.join(sorted(unknown))}")


def split_sheet(sheet: TableSheet, most_rows: int = MOST_ROWS) -> Iterator[TableSheet]:
    """The sheet, or the sheets its rows go on on: 名称, 名称（2） … of at most `most_rows` rows each."""
    yield _cut_rows(sheet, 0, most_rows)
    for number, start in enumerate(range(most_rows, len(sheet.rows), most_rows), 2):
        mark = f"（{number}）"
        part = _cut_rows(sheet, start, start + most_rows)
        yield replace(part, name=f"{sheet.name[: 31 - len(mark)]}{mark}", title=f"{sheet.title or sheet.name}{mark}")


def _cut_rows(sheet: TableSheet, start: int, end: int) -> TableSheet:
    if start == 0 and len(sheet.rows) <= end:
        return sheet
    formulas = {title: texts.iloc[start:end] for title, texts in sheet.formulas.items()}
    links = {title: texts.iloc[start:end] for title, texts in sheet.links.items()}
    return replace(sheet, rows=sheet.rows.iloc[start:end], formulas=formulas, links=links)


@dataclass(frozen=True)
class Figure:
    """One key figure: a large value with its label above and a remark below; formula and link as on a TableSheet."""

    label: str
    value: str | float | None
    kind: Kind = "integer"
    note: str = ""
    tone: Tone | None = None
    formula: str = ""
    link: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """Key figures side by side, four to a line (six where there are five or six)."""

    figures: tuple[Figure, ...]
    title: str = ""


@dataclass(frozen=True, eq=False)
class TablePart:
    """A small table on a page, as wide as the page; widths are proportions, at most GRID columns, long texts wrap.

    formulas, links: as on a TableSheet.
    """

    columns: tuple[Column, ...]
    rows: pd.DataFrame
    title: str = ""
    note: str = ""
    empty: str = "暂无记录。"
    formulas: Mapping[str, pd.Series] = field(default_factory=dict)
    links: Mapping[str, pd.Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns, or too many of these."""
        if len(self.columns) > GRID:
            raise ValueError(f"{self.title}: {len(self.columns)} columns on a page of {GRID}")
        _refuse_misfit(self.title, self.columns, self.rows)


@dataclass(frozen=True)
class TextPart:
    """Paragraphs over the width of the page."""

    lines: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class LinksPart:
    """Links side by side, six to a line: what is shown and the place it leads to."""

    links: tuple[tuple[str, str], ...]
    title: str = ""


@dataclass(frozen=True)
class Series:
    """One line, or one bar for each category: its name and the place of its values; the colour of a tone, else of the house."""

    name: str
    values: str
    tone: Tone | None = None


@dataclass(frozen=True)
class Chart:
    """A chart of values that stand in the workbook.

    kind: column; stacked (columns upon each other); bar (lying); line. values: how the axis of values is shown.
    """

    title: str
    kind: Literal["column", "stacked", "bar", "line"]
    categories: str
    series: tuple[Series, ...]
    values: Kind = "integer"


@dataclass(frozen=True)
class ChartsPart:
    """Charts side by side, `height` points high."""

    charts: tuple[Chart, ...]
    title: str = ""
    height: float = 190


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new printed page."""

    title: str = ""


Part = KeyFigures | TablePart | TextPart | LinksPart | ChartsPart | PageBreak


@dataclass(frozen=True, eq=False)
class PageSheet:
    """A sheet to look at: parts one below the other, on a page (总览, 规则).

    scale: at what share of its size it is printed, so that more goes on the paper; None: full size.
    """

    name: str
    parts: tuple[Part, ...]
    title: str = ""
    note: str = ""
    paper: Paper = "A4"
    landscape: bool = False
    tab: Tab | None = None
    scale: float | None = None


Sheet = TableSheet | PageSheet


def _refuse_misfit(name: str, columns: tuple[Column, ...], rows: pd.DataFrame) -> None:
    if rows.shape[1] != len(columns):
        titles = "、".join(column.title for column in columns)
        raise ValueError(f"{name}: {rows.shape[1]} columns of rows for {len(columns)} columns ({titles})")
    flags = [
        column.title for at, column in enumerate(columns) if infer_dtype(rows.iloc[:, at], skipna=True) == "boolean"
    ]
    if flags:
        raise ValueError(f"{name}: booleans in {'、'.join(flags)}; give the words 是/否")
