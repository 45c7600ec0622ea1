"""Result -> 单位情况 as plain data: one page for each unit of the roster, for the meeting. No persons, telephones or leads."""

import pandas as pd

from pipeline.briefing.facts import cutoff_of, known, words_of
from pipeline.briefing.gains import MODES, point_gains
from pipeline.briefing.phrases import NOTHING, day_of, percent_of, score_changed, score_of
from pipeline.briefing.quotes import quote
from pipeline.briefing.requests import people_by_unit
from pipeline.document.blocks import Alignment, TableBlock, UnitPage, UnitPages, UnitPart
from pipeline.followup import UNFINISHED
from pipeline.run import Result
from pipeline.sentences import UnitWords
from pipeline.stages import AGREES
from pipeline.summary.ranking import unit_states

# As much of a problem as stands on one line.
LONGEST = 22
MOST_GAINS = 3
CENTRE: Alignment = "center"
KEYS = ["declared", "result", "progress", "comparison"]


def write_unit_pages(result: Result) -> UnitPages:
    """单位情况 of a period as plain data, for `document.render_unit_pages`; the units in the notice's order."""
    states = unit_states(result)
    gains = point_gains(result)
    people = people_by_unit(result)
    title = words_of(result).unit_page.title.format(period=result.period.number)
    pages = [
        _page(unit, str(state), gains[gains["unit"].eq(unit["unit"])], people.get(unit["unit"], set()), result)
        for (_, unit), state in zip(result.units.iterrows(), states, strict=True)
    ]
    return UnitPages(title, result.rules.briefing.letterhead.issuer, result.period.meeting, tuple(pages))


def _page(unit: pd.Series, state: str, gains: pd.DataFrame, people: set[str], result: Result) -> UnitPage:
    words = words_of(result).unit_page
    name, known_data = unit["unit"], pd.notna(unit["own_period"])
    note = words.standing.format(
        period=result.period.number,
        group=unit["group"].split(maxsplit=1)[-1],
        standing=_standing(unit, words, result),
        state=state,
        cutoff=cutoff_of(result),
    )
    parts = (
        UnitPart(words.checks, (), _checks(name, result)),
        UnitPart(words.gains, _gains(gains, pd.notna(unit["score"]), words, result)),
        UnitPart(words.stages, _stages(name, words, result)),
        UnitPart(words.problems, (*_problems(unit, people, words, result), *_dispatched(name, words, result))),
        UnitPart(words.due, (_deadlines(words, result),)),
    )
    return UnitPage(name, note, _score(unit, words, result), parts if known_data else parts[-1:])


# --- score and rank


def _standing(unit: pd.Series, words: UnitWords, result: Result) -> str:
    if pd.isna(unit["rank"]):
        return words.unranked.format(reason=unit["unranked"])
    ranked = result.units["rank"].notna() & result.units["group"].eq(unit["group"])
    return words.ranked.format(rank=int(unit["rank"]), count=int(ranked.sum()))


def _score(unit: pd.Series, words: UnitWords, result: Result) -> tuple[str, ...]:
    if pd.isna(unit["own_period"]):
        return (words.never,)
    carried = unit["own_period"] < result.period.number
    more = words.carried.format(period=int(unit["own_period"])) if carried else ""
    if pd.isna(unit["score"]):
        return (words.no_score + more,)
    phrases = words_of(result).phrases
    change = score_changed(known(unit["change"]), phrases)
    scored = words.scored.format(
        score=score_of(unit["score"]),
        compared=phrases.compared.format(change=change) if change else "",
        nine=score_of(unit["nine"]),
        mode=words.no_mode if pd.isna(unit["mode"]) else words.mode.format(mode=score_of(unit["mode"])),
        deduction=f"{unit['deduction']:g}",
        bonus=f"{unit['bonus']:g}",
    )
    return (scored + more,)


# --- what was found


