"""Forms as people fill them in: what is hidden, moved, doubled, merged; and values as people type them."""

from datetime import date, datetime
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font

from tests.hostile.case import Case
from tests.hostile.parts import Edit, book, form_values
from tests.results import an_item

NAME, KIND, PLANNED = ("items", "name"), ("items", "item_type"), ("items", "planned")
ONE = {NAME: ["企业投资项目备案"]}
ITEMS, STAGES, STAFF = "事项清单", "审批环节", "审批人员"


def _form(id_: str, what: str, edit: Edit, *codes: str, never: tuple[str, ...] = (), reads: Any = ONE) -> Case:
    return Case(id_, what, "区残联.xlsx", lambda: book(edit), "form", codes=codes, never=never, reads=reads)


def _refused(id_: str, what: str, edit: Edit, *says: str) -> Case:
    return Case(id_, what, "区残联.xlsx", lambda: book(edit), "refused", says)


def _set(title: str, cell: str, value: Any) -> Edit:
    def edit(workbook: Workbook) -> None:
        workbook[title][cell] = value

    return edit


def _add(*rows: list[Any], title: str = ITEMS) -> Edit:
    def edit(workbook: Workbook) -> None:
        for row in rows:
            workbook[title].append(row)

    return edit


def _insert(rows: int, title: str = ITEMS) -> Edit:
    return lambda workbook: workbook[title].insert_rows(1, rows)


def _remove(title: str) -> Edit:
    return lambda workbook: workbook.remove(workbook[title])


def _rename(title: str, new: str) -> Edit:
    return lambda workbook: setattr(workbook[title], "title", new)


def _drop_column(title: str, heading: str) -> Edit:
    return lambda workbook: workbook[title].delete_cols(_column(workbook, title, heading))


def _column(workbook: Workbook, title: str, heading: str) -> int:
    return next(cell.column for cell in workbook[title][1] if cell.value == heading)


def _add_column(heading: str, value: Any, title: str = ITEMS) -> Edit:
    def edit(workbook: Workbook) -> None:
        page = workbook[title]
        at = page.max_column + 1
        page.cell(1, at, heading)
        page.cell(2, at, value)

    return edit


def _both(*edits: Edit) -> Edit:
    def edit(workbook: Workbook) -> None:
        for one in edits:
            one(workbook)

    return edit


def _hide_row(workbook: Workbook) -> None:
    workbook[ITEMS].row_dimensions[2].hidden = True


def _hide_blank_row(workbook: Workbook) -> None:
    workbook[ITEMS].row_dimensions[9].hidden = True


def _hide_column(workbook: Workbook) -> None:
    workbook[ITEMS].column_dimensions["B"].hidden = True


def _hide_blank_column(workbook: Workbook) -> None:
    workbook[ITEMS].column_dimensions["AB"].hidden = True


def _hide_sheet(workbook: Workbook) -> None:
    workbook[ITEMS].sheet_state = "hidden"


def _filter(workbook: Workbook) -> None:
    workbook[ITEMS].auto_filter.ref = "A1:AB2"
    workbook[ITEMS].row_dimensions[2].hidden = True


def _strike(workbook: Workbook) -> None:
    workbook[ITEMS]["B2"].font = Font(strike=True)


def _strike_blank(workbook: Workbook) -> None:
    workbook[ITEMS]["AB2"].font = Font(strike=True)


def _old_hidden(workbook: Workbook) -> None:
    """The old list hidden, the new one beside it under a longer name."""
    new = workbook.copy_worksheet(workbook[ITEMS])
    new.title = "事项清单（新）"
    new["B2"] = "新事项"
    workbook[ITEMS].sheet_state = "hidden"


def _two_visible(workbook: Workbook) -> None:
    workbook.copy_worksheet(workbook[ITEMS]).title = "事项清单 (2)"


def _merge_stages(workbook: Workbook) -> None:
    page = workbook[STAGES]
    page["A3"] = None
    page.merge_cells("A2:A3")


def _merge_past_end(workbook: Workbook) -> None:
    workbook[STAGES].merge_cells("D3:D12")


def _title_rows(workbook: Workbook) -> None:
    workbook[ITEMS].insert_rows(1, 3)
    workbook[ITEMS]["A1"] = "石龙区政务服务事项清单"


def _repeat_header(workbook: Workbook) -> None:
    page = workbook[ITEMS]
    page.append([cell.value for cell in page[1]])


def _second_table(workbook: Workbook) -> None:
    for row in ([], ["姓名", "所在科室", "岗位"], ["赵六", "综合科", "窗口人员"]):
        workbook[ITEMS].append(row)


def _shuffle(workbook: Workbook) -> None:
    page = workbook[ITEMS]
    page.insert_cols(1)
    page["A1"], page["A2"] = page["C1"].value, page["C2"].value
    page.delete_cols(3)


