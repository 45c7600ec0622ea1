"""_汇总: the hidden sheet by which a printed 汇总表 is known again when it comes back as 定稿."""

import pandas as pd

from pipeline.run import Result
from pipeline.sheets import Column, TableSheet
from pipeline.tables import period_name

STAMP_SHEET, STAMP_PERIOD, STAMP_RULES, STAMP_WINDOWS = "_汇总", "期号", "规则指纹", "窗口数"
STAMP_PROPOSED = "拟"


def stamp_sheet(result: Result) -> TableSheet:
    """名称 and 值: the period, the fingerprint of the rules, the district's windows, then 拟表扬 or 拟通报 with each proposed unit."""
    windows = result.five.set_index("name")["done"].get("窗口")
    head = [
        (STAMP_PERIOD, period_name(result.period.number)),
        (STAMP_RULES, result.rules.fingerprint),
        (STAMP_WINDOWS, "" if windows is None or pd.isna(windows) else str(int(windows))),
    ]
    proposed = zip(STAMP_PROPOSED + result.proposals["kind"].astype("str"), result.proposals["unit"], strict=True)
    rows = pd.DataFrame([*head, *proposed], dtype="str")
    return TableSheet(STAMP_SHEET, (Column("名称", width=16), Column("值", width=26)), rows, hidden=True)
