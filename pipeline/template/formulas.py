"""Where the entries of the form stand, and what its formulas say about them: names, lists, conditions.

Formulas reach other sheets through defined names only: Excel then keeps drop-downs where every reader finds them, and
no entry that is inserted or deleted can break them, since the names hang on locked rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from xlsxwriter.utility import xl_col_to_name

from pipeline.form import Column, Condition, Form, Sheet
from pipeline.guide import Guide

Lists = Mapping[tuple[str, ...], str]

# Zero-based rows. A list has its example between header and entries; the other sheets have none.
TITLE_ROW, BAND_ROW, HEADER_ROW, EXAMPLE_ROW, FIRST_ENTRY = range(5)
FIRST_LINE = HEADER_ROW + 1  # of 单位信息 and 九项自查
PRINTED_ROWS = "declarations"  # a list without an example: its rows are printed

FORMULA_LIMIT = 255  # Excel's own, for the formula or list of a drop-down
LIST_SHEET = "_列表"
NOTHING_OFFERED = "选项_无"  # the name of a blank cell
SYSTEM_NAMES = "名称_办理系统"
MOST_SYSTEMS = 15  # offered in the drop-down of 办理系统; more may be entered

# Sheets whose names are offered or counted elsewhere -> the column that holds them.
NAMED = {"items": "name", "stages": "item", "departments": "name", "systems": "name"}


class Cells(Protocol):
    """Whatever can name the cells of a column: those of one row (Grid) or all of them (Columns)."""

    def cell(self, key: str) -> str:
        """How a formula names the column's cell or cells."""


@dataclass(frozen=True)
class Grid:
    """Where the entries of a sheet stand: zero-based first and last row of entries (or lines, on a `fields` sheet)."""

    sheet: Sheet
    first: int
    last: int

    def box(self, key: str) -> tuple[int, int, int, int]:
        """First row, first column, last row, last column (zero-based) of a column's entries."""
        index = self.sheet.keys.index(key)
        if self.sheet.layout == "fields":
            return (self.first + index, 1, self.first + index, 1)
        return (self.first, index, self.last, index)

    def cell(self, key: str) -> str:
        """A column's cell as formulas over a row name it: $H5, or $B$7 on a `fields` sheet."""
        row, column, _, _ = self.box(key)
        fixed = "$" if self.sheet.layout == "fields" else ""
        return f"${xl_col_to_name(column)}{fixed}{row + 1}"

    def span(self, key: str) -> str:
        """The entries of a column as a range: H5:H5000."""
        top, column, bottom, _ = self.box(key)
        letter = xl_col_to_name(column)
        return f"{letter}{top + 1}:{letter}{bottom + 1}"

    @property
    def in_use(self) -> str:
        """A formula that is true where something stands in the row."""
        if self.sheet.layout == "fields":
            return "TRUE"
        last = xl_col_to_name(len(self.sheet.columns) - 1)
        return f"COUNTA($A{self.first + 1}:${last}{self.first + 1})>0"


@dataclass(frozen=True)
class Columns:
    """The entries of a sheet for formulas on another sheet, which count over all rows at once.

    The cells of a list begin with its example, which is locked: so no entry that is inserted above the others is missed.
    """

    sheet: Sheet
    last: int

    def cell(self, key: str) -> str:
        """A column's cells: 事项清单!H4:H5000, or 单位信息!B7 on a `fields` sheet."""
        index = self.sheet.keys.index(key)
        if self.sheet.layout == "fields":
            return f"{self.sheet.title}!B{FIRST_LINE + index + 1}"
        letter = xl_col_to_name(index)
        return f"{self.sheet.title}!{letter}{FIRST_LINE + 1}:{letter}{self.last + 1}"

    @property
    def open_rows(self) -> str:
        """1 for each row that may hold an entry, 0 for the example row."""
        whole = self.sheet.layout == "fields" or self.sheet.key == PRINTED_ROWS
        return "1" if whole else f"(ROW({self.cell(self.sheet.keys[0])})>{EXAMPLE_ROW + 1})"

    @property
    def in_use(self) -> str:
        """1 for each row in which something stands, else 0."""
        if self.open_rows == "1":
            return "1"
        number = len(self.sheet.columns)
        block = f"{self.cell(self.sheet.keys[0]).split(':')[0]}:{xl_col_to_name(number - 1)}{self.last + 1}"
        return f'{self.open_rows}*(MMULT(--({block}<>""),ROW($1:${number})^0)>0)'


# Lists of choices.


def list_names(form: Form, guide: Guide) -> dict[tuple[str, ...], str]:
    """The lists of choices that need a place on the list sheet -> their defined name, in the order of the form."""
    places = [(sheet, column) for sheet in form.sheets for column in sheet.columns]
    variants = (
        choices for sheet, column in places for choices in _variants(column, guide.offered_when(sheet.key, column.key))
    )
    return {choices: f"选项_{index}" for index, choices in enumerate(dict.fromkeys(variants), 1)}


