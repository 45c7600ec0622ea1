"""What the form says while it is filled in (as xlsxwriter options): drop-downs, messages, yellow and orange cells."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline.form import Column, Condition, Form, Sheet
from pipeline.guide import Contradiction, Guide
from pipeline.template.formulas import SYSTEM_NAMES, Grid, Lists, all_hold, choice_source, name_of, told

Options = dict[str, Any]

TITLE_LIMIT, MESSAGE_LIMIT = 32, 255  # Excel's own
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
MOST = 9_999_999

# Columns that should repeat a name listed on another sheet, though a name that is not there is no error.
SUGGESTED = {
    ("items", "department"): "departments",
    ("items", "system"): "systems",
    ("staff", "department"): "departments",
    ("tasks", "department"): "departments",
}


# Messages.


def describe(sheet: Sheet, column: Column) -> str:
    """The note of a column: when it is needed, what goes in, its unit, an example."""
    return _note(sheet, column) + _example(column)


def _note(sheet: Sheet, column: Column) -> str:
    unit = f"单位：{column.unit}。" if column.unit else ""
    anew = "每期重填。" if column.each_period else ""
    return f"{_duty(sheet, column)}{column.note}{unit}{anew}"


def comment_on(sheet: Sheet, column: Column, contradictions: Iterable[Contradiction]) -> str:
    """The comment of a header: the note of the column and when its cells turn orange."""
    whys = [entry.why for entry in contradictions if (entry.sheet, entry.column) == (sheet.key, column.key)]
    return describe(sheet, column) + "".join(f"\n变橙色：{why}" for why in whys)


def _duty(sheet: Sheet, column: Column) -> str:
    """When a column must be filled in, as a sentence; blank if never."""
    if column.required:
        return "必填。"
    words = "且".join(filter(None, (_in_words(sheet, condition) for condition in column.required_when)))
    return f"{words}时必填。" if words else ""


def _in_words(sheet: Sheet, condition: Condition) -> str:
    if condition.column is None:
        return ""
    verb = "不是" if condition.not_ is not None else "为"
    return f"“{sheet.by_key[condition.column].title}”{verb}" + "、".join(f"“{word}”" for word in told(condition))


def _example(column: Column) -> str:
    return f"\n例：{column.example}" if column.example else ""


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


# Validation.


def validation(grid: Grid, column: Column, form: Form, guide: Guide, lists: Lists) -> Options:
    """The xlsxwriter options of a column's data validation: what it accepts, what it says before and after."""
    rule = _accepted(grid, column, form, guide, lists)
    rule["input_title"] = _cut(column.title, TITLE_LIMIT)
    # Without the example: it stands in the row above (on 单位信息 beside the cell), in the comment and in the error message.
    rule["input_message"] = _cut(_note(grid.sheet, column), MESSAGE_LIMIT)
    if "error_message" not in rule:
        return rule | {"show_error": False}
    rule["error_title"] = _cut(rule["error_title"], TITLE_LIMIT)
    rule["error_message"] = _cut(rule["error_message"] + _example(column), MESSAGE_LIMIT)
    return rule


def _accepted(grid: Grid, column: Column, form: Form, guide: Guide, lists: Lists) -> Options:
    """What a column accepts, by its type, and the words where it does not."""
    offered = column.refers_to or SUGGESTED.get((grid.sheet.key, column.key))
    if column.type == "choice":
        return _one_of(grid, column, guide, lists)
    if column.type == "date":
        return _day(column)
    if column.type == "count":
        return _whole_number(column)
    if column.type == "email":
        return _address(grid, column)
    if column.max_length:
        return _short_text(column)
    return _name(column, form.by_key[offered]) if offered else {"validate": "any"}


def _one_of(grid: Grid, column: Column, guide: Guide, lists: Lists) -> Options:
    words = f"“{column.title}”只能填列表中的内容，请点单元格右边的箭头选取。"
    source = choice_source(grid, column, lists, guide.offered_when(grid.sheet.key, column.key))
    return {"validate": "list", "source": source, "error_title": "不在可选内容中", "error_message": words}


