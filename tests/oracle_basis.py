"""The legal bases that drawn forms cite, each with the grade a reader of domain.md gives it at a glance.

A table and no parser: the oracle must not repeat the program's way of reading a citation. Every text here is one
whose grade domain.md settles in one row of its table. 同上 is not here: it has no grade of its own (spec 4).
"""

VALID = "有效"
PENDING = "待补"
UNSTATED = "未列明"

BASES: dict[str, str] = {
    "《中华人民共和国行政许可法》第三十四条": VALID,
    "《中华人民共和国民办教育促进法》第十二条第一款": VALID,
    "《医疗机构管理条例》第九条": VALID,
    "《河南省物业管理条例》第12条": VALID,
    "《国务院对确需保留的行政审批项目设定行政许可的决定》（国务院令第412号）附件第16项": VALID,
    "《中华人民共和国行政许可法》": PENDING,
    "《医疗机构管理条例》": PENDING,
    "行政许可法第三十四条": PENDING,
    "《殡葬服务管理办法》第五条": PENDING,
    "无": UNSTATED,
    "/": UNSTATED,
    "详见文件": UNSTATED,
    "按有关规定": UNSTATED,
    "上级要求": UNSTATED,
    "会议纪要": UNSTATED,
    "领导批示": UNSTATED,
}

SAME_AS_ABOVE = ("同上", "同前")


def grade_of(text: str | None) -> str:
    """Return the grade of one cell's text; a blank one is 未列明, a text outside the table is a KeyError."""
    return UNSTATED if text is None else BASES[text]
