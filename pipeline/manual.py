"""docs/数据问题一览.md: every kind of finding with its code, its level, an example of its words and what to do.

`python -m pipeline.manual` writes it from findings.FAULTS; a test sees that it is fresh.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.findings import COLUMNS, ERROR, FAULTS, PHONED, REMARK, describe
from pipeline.form import Form
from pipeline.rules import load_rules

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "数据问题一览.md"
HEAD = """# 数据问题一览

这一页由程序生成（`python -m pipeline.manual`），列出程序会提的全部问题。“例”是一个编的例子，实际的话里写的是您表里的内容。
“代码”不会变，说到某个问题时报代码最清楚；汇总表“数据问题”的最后一栏和 `运行.bat check` 的每一行末尾都有。
"""
MEANING = {
    ERROR: "须改正后重报；改正前这张表是“退回补正”，得分暂定。",
    REMARK: "请核对；不影响接收，不扣分。",
    PHONED: "办公室按来电改过的格；原来的错误不再算。",
}
TITLES = ("代码", "例", "怎么办", "在哪张表")
ANY_SHEET = "各表"


class Example(NamedTuple):
    """What a finding speaks of in the example: sheet and column of the form, the value quoted, the detail."""

    sheet: str
    key: str = ""
    value: str = ""
    detail: str = ""
    anywhere: bool = False


EXAMPLES = {
    "sheet_missing": Example("one_card", value="一证通办", anywhere=True),
    "column_missing": Example("items", "accept_at", anywhere=True),
    "column_absent": Example("items", "remark", anywhere=True),
    "column_twice": Example("items", value="备注", anywhere=True),
    "column_twice_differs": Example("items", value="窗口号", anywhere=True),
    "column_extra": Example("items", value="联系电话", anywhere=True),
    "column_hidden": Example("items", "system", anywhere=True),
    "version_unknown": Example("unit_info", anywhere=True),
    "row_total": Example("items", value="合计", anywhere=True),
    "row_header": Example("items", anywhere=True),
    "row_number_only": Example("items", value="第15、16行", anywhere=True),
    "rows_hidden": Example("items", value="第8、9行", anywhere=True),
    "table_second": Example("staff", anywhere=True),
    "sheet_hidden": Example("one_card", value="一证通办", anywhere=True),
    "sheet_renamed": Example("items", value="事项清单（新）", anywhere=True),
    "sheet_old_hidden": Example("items", value="事项清单（新）", anywhere=True),
    "sheet_left": Example("items", value="事项清单（旧）", anywhere=True),
    "far_cells": Example("items", value="ZZ3", anywhere=True),
    "far_entries": Example("items", value="B60000", anywhere=True),
    "merged": Example("items", "department", anywhere=True),
    "missing": Example("items", "outside_cases", anywhere=True),
    "missing_later": Example("items", "planned", detail="4月30日"),
    "cell_error": Example("items", "hall_cases", value="#REF!", anywhere=True),
    "formula_unsaved": Example("items", "hall_cases", anywhere=True),
    "struck_out": Example("items", "name", value="营业性演出审批", anywhere=True),
    "not_a_choice": Example("items", "accept_at", value="窗口", anywhere=True),
    "choice_not_here": Example("items", "review_at", value="上级机关", detail="“上级机关”只用于审核转报为“是”的行"),
    "not_a_date": Example("authorisations", "signed", value="已签", anywhere=True),
    "not_a_count": Example("items", "outside_cases", value="若干", anywhere=True),
    "date_impossible": Example("unit_info", "filled_on", value="2032-03-15"),
    "too_long": Example("unit_info", "experience", detail="230字，限200字"),
    "guessed": Example("items", "hall_cases", value="12人", detail="12", anywhere=True),
    "code_damaged": Example("items", "code", value="1.14E+30"),
    "odd_phone": Example("unit_info", "liaison_phone", value="见通讯录"),
    "odd_email": Example("unit_info", "liaison_email", value="没有"),
    "item_unknown": Example("stages", "item", value="营业性演出许可", detail="，是否为“营业性演出审批”"),
    "item_unnamed": Example("items", "name"),
    "item_twice": Example("items", "name", value="营业性演出审批"),
    "item_out_of_scope": Example("items", "item_type", value="行政处罚"),
    "name_twice": Example("departments", "name", value="行政审批服务科"),
    "window_step": Example("stages", "name", value="受理"),
    "basis_unrecognised": Example("stages", "basis", value="上级要求"),
    "unit_unknown": Example("catalogue", "unit", value="区教育局", detail="；是否为区教体局？"),
    "entry_out_of_scope": Example("catalogue", "item_type", value="行政处罚"),
    "check_missing": Example("declarations", value="4"),
    "no_items_contradicted": Example("unit_info", "no_items", value="是", detail="事项清单中有12个事项"),
    "no_items_listed": Example("items"),
    "items_lost": Example("items", value="区残联（2）.xlsx"),
    "near_name": Example("items", "name", value="残疾人证办理", detail="残疾人证的办理"),
    "window_blank": Example("items", "window", value="残疾人证办理"),
    "staff_not_in": Example("staff", "in_hall", value="赵六"),
    "promise_longer": Example("items", "promised_days", value="30", detail="20"),
    "instant_long": Example("items", "promised_days", value="残疾人证办理", detail="5"),
    "period_moved": Example("unit_info", "period", value="第2期", detail="第3期"),
    "period_by_date": Example("unit_info", "period", detail="第3期"),
    "entry_gone": Example("problems", value="残疾人证办理仍在大厅之外受理"),
    "entry_reopened": Example("problems", "state", value="残疾人证办理仍在大厅之外受理", detail="进行中"),
    "entry_postponed": Example("tasks", "due", value="全部事项进驻", detail="2023-04-30推迟到2023-06-30"),
    "items_fewer": Example("items", value="2", detail="残疾人证办理、残疾人机动轮椅车补贴"),
    "cases_stopped": Example("items", value="35"),
    "phone_corrected": Example("items", "hall_cases", value="12件左右", detail="12", anywhere=True),
    "value_changed": Example("items", "hall_cases", value="3", detail="5", anywhere=True),
    "row_added": Example("items", "name", value="残疾人证办理", anywhere=True),
    "row_removed": Example("items", value="残疾人证办理", anywhere=True),
}


def manual_page(form: Form) -> str:
    """The page as Markdown: a table of the errors, one of the remarks and one of what was corrected on the telephone, each in the order of FAULTS."""
    rows = [(code, *example) for code, example in EXAMPLES.items()]
    told = pd.DataFrame(rows, columns=["code", *Example._fields]).assign(file="", row=0)
    places = pd.DataFrame(columns=["file", "sheet", "key", "column", "row"])
    words = describe(told[COLUMNS], places, form).set_index("code")
    tables = [_table(level, words, form) for level in (ERROR, REMARK, PHONED)]
    return "\n".join([HEAD, *tables])


def _table(level: str, words: pd.DataFrame, form: Form) -> str:
    codes = [code for code, fault in FAULTS.items() if fault.level == level]
    lines = [_line(code, words.loc[[code]].iloc[0], form) for code in codes]
    head = [f"| {' | '.join(TITLES)} |", "|" + "---|" * len(TITLES)]
    return "\n".join([f"## {level}（{len(codes)}种）", "", MEANING[level], "", *head, *lines, ""])


def _line(code: str, words: pd.Series, form: Form) -> str:
    example = EXAMPLES[code]
    sheet = ANY_SHEET if example.anywhere else form.by_key[example.sheet].title
    cells = (f"`{code}`", words["problem"], words["advice"], sheet)
    return f"| {' | '.join(cell.replace('|', '／') for cell in cells)} |"


def main(target: Path = PAGE) -> int:
    """Write the page to `target`; the exit code comes back."""
    target.write_text(manual_page(load_rules(ROOT / "rules").form), encoding="utf-8", newline="\n")
    print(f"已生成 {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
