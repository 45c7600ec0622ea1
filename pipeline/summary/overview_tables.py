"""总览, its second page: 五进, deadlines, proposals, the nine checks, requests, the periods."""

import pandas as pd

from pipeline.checks import TOO_HIGH
from pipeline.history import DISTRICT
from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, OVERDUE, SHORT, UNVERIFIED
from pipeline.run import Result
from pipeline.sheets import Column, TablePart, Tone
from pipeline.summary.live import is_live
from pipeline.tables import NOTHING_TOLD, Told, centred, changed_words, lay_out, name_some, period_names
from pipeline.words import ACCEPTED, PRAISE, RETURNED

# As many names as fit into a cell of a page.
MOST_NAMES = 5
FIVE, NINE, PERIODS = "五进", "九项自查（单位数）", "各期对比（全区）"
PROPOSED: dict[str, Tone] = {"表扬": "good", "通报": "bad", "拟表扬": "good", "拟通报": "bad"}
DECIDED = {"是": "已确认", "否": "不采用"}


def five_part(result: Result) -> TablePart:
    """五进: what had to enter, what has, since the last period."""
    five = result.five
    points = [changed_words(100 * change, "个百分点", 1) for change in five["change"]]
    number = [changed_words(change, "个", 0) for change in (five["done"] - five["done_before"]).astype("Float64")]
    changes = pd.Series(points, index=five.index, dtype="str").mask(
        five["target"].isna(), pd.Series(number, index=five.index)
    )
    told: list[Told] = [
        (centred("五进", 8), five["name"]),
        (Column("应进", "integer", width=9), five["target"]),
        (Column("已进", "integer", width=9), five["done"]),
        (Column("完成率", "percent", width=12, bar=True), five["rate"]),
        (Column("较上期", width=18), changes.str.removeprefix("较上期")),
        (Column("时限", "date", width=12), five["due"]),
    ]
    note = "环节：四个办理地点都在厅内的事项；人员：审批人员；系统：对接一体化平台的事项；窗口：不同窗口号的个数，没有应进数。"
    return TablePart(**lay_out(told), title=FIVE, note=note, empty="还没有数据。", formulas=_five_formulas(result))


def _five_formulas(result: Result) -> dict[str, pd.Series]:
    """应进, 已进 and 完成率, from the sums of 自查对照; windows are counted by the program."""
    if not is_live(result) or result.five.empty:
        return {}
    checks = result.five["name"].map(result.rules.checks.derived.five_entries)
    number = checks.astype("Int64").astype("str")
    texts = {
        "应进": "SUMIFS([自查对照!分母],[自查对照!序号]," + number + ")",
        "已进": "SUMIFS([自查对照!分子],[自查对照!序号]," + number + ")",
        "完成率": pd.Series('IF([应进]>0,[已进]/[应进],"")', index=checks.index),
    }
    return {title: text.where(checks.notna(), "").astype("str") for title, text in texts.items()}


def deadline_part(result: Result) -> TablePart:
    """What is due when, how much of it is open, and who is behind."""
    due = result.deadlines
    number = due["count"].astype("Int64").astype("str")
    still = (number + due["what"].astype("str")).where(due["count"].gt(0), "没有了").where(due["count"].notna(), "")
    behind = [name_some(names.split("、"), MOST_NAMES) if names else "" for names in due["behind"].fillna("")]
    told: list[Told] = [
        (Column("时限", "date", width=12), due["date"]),
        (centred("距截止日", 12), pd.Series(map(_days_left, due["days"]), index=due.index, dtype="str")),
        (Column("事由", width=30), due["title"]),
        (Column("还没有完成的", width=30), still.astype("str")),
        (Column("涉及单位", width=34), pd.Series(behind, index=due.index, dtype="str")),
    ]
    return TablePart(**lay_out(told), title="时限", note="天数从本期截止日算起。")


def _days_left(days: int) -> str:
    if days == 0:
        return "当天到期"
    return f"还有{days}天" if days > 0 else f"已过{-days}天"


