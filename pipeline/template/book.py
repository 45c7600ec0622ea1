"""The form and what is known -> an .xlsx to fill in: blank, prefilled, or written anew (xlsxwriter).

`python -m pipeline.template` writes templates/应进必进填报表.xlsx from the rules.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO, StringIO
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.form import NO, YES, Form, Sheet
from pipeline.guide import Guide, guide_lines
from pipeline.rulebook import Period
from pipeline.rules import Rules, RulesError, load_rules
from pipeline.template.cells import clear_text, is_blank
from pipeline.template.formulas import (
    FIRST_LINE,
    LIST_SHEET,
    MOST_SYSTEMS,
    NAMED,
    NOTHING_OFFERED,
    PRINTED_ROWS,
    SYSTEM_NAMES,
    list_names,
    name_formulas,
    system_formula,
    system_list,
)
from pipeline.template.heads import Draft
from pipeline.template.looks import FONT, make_looks
from pipeline.template.selfcheck import write_selfcheck
from pipeline.template.sheets import GIVEN, last_entry, write_checks, write_fields, write_guide, write_rows
from pipeline.template.theme import THEME

Values = Mapping[str, Sequence[Mapping[str, object]]]

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "templates" / "应进必进填报表.xlsx"
GUIDE_SHEET, STAMP_SHEET = "填写说明", "_版本"

# Nothing a unit wrote is ever a formula or a link; without a clock and a folder the bytes are the same every time.
BOOK_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
    "default_format_properties": FONT,
    "default_column_width": 72,
}


@dataclass(frozen=True)
class Stamp:
    """What the form says about itself in a hidden sheet: whose, which period, which copy (0: sent out), prefilled."""

    unit: str = ""
    period: str = ""
    copy: int = 0
    prefilled: bool = False


BLANK = Stamp()


def write_form(rules: Rules, values: Values | None = None, stamp: Stamp = BLANK) -> bytes:
    """The form as the bytes of an .xlsx, holding `values`: sheet key -> rows -> column key -> value.

    `unit_info` has one row; rows of `declarations` are matched to the nine printed ones by their `check` ("1" to "9").
    Dates and numbers are written as such, everything else as text, whether or not it fits its column; what the form
    prints itself (questions, example rows) is not taken from `values`.
    """
    guide, held, file = rules.guide, values or {}, BytesIO()
    book = Workbook(file, BOOK_OPTIONS)
    book.use_custom_theme(StringIO(THEME))
    draft = _draft(book, rules, guide, stamp, carried=stamp.prefilled and _holds_more(held))
    write_guide(draft, GUIDE_SHEET, guide_lines(guide, rules.form, rules.calendar, _period(rules, stamp)))
    for sheet in rules.form.sheets:
        rows = held.get(sheet.key, ())
        if sheet.layout == "fields":
            write_fields(draft, sheet, rows[0] if rows else {})
        elif sheet.key == "declarations":
            write_checks(draft, sheet, rows)
        else:
            write_rows(draft, sheet, rows)
    write_selfcheck(draft, held, {sheet.key: _last_line(sheet, held) for sheet in rules.form.sheets})
    _write_lists(draft, held)
    _write_stamp(book, rules.form, stamp)
    _set_properties(book, rules, guide)
    book.close()
    return file.getvalue()


def _last_line(sheet: Sheet, values: Values) -> int:
    """The last row (zero-based) of a sheet that formulas reach."""
    if sheet.key == PRINTED_ROWS:
        return FIRST_LINE + len(sheet.by_key["check"].choices) - 1
    return last_entry(values.get(sheet.key, ()))


def _holds_more(values: Values) -> bool:
    """Whether the values hold more than the office itself fills in."""
    return any(key not in GIVEN for rows in values.values() for row in rows for key in row)


def _draft(book: Workbook, rules: Rules, guide: Guide, stamp: Stamp, carried: bool) -> Draft:
    unit_at = rules.form.by_key["unit_info"].keys.index("unit") + FIRST_LINE + 1
    text = f"{_edition(rules, stamp)}\n单位："
    side = text + clear_text(stamp.unit) if stamp.unit else _formula(text, f"单位信息!$B${unit_at}")
    looks = make_looks(book)
    return Draft(book, rules, guide, looks, list_names(rules.form, guide), side, text, carried)


def _edition(rules: Rules, stamp: Stamp) -> str:
    """Version of the form, period with its cut-off, and which returned copy this is."""
    period = _period(rules, stamp)
    until = f"（截止 {period.cutoff.month}月{period.cutoff.day}日）" if period else ""
    copy = f"第{stamp.copy}次退回" if stamp.copy else ""
    return "　".join(filter(None, (f"{rules.form.version} 版", clear_text(stamp.period) + until, copy)))


def _formula(text: str, cell: str) -> str:
    """The formula for a text followed by what stands in a cell."""
    quoted = (line.replace('"', '""') for line in text.split("\n"))
    return "=" + "&CHAR(10)&".join(f'"{line}"' for line in quoted) + f"&{cell}"


def _period(rules: Rules, stamp: Stamp) -> Period | None:
    """The period the form is sent out for, if the stamp names one."""
    number = re.search(r"\d+", stamp.period)
    return rules.calendar.by_number.get(int(number.group())) if number else None


def _write_lists(draft: Draft, values: Values) -> None:
    """Write the hidden sheet behind the drop-downs, and the names by which they reach it and the other sheets."""
    page, book, form = draft.book.add_worksheet(LIST_SHEET), draft.book, draft.rules.form
    for column, (choices, name) in enumerate(draft.lists.items()):
        page.write_column(0, column, choices)
        letter = xl_col_to_name(column)
        book.define_name(name, f"='{LIST_SHEET}'!${letter}$1:${letter}${len(choices)}")
    book.define_name(NOTHING_OFFERED, f"='{LIST_SHEET}'!${xl_col_to_name(len(draft.lists) + 1)}$1")
    last = {key: last_entry(values.get(key, ())) + 1 for key in NAMED}
    start = _write_systems(draft, page, len(draft.lists), values.get("systems", ()))
    for name, formula in {**name_formulas(form, last), SYSTEM_NAMES: system_list(form, last["systems"], start)}.items():
        book.define_name(name, formula)
    page.very_hidden()


def _write_systems(draft: Draft, page: Worksheet, column: int, systems: Sequence[Mapping[str, object]]) -> str:
    """Write the platform and, as formulas, the systems the unit lists; the first cell comes back ($C$1)."""
    page.write_string(0, column, draft.rules.checks.measures.platforms[0])
    for index in range(MOST_SYSTEMS):
        name = systems[index].get(NAMED["systems"]) if index < len(systems) else None
        shown = "" if is_blank(name) else clear_text(str(name))
        page.write_formula(index + 1, column, system_formula(draft.rules.form, index), None, shown)
    return f"${xl_col_to_name(column)}$1"


def _write_stamp(book: Workbook, form: Form, stamp: Stamp) -> None:
    """Write the last sheet: names in column A, values in column B, one each row."""
    page = book.add_worksheet(STAMP_SHEET)
    texts = {
        "表版本": form.version,
        "单位名称": stamp.unit,
        "期号": stamp.period,
        "预填": YES if stamp.prefilled else NO,
    }
    for row, name in enumerate(("表版本", "单位名称", "期号", "版次", "预填")):
        page.write_string(row, 0, name)
        if name == "版次":
            page.write_number(row, 1, stamp.copy)
        else:
            page.write_string(row, 1, clear_text(texts[name]))
    page.very_hidden()


def _set_properties(book: Workbook, rules: Rules, guide: Guide) -> None:
    created = datetime.combine(rules.calendar.start, time())
    book.set_properties({"title": rules.form.title, "author": guide.office, "created": created})


def main(target: Path = TEMPLATE) -> int:
    """Write the blank form to `target`; the exit code comes back."""
    try:
        rules = load_rules(ROOT / "rules")
    except RulesError as error:
        print(f"规则需要修改：\n{error}", file=sys.stderr)
        return 2
    target.write_bytes(write_form(rules))
    print(f"已生成 {target}")
    return 0
