"""会议材料: what the fortnightly meeting needs on paper, and the full list of what is to be followed up (督办清单).

No leads and no telephone numbers; what nobody has confirmed yet is marked 拟.
"""

from collections.abc import Hashable, Mapping
from datetime import date

import pandas as pd

from pipeline.followup import GONE, PROBLEM, REOPENED, TASK
from pipeline.history import DISTRICT
from pipeline.outcomes import OVERDUE
from pipeline.run import Result
from pipeline.sheets import Column, PageSheet, TablePart, TableSheet
from pipeline.tables import (
    NOTHING_TOLD,
    Told,
    centred,
    day_words,
    hide_contacts,
    lay_out,
    name_some,
    period_name,
    words_where,
)
from pipeline.words import ACCEPTED, CONTACT_ONLY, CRITICISM, PRAISE, RETURNED

OFFICE = "专班办公室"
# The page is two sheets of paper at most; what does not fit stands in the sheets of the workbook.
MOST_UNITS, MOST_FOLLOWED, MOST_NAMES = 12, 6, 6
LONGEST_EXPERIENCE, LONGEST_REQUEST, LONGEST_CELL = 100, 34, 30
BLANK_LINES = 4
_STATE_WORDS = {ACCEPTED: "", CONTACT_ONLY: "未报送（只有联系表）"}
DISPATCHED, DISPATCH_OVERDUE, PROBLEM_OVERDUE = "督办", "督办逾期", "整改逾期"
# What the meeting hears first.
URGENT = (DISPATCH_OVERDUE, DISPATCHED, PROBLEM_OVERDUE, REOPENED, GONE)
FOLLOWED = ["number", "unit", "problem", "cause", "measure", "person", "due", "why"]


def meeting_page(result: Result) -> PageSheet:
    """The page 会议材料: agenda, open points by unit, what to follow up, deadlines ahead, room for what is decided."""
    period = result.period
    note = f"会议时间：{day_words(period.meeting)}　情况截至：{day_words(period.cutoff)}"
    pending = "　标“拟”的尚未经评议确认" if _undecided(result).any() else ""
    parts = (_agenda(result), _open_points(result), _followed_part(result), _deadlines(result), _decisions())
    return PageSheet(
        "会议材料", parts, title=f"“双周”推进会会议材料（{period_name(period.number)}）", note=note + pending
    )


def dispatch_sheet(result: Result) -> TableSheet:
    """The sheet 督办清单: every line the meeting may dispatch or ask about, by unit."""
    lines = followed_lines(result)
    told: list[Told] = [
        (Column("挂账号", width=14), lines["number"]),
        (Column("单位名称", width=24), lines["unit"]),
        (Column("问题", width=36, wrap=True), lines["problem"]),
        (Column("原因", width=24, wrap=True), lines["cause"]),
        (Column("措施", width=30, wrap=True), lines["measure"]),
        (Column("责任人", width=11), lines["person"]),
        (Column("时限", "date", width=12), lines["due"]),
        (centred("说明", 12), lines["why"]),
    ]
    note = "登记表“督办派发”中未办结的，和整改台账中逾期、重新打开、没有完成就不再列出的；挂账号各期不变。"
    return TableSheet("督办清单", **lay_out(told), note=note, freeze=2, empty="没有需要督办的问题。")


def followed_lines(result: Result) -> pd.DataFrame:
    """What is to be followed up (columns FOLLOWED), in the notice's order of the units; within a unit dispatches first.

    Open dispatches of the register, and problems of the units' own lists that are overdue, open again or gone without being done, as
    far as they are not dispatched. why: 督办, 督办逾期, 整改逾期, 重新打开 or 不再列出.
    """
    sent = result.dispatches
    running = sent[_is_so(sent["open"])]
    running = running.assign(why=words_where(_is_so(running["overdue"]), DISPATCH_OVERDUE).replace("", DISPATCHED))
    ledger = result.ledger[result.ledger["kind"].eq(PROBLEM)]
    known = pd.MultiIndex.from_frame(ledger[["unit", "number"]]).isin(
        pd.MultiIndex.from_frame(sent[["unit", "number"]])
    )
    why = ledger["change"].where(ledger["change"].isin([REOPENED, GONE]), "")
    why = why.mask(_is_so(ledger["overdue"]), PROBLEM_OVERDUE)
    own = ledger.assign(why=why, problem=ledger["text"])[why.ne("") & ~known]
    lines = pd.concat([part[FOLLOWED] for part in (running, own) if len(part)] or [own[FOLLOWED]], ignore_index=True)
    places = {name: place for place, name in enumerate(result.rules.roster.names)}
    lines = lines.sort_values("unit", key=lambda units: units.map(places), kind="stable", ignore_index=True)
    return lines.assign(**{name: hide_contacts(lines[name].astype("str")) for name in ("problem", "cause", "measure")})


# --- who speaks ------------------------------------------------------------------------------------------------------