def _day(column: Column) -> Options:
    words = f"“{column.title}”要填一个日期，写成 年-月-日。"
    rule: Options = {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST}
    return rule | {"error_title": "不是日期", "error_message": words}


def _whole_number(column: Column) -> Options:
    words = f"“{column.title}”要填 0 或正整数，只写数字，不带“{column.unit or '个'}”等字。"
    rule: Options = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST}
    return rule | {"error_title": "不是整数", "error_message": words}


def _address(grid: Grid, column: Column) -> Options:
    words = f"“{column.title}”的写法不对，邮箱中应有一个 @。"
    test = f'=ISNUMBER(FIND("@",{grid.cell(column.key)}))'
    return {"validate": "custom", "value": test, "error_title": "邮箱写法不对", "error_message": words}


def _short_text(column: Column) -> Options:
    words = f"“{column.title}”不超过 {column.max_length} 个字；请精简后再填。"
    rule: Options = {"validate": "length", "criteria": "<=", "value": column.max_length}
    return rule | {"error_title": "字数超过了", "error_message": words}


def _name(column: Column, sheet: Sheet) -> Options:
    """A list of the names entered on another sheet; several names in one cell are never questioned."""
    source = f"={SYSTEM_NAMES if sheet.key == 'systems' else name_of(sheet)}"
    rule: Options = {"validate": "list", "source": source}
    if column.type == "names":
        return rule
    rule |= {"error_title": f"“{sheet.title}”中没有这个名称"}
    if column.refers_to:
        words = f"“{column.title}”须与“{sheet.title}”中的名称一致，请从下拉列表中选。确要保留请点“是”。"
        return rule | {"error_type": "warning", "error_message": words}
    words = f"“{column.title}”填的名称不在“{sheet.title}”表中。可以这样填；如属遗漏，请在“{sheet.title}”表中补上。"
    return rule | {"error_type": "information", "error_message": words}


# Colours.


def missing_rules(grid: Grid) -> list[tuple[str, str]]:
    """Ranges and formulas under which a cell is needed and blank while its row is in use."""
    required = [column.key for column in grid.sheet.columns if column.required]
    rules = [(_spans(grid, required), _blank(grid, required[0], ()))] if required else []
    if grid.sheet.layout == "fields":
        rules = [(grid.span(key), _blank(grid, key, ())) for key in required]
    conditional = [column for column in grid.sheet.columns if column.required_when]
    return rules + [(grid.span(c.key), _blank(grid, c.key, c.required_when)) for c in conditional]


def _spans(grid: Grid, keys: list[str]) -> str:
    """The entries of some columns as few ranges, those side by side as one: B5:C5000 F5:F5000."""
    places = [grid.sheet.keys.index(key) for key in keys]
    firsts = [key for key, place in zip(keys, places, strict=True) if place - 1 not in places]
    lasts = [key for key, place in zip(keys, places, strict=True) if place + 1 not in places]
    ends = zip(firsts, lasts, strict=True)
    return " ".join(f"{grid.span(first).split(':')[0]}:{grid.span(last).split(':')[1]}" for first, last in ends)


def _blank(grid: Grid, key: str, conditions: tuple[Condition, ...]) -> str:
    """The formula; its own cell is named without $, so that one rule serves several columns."""
    tests = [grid.in_use, *([all_hold(grid, conditions)] if conditions else [])]
    return f'=AND({",".join(tests)},TRIM({grid.cell(key).lstrip("$")})="")'


def orange_rules(grid: Grid, contradictions: Iterable[Contradiction]) -> list[tuple[str, str]]:
    """Ranges and formulas under which a cell contradicts its row."""
    cells = {key: grid.cell(key) for key in grid.sheet.keys}
    mine = [entry for entry in contradictions if entry.sheet == grid.sheet.key]
    return [(grid.span(entry.column), "=" + entry.when.format_map(cells)) for entry in mine]