def choice_source(grid: Grid, column: Column, lists: Lists, offered_when: str = "") -> str | list[str]:
    """What a drop-down offers: the choices themselves, or a formula naming lists of the list sheet."""
    if offered_when:
        test = offered_when.format_map({key: grid.cell(key) for key in grid.sheet.keys})
        return f"=IF({test},{lists[column.choices]},{NOTHING_OFFERED})"
    if column.choices_when:
        return "=" + _pick(grid, column, lists, ())
    return list(column.choices) if column.choices not in lists else f"={lists[column.choices]}"


def _variants(column: Column, offered_when: str) -> list[tuple[str, ...]]:
    """The lists a column may offer that cannot stand in the drop-down itself."""
    if column.choices_when:
        return [_offered(column, held) for held in product((True, False), repeat=len(column.choices_when))]
    inline = column.type != "choice" or (_fits_inline(column.choices) and not offered_when)
    return [] if inline else [column.choices]


def _offered(column: Column, held: tuple[bool, ...]) -> tuple[str, ...]:
    """The choices while these of `choices_when` hold."""
    extra = {choice for more, holds in zip(column.choices_when, held, strict=True) if holds for choice in more.choices}
    return tuple(choice for choice in column.all_choices if choice in column.choices or choice in extra)


def _fits_inline(choices: tuple[str, ...]) -> bool:
    """Whether a list can stand in the drop-down itself: short, without commas, and no digits, which become numbers."""
    joined = ",".join(choices)
    short = len(joined) <= FORMULA_LIMIT and joined.count(",") == len(choices) - 1
    return short and not any(choice.isdigit() for choice in choices)


def _pick(grid: Grid, column: Column, lists: Lists, held: tuple[bool, ...]) -> str:
    """Nested IFs over `choices_when`, ending in the names of the lists."""
    if len(held) == len(column.choices_when):
        return lists[_offered(column, held)]
    test = all_hold(grid, column.choices_when[len(held)].when)
    yes, no = (_pick(grid, column, lists, (*held, holds)) for holds in (True, False))
    return f"IF({test},{yes},{no})"


# Names entered on a sheet.


def name_of(sheet: Sheet) -> str:
    """The defined name for the names entered on a sheet."""
    return f"名称_{sheet.title}"


def name_formulas(form: Form, last: Mapping[str, int]) -> dict[str, str]:
    """Defined name -> formula, for the names entered on the sheets of NAMED; `last`: their last rows from 1."""
    return {name_of(form.by_key[key]): _names_entered(form, key, last[key]) for key in NAMED}


def _names_entered(form: Form, key: str, last: int) -> str:
    entries = _entries(form, key, last)
    return f"=OFFSET({entries.split(':')[0]},1,0,MAX(1,COUNTA({entries})-1),1)"


def _entries(form: Form, key: str, last: int) -> str:
    """The names of a sheet from the example row on, which is locked and never blank: the range always begins there."""
    sheet = form.by_key[key]
    letter = xl_col_to_name(sheet.keys.index(NAMED[key]))
    return f"'{sheet.title}'!${letter}${EXAMPLE_ROW + 1}:${letter}${last}"


def system_list(form: Form, last: int, start: str) -> str:
    """The formula of SYSTEM_NAMES: the platform in cell `start` ($C$1) of the list sheet, the systems below."""
    height = f"1+MIN({MOST_SYSTEMS},COUNTA({_entries(form, 'systems', last)})-1)"
    return f"=OFFSET('{LIST_SHEET}'!{start},0,0,{height},1)"


def system_formula(form: Form, index: int) -> str:
    """The formula that repeats system number `index` (from 0) on the list sheet; blank where there is none."""
    sheet = form.by_key["systems"]
    letter = xl_col_to_name(sheet.keys.index(NAMED["systems"]))
    # By number, not the cell itself: deleting the row would leave #REF! behind.
    entry = f"INDEX('{sheet.title}'!${letter}:${letter},{FIRST_ENTRY + 1 + index})"
    return f'=IF({entry}="","",{entry})'


# Conditions, as products and sums of comparisons: unlike AND and OR they hold for one row and for whole columns alike.


def all_hold(grid: Cells, conditions: tuple[Condition, ...]) -> str:
    """A formula that is 1 where all conditions hold, else 0."""
    return "*".join(_test(grid, condition) for condition in conditions)


def _test(grid: Cells, condition: Condition) -> str:
    if condition.column is None:
        fact = _fact(grid, condition)
        return fact if condition.is_ else f"(1-{fact})"
    cell = grid.cell(condition.column)
    if condition.not_ is not None:
        return "*".join(f"({cell}<>{_quoted(value)})" for value in ("", *condition.not_))
    return "(" + "+".join(f"({cell}={_quoted(value)})" for value in told(condition)) + ")"


def _fact(grid: Cells, condition: Condition) -> str:
    """A fact as far as the form itself can tell; it does not know the catalogue."""
    if condition.fact == "on_negative_list":
        return f'({grid.cell("negative")}="是")*(TRIM({grid.cell("negative_no")})<>"")'
    return "0"


def told(condition: Condition) -> tuple[str, ...]:
    """The words a condition on a column compares with."""
    return condition.is_ if isinstance(condition.is_, tuple) else condition.not_ or ()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
