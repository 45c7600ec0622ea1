"""三、评比结果 of a 工作简报."""

import pandas as pd

from pipeline.briefing.cells import (
    RANKING,
    TREND_COLUMNS,
    against_last,
    compared_score,
    count,
    in_trend,
    of_unit,
    rows,
    share,
    value,
)
from pipeline.briefing.facts import Paragraphs, district_change, paragraphs, words_of
from pipeline.briefing.phrases import score_of
from pipeline.history import DISTRICT
from pipeline.passages import Figure, Passage, Said, join, say
from pipeline.run import Result
from pipeline.sources import Where

# As many first ranked units may share their ranks before they are only counted.
MOST_TIED = 2
SCORED = Where("评比得分", "有")
# The rates in 趋势 and the checks they belong to.
RATES = {"entered": 3, "authorised": 4, "connected": 5}


def ranking(result: Result) -> Paragraphs:
    """The scores, the first of each group, who rose and fell most and why, who is not ranked."""
    words = words_of(result).ranking
    if not result.units["score"].notna().any():
        return paragraphs([words.none, *_unranked(result)])
    return paragraphs([_mean(result), *_changes(result), *_movers(result)], [*_first(result), *_unranked(result)])


def _mean(result: Result) -> Passage:
    trend = result.trend[result.trend["unit"].eq(DISTRICT) & result.trend["period"].eq(result.period.number)]
    change = district_change(result, "score")
    return say(
        words_of(result).ranking.scored,
        scored=count("三_计分单位", int(result.units["score"].notna().sum()), rows(RANKING, SCORED)),
        mean=Figure("三_平均得分", score_of(trend["score"].iloc[0]), in_trend(result, "score")),
        compared=compared_score("三_平均得分较上期", change, against_last(result, "score"), result),
    )


def _changes(result: Result) -> list[Said]:
    words, units = words_of(result).ranking, result.units
    change = units["change"]
    if not change.notna().any():
        return []
    new = int((units["score"].notna() & change.isna()).sum())
    told = say(
        words.changes,
        rose=count("三_上升单位", int(change.gt(0).sum()), rows(RANKING, Where("较上期", "大于", 0))),
        fell=count("三_下降单位", int(change.lt(0).sum()), rows(RANKING, Where("较上期", "小于", 0))),
        same=count("三_持平单位", int(change.eq(0).sum()), rows(RANKING, Where("较上期", "为", 0))),
    )
    fresh = count("三_未比较单位", new, rows(RANKING, SCORED, Where("较上期", "没有")))
    return [told, say(words.new, count=fresh) if new else ""]


# --- ranks


def _first(result: Result) -> list[Said]:
    """A sentence for each group with ranks, named without its letter."""
    ranked = result.units[result.units["rank"].notna()]
    return [
        _first_of(str(group).split(maxsplit=1)[-1], units, result)
        for group, units in ranked.groupby("group", sort=False)
    ]


def _first_of(group: str, units: pd.DataFrame, result: Result) -> Passage:
    words, first = words_of(result).ranking, min(result.rules.briefing.limits.first, len(units))
    top = units[units["rank"] <= first].sort_values("rank", kind="stable")
    ranked = count(f"三_{group}参加排名", len(units), rows(RANKING, Where("组别", "含", group), Where("名次", "有")))
    if len(top) > MOST_TIED * first:
        source = rows(RANKING, Where("组别", "含", group), Where("名次", "小于", first + 1))
        return say(
            words.tied, group=group, ranked=ranked, first=first, count=count(f"三_{group}并列", len(top), source)
        )
    return say(words.first, group=group, ranked=ranked, first=first, names=_with_scores(top, f"三_{group}前"))


def _with_scores(units: pd.DataFrame, name: str) -> Passage:
    """The units with their scores: 区发改委96.47分、…."""
    told = [
        join([unit, Figure(f"{name}{place}", score_of(score), value(RANKING, "评比得分", of_unit(unit))), "分"])
        for place, (unit, score) in enumerate(zip(units["unit"], units["score"], strict=True), start=1)
    ]
    return join(told, "、")


def _unranked(result: Result) -> list[Said]:
    """How many have no rank; why stands below the table of ranks."""
    without = int(result.units["rank"].isna().sum())
    number = count("三_未参加排名", without, rows(RANKING, Where("名次", "没有")))
    return [say(words_of(result).ranking.unranked, count=number)] if without else []


# --- who moved, and why


def _movers(result: Result) -> list[Said]:
    """The units that rose and fell most since the last period, each with what changed most."""
    words, units = words_of(result).ranking, result.units
    most = result.rules.briefing.limits.movers
    rose = units[units["change"].gt(0)].sort_values("change", ascending=False, kind="stable").head(most)
    fell = units[units["change"].lt(0)].sort_values("change", kind="stable").head(most)
    return [
        say(words.risen, units=_moved(rose, "三_升", result)) if len(rose) else "",
        say(words.fallen, units=_moved(fell, "三_降", result)) if len(fell) else "",
    ]


def _moved(units: pd.DataFrame, name: str, result: Result) -> Passage:
    words = words_of(result).ranking
    told = [
        say(
            words.mover,
            unit=unit,
            points=Figure(f"{name}{place}", score_of(abs(change)), value(RANKING, "较上期", of_unit(unit))),
            why=_why(unit, change, f"{name}{place}", result),
        )
        for place, (unit, change) in enumerate(zip(units["unit"], units["change"], strict=True), start=1)
    ]
    return join(told, "；")


def _why(unit: str, change: float, name: str, result: Result) -> Said:
    """The rate that counts most in the change of a unit's score; nothing where none moved the same way."""
    rows_of = result.trend[result.trend["unit"].eq(unit)].set_index("period")
    now, before = (rows_of.reindex([result.period.number - back]).iloc[0] for back in (0, 1))
    checks = result.rules.checks.by_number
    moved = {column: (now[column] - before[column]) * checks[number].weight for column, number in RATES.items()}
    same_way = {column: abs(points) for column, points in moved.items() if points * change > 0}
    if not same_way:
        return ""
    column = max(same_way, key=lambda key: same_way[key])
    told = words_of(result).ranking.why_up if change > 0 else words_of(result).ranking.why_down
    return say(
        told,
        rate=TREND_COLUMNS[column],
        before=share(f"{name}_上期", before[column], in_trend(result, column, unit, back=1)),
        now=share(f"{name}_本期", now[column], in_trend(result, column, unit)),
    )