def _bracket_titles(workbook: Workbook) -> None:
    page = workbook[ITEMS]
    for cell in page[1]:
        cell.value = f" {cell.value}\n*"


def _no_header(workbook: Workbook) -> None:
    workbook[ITEMS].delete_rows(1)


def _numbers(workbook: Workbook) -> None:
    for number in range(2, 30):
        workbook[ITEMS].append([number])


STRUCTURES = [
    _form("plain", "没有毛病的表", lambda _: None, never=("cell_error", "formula_unsaved", "rows_hidden", "column_hidden", "struck_out")),
    _form("title-rows", "表头上面有标题", _title_rows),
    _form("blank-lead", "上面有空行", _insert(7)),
    _form("total-row", "合计行", _add(["合计", None, None], ["合计", "2项"]), "row_total"),
    _form("total-spaced", "合 计", _add(["合 计", "1"]), "row_total"),
    _form("signature", "签字行", _add([], ["填表人：张三", None, None, "审核人：李四"]), "row_total"),
    _form("signature-second-column", "签字行在第二列", _add([None, "主要负责人签字："]), "row_total"),
    _form("header-again", "表头重复", _repeat_header, "row_header"),
    _form("second-table", "下面另有一张表", _second_table, "table_second"),
    _form("blank-between", "中间空了两行", _add([], [], [2, "节能审查", "", "行政许可"]), never=("table_second",), reads={NAME: ["企业投资项目备案", "节能审查"]}),
    _form("example-row", "示例行还在", lambda w: (w[ITEMS].insert_rows(2), _set(ITEMS, "A2", "示例")(w), _set(ITEMS, "B2", "民办学校设立审批")(w))),
    _form("numbers-only", "序号填到底", _numbers, "row_number_only", never=("item_unnamed",)),
    _form("numbers-with-text", "编了号也写了内容", _add([2, "节能审查"]), never=("row_number_only",), reads={NAME: ["企业投资项目备案", "节能审查"]}),
    _form("columns-moved", "列的次序变了", _shuffle),
    _form("titles-marked", "栏名带星号换行", _bracket_titles, never=("column_missing", "column_absent")),
    _form("column-extra", "自加一列", _add_column("联系电话", "2531234"), "column_extra"),
    _form("column-extra-blank", "自加空列", _add_column("联系电话", None), never=("column_extra",)),
    _form("column-twice-same", "同一栏两次，内容相同", _add_column("事项名称", "企业投资项目备案"), "column_twice", never=("column_twice_differs",)),
    _form("column-twice-differs", "同一栏两次，内容不同", _add_column("事项名称", "别的事项"), "column_twice_differs"),
    _form("column-twice-first-blank", "同一栏两次，第一个空着", _both(_set(ITEMS, "B2", None), _add_column("事项名称", "别的事项")), "column_twice", reads={NAME: ["别的事项"]}),
    _form("column-lost", "少一个必填栏", _drop_column(ITEMS, "进驻大厅"), "column_missing"),
    _form("column-lost-optional", "少一个选填栏", _drop_column(ITEMS, "备注"), "column_absent", never=("column_missing",)),
    _form("header-lost", "没有表头", _no_header, "column_missing", reads={NAME: []}),
    _form("row-hidden", "有隐藏的行", _hide_row, "rows_hidden"),
    _form("row-hidden-blank", "隐藏的是空行", _hide_blank_row, never=("rows_hidden",)),
    _form("filtered", "筛选后保存", _filter, "rows_hidden"),
    _form("column-hidden", "有隐藏的列", _hide_column, "column_hidden"),
    _form("column-hidden-blank", "隐藏的是空列", _hide_blank_column, never=("column_hidden",)),
    _form("struck", "划了删除线", _strike, "struck_out"),
    _form("struck-blank", "空格划了删除线", _strike_blank, never=("struck_out",)),
    _form("sheet-hidden", "事项清单是隐藏的", _hide_sheet, "sheet_hidden", never=("sheet_old_hidden",)),
    _form("sheet-old-hidden", "旧表隐藏，新表改了名", _old_hidden, "sheet_old_hidden", reads={NAME: ["新事项"]}),
    _form("sheet-two", "两张事项清单", _two_visible, "sheet_left"),
    _form("sheet-renamed", "表名加了字", _rename(ITEMS, "2.事项清单"), "sheet_renamed", never=("sheet_missing",)),
    _form("sheet-spaced", "表名有空格", _rename(ITEMS, " 事项 清单 "), never=("sheet_renamed", "sheet_missing")),
    _form("sheet-own", "自己加了一张表", lambda w: w.create_sheet("通讯录"), never=("sheet_left",)),
    _form("sheet-lost-list", "少了审批人员", _remove(STAFF), "sheet_missing"),
    _refused("sheet-lost-items", "少了事项清单", _remove(ITEMS), "缺少工作表", "事项清单"),
    _refused("sheet-lost-info", "少了单位信息", _remove("单位信息"), "缺少工作表", "单位信息"),
    _refused("sheet-lost-checks", "少了九项自查", _remove("九项自查"), "缺少工作表", "九项自查"),
    _form("merged", "事项名称合并", _merge_stages, "merged", reads={("stages", "item"): ["企业投资项目备案"] * 2}),
    _form("merged-past-end", "合并到空行", _merge_past_end, "merged", reads={("stages", "item"): ["企业投资项目备案"] * 2}),
    _form("error-ref", "#REF!", _set(ITEMS, "G2", "#REF!"), "cell_error", reads={**ONE, ("items", "basis"): [None]}),
    _form("error-na", "#N/A", _set(ITEMS, "W2", "#N/A"), "cell_error"),
    _form("error-div", "#DIV/0!", _set(ITEMS, "Y2", "#DIV/0!"), "cell_error", never=("not_a_count",)),
    _form("error-name-row", "整行只有错误值", _add([None, "#NAME?"]), "cell_error", reads={NAME: ["企业投资项目备案", None]}),
    _form("error-fields", "单位信息里的错误值", _set("单位信息", "B5", "#VALUE!"), "cell_error"),
    _form("error-elsewhere", "表外的错误值", _set(ITEMS, "AF2", "#REF!"), never=("cell_error",)),
    _form("formula", "公式没有结果", _set(ITEMS, "W2", "=1+1"), "formula_unsaved", reads={**ONE, ("items", "hall_cases"): [pd.NA]}),
    _form("formula-name", "名称是公式", _set(ITEMS, "B2", "=审批环节!A2"), "formula_unsaved", reads={NAME: [None]}),
    _form("formula-fields", "单位信息里的公式", _set("单位信息", "B5", "=A1"), "formula_unsaved"),
    _form("formula-elsewhere", "表外的公式", _set(ITEMS, "AF2", "=1+1"), never=("formula_unsaved",)),
    _form("twin-items", "事项重名", _add([2, "企业投资项目备案", None, "行政许可"]), reads={NAME: ["企业投资项目备案"] * 2}),
    _form("label-moved", "单位信息多了一列", lambda w: w["单位信息"].insert_cols(1), reads={**ONE, ("unit_info", "unit"): ["区发改委"]}),
    _form("label-twice", "单位信息有重复的行", _add(["单位名称", "别的单位"], title="单位信息"), reads={("unit_info", "unit"): ["区发改委"]}),
]  # fmt: skip


