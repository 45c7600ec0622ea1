"""六、上期议定事项落实情况 of a 工作简报."""

import pandas as pd

from pipeline import followup as lines
from pipeline.briefing.cells import count, elsewhere, rows
from pipeline.briefing.facts import (
    WINDOW,
    Paragraphs,
    cutoff_of,
    in_notice_order,
    is_first,
    paragraphs,
    reported,
    units_where,
    words_of,
)
from pipeline.briefing.phrases import bracketed
from pipeline.form import NO, YES
from pipeline.passages import Figure, Said, join, say
from pipeline.run import Result
from pipeline.sources import Where
from pipeline.words import ACCEPTED, CRITICISM, RETURNED

SHEETS = {lines.PROBLEM: "整改台账", lines.TASK: "任务清单"}
USUAL, RARE = (lines.NEW, lines.DONE_NOW), (lines.REOPENED, lines.POSTPONED, lines.GONE)


def followup(result: Result) -> Paragraphs:
    """What was dispatched and what became of it, what the units silent or criticised last time have done since."""
    words = words_of(result).followup
    if is_first(result):
        return paragraphs([_dispatched(result) or words.first])
    dispatched = _dispatched(result) or words.no_dispatches.format(cutoff=cutoff_of(result))
    return paragraphs([dispatched, *_silent_before(result), *_criticised_before(result), _ledger(result)])


def _dispatched(result: Result) -> Said:
    """督办派发: how many, how many closed and overdue, and whose those are."""
    dispatched = result.dispatches
    if dispatched.empty:
        return ""
    is_open, late = dispatched["open"].astype("bool"), dispatched["overdue"].astype("bool")
    source = "办公室登记表“督办派发”"
    told = say(
        words_of(result).followup.dispatched,
        cutoff=cutoff_of(result),
        count=count("六_督办派发", len(dispatched), elsewhere(f"{source}的行数")),
        closed=count("六_已办结", int((~is_open).sum()), elsewhere(f"{source}中“状态”为“已完成”的行数")),
        open=count("六_未办结", int(is_open.sum()), elsewhere(f"{source}中“状态”不为“已完成”的行数")),
        units=bracketed(in_notice_order(dispatched.loc[is_open, "unit"], result), result.rules),
    )
    overdue = say(
        words_of(result).followup.overdue,
        count=count("六_超过时限", int(late.sum()), elsewhere(f"{source}中未办结且“时限”在截止日之前的行数")),
        units=bracketed(in_notice_order(dispatched.loc[late, "unit"], result), result.rules),
    )
    return join([told, overdue]) if late.any() else told


def _ledger(result: Result) -> Said:
    """What changed in 整改台账 and 任务清单 since the forms before; the rare changes of both are told together."""
    words = words_of(result)
    told = [
        say(words.phrases.counted, name=figure.name.removeprefix("六_"), count=figure, measure=WINDOW)
        for figure in _counted_changes(result.ledger[["kind", "change"]])
        if figure.text != "0"
    ]
    return say(words.followup.ledger, changes=join(told, "、")) if told else ""


def _counted_changes(changes: pd.DataFrame) -> list[Figure]:
    """The usual changes by kind (整改新增), the others of both kinds (延期)."""
    both = changes["change"].value_counts()
    usual = [
        count(
            f"六_{kind}{change}",
            int((changes["kind"].eq(kind) & changes["change"].eq(change)).sum()),
            rows(sheet, Where("变化", "为", change)),
        )
        for kind, sheet in SHEETS.items()
        for change in USUAL
    ]
    place = "“整改台账”和“任务清单”中“变化”为“{}”的行数"
    return [*usual, *(count(f"六_{name}", int(both.get(name, 0)), elsewhere(place.format(name))) for name in RARE)]


def _criticised_before(result: Result) -> list[Said]:
    """What the units criticised, or proposed for it, last time have done since."""
    before = result.proposals_before[result.proposals_before["kind"].eq(CRITICISM)]
    before = before[before["confirmed"].ne(NO).fillna(True)]
    units = before["unit"]
    now = result.units[result.units["unit"].isin(units)]
    if now.empty:
        return []
    confirmed = before["confirmed"].eq(YES).fillna(False).all()
    words = words_of(result).followup
    source = "“单位排名”中上期（拟）通报批评的单位"
    return [
        say(
            words.criticised_before if confirmed else words.proposed_before,
            count=len(now),
            names=bracketed(in_notice_order(units, result), result.rules),
            now=count(
                "六_上期通报本期已报",
                int(now["state"].isin([ACCEPTED, RETURNED]).sum()),
                elsewhere(f"{source}：本期已报送的行数"),
            ),
            risen=count(
                "六_上期通报本期提高", int(now["change"].gt(0).sum()), elsewhere(f"{source}：“较上期”大于0的行数")
            ),
        )
    ]


def _silent_before(result: Result) -> list[Said]:
    words = words_of(result).followup
    last = result.trend[result.trend["period"].eq(result.period.number - 1) & result.trend["state"].notna()]
    silent = last.loc[~last["state"].isin([ACCEPTED, RETURNED]), "unit"]
    if silent.empty:
        return []
    now = units_where(result, result.units["unit"].isin(silent) & reported(result))
    still = units_where(result, result.units["unit"].isin(silent) & ~reported(result))
    source = elsewhere("“趋势”中上期“状态”为“未报送”或“联系表”的单位，按本期“状态”分")
    return [
        say(
            words.silent_before,
            count=count("六_上期未报送", len(silent), source),
            now=count("六_上期未报本期已报", len(now), source),
            now_names=bracketed(now, result.rules),
            still=count("六_仍未报送", len(still), source),
            still_names=bracketed(still, result.rules),
        )
    ]
