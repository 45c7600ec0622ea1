"""四、表扬单位及典型做法 and 五、通报批评单位 of a 工作简报: proposals while it is a draft, facts once they are decided."""

import pandas as pd

from pipeline.briefing.cells import RANKING, against_last, compared_score, count, of_check, of_unit, rows, value
from pipeline.briefing.facts import Paragraphs, known, paragraphs, units_where, words_of
from pipeline.briefing.phrases import names_of, percent_of, score_of
from pipeline.briefing.progress import units_without_head
from pipeline.briefing.requests import told_by_units
from pipeline.document.blocks import Paragraph
from pipeline.form import NO, YES
from pipeline.outcomes import BASIC, OVERDUE, SHORT
from pipeline.passages import Figure, Passage, Said, join, say
from pipeline.run import Result
from pipeline.sources import Share, Where
from pipeline.words import CONTACT_ONLY, CRITICISM, NOT_REPORTED, PRAISE


def reviewed(result: Result, kind: str) -> list[str]:
    """The units to be named, in the notice's order: in a draft all that nobody has turned down, then the confirmed ones."""
    rows_of = result.proposals[result.proposals["kind"].eq(kind)]
    decided = rows_of["confirmed"]
    named = decided.ne(NO).fillna(True) if result.draft else decided.eq(YES).fillna(False)
    return units_where(result, result.units["unit"].isin(rows_of.loc[named, "unit"]))


# --- 四、表扬单位及典型做法


def praise(result: Result) -> Paragraphs:
    """Whom to praise, with their figures and what they wrote as 典型经验."""
    words, names = words_of(result).praise, reviewed(result, PRAISE)
    experiences = told_by_units(result, "experience", result.rules.briefing.limits.experience)
    rest = _other_experiences(names, experiences, result)
    if not names:
        return paragraphs([words.none_proposed if result.draft else words.none, *rest])
    first = (words.proposed if result.draft else words.confirmed).format(names=names_of(names))
    units = [_praised(name, place, experiences.get(name, ""), result) for place, name in enumerate(names, start=1)]
    return (*paragraphs([first, *rest]), *units)


def _other_experiences(names: list[str], experiences: dict[str, str], result: Result) -> list[Said]:
    """Whose experience is taken up, who else offered one."""
    words, adopted = words_of(result).praise, result.units[result.units["bonus"].gt(0)]
    others = [name for name in experiences if name not in names and name not in set(adopted["unit"])]
    told = [
        join(
            [
                unit,
                say(
                    words.bonus, points=Figure(f"四_加分{place}", f"{points:g}", value(RANKING, "加分", of_unit(unit)))
                ),
            ]
        )
        for place, (unit, points) in enumerate(zip(adopted["unit"], adopted["bonus"], strict=True), start=1)
    ]
    return [
        say(words.adopted, names=join(told, "、")) if told else "",
        words.others.format(count=len(others)) if others else "",
    ]


def _praised(name: str, place: int, experience: str, result: Result) -> Paragraph:
    words = words_of(result).praise
    told = words.experience.format(text=experience) if experience else ""
    return Paragraph(join([_score(name, words.unit, f"四_表扬{place}", result), told]), lead=f"{name}。")


def _score(name: str, sentence: str, mark: str, result: Result) -> Said:
    """The score of a unit and, where there was one last time, the change; nothing where it has none."""
    unit = _unit(name, result)
    if pd.isna(unit["score"]):
        return ""
    return say(
        sentence,
        score=Figure(f"{mark}_得分", score_of(unit["score"]), value(RANKING, "评比得分", of_unit(name))),
        compared=compared_score(f"{mark}_较上期", known(unit["change"]), against_last(result, "score", name), result),
    )


def _unit(name: str, result: Result) -> pd.Series:
    return result.units[result.units["unit"].eq(name)].iloc[0]


# --- 五、通报批评单位


def criticism(result: Result) -> Paragraphs:
    """Whom to criticise, with their main shortfalls in figures."""
    words, names = words_of(result).criticism, reviewed(result, CRITICISM)
    if not names:
        return paragraphs([words.none_proposed if result.draft else words.none])
    first = (words.proposed if result.draft else words.confirmed).format(names=names_of(names))
    units = [_criticised(name, place, result) for place, name in enumerate(names, start=1)]
    return (Paragraph(first), *units)


def _criticised(name: str, place: int, result: Result) -> Paragraph:
    words, unit, mark = words_of(result).criticism, _unit(name, result), f"五_通报{place}"
    overdue = result.checks["unit"].eq(name) & result.checks["progress"].eq(OVERDUE) & result.checks["result"].eq(SHORT)
    source = rows("自查对照", of_unit(name), Where("进度", "为", OVERDUE), Where("数据结果", "为", SHORT))
    told: list[Said] = [
        {NOT_REPORTED: words.silent, CONTACT_ONLY: words.contact_only}.get(unit["state"], ""),
        _score(name, words.unit, mark, result),
        say(words.overdue, count=count(f"{mark}_逾期", int(overdue.sum()), source)) if overdue.any() else "",
        _shortfalls(name, unit["own_period"], mark, result),
    ]
    return Paragraph(join(told), lead=f"{name}。")


def _shortfalls(name: str, own_period: float, mark: str, result: Result) -> Said:
    """The checks that cost the unit most, those overdue first; nothing where there is none."""
    words, checks = words_of(result).criticism, result.checks
    weight = checks["check"].map({check.number: check.weight for check in result.rules.checks.checks})
    lost = checks.assign(lost=weight * (1 - checks["credit"].fillna(1.0)), overdue=checks["progress"].eq(OVERDUE))
    lost = lost[lost["unit"].eq(name) & lost["result"].isin([BASIC, SHORT])]
    worst = lost.sort_values(["overdue", "lost", "check"], ascending=[False, False, True])
    worst = worst.head(result.rules.briefing.limits.shortfalls)
    texts = [
        shortfall(name, check, done, whole, mark, result)
        for check, done, whole in worst[["check", "numerator", "denominator"]].itertuples(index=False)
    ]
    if not texts:
        return ""
    if own_period == result.period.number:
        return say(words.shortfalls, shortfalls=join(texts, "；"))
    return say(words.shortfalls_carried, period=int(own_period), shortfalls=join(texts, "；"))


def shortfall(name: str, check: int, done: int, whole: int, mark: str, result: Result) -> Passage:
    """How a unit falls short of a check, its figures named after `mark`."""
    words = words_of(result).shortfalls
    special = {
        (1, done == whole): words.check_1_split,
        (2, whole == 0): words.check_2_none,
        (7, done == whole and name in units_without_head(result)): words.check_7_no_head,
        (7, whole == 0): words.check_7_none,
        (8, done == 0): words.check_8_untold,
    }
    sentence = special.get((check, True)) or str(getattr(words, f"check_{check}"))
    part, all_of = (of_check(check, column, of_unit(name)) for column in ("分子", "分母"))
    return say(
        sentence,
        all=count(f"{mark}_第{check}项_分母", whole, all_of),
        done=count(f"{mark}_第{check}项_分子", done, part),
        short=whole - done,
        rate=Figure(f"{mark}_第{check}项_比率", percent_of(done / whole if whole else None), Share(part, all_of)),
    )
