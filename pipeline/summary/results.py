"""What the program found: 单位排名, 九项自查, 自查对照, 三个无审批 and 环节模式 of 汇总表."""

import pandas as pd

from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, OVERDUE, SHORT
from pipeline.run import Result
from pipeline.sheets import TONES, Column, TableSheet, Tone
from pipeline.summary.details import PROOF_OF_FORM
from pipeline.tables import Told, carried_words, centred, join_words, lay_out, period_name, words_where, yes_no
from pipeline.words import ACCEPTED, CONTACT_ONLY, NOT_REPORTED, RETURNED

PROVISIONAL = "暂定"
# Results, and what stands in the place of one where a unit never reported.
RESULT_TONES: dict[str, Tone] = {**TONES, NOT_REPORTED: "muted"}
# Why a check falls short where everybody looked at satisfies it.
REASONS_OF_NONE = {
    1: "承担审批职能的科室不止一个，或没有批复文号",
    2: "“内设机构”表中没有承担审批职能的科室",
    7: "没有进驻大厅的窗口行政科长（首席代表），或没有填写审批人员",
    8: "有事项没有填写厅外办件量",
}
LATER_STAGES = "首个环节之后的环节，按依据写法"


def result_sheets(result: Result) -> tuple[TableSheet, ...]:
    """单位排名, 九项自查, 自查对照, 三个无审批 and 环节模式, in this order."""
    return (_ranking(result), _heat_map(result), _comparison(result), _derived(result), _modes(result))


def unit_states(result: Result) -> pd.Series:
    """状态 of every unit in 单位排名: 已接收, 暂定, 未报送 or 沿用第N期."""
    units = result.units
    words = units["state"].map({ACCEPTED: ACCEPTED, RETURNED: PROVISIONAL})
    carried = carried_words(units["own_period"], result.period.number)
    return words.fillna(carried.where(carried.ne(""), NOT_REPORTED)).astype("str")


def _ranking(result: Result) -> TableSheet:
    units = result.units.assign(shown=unit_states(result))
    reported = units["state"].isin([ACCEPTED, RETURNED])
    groups = {group.name: place for place, group in enumerate(result.rules.roster.groups)}
    units = units.assign(
        mode=units["mode"].astype("object").mask(reported & units["mode"].isna(), NOT_APPLICABLE),
        deduction=units["deduction"].where(reported),
        bonus=units["bonus"].where(reported),
        reported=reported,
        note=_ranking_notes(units, result),
        order=range(len(units)),
        group_place=units["group"].map(groups),
        points=-units["score"],
    )
    rows = units.sort_values(["group_place", "rank", "points", "order"], na_position="last", ignore_index=True)
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
        (Column("说明", width=38, wrap=True), rows["note"]),
        (Column("计分权重", "integer", width=11, note="有得分率的自查项的权重合计。"), rows["weight"]),
        (Column("填报日期", "date", width=12), rows["filled_on"]),
        (Column("错误数", "integer", width=9), rows["errors"].where(rows["reported"])),
        (Column("提醒数", "integer", width=9), rows["remarks"].where(rows["reported"])),
    ]
    shares = f"{result.rules.ranking.nine:g}×九项得分＋{result.rules.ranking.modes:g}×环节模式得分"
    note = f"评比得分＝{shares}－扣分＋加分，不适用环节模式的只按九项得分；名次分组排，未报送的列在各组最后。"
    return TableSheet("单位排名", **lay_out(told), note=note, freeze=3)


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


def _heat_map(result: Result) -> TableSheet:
    rules, units = result.rules, result.units
    wide = result.checks.pivot(index="unit", columns="check", values="result")
    wide = wide.reindex(index=units["unit"], columns=[check.number for check in rules.checks.checks]).reset_index(
        drop=True
    )
    never = units["own_period"].isna()
    told: list[Told] = [(Column("单位名称", width=24), units["unit"])]
    for check in rules.checks.checks:
        note = f"{check.question}\n权重{check.weight}，时限{rules.due_of(check.number).isoformat()}"
        column = centred(f"{check.number} {check.topic}", 11, words=RESULT_TONES, note=note)
        told.append((column, wide[check.number].mask(never, NOT_REPORTED)))
    for word in (FULL, BASIC, SHORT):
        told.append((centred(word, 10, "integer", band="项数"), (wide == word).sum(axis=1).mask(never)))
    late = result.checks[result.checks["progress"].eq(OVERDUE)].groupby("unit").size()
    overdue = units["unit"].map(late).fillna(0).mask(never)
    told.append((centred("逾期", 8, "integer", band="项数", note="过了时限仍没有到位。"), overdue))
    told.append((Column("说明", width=13), carried_words(units["own_period"], result.period.number)))
    note = "每个单位、每项自查的数据结果；鼠标停在表头上可看自查内容。分子、分母和未达标事项见“自查对照”。"
    return TableSheet("九项自查", **lay_out(told), note=note)