def proposal_part(result: Result) -> TablePart:
    """Whom the program proposes, and what has been decided."""
    proposals = result.proposals
    kind = proposals["kind"].eq(PRAISE).map({True: "表扬", False: "通报"}).astype("str")
    confirmed = proposals["confirmed"].eq("是").fillna(False)
    told: list[Told] = [
        (centred("拟定", 10, words=PROPOSED), ("拟" + kind).mask(confirmed, kind)),
        (Column("单位名称", width=24), proposals["unit"]),
        (Column("理由", width=52), proposals["reason"].astype("str")),
        (centred("评议确认", 10), proposals["confirmed"].map(DECIDED).fillna("待确认").astype("str")),
    ]
    note = "程序按规则提出，由专班办公室在登记表“评议确认”中确认。"
    return TablePart(**lay_out(told), title="拟表扬、拟通报", note=note, empty="本期没有。")


def nine_part(result: Result) -> TablePart:
    """How many units are 到位, 基本到位, 不到位 … in each check."""
    checks = result.rules.checks.checks
    numbers = [check.number for check in checks]
    counts = pd.crosstab(result.checks["check"], result.checks["result"]).reindex(index=numbers, fill_value=0)
    words = [FULL, BASIC, SHORT, NOT_APPLICABLE, UNVERIFIED]
    counts = counts.reindex(columns=words, fill_value=0).reset_index(drop=True)
    overdue = result.checks.loc[result.checks["progress"].eq(OVERDUE), "check"].value_counts()
    high = result.checks.loc[result.checks["comparison"].eq(TOO_HIGH), "check"].value_counts()
    told: list[Told] = [
        (centred("序号", 6, "integer"), pd.Series(numbers)),
        (Column("自查内容", width=44), pd.Series([check.question for check in checks])),
        *((centred(word, 9, "integer"), counts[word]) for word in words),
        (
            centred("逾期", 7, "integer"),
            overdue.reindex(numbers, fill_value=0).reset_index(drop=True),
        ),
        (
            centred("自报偏高", 9, "integer"),
            high.reindex(numbers, fill_value=0).reset_index(drop=True),
        ),
    ]
    return TablePart(**lay_out(told), title=NINE, note="从未报送的单位不在内。", formulas=_nine_formulas(words, result))


def _nine_formulas(words: list[str], result: Result) -> dict[str, pd.Series]:
    if not is_live(result):
        return {}
    counted = 'COUNTIFS([自查对照!序号],[序号],[自查对照!{}],"{}")'
    texts = {word: counted.format("数据结果", word) for word in words}
    texts |= {OVERDUE: counted.format("进度", OVERDUE), TOO_HIGH: counted.format("比对", TOO_HIGH)}
    return {title: pd.Series([text] * len(result.rules.checks.checks)) for title, text in texts.items()}


def request_part(result: Result) -> TablePart:
    """What the units ask the 专班 to settle."""
    info = result.info
    asked = info["request"].notna() & ~info["request"].isin(NOTHING_TOLD) & info["own_period"].eq(result.period.number)
    told: list[Told] = [
        (Column("单位名称", width=24), info.loc[asked, "unit"]),
        (Column("需协调解决事项", width=76), info.loc[asked, "request"]),
    ]
    return TablePart(**lay_out(told), title="单位提出的需协调解决事项", empty="本期没有单位提出。")


def period_part(result: Result) -> TablePart:
    """The district, period by period."""
    trend = result.trend[result.trend["unit"].eq(DISTRICT)].sort_values("period")
    units = result.trend[result.trend["unit"].ne(DISTRICT) & result.trend["state"].isin([ACCEPTED, RETURNED])]
    told: list[Told] = [
        (centred("期号", 9), period_names(trend["period"])),
        (Column("报送单位", "integer", width=10), trend["period"].map(units.groupby("period").size()).fillna(0)),
        (Column("平均评比得分", "score", width=13), trend["score"]),
        (Column("进驻率", "percent", width=10), trend["entered"]),
        (Column("授权率", "percent", width=10), trend["authorised"]),
        (Column("对接率", "percent", width=10), trend["connected"]),
        (Column("可压减环节", "integer", width=12), trend["cut"]),
        (Column("未完成整改", "integer", width=12), trend["problems_open"]),
    ]
    return TablePart(**lay_out(told), title=PERIODS, note="各单位的见“趋势”。授权率、对接率：第4、5项自查的分子÷分母。")
