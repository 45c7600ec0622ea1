"""The rows of a table, written column by column: several times as fast as cell by cell.

xlsxwriter keeps an object for every cell and asks for its type again when it writes. Here a column is a few arrays, and
what a cell looks like in the file is worked out once for each distinct text. This leans on parts of xlsxwriter (pinned
in requirements.txt) that are its own: `_write_rows`, `_check_dimensions`, `_get_xf_index`, the links and the table of strings.
"""

from collections.abc import Iterator, Mapping, Sequence
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

    def parts(self, rows: NDArray[np.intp], first: int) -> list[str]:
        """The XML of the column's cells in these rows."""
        start = f'" s="{self.look._get_xf_index()}"'
        texts = (f'{start} t="s"><v>{number}</v></c>' for number in self.numbers_of_texts)
        # The last entry answers for code -1: nothing but the look of the cell.
        ends = np.array([*texts, f"{start}/>"], dtype=object)[self.cells.codes[rows]]
        numbers = self.cells.numbers[rows]
        told = np.flatnonzero(~np.isnan(numbers))
        ends[told] = [f"{start}><v>{number:.16G}</v></c>" for number in numbers[told].tolist()]
        if self.live:
            ends[:] = [self._live_end(row, start) or end for row, end in zip(rows.tolist(), ends, strict=True)]
        return [f'<c r="{self.letters}{row}{end}' for row, end in zip((rows + first + 1).tolist(), ends, strict=True)]

    def _live_end(self, row: int, start: str) -> str:
        """The XML of a cell with a formula and its value; nothing where the row has none."""
        if row not in self.live:
            return ""
        formula, value = self.live[row]
        if isinstance(value, float):
            return f"{start}><f>{escape(formula)}</f><v>{value:.16G}</v></c>"
        return f'{start} t="str"><f>{escape(formula)}</f><v>{escape(value or "")}</v></c>'


class TableWorksheet(Worksheet):
    """A worksheet that takes the rows of one table at once; everything else is written as usual."""

    columns: tuple[_Column, ...] = ()
    heights: NDArray[np.float64] = np.array([])
    first = 0
    fixed = True

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
        super()._write_rows()
        for start in range(0, len(self.heights), CHUNK):
            rows = np.arange(start, min(start + CHUNK, len(self.heights)))
            columns = [column.parts(rows, self.first) for column in self.columns]
            self.fh.write("".join(map("".join, zip(self._starts(rows), *columns, repeat("</row>")))))

    def _starts(self, rows: NDArray[np.intp]) -> Iterator[str]:
        custom = ' customHeight="1"' if self.fixed else ""
        for row, height in zip((rows + self.first + 1).tolist(), self.heights[rows].tolist(), strict=True):
            yield f'<row r="{row}" ht="{height:g}"{custom}>'