def _comparison(result: Result) -> TableSheet:
    checks = result.checks
    questions = {check.number: check.question for check in result.rules.checks.checks}
    told: list[Told] = [
        (Column("单位名称", width=24), checks["unit"]),
        (centred("序号", 8, "integer"), checks["check"]),
        (Column("自查内容", width=44), checks["check"].map(questions)),
        (centred("自报结论", 11), checks["declared"]),
        (centred("数据结果", words=TONES), checks["result"]),
        (Column("分子", "integer", width=8, note="第8、9项：问题事项数。"), checks["numerator"]),
        (Column("分母", "integer", width=8), checks["denominator"]),
        (Column("得分率", "percent", width=10), checks["credit"]),
        (Column("时限", "date", width=12), checks["due"]),
        (centred("进度", words=TONES), checks["progress"]),
        (centred("比对", words=TONES, note="第1—7项自报“是”、第8、9项自报“否”为达标。"), checks["comparison"]),
        (Column("未达标事项", width=46, wrap=True), checks["short"]),
        (Column("未达标原因", width=36, wrap=True), _reasons(result)),
        (Column("说明", width=13), carried_words(checks["own_period"], result.period.number)),
    ]
    note = "自报结论与逐项数据核对的结果；以数据为准。从未报送的单位不在本表。"
    return TableSheet("自查对照", **lay_out(told), note=note, freeze=2, paper="A3")


def _reasons(result: Result) -> pd.Series:
    """The different reasons why members of a check fall short, or why it does although none of them does."""
    distinct = result.shortfalls[["unit", "check", "why"]].drop_duplicates()
    joined = distinct.groupby(["unit", "check"])["why"].agg("；".join).rename("why").reset_index()
    why = result.checks[["unit", "check"]].merge(joined, on=["unit", "check"], how="left")["why"]
    short = result.checks["result"].isin([BASIC, SHORT])
    return why.fillna(result.checks["check"].map(REASONS_OF_NONE).where(short))


def _derived(result: Result) -> TableSheet:
    units, derived = result.units, result.rules.checks.derived
    wide = result.derived.pivot(index="unit", columns=["kind", "name"], values="result").reindex(units["unit"])
    wide = wide.reset_index(drop=True)
    never = units["own_period"].isna()
    bands = {"三个无审批": derived.no_approval, "三集中": derived.concentrations, "三到位": derived.in_place}
    told: list[Told] = [(Column("单位名称", width=24), units["unit"])]
    for band, parts in bands.items():
        for name, numbers in parts.items():
            note = f"由第{'、'.join(map(str, numbers))}项自查推出。"
            values = wide.reindex(columns=[(band, name)]).iloc[:, 0].mask(never, NOT_REPORTED)
            told.append((centred(name, 13, words=RESULT_TONES, band=band, note=note), values))
    told.append((Column("说明", width=13), carried_words(units["own_period"], result.period.number)))
    note = "由九项自查推出：有关各项都到位的为“实现”，不适用的项不算；有一项未核验、其余到位的为“未核验”。"
    return TableSheet("三个无审批", **lay_out(told), note=note)


def _modes(result: Result) -> TableSheet:
    modes = result.modes
    proof = f"{PROOF_OF_FORM}。"
    told: list[Told] = [
        (Column("单位名称", width=24), modes["unit"]),
        (Column("事项名称", width=34, wrap=True), modes["name"]),
        (centred("事项类型", 13), modes["item_type"]),
        (centred("申报模式"), modes["declared_mode"]),
        (Column("环节数", "integer", width=9), modes["stage_count"]),
        (Column("有效", "integer", width=8, band=LATER_STAGES, note=proof), modes["valid"]),
        (Column("待补", "integer", width=8, band=LATER_STAGES, note=proof), modes["pending"]),
        (Column("未列明", "integer", width=9, band=LATER_STAGES, note=proof), modes["none"]),
        (Column("特别程序有效", "integer", width=14, note=proof), modes["special_valid"]),
        (centred("建议模式", note=proof), modes["suggested"]),
        (centred("结论", 18, words=TONES, note=proof), modes["verdict"]),
        (Column("可压减环节", "integer", width=12), modes["cut"]),
        (Column("待补后定", "integer", width=11), modes["open"]),
        (centred("需调整网上流程", 16), yes_no(modes["adjust"])),
        (Column("说明", width=26, wrap=True), modes["note"]),
        (centred("审核转报"), modes["forwarded"]),
        (Column("网上环节数", "integer", width=12), modes["online_stages"]),
        (Column("得分率", "percent", width=10), modes["credit"]),
        (
            Column("沿用", width=13, note="本期没有报送，列的是以前一期的数据。"),
            carried_words(modes["own_period"], result.period.number),
        ),
    ]
    note = f"依据等级和建议模式：{PROOF_OF_FORM}。逐条环节见“环节明细”。"
    return TableSheet("环节模式", **lay_out(told), note=note, freeze=2, paper="A3")