def _agenda(result: Result) -> TablePart:
    lines = [
        ("通报本期情况", OFFICE, _reported(result)),
        *_speakers(result, PRAISE, "典型经验介绍"),
        *_speakers(result, CRITICISM, "表态发言"),
        ("议定事项", "参会单位", _to_decide(result)),
        ("下期安排", OFFICE, _next_period(result)),
    ]
    rows = pd.DataFrame(lines, columns=["what", "who", "about"], dtype="str")
    told: list[Told] = [
        (centred("序号", 6, "integer"), pd.Series(range(1, len(rows) + 1))),
        (Column("议程", width=18), rows["what"]),
        (Column("发言单位", width=20), rows["who"]),
        (Column("内容", width=58), rows["about"]),
    ]
    return TablePart(**lay_out(told), title="议程")


def _reported(result: Result) -> str:
    units = result.units
    came = units["state"].isin([ACCEPTED, RETURNED])
    late = int((came & units["late"]).sum())
    told = [
        f"应报{len(units)}个单位，按时报送{int(came.sum()) - late}个、逾期报送{late}个、未报送{int((~came).sum())}个"
    ]
    trend = result.trend.set_index(["unit", "period"])["score"]
    mean = trend.get((DISTRICT, result.period.number))
    items = result.five[result.five["name"].eq("事项") & result.five["rate"].notna()]
    told += [] if mean is None or pd.isna(mean) else [f"平均评比得分{mean:.2f}分"]
    told += [
        f"事项进驻{done:.0f}/{whole:.0f}（{rate:.1%}）"
        for done, whole, rate in items[["done", "target", "rate"]].to_numpy()
    ]
    return "；".join(told) + f"。通报第{result.period.number}期评比结果，详见工作简报。"


def _undecided(result: Result) -> pd.Series:
    """Which proposals nobody has decided on."""
    return result.proposals["confirmed"].isna() & result.draft


def _speakers(result: Result, kind: str, what: str) -> list[tuple[str, str, str]]:
    """A line for each unit that is to speak; one that says so where there is none."""
    proposals = result.proposals.assign(open=_undecided(result))
    chosen = proposals[proposals["kind"].eq(kind) & (proposals["open"] | proposals["confirmed"].eq("是"))]
    if chosen.empty:
        return [(what, "—", "本期没有。")]
    about = _experiences(chosen, result) if kind == PRAISE else chosen["reason"]
    marks = ["（拟）" if undecided else "" for undecided in chosen["open"]]
    return [(what + mark, unit, text) for mark, unit, text in zip(marks, chosen["unit"], about, strict=True)]


def _experiences(chosen: pd.DataFrame, result: Result) -> list[str]:
    told = _told_now(result, "experience", LONGEST_EXPERIENCE)
    return [told.get(unit, "没有填写典型经验，请会前准备。") for unit in chosen["unit"]]


def _told_now(result: Result, column: str, most: int) -> dict[str, str]:
    """What units wrote into a cell of 单位信息 this time, shortened, without telephone numbers."""
    info = result.info[result.info["own_period"].eq(result.period.number)]
    said = info[info[column].notna() & ~info[column].isin(NOTHING_TOLD)]
    texts = hide_contacts(said[column]).str.replace(r"\s+", " ", regex=True)
    return {unit: _shortened(text, most) for unit, text in zip(said["unit"], texts, strict=True)}


def _shortened(text: str, most: int = LONGEST_CELL) -> str:
    return text if len(text) <= most else text[:most] + "……"


def _to_decide(result: Result) -> str:
    asked, lines = len(_told_now(result, "request", LONGEST_REQUEST)), followed_lines(result)
    parts = [f"需协调解决{asked}件" if asked else "", f"需督办{len(lines)}件" if len(lines) else ""]
    return "、".join(filter(None, parts)) + "，见下。" if any(parts) else "没有提请议定的事项。"


def _next_period(result: Result) -> str:
    later = [p for number, p in sorted(result.rules.calendar.by_number.items()) if number > result.period.number]
    if not later:
        return "这是日历中的最后一期。"
    cutoff, meeting = (_day(later[0].cutoff), _day(later[0].meeting))
    return f"{period_name(later[0].number)}于{cutoff}截止报送，{meeting}开会。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


# --- what is open ----------------------------------------------------------------------------------------------------


def _open_points(result: Result) -> TablePart:
    """A line for each unit with something open, those with most first; units with nothing but a form to send share one."""
    counts = _open_counts(result)
    told = [
        _open_words(state, line) for state, line in zip(result.units["state"], counts.to_dict("records"), strict=True)
    ]
    requests = _told_now(result, "request", LONGEST_REQUEST)
    rows = pd.DataFrame({"unit": result.units["unit"], "told": told, "weight": counts.sum(axis=1)})
    rows["asked"] = [requests.get(unit, "") for unit in rows["unit"]]
    shared = rows["weight"].eq(0) & rows["asked"].eq("") & rows["told"].ne("")
    own = rows[~shared & (rows["told"].ne("") | rows["asked"].ne(""))].sort_values(
        "weight", ascending=False, kind="stable"
    )
    names = rows[shared].groupby("told", sort=False)["unit"].agg(lambda units: name_some(list(units), MOST_NAMES))
    rows = pd.concat([names.reset_index().assign(asked=""), own], ignore_index=True)
    columns: list[Told] = [
        (Column("单位名称", width=22), rows["unit"]),
        (Column("未办结", width=40), rows["told"]),
        (Column("需协调解决事项", width=40), rows["asked"]),
    ]
    return _first_rows(
        columns, MOST_UNITS, "各单位未办结事项", "个单位，见“总览”和“自查对照”", "各单位没有未办结事项。"
    )


