"""What the office has to look at in its register: entries that no longer fit, contradict each other or say too little (spec 5)."""

from typing import TYPE_CHECKING

import pandas as pd

from pipeline.decided import ITEM_CHECKS
from pipeline.form import YES
from pipeline.names import normal_names
from pipeline.outcomes import NOT_APPLICABLE
from pipeline.register.layout import CLOSED, CONFIRMED_LEAD, MENDED, REFUTED_LEAD
from pipeline.register.read import REMARKS, Decisions, remark
from pipeline.tables import period_name, period_names
from pipeline.words import ACCEPTED, RETURNED, SELF_REPORT

if TYPE_CHECKING:
    from pipeline.run import Result

JUDGED = (CONFIRMED_LEAD, REFUTED_LEAD)


def remark_on_entries(result: "Result", decisions: Decisions, phoned: pd.DataFrame) -> pd.DataFrame:
    """sheet, row, text of all remarks, in the order of the sheets and rows; one remark a line.

    phoned: entry (row of 电话更正) and why it could not be applied.
    """
    parts = [
        decisions.remarks,
        *_reviews(result, decisions),
        *_leads(result, decisions),
        *_inspections(result, decisions),
        *_dispatches(result, decisions),
        *_approvals(result, decisions),
        *_papers(decisions),
        *_waivers(result, decisions),
        *_receipts(result, decisions),
        remark("corrections", phoned["entry"], phoned["why"])[phoned["why"].ne("").to_numpy()],
    ]
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=REMARKS)
    whole = pd.concat(filled, ignore_index=True).drop_duplicates()
    places = {key: place for place, key in enumerate(decisions.entries)}
    return whole.sort_values(
        ["sheet", "row"], key=lambda s: s.map(places) if s.name == "sheet" else s, kind="stable", ignore_index=True
    )


def _where(sheet: str, rows: pd.DataFrame, where: pd.Series, text: pd.Series | str) -> pd.DataFrame:
    """A remark on the rows for which it is so."""
    held = where.astype("boolean").fillna(False).astype("bool")
    return remark(sheet, rows.loc[held, "row"], text[held] if isinstance(text, pd.Series) else text)


