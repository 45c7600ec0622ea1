"""Findings are data: which cell, what is wrong with it, what to do. Their words stand here and nowhere else."""

from typing import NamedTuple

import pandas as pd

from pipeline.form import Form

ERROR, REMARK, PHONED = "错误", "提醒", "电话更正"

COLUMNS = ["file", "sheet", "row", "key", "code", "value", "detail"]
DESCRIBED = ["file", "sheet", "cell", "heading", "code", "level", "value", "problem", "advice"]
_ORDER = ["file", "place", "row", "column", "code", "value", "detail"]


class Fault(NamedTuple):
    """The level and the words of one kind of finding; {heading} {value} {detail} {example} are filled in."""

    level: str
    problem: str
    advice: str


FAULTS: dict[str, Fault] = {
    # sheets and columns
    "sheet_missing": Fault(
        ERROR, "缺少工作表“{value}”", "请用专班下发的填报表填写，不要删除工作表；没有内容的表留空即可"
    ),
    "column_missing": Fault(ERROR, "缺少“{heading}”一栏", "请用专班下发的填报表填写，不要删除栏目"),
    "column_absent": Fault(REMARK, "没有“{heading}”一栏，按未填处理", "请使用最新的填报表"),
    "column_twice": Fault(REMARK, "“{value}”一栏出现两次，只读第一个", "请删去多余的一栏"),
    "column_extra": Fault(REMARK, "多出一栏“{value}”，内容未计入", "自加的栏目不会汇总；需要说明的请写在“备注”里"),
    "version_unknown": Fault(REMARK, "认不出填报表的版本，已按栏目名称读取", "请使用专班下发的填报表"),
    "row_total": Fault(REMARK, "“{value}”一行不是填报内容，没有计入", "合计、签字等不用写在表里"),
    "row_header": Fault(REMARK, "这一行重复了栏目名称，没有计入", "请删去重复的表头"),
    "row_number_only": Fault(REMARK, "{value}只有序号，没有计入", "没有内容的行不用编号"),
    "table_second": Fault(
        ERROR, "从这一行起是另一张表，没有计入", "一张工作表只放一张表；属于本表的请接着上面填写，其他的请移到别的文件"
    ),
    "sheet_hidden": Fault(REMARK, "工作表“{value}”是隐藏的，已照常读取", "请取消隐藏，核对内容"),
    "sheet_renamed": Fault(REMARK, "工作表的名称改成了“{value}”，已照常读取", "请改回填报表原来的名称"),
    "sheet_old_hidden": Fault(
        REMARK, "有一张同名的工作表是隐藏的，没有读取；读取的是“{value}”", "请删去旧表，并把名称改回填报表原来的名称"
    ),
    "sheet_left": Fault(REMARK, "另有工作表“{value}”，内容没有计入", "同一张表只留一份；需要计入的请并入原表"),
    "column_twice_differs": Fault(
        ERROR, "“{value}”一栏出现两次而且内容不同，只读了第一个", "请合并成一栏，删去多余的一栏"
    ),
    "column_hidden": Fault(REMARK, "“{heading}”一栏是隐藏的，已照常计入", "请取消隐藏，核对内容"),
    "rows_hidden": Fault(REMARK, "{value}是隐藏或筛选掉的，已照常计入", "不要的行请删除；隐藏的行仍会计入"),
    "far_cells": Fault(REMARK, "离表很远的地方还有内容（{value}），没有计入", "请删去，或移到表内"),
    "far_entries": Fault(ERROR, "离表很远的行还有内容（{value}），没有计入", "请移到紧接着表的行里，中间不留空行"),
    "merged": Fault(REMARK, "“{heading}”用了合并单元格，已按各行内容相同读取", "请取消合并，每行都填写"),
    # single cells
    "missing": Fault(ERROR, "“{heading}”没有填写", "请填写；例：{example}"),
    "cell_error": Fault(
        ERROR, "“{heading}”显示的是错误值“{value}”", "请改成实际内容；用公式算的，请复制后“选择性粘贴”为数值"
    ),
    "formula_unsaved": Fault(
        ERROR, "“{heading}”是公式，文件里没有保存算出的结果", "请粘贴为数值（复制后“选择性粘贴—数值”）再报送"
    ),
    "struck_out": Fault(REMARK, "“{heading}”写的“{value}”划了删除线，已照常计入", "不要的内容请删除，不要只划线"),
    "missing_later": Fault(REMARK, "“{heading}”还没有填写", "{detail}起须填写；例：{example}"),
    "not_a_choice": Fault(ERROR, "“{heading}”不能填“{value}”{detail}", "请从下拉列表中选择；例：{example}"),
    "choice_not_here": Fault(ERROR, "“{heading}”在这一行不能填“{value}”", "{detail}"),
    "not_a_date": Fault(ERROR, "“{heading}”写的“{value}”不是一个日期{detail}", "请写到年月日；例：{example}"),
    "not_a_count": Fault(ERROR, "“{heading}”写的“{value}”不是非负整数", "请只写数字；例：{example}"),
    "too_long": Fault(REMARK, "“{heading}”超过字数限制（{detail}）", "请精简"),
    "guessed": Fault(REMARK, "“{heading}”写的“{value}”，已理解为“{detail}”", "如不对请更正"),
    "code_damaged": Fault(
        REMARK, "“{heading}”写的“{value}”已被 Excel 改成科学计数法，原编码已丢失", "请把这一栏设为文本格式后重新填写"
    ),
    "odd_phone": Fault(REMARK, "“{heading}”写的“{value}”不像电话号码", "请核对；例：{example}"),
    "odd_email": Fault(REMARK, "“{heading}”写的“{value}”不像邮箱", "请核对；例：{example}"),
    "date_impossible": Fault(ERROR, "“{heading}”写的“{value}”晚于下一期截止日", "请核对日期；例：{example}"),
    # rows that name something
    "item_unknown": Fault(
        ERROR, "“{heading}”写的“{value}”不在事项清单中{detail}", "请与“事项清单”中的事项名称写得一致"
    ),
    "item_unnamed": Fault(ERROR, "这一行没有事项名称，没有作为事项计入", "请填写事项名称；例：{example}"),
    "item_twice": Fault(ERROR, "事项“{value}”重复，只计第一次", "同一事项只列一行；确为不同事项的请用不同名称"),
    "item_out_of_scope": Fault(
        ERROR,
        "“{value}”不是依申请办理的政务服务事项，这一行没有计入",
        "请删去这一行；行政处罚、强制、征收、检查不在填报范围",
    ),
    "name_twice": Fault(REMARK, "“{value}”重复，只计第一次", "请删去重复的一行"),
    "window_step": Fault(REMARK, "“{value}”是窗口环节，不算审批环节，已跳过", "“审批环节”表不填受理、送达等环节"),
    "basis_unrecognised": Fault(
        REMARK, "“{value}”认不出是哪类依据，按未列明处理", "请写出处和条款；例：《中华人民共和国行政许可法》第三十四条"
    ),
    # the catalogue
    "unit_unknown": Fault(
        REMARK, "“{value}”不在成员单位名册中，目录中的这些事项没有使用{detail}", "请写附件1中的单位名称"
    ),
    "entry_out_of_scope": Fault(REMARK, "目录中的“{value}”不是依申请办理的事项，不要求填报", "不用处理"),
    # the form as a whole
    "check_missing": Fault(ERROR, "缺少第{value}项自查", "请恢复印好的九项，逐项选择自查结论"),
    "no_items_contradicted": Fault(ERROR, "“无政务服务事项”选了“是”，但{detail}", "请改为“否”，或核对事项清单"),
    "no_items_listed": Fault(ERROR, "事项清单没有填写事项", "请逐项填写；确无政务服务事项的，在“单位信息”中选“是”"),
    "items_lost": Fault(REMARK, "较新的“{value}”没有事项，仍采用有事项的这一份", "请确认事项清单是否漏填"),
    "near_name": Fault(
        REMARK, "“{value}”不在事项目录中，与目录中的“{detail}”相近", "请核对名称；是同一事项的，请写得与目录一致"
    ),
    "window_blank": Fault(REMARK, "事项“{value}”已进驻大厅，没有填窗口号", "请填写窗口号；例：{example}"),
    "staff_not_in": Fault(REMARK, "“{value}”所在科室为整建制进驻，本人却未进驻大厅", "请核对人员或科室的进驻情况"),
    "promise_longer": Fault(REMARK, "承诺时限“{value}”长于法定时限“{detail}”", "请核对"),
    "instant_long": Fault(
        REMARK, "即办件“{value}”的承诺时限为{detail}个工作日", "即办件应当场办结，请核对办件类型或承诺时限"
    ),
    "period_moved": Fault(REMARK, "表内期号为“{value}”，按所在文件夹计入{detail}", "如不对请移到正确的文件夹"),
    "period_by_date": Fault(REMARK, "没有填写期号，按填报日期计入{detail}", "请填写期号；例：{example}"),
    # what the office entered
    "phone_corrected": Fault(
        PHONED, "“{heading}”原为“{value}”，按电话更正为“{detail}”", "请单位下次报送时写成更正后的内容"
    ),
    # a form against the one the unit sent before it
    "entry_gone": Fault(
        REMARK,
        "上次报送时没有完成的一条这次没有列出：{value}",
        "已经完成的请保留这一行，状态改为“已完成”；合并到别处的请说明",
    ),
    "entry_reopened": Fault(
        REMARK, "上次是“已完成”，这次是“{detail}”：{value}", "请核对“{heading}”；确需重新办理的不用处理"
    ),
    "entry_postponed": Fault(REMARK, "时限由{detail}：{value}", "请核对“{heading}”；确需推迟的不用处理"),
    "items_fewer": Fault(
        REMARK, "事项比上次报送时少{value}个，不再列出的有{detail}", "漏填的请补上；已取消或合并的请在备注中说明"
    ),
    "cases_stopped": Fault(
        REMARK, "上次报送时有办件{value}件，这次三栏办件量全部为0", "请核对办件量；确实没有办件的不用处理"
    ),
    # a form that replaced another one of its period
    "value_changed": Fault(REMARK, "“{heading}”由“{value}”改为“{detail}”", "与被替代的那份表不同，供办公室核对"),
    "row_added": Fault(REMARK, "“{value}”一行是新增的", "被替代的那份表里没有，供办公室核对"),
    "row_removed": Fault(REMARK, "“{value}”一行没有了", "被替代的那份表里有，供办公室核对"),
}
CHANGED = ("value_changed", "row_added", "row_removed")  # told to the office, not to the unit


