"""The table on page one of a 工作简报: 五进 with targets and rates, who holds things up, what needs the leaders."""

import pandas as pd

from pipeline.briefing.cells import against_last, count, elsewhere, of_check, of_unit, share, share_of, short_of
from pipeline.briefing.facts import (
    ENTRIES,
    ITEM,
    WINDOW,
    cutoff_of,
    five_change,
    most_of,
    pooled,
    units_where,
    words_of,
)
from pipeline.briefing.phrases import NOTHING, count_changed, day_of, listed, points_changed, rate_of
from pipeline.briefing.requests import higher_systems, requests_of
from pipeline.document.blocks import TableBlock
from pipeline.passages import Figure, Passage, Said, join, say
from pipeline.run import Result
from pipeline.sources import Source

WINDOWS = "窗口"
WINDOW_SOURCE = elsewhere("“事项明细”中各单位不同“窗口号”的个数合计")
CHANGE_SOURCE = elsewhere("“总览”中“五进”表的“较上期”")


def five_table(result: Result) -> TableBlock:
    """五进, and below it what a leader asks next; the first issue has no 较上期."""
    entries = result.rules.checks.derived.five_entries
    lines = result.five.set_index("name").reindex([*entries, WINDOWS])
    numbers = [*entries.values(), None]
    rows = tuple(
        _five_row(str(name), line, number, result)
        for (name, line), number in zip(lines.iterrows(), numbers, strict=True)
    )
    headers = ("五进", "目标", "时限", "完成", "完成率", "较上期")
    columns = len(headers) if lines["done_before"].notna().any() else len(headers) - 1
    return TableBlock(
        headers=headers[:columns],
        rows=tuple(row[:columns] for row in rows),
        title=result.rules.briefing.titles.five.format(cutoff=cutoff_of(result)),
        widths=(3.1, 2.9, 3, 2.9, 2.7, 4.6)[:columns],
        foot=_foot(result),
    )


def _five_row(name: str, line: pd.Series, number: int | None, result: Result) -> tuple[str | Figure, ...]:
    measure = WINDOW if number is None else ENTRIES.get(number, ITEM)
    sources: dict[str, Source] = (
        {"target": of_check(number, "分母"), "done": of_check(number, "分子"), "rate": share_of(number)}
        if number
        else {"done": WINDOW_SOURCE}
    )
    due = NOTHING if pd.isna(line["due"]) else day_of(line["due"])
    target, done = (
        _told(f"五进_{name}_{key}", line[column], measure, sources.get(column))
        for key, column in (("目标", "target"), ("完成", "done"))
    )
    rate = share(f"五进_{name}_完成率", line["rate"], sources["rate"]) if number and pd.notna(line["rate"]) else NOTHING
    return name, target, due, done, rate, _change(name, measure, result)


def _told(name: str, number: float, measure: str, source: Source | None) -> str | Figure:
    return NOTHING if pd.isna(number) or source is None else Figure(name, f"{int(number)}{measure}", source)


def _change(name: str, measure: str, result: Result) -> str | Figure:
    """The difference of the rates or, without a target, of the numbers."""
    words, change = words_of(result).phrases, five_change(result, name)
    told = count_changed(change, measure, words) if name == WINDOWS else points_changed(change, words)
    source = against_last(result, "entered") if name == "事项" else CHANGE_SOURCE
    return Figure(f"五进_{name}_较上期", told, source) if told else NOTHING


# --- below the table


def _foot(result: Result) -> tuple[tuple[str, Passage], ...]:
    words = words_of(result).page_one
    lines = ((words.behind_title, _behind(result)), (words.leaders_title, _leaders(result)))
    return tuple((title, told) for title, told in lines if told)


def _behind(result: Result) -> Passage:
    """Where most of the items are that have not entered, and who has less than the points that call for criticism."""
    return join([_most_open(result), _low_scores(result)])


def _most_open(result: Result) -> Said:
    words, short = words_of(result), result.shortfalls[result.shortfalls["check"].eq(3)]
    worst = most_of(short["unit"], result.rules.briefing.limits.worst, result)
    if not worst:
        return words.page_one.nothing_open if pooled(result, 3).target else ""
    told = [
        say(
            words.phrases.counted,
            name=unit,
            count=count(f"首页_未进驻{place}", number, short_of(3, of_unit(unit))),
            measure=ITEM,
        )
        for place, (unit, number) in enumerate(worst, start=1)
    ]
    some = sum(number for _, number in worst)
    return say(
        words.page_one.most_open,
        units=join(told, "、"),
        share=Figure(
            "首页_未进驻占比",
            rate_of(some, len(short)),
            elsewhere("以上各单位未进驻事项之和 ÷ 全区未进驻事项（“自查对照”中“序号”为3的“分母”－“分子”）"),
        ),
    )


def _low_scores(result: Result) -> Said:
    low = result.rules.ranking.proposals.low_score
    units = units_where(result, result.units["score"].lt(low).fillna(False))
    if not units:
        return ""
    return say(words_of(result).page_one.low_scores, points=f"{low:g}", units=listed(units, result.rules))


def _leaders(result: Result) -> Passage:
    """What units asked the 专班 for, and what only a higher level can settle, in a line or two."""
    words, asked, (systems, units) = words_of(result).page_one, requests_of(result), higher_systems(result)
    lines: list[Said] = [say(words.asked, units=listed(list(asked), result.rules))] if asked else []
    if systems:
        lines.append(say(words.systems, count=systems, units=len(units)))
    return say(words.leaders, asked=join(lines, "；")) if lines else Passage((words.nothing_asked,))