def _typed(id_: str, key: str, typed: Any, read: Any, *codes: str, sheet: str = "items", wide: bool = True) -> Case:
    """A value as it was typed into a column, what it is read as, and the findings."""
    faults = ("guessed", "not_a_choice", "not_a_date", "not_a_count", "code_damaged", "item_out_of_scope")
    never = tuple(code for code in faults if code not in codes) if wide else ()
    values = lambda: book(values=form_values(an_item(**{key: typed})))  # noqa: E731
    what = f"{key} 写成 {typed!r}"
    return Case(
        f"typed-{id_}", what, "区残联.xlsx", values, "form", codes=codes, never=never, reads={(sheet, key): [read]}
    )


def _day(*parts: int) -> pd.Timestamp:
    return pd.Timestamp(date(*parts))


G, D, C, N = "guessed", "not_a_date", "not_a_choice", "not_a_count"
TYPED = [
    _typed("yes-tick", "in_hall", "√", "是", G), _typed("yes-y", "in_hall", "Y", "是", G), _typed("yes-have", "in_hall", "有", "是", G),
    _typed("yes-space", "in_hall", " 是 ", "是"), _typed("yes-break", "in_hall", "是\n", "是"), _typed("yes-x000d", "in_hall", "是_x000D_", "是"),
    _typed("yes-zero-width", "in_hall", "\u200b是\ufeff", "是"), _typed("no-cross", "forwarded", "×", "否", G), _typed("no-n", "forwarded", "N", "否", G),
    _typed("yes-stop", "in_hall", "是。", "是", G), _typed("yes-no", "in_hall", "是/否", None, C), _typed("yes-part", "in_hall", "部分", None, C),
    _typed("type-slip", "item_type", "行政许司", "行政许可", G), _typed("type-missing-char", "item_type", "行政备", "行政备案", G),
    _typed("type-doubt", "item_type", "行政处可", None, C), _typed("type-penalty", "item_type", "行政处罚", None, "item_out_of_scope"),
    _typed("type-penalty-near", "item_type", "行政处法", None, C), _typed("type-quoted", "item_type", "“行政许可”", "行政许可", G),
    _typed("mode-two", "declared_mode", "一审二核", None, C), _typed("mode-slip", "declared_mode", "审核和一", "审核合一", G),
    _typed("mode-three", "declared_mode", "一审三核", None, C), _typed("place-outside", "review_at", "大厅外", None, C),
    _typed("place-inside", "review_at", "厅内", None, C), _typed("place-both", "accept_at", "大厅、厅外", "大厅和厅外", G),
    _typed("place-wide", "accept_at", "大　厅", "大厅"), _typed("place-online", "review_at", "网上", None, C),
    _typed("blank-slash", "service_field", "/", None, G), _typed("blank-dash", "service_field", "—", None, G), _typed("slash-required", "in_hall", "/", None, C),
    _typed("date-dots", "planned", "2023.3.31", _day(2023, 3, 31)), _typed("date-chinese", "planned", "2023年3月31日", _day(2023, 3, 31)),
    _typed("date-wide", "planned", "２０２３．３．３１", _day(2023, 3, 31)), _typed("date-slash", "planned", "2023/3/31", _day(2023, 3, 31)),
    _typed("date-compact", "planned", "20230331", _day(2023, 3, 31)), _typed("date-number", "planned", 45016, _day(2023, 3, 31), G),
    _typed("date-number-compact", "planned", 20230331, _day(2023, 3, 31)), _typed("date-numerals", "planned", "二〇二三年三月三十一日", _day(2023, 3, 31)),
    _typed("date-weekday", "planned", "2023年3月31日（星期五）", _day(2023, 3, 31)), _typed("date-time", "planned", "2023-03-31 15:20", _day(2023, 3, 31)),
    _typed("date-real", "planned", datetime(2023, 3, 31, 15, 20), _day(2023, 3, 31)), _typed("date-short-year", "planned", "23.3.31", _day(2023, 3, 31), G),
    _typed("date-month-end", "planned", "3月底", None, D), _typed("date-month", "planned", "2023年3月", None, D), _typed("date-no-year", "planned", "3月31日", None, D),
    _typed("date-soon", "planned", "尽快", None, D), _typed("date-february", "planned", "2023.2.30", None, D), _typed("date-1899", "planned", "1899-12-31", None, D),
    _typed("date-9999", "planned", "9999-12-31", None, D), _typed("date-negative", "planned", -5, None, D), _typed("date-huge", "planned", 1e12, None, D),
    _typed("count-wide", "hall_cases", "２", 2), _typed("count-text", "hall_cases", "12", 12), _typed("count-people", "hall_cases", "12人", 12, G),
    _typed("count-pieces", "hall_cases", "共12件", 12, G), _typed("count-comma", "hall_cases", "1,200", 1200), _typed("count-decimal", "hall_cases", 12.5, pd.NA, N),
    _typed("count-wan", "hall_cases", "2000万", pd.NA, N), _typed("count-minus", "hall_cases", -3, pd.NA, N), _typed("count-many", "hall_cases", "很多", pd.NA, N),
    _typed("count-exponent", "hall_cases", "1E5", pd.NA, N), _typed("count-huge", "hall_cases", 1e15, pd.NA, N), _typed("count-none", "hall_cases", "无", pd.NA, G),
    _typed("count-none-required", "outside_cases", "无", pd.NA, N), _typed("count-space", "hall_cases", " ", pd.NA), _typed("count-true", "hall_cases", True, pd.NA, N),
    _typed("count-as-date", "hall_cases", datetime(1900, 1, 12), 12, G), _typed("count-as-real-date", "hall_cases", datetime(2023, 3, 31), pd.NA, N),
    _typed("code-text", "code", "001", "001"), _typed("code-31", "code", "1141040400548123404000105001000", "1141040400548123404000105001000"),
    _typed("code-damaged", "code", "1.14E+30", "1.14E+30", "code_damaged"), _typed("code-number", "code", 1.14e30, "1.14e+30", "code_damaged"),
    _typed("text-na", "remark", "NA", "NA"), _typed("text-null", "remark", "null", "null"), _typed("text-nan", "remark", "nan", "nan"), _typed("text-none", "remark", "None", "None"),
    _typed("text-number", "window", 12, "12"), _typed("text-decimal", "window", 1.5, "1.5"), _typed("text-date", "window", datetime(2023, 3, 31), "2023-03-31"),
    _typed("text-plus", "remark", "+1+1", "+1+1"), _typed("text-at", "remark", "@SUM(A1)", "@SUM(A1)"), _typed("text-minus", "remark", "-1+2", "-1+2"),
    _typed("text-link", "remark", "http://a.cn", "http://a.cn"), _typed("text-rtl", "name", "\u202e案备", "案备"), _typed("text-lines", "name", "企业投资\n项目备案", "企业投资\n项目备案"),
]  # fmt: skip

CASES = [*STRUCTURES, *TYPED]