_NONE = pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})


def none_found() -> pd.DataFrame:
    """An empty frame of findings."""
    return _NONE


def found(
    code: str, rows: pd.DataFrame, sheet: str, key: str = "", value: str | None = None, detail: str | None = None
) -> pd.DataFrame:
    """A finding of kind `code` for each of `rows` (with columns file, row).

    `key` is the column of the form that is meant; `value` and `detail` name the columns of `rows` the words quote.
    """
    if rows.empty:
        return _NONE
    return pd.DataFrame(
        {
            "file": rows["file"],
            "sheet": sheet,
            "row": rows.get("row", 0),
            "key": key,
            "code": code,
            "value": rows[value].astype("object") if value else "",
            "detail": rows[detail].astype("object") if detail else "",
        }
    )


def gather(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """All findings of several frames in one."""
    filled = [frame for frame in frames if not frame.empty]
    return pd.concat(filled, ignore_index=True) if filled else _NONE


def describe(findings: pd.DataFrame, places: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Findings as people read them, sorted by file, sheet and cell (columns DESCRIBED).

    `places` (file, sheet, key, column, row) tells where each column of the form lies in each file; its `row` is filled where a
    key has a row of its own (单位信息).
    """
    frame = findings.merge(places, on=["file", "sheet", "key"], how="left", suffixes=("", "_own"))
    frame["row"] = frame["row_own"].fillna(frame["row"]).fillna(0).astype("int64")
    frame["column"] = frame["column"].fillna(-1).astype("int64")
    order = {sheet.key: place for place, sheet in enumerate((*form.sheets, form.catalogue))}
    frame["place"] = frame["sheet"].map(order).fillna(-1)
    for quoted in ("value", "detail"):
        frame[quoted] = pd.Series([text_of(value) for value in frame[quoted]], index=frame.index, dtype="str")
    frame = frame.drop_duplicates(["file", "sheet", "row", "key", "code", "value"]).sort_values(_ORDER, kind="stable")
    words = [_words(form, *line) for line in frame[["sheet", "key", "code", "value", "detail"]].itertuples(index=False)]
    described = pd.DataFrame(words, columns=["heading", "level", "problem", "advice"], index=frame.index)
    frame = frame.join(described)
    frame["cell"] = [address(row, column) for row, column in zip(frame["row"], frame["column"], strict=True)]
    frame["sheet"] = frame["sheet"].map({sheet.key: sheet.title for sheet in form.by_key.values()}).fillna("")
    return frame[DESCRIBED].reset_index(drop=True)


def address(row: int, column: int) -> str:
    """The Excel address of a 1-based row and a 0-based column; only what is known of it."""
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters, column = chr(65 + rest) + letters, column - 1
    return f"{letters}{row}" if row and letters else (f"第{row}行" if row else letters and f"{letters}列")


def _words(form: Form, sheet: str, key: str, code: str, value: str, detail: str) -> tuple[str, str, str, str]:
    """Heading, level, problem and advice of one finding."""
    column = form.by_key[sheet].by_key.get(key) if sheet in form.by_key else None
    heading, example = (column.title, column.example) if column else ("", "")
    words = {"heading": heading, "example": example, "value": value, "detail": detail}
    fault = FAULTS[code]
    return heading, fault.level, fault.problem.format(**words), fault.advice.format(**words)


def text_of(value: object) -> str:
    """A cell's value as a person would read it in the cell; a missing value is an empty text."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")
    return str(value)
