"""The rows of a table, written column by column: several times as fast as cell by cell.

xlsxwriter keeps an object for every cell and asks for its type again when it writes. Here a column is a few arrays, and
what a cell looks like in the file is worked out once for each distinct text. This leans on parts of xlsxwriter (pinned
in requirements.txt) that are its own: `_write_rows`, `_check_dimensions`, `_get_xf_index`, the links and the table of strings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from pipeline.workbook.cells import Cells

Value = str | float | None
# Rows put together at a time, so that a long table needs little more room than its frame.
CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class _Column:
    """A column ready to be written.

    numbers_of_texts: where the file's table of strings has its distinct texts. live: by row (from 0), formula and stored value of those cells
    that have a formula (and nothing in `cells`).
    """

    letters: str
    cells: Cells
    numbers_of_texts: tuple[int, ...]
    look: Format
    live: Mapping[int, tuple[str, Value]]

    @property
    def start(self) -> str:
        """The XML of a cell up to the number of its row."""
        return f'<c r="{self.letters}'

    def ends(self, rows: range, following: str) -> list[str]:
        """The XML of the column's cells in these rows, from after the row's number on, with what is `following` them."""
        start = f'" s="{self.look._get_xf_index()}"'
        texts = (f'{start} t="s"><v>{number}</v></c>{following}' for number in self.numbers_of_texts)
        place = slice(rows.start, rows.stop)
        # The last entry answers for code -1: nothing but the look of the cell.
        ends = np.array([*texts, f"{start}/>{following}"], dtype=object)[self.cells.codes[place]]
        numbers = self.cells.numbers[place]
        told = ~np.isnan(numbers)
        ends[told] = [f"{start}><v>{number:.16G}</v></c>{following}" for number in numbers[told].tolist()]
        for row, (formula, value) in self.live.items():
            if row in rows:
                ends[row - rows.start] = f"{start}{_formula(formula, value)}</c>{following}"
        return ends.tolist()


def _formula(formula: str, value: Value) -> str:
    """The XML of a formula and its value, from after the look of its cell on."""
    if isinstance(value, float):
        return f"><f>{escape(formula)}</f><v>{value:.16G}</v>"
    return f' t="str"><f>{escape(formula)}</f><v>{escape(value or "")}</v>'


class TableWorksheet(Worksheet):
    """A worksheet that takes the rows of one table at once; everything else is written as usual."""

    columns: tuple[_Column, ...] = ()
    heights: NDArray[np.float64] = np.array([])
    first = 0
    fixed = True
    dim_rowmax: int  # the last row, in xlsxwriter

    def set_table(
        self,
        first: int,
        columns: Sequence[tuple[Cells, Format, Mapping[int, tuple[str, Value]]]],
        heights: NDArray[np.float64],
        *,
        fixed: bool,
    ) -> None:
        """Takes the rows of a table from row `first` (counted from 0) on, below everything else on the sheet.

        columns: the plain cells, their look, and by row (from 0) formula and value of the others. `fixed`: rows keep their height when
        somebody types a longer text.
        """
        self.first, self.heights, self.fixed = first, heights, fixed
        self.columns = tuple(
            _Column(xl_col_to_name(at), cells, self._number_texts(cells), look, live)
            for at, (cells, look, live) in enumerate(columns)
        )
        if len(heights):
            self._check_dimensions(first + len(heights) - 1, len(columns) - 1)

    def add_link(self, row: int, column: int, place: str) -> None:
        """Makes a cell lead to a place of the workbook; unlike `write_url` it leaves what stands in the cell."""
        self.hyperlinks[row][column] = Url(f"internal:{place}")

    def print_in_parts(self, rows: Sequence[int], last: int) -> None:
        """Prints the rows up to column `last` in parts that begin new pages; `rows`: where each begins, and where the last ends.

        Excel does not mind page breaks where pages are made to fit; several areas it does.
        """
        sheet = "'" + self.name.replace("'", "''") + "'"
        spans = zip(rows, rows[1:], strict=False)
        self.print_area_range = ",".join(f"{sheet}!{xl_range_abs(start, 0, end - 1, last)}" for start, end in spans)

    def _number_texts(self, cells: Cells) -> tuple[int, ...]:
        """The numbers of a column's distinct texts in the table of strings, which counts every use."""
        numbers = tuple(self.str_table._get_shared_string_index(text) for text in cells.distinct)
        self.str_table.count += int((cells.codes >= 0).sum()) - len(numbers)
        return numbers

    def _write_rows(self) -> None:
        whole = self.dim_rowmax
        if self.columns:  # the rows of the table are not among those xlsxwriter has to look through
            self.dim_rowmax = self.first - 1
        super()._write_rows()
        self.dim_rowmax = whole
        for start in range(0, len(self.heights), CHUNK):
            self.fh.write(self._rows(range(start, min(start + CHUNK, len(self.heights)))))

    def _rows(self, rows: range) -> str:
        """The XML of some rows. The number of a row stands before each of its cells: it joins what is the same in many rows."""
        following = (*(column.start for column in self.columns), "</row>")
        columns = [column.ends(rows, after) for column, after in zip(self.columns, following[1:], strict=True)]
        numbers = [str(row + self.first + 1) for row in rows]
        cells = zip(repeat('<row r="'), self._row_ends(rows, following[0]), *columns)  # noqa: B905
        return "".join(map(str.join, numbers, cells))

    def _row_ends(self, rows: range, following: str) -> list[str]:
        """The XML of the starts of rows, from after the row's number on, with what is `following` them."""
        custom = ' customHeight="1"' if self.fixed else ""
        heights, codes = np.unique(self.heights[rows.start : rows.stop], return_inverse=True)
        ends = [f'" ht="{height:g}"{custom}>{following}' for height in heights.tolist()]
        return np.array(ends, dtype=object)[codes].tolist()
