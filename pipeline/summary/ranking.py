"""单位排名 and 趋势 of 汇总表."""

import pandas as pd

from pipeline.history import DISTRICT
from pipeline.numbers import round_half_up
from pipeline.outcomes import NOT_APPLICABLE
from pipeline.run import Result
from pipeline.sheets import TONES, Column, TableSheet, Tone
from pipeline.summary.live import RANKING, is_live
from pipeline.tables import (
    Told,
    carried_words,
    centred,
    join_words,
    lay_out,
    period_name,
    period_names,
    words_where,
    yes_no,
)
from pipeline.words import ACCEPTED, CONTACT_ONLY, NOT_REPORTED, RETURNED

PROVISIONAL = "暂定"
HELP = "计算用（程序给出）"
REPORTED = {(True, False): "按时", (True, True): "逾期"}


def unit_states(result: Result) -> pd.Series:
    """状态 of every unit in 单位排名: 已接收, 暂定, 未报送 or 沿用第N期."""
    units = result.units
    words = units["state"].map({ACCEPTED: ACCEPTED, RETURNED: PROVISIONAL})
    carried = carried_words(units["own_period"], result.period.number)
    return words.fillna(carried.where(carried.ne(""), NOT_REPORTED)).astype("str")


def ranking_sheet(result: Result) -> TableSheet:
    """单位排名: every unit once, by group and rank, those that did not report last."""
    rows = _ranked_units(result)
    told: list[Told] = [
        (Column("组别", width=13), rows["group"]),
        (centred("名次", 8, "integer"), rows["rank"]),
        (Column("单位名称", width=24), rows["unit"]),
        (Column("九项得分", "score", width=11), rows["nine"]),
        (Column("环节模式得分", "score", width=14), rows["mode"]),
        (Column("扣分", "number", width=8), rows["deduction"]),
        (Column("加分", "number", width=8), rows["bonus"]),
        (Column("评比得分", "score", width=13, bar=True), rows["score"]),
        (Column("较上期", "change", width=10), rows["change"]),
        (centred("状态", 12, words=_state_tones(result)), rows["shown"]),
        (Column("走势", width=14, spark=True, note="各期的评比得分，见“趋势”。"), _sparks(rows["unit"], result)),
        (Column("说明", width=38, wrap=True), rows["note"]),
        (centred("报送", 10, words={"按时": "good", "逾期": "fair", NOT_REPORTED: "bad"}), rows["came"]),
        (Column("计分权重", "integer", width=11, note="有得分率的自查项的权重合计。"), rows["weight"]),
        (Column("事项数", "integer", width=10, note="填报表和事项目录中的全部事项。"), rows["items"]),
        (Column("应进驻", "integer", width=10), rows["must"]),
        (Column("填报日期", "date", width=12), rows["filled_on"]),
        (Column("错误数", "integer", width=9), rows["errors"].where(rows["reported"])),
        (Column("提醒数", "integer", width=9), rows["remarks"].where(rows["reported"])),
        (centred("参评", 9, band=HELP, note="本期报送了填报表。"), yes_no(rows["reported"])),
        (centred("参加排名", 11, band=HELP, note="“否”的原因见“说明”。"), yes_no(rows["unranked"].eq(""))),
        (Column("上期得分", "score", width=11, band=HELP), rows["before"]),
    ]
    shares = f"{result.rules.ranking.nine:g}×九项得分＋{result.rules.ranking.modes:g}×环节模式得分"
    note = f"评比得分＝{shares}－扣分＋加分，不适用环节模式的只按九项得分；名次分组排，未报送的列在各组最后。"
    formulas = {title: pd.Series(text, index=rows.index) for title, text in RANKING.items()} if is_live(result) else {}
    return TableSheet("单位排名", **lay_out(told), note=note, freeze=3, formulas=formulas)


def _ranked_units(result: Result) -> pd.DataFrame:
    units = result.units
    reported = units["state"].isin([ACCEPTED, RETURNED])
    groups = {group.name: place for place, group in enumerate(result.rules.roster.groups)}
    came = pd.Series(list(zip(reported, reported & units["late"], strict=True)), index=units.index)
    units = units.assign(
        shown=unit_states(result),
        mode=units["mode"].astype("object").mask(reported & units["mode"].isna(), NOT_APPLICABLE),
        deduction=units["deduction"].where(reported),
        bonus=units["bonus"].where(reported),
        before=round_half_up(units["score"] - units["change"]),
        came=came.map(REPORTED).fillna(NOT_REPORTED).astype("str"),
        reported=reported,
        note=_ranking_notes(units, result),
        order=range(len(units)),
        group_place=units["group"].map(groups),
        points=-units["score"],
    )
    return units.sort_values(["group_place", "rank", "points", "order"], na_position="last", ignore_index=True)