def _checks(name: str, result: Result) -> TableBlock:
    """The nine checks with declaration, result, figures and 比对."""
    checks = _of(result.checks, name, ["check", *KEYS, "numerator", "denominator", "credit", "due"])
    rules = result.rules.checks.by_number
    rows = tuple(
        (
            f"{row['check']} {rules[row['check']].topic}",
            *(_told(row[key]) for key in KEYS[:2]),
            _share(row["numerator"], row["denominator"]),
            percent_of(known(row["credit"])),
            *(_told(row[key]) for key in KEYS[2:]),
            day_of(row["due"]),
        )
        for _, row in checks.iterrows()
    )
    headers = ("自查项", "自报", "数据结果", "分子/分母", "得分率", "进度", "比对", "时限")
    alignments: tuple[Alignment, ...] = ("left", *(CENTRE for _ in headers[1:]))
    return TableBlock(headers, rows, widths=(5.2, 2.6, 3.6, 3.8, 3.2, 3.2, 3.8, 3.8), alignments=alignments, small=True)


def _of(frame: pd.DataFrame, unit: str, columns: list[str]) -> pd.DataFrame:
    """The rows of a unit, as narrow as can be: to pick rows of a wide frame takes many times as long."""
    return frame[columns][frame["unit"].eq(unit)]


def _told(word: object) -> str:
    return word if isinstance(word, str) and word else NOTHING


def _share(part: float, whole: float) -> str:
    return NOTHING if pd.isna(whole) else f"{int(part)}/{int(whole)}"


def _gains(gains: pd.DataFrame, scored: bool, words: UnitWords, result: Result) -> tuple[str, ...]:
    """What would raise the unit's score most."""
    top = gains.sort_values("points", ascending=False, kind="stable").head(MOST_GAINS)
    topics = {check.number: check.topic for check in result.rules.checks.checks}
    told = tuple(
        words.gain.format(
            place=place,
            what=words.modes_gain if number == MODES else words.check_gain.format(number=number, topic=topics[number]),
            points=score_of(points),
        )
        for place, (number, points) in enumerate(zip(top["number"], top["points"], strict=True), start=1)
    )
    return told or (words.no_gains if scored else words.unscored,)


def _stages(name: str, words: UnitWords, result: Result) -> tuple[str, ...]:
    modes = _of(result.modes, name, ["verdict", "cut", "open"])
    if modes.empty:
        return (words.no_stages,)
    agreeing = int(modes["verdict"].eq(AGREES).sum())
    return (
        words.cut.format(
            items=len(modes), agreeing=agreeing, cut=int(modes["cut"].sum()), open=int(modes["open"].sum())
        ),
    )


def _problems(unit: pd.Series, people: set[str], words: UnitWords, result: Result) -> tuple[str, ...]:
    """The open problems of 整改台账, those due first before the others."""
    rows = _of(result.details["problems"], unit["unit"], ["problem", "state", "due"])
    left = rows[rows["state"].isin(UNFINISHED)].sort_values("due", kind="stable")
    if left.empty:
        return (words.no_problems,)
    most = result.rules.briefing.limits.problems
    counted = words.open_problems.format(count=len(left), overdue=int(unit["problems_overdue"]))
    shown = left.head(most)
    told = tuple(
        words.problem.format(text=_text(text, people), due=NOTHING if pd.isna(due) else day_of(due))
        for text, due in zip(shown["problem"], shown["due"], strict=True)
    )
    rest = len(left) - len(shown)
    return (counted, *told, *((words.more.format(count=rest),) if rest else ()))


def _text(text: object, people: set[str]) -> str:
    """A problem in the unit's words, which stand in no quotation marks of ours here."""
    return (quote(text, LONGEST, people) or NOTHING).replace("‘", "“").replace("’", "”")


def _dispatched(name: str, words: UnitWords, result: Result) -> tuple[str, ...]:
    rows = _of(result.dispatches, name, ["open", "overdue"])
    left = rows[rows["open"].astype("bool")]
    late = int(left["overdue"].astype("bool").sum())
    return (words.dispatched.format(count=len(left), overdue=late),) if len(left) else ()


def _deadlines(words: UnitWords, result: Result) -> str:
    """Every deadline ahead with the days left; the last one past where none is."""
    cutoff = result.period.cutoff
    ahead = [deadline for deadline in result.rules.calendar.deadlines if deadline.date >= cutoff]
    if not ahead:
        last = max(result.rules.calendar.deadlines, key=lambda deadline: deadline.date)
        return words.due_past.format(date=day_of(last.date), title=last.title) + "。"
    told = (
        words.due_one.format(date=day_of(deadline.date), title=deadline.title, days=(deadline.date - cutoff).days)
        for deadline in ahead
    )
    return "；".join(told) + "。"
