"""三、评比结果, 四、表扬单位及典型做法 and 五、通报批评单位 of a 工作简报."""

import pandas as pd

from pipeline.briefing.facts import Paragraphs, district_change, known, paragraphs, units_where, words_of
from pipeline.briefing.phrases import compared, listed, names_of, percent_of, score_changed, score_of
from pipeline.briefing.progress import units_without_head
from pipeline.briefing.quotes import quote
from pipeline.document.blocks import Paragraph
from pipeline.history import DISTRICT
from pipeline.outcomes import BASIC, OVERDUE, SHORT
from pipeline.patterns import joined
from pipeline.run import Result
from pipeline.words import CONTACT_ONLY, CRITICISM, NOT_REPORTED, PRAISE

# As many first ranked units may share their ranks before they are only counted.
MOST_TIED = 2


# --- 三、评比结果 --------------------------------------------------------------------------------------------


def ranking(result: Result) -> Paragraphs:
    """The scores, the first of each group, how many rose and fell, who is not ranked."""
    words = words_of(result).ranking
    if not result.units["score"].notna().any():
        return paragraphs([words.none, *_unranked(result)])
    return paragraphs([_mean(result), *_first(result)], [*_changes(result), *_unranked(result), words.annex])


def _mean(result: Result) -> str:
    words = words_of(result)
    trend = result.trend[result.trend["unit"].eq(DISTRICT) & result.trend["period"].eq(result.period.number)]
    change = compared(score_changed(district_change(result, "score"), words.phrases), words.phrases)
    return words.ranking.scored.format(
        scored=int(result.units["score"].notna().sum()), mean=score_of(trend["score"].iloc[0]), compared=change
    )


def _first(result: Result) -> list[str]:
    """A sentence for each group with ranks, named without its letter."""
    ranked = result.units[result.units["rank"].notna()]
    return [
        _first_of(str(group).split(maxsplit=1)[-1], units, result)
        for group, units in ranked.groupby("group", sort=False)
    ]


def _first_of(group: str, units: pd.DataFrame, result: Result) -> str:
    words, first = words_of(result).ranking, min(result.rules.briefing.limits.first, len(units))
    top = units[units["rank"] <= first].sort_values("rank", kind="stable")
    if len(top) > MOST_TIED * first:
        return words.tied.format(group=group, ranked=len(units), first=first, count=len(top))
    names = names_of(f"{unit}{score_of(score)}分" for unit, score in zip(top["unit"], top["score"], strict=True))
    return words.first.format(group=group, ranked=len(units), first=first, names=names)


def _changes(result: Result) -> list[str]:
    words, units = words_of(result).ranking, result.units
    change = units["change"]
    if not change.notna().any():
        return []
    new = int((units["score"].notna() & change.isna()).sum())
    rose, fell, same = (int(held.sum()) for held in (change.gt(0), change.lt(0), change.eq(0)))
    return [words.changes.format(rose=rose, fell=fell, same=same), words.new.format(count=new) if new else ""]


def _unranked(result: Result) -> list[str]:
    """Who has no rank, by reason."""
    words, units = words_of(result).ranking, result.units
    without = units[units["rank"].isna()]
    if without.empty:
        return []
    reasons = [
        words.reason.format(reason=reason, units=listed(group["unit"].tolist(), result.rules))
        for reason, group in without.groupby("unranked", sort=False)
    ]
    return [words.unranked.format(count=len(without), reasons="；".join(reasons))]


# --- 四、表扬单位及典型做法 ---------------------------------------------------------------------------------------


def praise(result: Result) -> Paragraphs:
    """Whom the program proposes for praise, with their figures and what they wrote as 典型经验."""
    words, names = words_of(result).praise, _proposed(result, PRAISE)
    experiences = told_by_units(result, "experience")
    others = [name for name in experiences if name not in names]
    without = [name for name in names if name not in experiences]
    rest = [
        words.no_experience.format(names=names_of(without)) if without else "",
        words.others.format(names=names_of(others)) if others else "",
    ]
    if not names:
        return paragraphs([words.none, *rest])
    units = [_praised(name, experiences.get(name, ""), result) for name in names]
    return (Paragraph(words.proposed.format(names=names_of(names))), *units, *paragraphs(rest))


def _proposed(result: Result, kind: str) -> list[str]:
    """The units proposed, in the notice's order."""
    chosen = result.proposals.loc[result.proposals["kind"].eq(kind), "unit"]
    return units_where(result, result.units["unit"].isin(chosen))