def _ranking_notes(units: pd.DataFrame, result: Result) -> pd.Series:
    """Why there is no rank, what was deducted, what is carried over."""
    reported = units["state"].isin([ACCEPTED, RETURNED])
    scored = units["score"].notna()
    carried = carried_words(units["own_period"], result.period.number)
    bonus = "典型经验加" + units["bonus"].map("{:g}".format) + "分"
    return join_words(
        [
            words_where(units["state"].eq(CONTACT_ONLY), "只报送了对接人员联系表"),
            (carried + "数据计入全区合计").where(carried.ne(""), ""),
            words_where(reported & ~scored, "没有可计分的自查项"),
            units["unranked"].where(reported & scored, ""),
            units["deduction_note"].where(reported, ""),
            bonus.where(units["bonus"].gt(0), ""),
        ]
    )


def _state_tones(result: Result) -> dict[str, Tone]:
    """The tones of 状态, 沿用第N期 of every earlier period among them."""
    carried = (
        f"沿用{period_name(number)}" for number in result.rules.calendar.by_number if number < result.period.number
    )
    return {ACCEPTED: "good", PROVISIONAL: "fair", NOT_REPORTED: "bad", **dict.fromkeys(carried, "bad")}


# --- 趋势 ------------------------------------------------------------------------------------------------------------


def trend_sheet(result: Result) -> TableSheet:
    """趋势: the district and every unit, period by period."""
    trend = trend_rows(result)
    cutoffs = {number: pd.Timestamp(period.cutoff) for number, period in result.rules.calendar.by_number.items()}
    # One line for each unit, beside its latest period.
    latest = ~trend.duplicated("unit", keep="last")
    told: list[Told] = [
        (Column("单位名称", width=24), trend["unit"]),
        (centred("期号", 9), period_names(trend["period"])),
        (Column("截止日", "date", width=12), trend["period"].map(cutoffs)),
        (centred("状态", 11, words=TONES), trend["state"]),
        (Column("评比得分", "score", width=13, bar=True, note="全区：各单位平均。"), trend["score"]),
        (Column("较上期", "change", width=10), _changes(trend)),
        (Column("得分走势", width=16, spark=True), _sparks(trend["unit"], result).where(latest, "")),
        (centred("名次", 8, "integer"), trend["rank"]),
        (Column("进驻率", "percent", width=10), trend["entered"]),
        (Column("授权率", "percent", width=10), trend["authorised"]),
        (Column("对接率", "percent", width=10), trend["connected"]),
        (Column("进驻走势", width=16, spark=True), _sparks(trend["unit"], result, "进驻率").where(latest, "")),
        (Column("可压减环节", "integer", width=12), trend["cut"]),
        (Column("未完成整改", "integer", width=12), trend["problems_open"]),
    ]
    note = "逐期对比，“全区”在最前；按“单位名称”筛选看一个单位的变化。没有报送的期，各率沿用以前一期的数据。"
    return TableSheet("趋势", **lay_out(told), note=note, freeze=2)


def trend_rows(result: Result) -> pd.DataFrame:
    """The rows of 趋势: the district, which is no unit of the roster, before the units in the notice's order; each period by period."""
    names = {name: place for place, name in enumerate(result.rules.roster.names)}
    trend = result.trend.assign(place=result.trend["unit"].map(names).fillna(-1))
    return trend.sort_values(["place", "period"], ignore_index=True)


def district_rows(result: Result, title: str) -> str:
    """The place of the district's figures on 趋势."""
    periods = int(result.trend["unit"].eq(DISTRICT).sum())
    return f"[趋势!{title}:0:{max(periods, 1) - 1}]"


def _sparks(units: pd.Series, result: Result, title: str = "评比得分") -> pd.Series:
    """For each unit the place of its figures on 趋势, from two periods on."""
    rows = trend_rows(result)
    spans = rows.assign(at=range(len(rows))).groupby("unit")["at"].agg(["min", "max"])
    spans = spans[spans["max"] > spans["min"]].astype("str")
    return units.map(f"[趋势!{title}:" + spans["min"] + ":" + spans["max"] + "]").fillna("").astype("str")


def _changes(trend: pd.DataFrame) -> pd.Series:
    """The change of the score from the period just before; missing without one."""
    last = trend.groupby("unit", sort=False)[["score", "period"]].shift()
    return (trend["score"] - last["score"]).where(trend["period"].eq(last["period"] + 1))