def _reviews(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    rows, entries = decisions.of("reviews"), decisions.entries["reviews"]
    most = result.rules.ranking.bonus.experience_max
    both = rows[rows["confirmed"].eq(YES) & rows["kind"].notna()]
    twice = both.duplicated(["period", "unit"], keep=False)
    numbers = entries["period"].map(lambda name: name if isinstance(name, str) else "")
    now = numbers.eq(f"第{result.period.number}期")
    proposed = result.proposals[result.proposals["own"]]
    keys = pd.MultiIndex.from_frame(proposed[["unit", "kind"]])
    own = pd.MultiIndex.from_frame(entries[["unit", "kind"]].astype("str")).isin(keys)
    undecided = entries["confirmed"].isna() & entries["kind"].notna()
    return [
        _where("reviews", both, twice, "同一单位同一期既表扬又通报，请核对"),
        _where("reviews", rows, rows["confirmed"].eq(YES) & rows["approver"].isna(), "没有写批准人，请补填"),
        _where("reviews", rows, rows["experience"] > most, f"最多加{most:g}分，按{most:g}分计"),
        _where("reviews", entries, undecided & now & ~own, "本期数据已不再拟定这一条；仍要保留的请选“是”，否则选“否”"),
        _where("reviews", entries, undecided & ~now, "以前一期的拟定没有确认，请补选"),
        _where(
            "reviews", entries, entries["confirmed"].eq(YES) & now & ~own & entries["kind"].notna(),
            "不是程序拟定的，按办公室的确认计入",
        ),
    ]  # fmt: skip


def _leads(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    entries = decisions.entries["leads"]
    # What was judged in an earlier period and has been mended since needs no second look.
    settled = entries["finding"].isin(JUDGED) & entries["period"].ne(period_name(result.period.number))
    gone = entries["number"].notna() & ~entries["number"].isin(result.leads["number"]) & ~settled
    return [_where("leads", entries, gone, "本期数据中已没有这条线索")]


def _inspections(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    rows = decisions.of("inspections")
    rows = rows.assign(number=pd.to_numeric(rows["check"]), key=normal_names(rows["name"]))
    known = pd.MultiIndex.from_frame(result.items.loc[result.items["must"] | result.items["reported"], ["unit", "key"]])
    single = rows["key"].notna() & rows["number"].isin(ITEM_CHECKS)
    lost = single & ~pd.MultiIndex.from_frame(rows[["unit", "key"]]).isin(known)
    mended = rows["again"].eq(MENDED).fillna(False)
    cutoff = pd.Timestamp(result.period.cutoff)
    in_force = (rows["date"] <= cutoff) & ~(mended & (rows["again_on"].isna() | (rows["again_on"] <= cutoff)))
    asked = in_force & ~_findings_of(rows, "number").isin(_findings_of(result.inspections, "check"))
    silent = ~rows["unit"].isin(result.checks["unit"])
    out = result.checks[result.checks["result"].eq(NOT_APPLICABLE)]
    beside = pd.Series(_pairs(rows, "number").isin(_pairs(out, "check")), index=rows.index)
    return [
        _where("inspections", rows, asked & silent, "该单位还没有可用的填报表，没有计入"),
        _where("inspections", rows, asked & beside, "这一项对该单位不适用（或已豁免），没有计入"),
        _where("inspections", rows, asked & ~silent & ~beside & single & ~lost, "“" + rows["name"] + "”不是这一项要看的事项（如负面清单、审核转报事项），没有计入"),
        _where("inspections", rows, asked & ~silent & ~beside & lost, "“" + rows["name"] + "”不在该单位的事项中，没有计入；请与事项清单写得一致"),
        _where("inspections", rows, rows["key"].notna() & ~rows["number"].isin(ITEM_CHECKS), "这一项自查不针对具体事项，按整项不到位计"),
        _where("inspections", rows, mended & rows["again_on"].isna(), "没有写复查日期，按已整改处理"),
        _where("inspections", rows, rows["again_on"].notna() & rows["again"].isna(), "没有选复查结论，按未整改处理"),
        _where("inspections", rows, rows["date"] > cutoff, "日期在本期截止日之后，从以后的期次起计入"),
    ]  # fmt: skip


def _findings_of(rows: pd.DataFrame, check: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["unit", check, "name", "date"]].astype({check: "int64", "name": "object"}))


def _pairs(rows: pd.DataFrame, check: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["unit", check]].astype({check: "int64"}))


def _dispatches(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    rows = decisions.of("dispatches")
    told = result.dispatches.set_index("number")["unit_state"]
    state = rows["number"].map(told[~told.index.duplicated()])
    is_open = rows["state"].ne(CLOSED).fillna(True)
    return [
        _where("dispatches", rows, is_open & state.eq(CLOSED), "单位的整改台账已写“已完成”，请核实后销号"),
        _where("dispatches", rows, is_open & rows["due"].isna(), "没有写时限，不能判断是否逾期"),
        _where("dispatches", rows, rows["state"].isna(), "没有选状态，按没有办结处理"),
    ]


def _approvals(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    rows = decisions.of("approvals")
    keys = pd.MultiIndex.from_frame(rows.assign(key=normal_names(rows["name"]))[["unit", "key"]])
    known = pd.MultiIndex.from_frame(result.modes[["unit", "key"]])
    lost = pd.Series(~keys.isin(known), index=rows.index)
    return [
        _where("approvals", rows, lost & rows["mode"].notna(), "“" + rows["name"] + "”不在该单位的事项清单中，没有用上；请核对名称"),
        _where("approvals", rows, rows["mode"].notna() & rows["approver"].isna(), "没有写审定人，请补填"),
        _where("approvals", rows, rows["mode"].isna(), "没有选审定模式，没有用上"),
    ]  # fmt: skip


def _papers(decisions: Decisions) -> list[pd.DataFrame]:
    rows = decisions.of("papers")
    complete = rows["signed"].eq(YES) & rows["sealed"].eq(YES)
    return [
        _where(
            "papers", rows, rows["paper"].eq(SELF_REPORT) & ~complete.fillna(False), "签字、盖章没有都选“是”，不算交齐"
        )
    ]


def _waivers(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    rows = decisions.of("waivers")
    return [
        _where("waivers", rows, rows["until"] < pd.Timestamp(result.period.cutoff), "有效期已过，不再豁免"),
        _where("waivers", rows, rows["until"].isna(), "没有写有效期，一直豁免；请补填"),
        _where("waivers", rows, rows["approver"].isna(), "没有写批准人，请补填"),
    ]


def _receipts(result: "Result", decisions: Decisions) -> list[pd.DataFrame]:
    rows = decisions.of("receipts")
    files = result.files[result.files["state"].isin([ACCEPTED, RETURNED])]
    known = pd.MultiIndex.from_frame(files[["unit", "period"]].dropna().astype({"period": "int64"}))
    there = pd.MultiIndex.from_frame(rows[["unit", "period"]].astype({"period": "int64"})).isin(known)
    text = "该单位" + period_names(rows["period"]) + "没有可用的填报表，没有用上"
    return [_where("receipts", rows, pd.Series(~there, index=rows.index), text)]