def _praised(name: str, experience: str, result: Result) -> Paragraph:
    words = words_of(result).praise
    told = words.experience.format(text=experience) if experience else ""
    return Paragraph(_score(name, words.unit, result) + told, lead=f"{name}。")


def _score(name: str, sentence: str, result: Result) -> str:
    """The score of a unit and, where there was one last time, the change."""
    unit, words = _unit(name, result), words_of(result).phrases
    change = compared(score_changed(known(unit["change"]), words), words)
    return sentence.format(score=score_of(unit["score"]), compared=change)


def _unit(name: str, result: Result) -> pd.Series:
    return result.units[result.units["unit"].eq(name)].iloc[0]


def told_by_units(result: Result, column: str) -> dict[str, str]:
    """What units wrote into a cell of 单位信息 of this period, fit to be quoted, by unit in the notice's order."""
    info = result.info[result.info["own_period"].eq(result.period.number)]
    most = result.rules.briefing.limits.quote
    told = {
        unit: quote(text, most, _people_of(str(unit), result))
        for unit, text in zip(info["unit"], info[column], strict=True)
    }
    return {unit: text for unit, text in told.items() if text}


def _people_of(unit: str, result: Result) -> set[str]:
    """The persons whom the unit's form names."""
    staff, info = result.details["staff"], result.info[result.info["unit"].eq(unit)]
    named = [staff.loc[staff["unit"].eq(unit), "name"], *(info[column] for column in ("head", "leader", "liaison"))]
    return {str(name) for name in pd.concat(named).dropna() if len(str(name)) > 1}


# --- 五、通报批评单位 ------------------------------------------------------------------------------------------


def criticism(result: Result) -> Paragraphs:
    """Whom the program proposes for criticism, with their main shortfalls in figures."""
    words, names = words_of(result).criticism, _proposed(result, CRITICISM)
    if not names:
        return paragraphs([words.none])
    units = [_criticised(name, result) for name in names]
    return (Paragraph(words.proposed.format(names=names_of(names))), *units)


def _criticised(name: str, result: Result) -> Paragraph:
    words, unit = words_of(result).criticism, _unit(name, result)
    overdue = result.checks["unit"].eq(name) & result.checks["progress"].eq(OVERDUE) & result.checks["result"].eq(SHORT)
    told = [
        {NOT_REPORTED: words.silent, CONTACT_ONLY: words.contact_only}.get(unit["state"], ""),
        "" if pd.isna(unit["score"]) else _score(name, words.unit, result),
        words.overdue.format(count=int(overdue.sum())) if overdue.any() else "",
        _shortfalls(name, unit["own_period"], result),
    ]
    return Paragraph(joined(told), lead=f"{name}。")


def _shortfalls(name: str, own_period: float, result: Result) -> str:
    """The checks that cost the unit most, those overdue first; nothing where there is none."""
    words, checks = words_of(result).criticism, result.checks
    weight = checks["check"].map({check.number: check.weight for check in result.rules.checks.checks})
    lost = checks.assign(lost=weight * (1 - checks["credit"].fillna(1.0)), overdue=checks["progress"].eq(OVERDUE))
    lost = lost[lost["unit"].eq(name) & lost["result"].isin([BASIC, SHORT])]
    worst = lost.sort_values(["overdue", "lost", "check"], ascending=[False, False, True])
    worst = worst.head(result.rules.briefing.limits.worst)
    texts = [
        _shortfall(name, check, done, whole, result)
        for check, done, whole in worst[["check", "numerator", "denominator"]].itertuples(index=False)
    ]
    if not texts:
        return ""
    if own_period == result.period.number:
        return words.shortfalls.format(shortfalls="；".join(texts))
    return words.shortfalls_carried.format(period=int(own_period), shortfalls="；".join(texts))


def _shortfall(name: str, check: int, done: int, whole: int, result: Result) -> str:
    """How a unit falls short of a check."""
    words = words_of(result).shortfalls
    special = {
        (1, done == whole): words.check_1_split,
        (2, whole == 0): words.check_2_none,
        (7, done == whole and name in units_without_head(result)): words.check_7_no_head,
        (7, whole == 0): words.check_7_none,
        (8, done == 0): words.check_8_untold,
    }
    sentence = special.get((check, True)) or str(getattr(words, f"check_{check}"))
    return sentence.format(all=whole, done=done, short=whole - done, rate=percent_of(done / whole if whole else None))
