"""A column of values -> what goes into the cells: clean texts, numbers, and how much room they take."""

import re
from dataclasses import dataclass
from math import ceil
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.sheets import Kind

# Excel holds 32,767 UTF-16 units in a cell, and shows ##### for more than 255 in a cell formatted as text.
MOST_UNITS, MOST_AS_TEXT = 32_767, 255
CUT = "……（内容过长，已截断）"
# Excel's day 0; days before 1 March 1900 are off by one there and are written as text.
DAY_ZERO, FIRST_DAY = pd.Timestamp("1899-12-30"), 61
_FOREIGN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_NO_NUMBERS = pd.Series(dtype=float)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Cells:
    """A column by what is written: `distinct[code]` where code >= 0, a number where it is not NaN, else nothing."""

    codes: NDArray[np.intp]
    distinct: tuple[str, ...]
    numbers: NDArray[np.float64]

    @property
    def longest(self) -> int:
        """The number of characters of the longest text."""
        return max(map(len, self.distinct), default=0)

    def values(self) -> list[str | float | None]:
        """What is written, cell by cell."""
        texts = np.array([*self.distinct, None], dtype=object)[self.codes]
        return np.where(np.isnan(self.numbers), texts, self.numbers).tolist()

    def lines(self, width: float) -> NDArray[np.intp]:
        """The number of lines of each cell at a column width (at least 1)."""
        # The last entry answers for code -1.
        return np.array([*(count_lines(text, width) for text in self.distinct), 1], dtype=np.intp)[self.codes]

    def without(self, cells: NDArray[np.bool_]) -> "Cells":
        """The column with nothing in some of its cells."""
        codes, distinct = pd.factorize(np.where(cells | (self.codes < 0), np.nan, self.codes))
        texts = tuple(self.distinct[int(code)] for code in distinct)
        return Cells(codes, texts, np.where(cells, np.nan, self.numbers))


def to_cells(kind: Kind, values: pd.Series) -> Cells:
    """The cells of a column: texts without control characters, numbers as floats, dates as Excel's day numbers.

    Missing, "" and infinite are nothing. In a column of numbers or dates a text stays a text, and so does a date that
    Excel does not know (before March 1900).
    """
    values = values.reset_index(drop=True)
    if isinstance(values.dtype, pd.StringDtype):  # most columns
        return Cells(*_to_codes(values), np.full(len(values), np.nan))
    numbers = _to_numbers(kind, values)
    texts = _to_texts(values.drop(numbers.index))
    codes, distinct = _to_codes(texts)
    return Cells(
        codes=_spread(texts.index, codes, len(values), -1),
        distinct=distinct,
        numbers=_spread(numbers.index, numbers.where(np.isfinite(numbers)).to_numpy(float), len(values), np.nan),
    )


def _to_codes(texts: pd.Series) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """The distinct texts of a column as cells can hold them, and for each of its texts which one it is (-1: nothing)."""
    codes, distinct = pd.factorize(texts.to_numpy(dtype=object))
    cleaned = tuple(map(clean_text, distinct))
    filled = np.array([*map(bool, cleaned), False])[codes]
    return np.where(filled, codes, -1), cleaned


def clean_text(text: str) -> str:
    """The text as a cell can hold it: no control characters but line breaks, no half characters, not too long."""
    if _FOREIGN.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))
    text = _cut(text) if len(text) > MOST_UNITS // 2 else text
    return _quote_run(text) if text.startswith("<r>") and text.endswith("</r>") else text


def text_width(text: str) -> int:
    """The width of the widest line in Latin characters; a Chinese character counts 2."""
    return max(map(_line_width, text.split("\n")))


def _line_width(line: str) -> int:
    return len(line.encode("gbk", "replace"))


def count_lines(text: str, width: float) -> int:
    """The number of lines a text takes at a column width."""
    # The indent takes a place, and a Chinese character that does not fit any more leaves half a one empty.
    room = max(width - 2, 2)
    if "\n" not in text:  # most texts; and most of them are short: no need to measure these
        return 1 if 2 * len(text) <= room else ceil(text_width(text) / room)
    return sum(max(1, ceil(text_width(line) / room)) for line in text.split("\n"))


def _to_texts(values: pd.Series) -> pd.Series:
    """The values as texts, with their positions; missing ones are left out."""
    return values.dropna().astype(object).map(str)


def _to_numbers(kind: Kind, values: pd.Series) -> pd.Series:
    """Those of the values that are written as numbers, with their positions."""
    if kind == "text":
        return _NO_NUMBERS
    values = values.dropna()
    if values.dtype == object:
        values = values[~values.map(lambda value: isinstance(value, str)).astype(bool)]
    if kind == "date":
        days = (pd.to_datetime(values, errors="coerce") - DAY_ZERO) / pd.Timedelta(days=1)
        return days[days >= FIRST_DAY].astype(float)
    return pd.to_numeric(values, errors="coerce").astype(float).dropna()


def _spread(places: pd.Index, values: NDArray, size: int, rest: float) -> NDArray:
    """An array of `size` with the values in their places."""
    spread = np.full(size, rest, dtype=values.dtype)
    spread[places] = values
    return spread


def _quote_run(text: str) -> str:
    """The text inside a run of its own: xlsxwriter takes a text between <r> and </r> for XML and writes it as it is."""
    return f'<r><t xml:space="preserve">{escape(text)}</t></r>'


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_UNITS:
        return text
    return units[: 2 * (MOST_UNITS - len(CUT))].decode("utf-16-le", "ignore") + CUT