def _open_counts(result: Result) -> pd.DataFrame:
    """How much of each kind every unit has open: a column for each, named by its words."""
    ledger = result.ledger
    counts = {
        "逾期自查{}项": result.checks[result.checks["progress"].eq(OVERDUE)],
        "督办未办结{}项": result.dispatches[_is_so(result.dispatches["open"])],
        "整改逾期{}项": ledger[ledger["kind"].eq(PROBLEM) & _is_so(ledger["overdue"])],
        "任务逾期{}项": ledger[ledger["kind"].eq(TASK) & _is_so(ledger["overdue"])],
        "没有完成就不再列出{}项": ledger[ledger["change"].eq(GONE)],
    }
    units = result.units["unit"]
    return pd.DataFrame(
        {words: units.map(rows.groupby("unit").size()).fillna(0).astype("int64") for words, rows in counts.items()}
    )


def _open_words(state: str, counts: Mapping[Hashable, int]) -> str:
    said = [_STATE_WORDS.get(state, state), *(str(words).format(count) for words, count in counts.items() if count)]
    return "；".join(filter(None, said))


def _is_so(flags: pd.Series) -> pd.Series:
    return flags.astype("boolean").fillna(False).astype("bool")


def _followed_part(result: Result) -> TablePart:
    lines = followed_lines(result)
    lines = lines.sort_values("why", key=lambda why: why.map(URGENT.index), kind="stable")
    short = {name: lines[name].map(_shortened, na_action="ignore") for name in ("problem", "cause", "measure")}
    days = pd.Series([_day(due) if pd.notna(due) else "" for due in lines["due"]], index=lines.index, dtype="str")
    told: list[Told] = [
        (Column("挂账号", width=12), lines["number"]),
        (Column("单位名称", width=12), lines["unit"]),
        (Column("问题", width=17), short["problem"]),
        (Column("原因", width=16), short["cause"]),
        (Column("措施", width=17), short["measure"]),
        (Column("责任人", width=8), lines["person"]),
        (Column("时限", width=8), days),
        (Column("说明", width=9), lines["why"]),
    ]
    return _first_rows(told, MOST_FOLLOWED, "督办清单", "件，见“督办清单”", "没有需要督办的问题。")


def _first_rows(told: list[Told], most: int, title: str, more: str, empty: str) -> TablePart:
    """A table of the first rows; its note says how many more there are."""
    rest = len(told[0][1]) - most
    note = f"这里列前{most}行，另有{rest}{more}。" if rest > 0 else ""
    return TablePart(
        **lay_out([(column, values.head(most)) for column, values in told]), title=title, note=note, empty=empty
    )


def _deadlines(result: Result) -> TablePart:
    """The deadlines within the next two periods, and those past with something open."""
    due = result.deadlines
    due = due[due["warning"] | (due["days"].lt(0) & due["count"].gt(0).fillna(False))]
    behind = [name_some(names.split("、"), MOST_NAMES) if names else "" for names in due["behind"]]
    still = (due["count"].astype("str") + due["what"]).mask(due["count"].eq(0).fillna(False), "没有")
    still = still.where(due["count"].notna(), "")
    told: list[Told] = [
        (Column("时限", width=12), pd.Series([_day(day) for day in due["date"]], index=due.index, dtype="str")),
        (Column("距截止日", width=12), pd.Series(_days_left(due["days"]), index=due.index, dtype="str")),
        (Column("事由", width=26), due["title"]),
        (Column("没有完成的", width=22), still),
        (Column("单位", width=32), pd.Series(behind, index=due.index, dtype="str")),
    ]
    return TablePart(**lay_out(told), title="时限提醒", empty="今后两期没有到期的时限。")


def _days_left(days: pd.Series) -> list[str]:
    return ["当天到期" if n == 0 else f"还有{n}天" if n > 0 else f"已过{-n}天" for n in days]


def _decisions() -> TablePart:
    """Lines to write on."""
    blank = pd.Series([""] * BLANK_LINES, dtype="str")
    told: list[Told] = [
        (Column("议定事项", width=56), blank),
        (Column("责任单位", width=20), blank),
        (Column("责任人", width=12), blank),
        (Column("时限", width=12), blank),
    ]
    return TablePart(**lay_out(told), title="议定事项（会上填写，会后记入登记表“督办派发”）")
