"""九、下一步工作 of a 工作简报."""

from pipeline.briefing.cells import count, elsewhere, short_of
from pipeline.briefing.facts import (
    ENTRIES,
    Paragraphs,
    has_data,
    paragraphs,
    pooled,
    reported,
    units_where,
    words_of,
)
from pipeline.briefing.gains import MODES, Worth, most_worth
from pipeline.briefing.phrases import day_of, listed, names_of, numbered, score_of
from pipeline.briefing.progress import short_items
from pipeline.passages import Figure, Passage, Said, join, say
from pipeline.rulebook import Deadline, Period
from pipeline.run import Result
from pipeline.words import RETURNED


def next_steps(result: Result) -> Paragraphs:
    """What would help most, who has to supply what by when, the deadlines ahead with what is still out, the next meeting."""
    following = result.rules.calendar.by_number.get(result.period.number + 1)
    steps = [*(_to_supply(following, result) if following else []), _to_explain(result)]
    told = numbered([_actions(result), *steps], words_of(result).phrases)
    ahead = [*_deadlines(result), _meeting(following, result) if following else ""]
    return paragraphs([*told, *ahead])


def _actions(result: Result) -> Said:
    """The three things that would raise the scores most."""
    worth = [gain for gain in most_worth(result, result.rules.briefing.limits.actions) if gain.points >= 0.005]
    told = [_action(gain, place, result) for place, gain in enumerate(worth, start=1)]
    return say(words_of(result).next.actions, actions=join(told, "、")) if told else ""


def _action(gain: Worth, place: int, result: Result) -> Passage:
    words = words_of(result).next
    if gain.number == MODES:
        what, where = words.modes_action, "“单位排名”：Σ环节模式权重×（100－“环节模式得分”）÷计分单位数"
    else:
        topic = result.rules.checks.by_number[gain.number].topic
        what = words.check_action.format(number=gain.number, topic=topic)
        where = f"“自查对照”中“序号”为{gain.number}：Σ九项权重×该项权重×（1－“得分率”）÷“计分权重”×100÷计分单位数"
    points = Figure(f"九_可提升{place}", score_of(gain.points), elsewhere(where))
    return say(words.action, what=what, points=points)


def _to_supply(following: Period, result: Result) -> list[Said]:
    """Who has to report, and who to correct, before the next cut-off."""
    words, day = words_of(result).next, day_of(following.cutoff)
    silent = units_where(result, ~reported(result))
    returned = units_where(result, result.units["state"].eq(RETURNED))
    report = words.report if reported(result).any() else words.report_all
    return [
        report.format(names=_called(silent, result), date=day) if silent else "",
        words.correct.format(names=_called(returned, result), date=day) if returned else "",
    ]


def _called(units: list[str], result: Result) -> str:
    """The units by name, or how many there are where they are too many to be named."""
    return names_of(units) if len(units) <= result.rules.briefing.limits.names else listed(units, result.rules)


def _to_explain(result: Result) -> Said:
    """Items without 未进驻原因及措施, once the deadline for them has passed."""
    due = result.rules.calendar.due.get("measures")
    past = due is not None and due < result.period.cutoff
    return _unexplained(words_of(result).next.explain, "九_未写明措施", result) if past else ""


def _unexplained(sentence: str, mark: str, result: Result) -> Said:
    """A sentence of the items that have not entered, without 未进驻原因及措施; nothing where there is none."""
    unexplained = int(short_items(result)["reason"].isna().sum())
    number = count(mark, unexplained, elsewhere("“事项明细”中“未达标自查项”含3、“未进驻原因及措施”空着的行数"))
    return say(sentence, count=number) if unexplained else ""


# --- the calendar


def _deadlines(result: Result) -> list[Said]:
    """The next deadline with what is still out, the later ones with their days; what is out where all are past."""
    words = words_of(result).next
    ahead = [deadline for deadline in result.rules.calendar.deadlines if deadline.date >= result.period.cutoff]
    if ahead:
        return [_next(ahead[0], result), *(_later(deadline, result) for deadline in ahead[1:])]
    return [say(words.no_deadline, open=_entries_open(set(result.rules.calendar.due), "到期", result))]


def _next(deadline: Deadline, result: Result) -> Passage:
    words, day, days = words_of(result).next, day_of(deadline.date), _days_to(deadline, result)
    sentence = words.deadline if deadline.date > result.period.cutoff else words.deadline_today
    return say(sentence, date=day, title=deadline.title, days=days, open=_still_open(deadline, day, result))


def _later(deadline: Deadline, result: Result) -> Passage:
    days = _days_to(deadline, result)
    return say(words_of(result).next.later, date=day_of(deadline.date), title=deadline.title, days=days)


def _days_to(deadline: Deadline, result: Result) -> Figure:
    days = (deadline.date - result.period.cutoff).days
    return count(f"九_距{day_of(deadline.date)}天数", days, elsewhere("“总览”中时限表的“距截止日”"))


def _still_open(deadline: Deadline, day: str, result: Result) -> Said:
    """What is still out for a deadline: whole forms, explanations or entries."""
    words = words_of(result).next
    if deadline.key in ("contacts", "self_report"):
        [[number, what]] = result.deadlines.loc[result.deadlines["key"].eq(deadline.key), ["count", "what"]].to_numpy()
        told = count(f"九_{day}尚差单位", int(number), elsewhere("“总览”中时限表的“还没有完成的”"))
        return say(words.open_units, count=told, what=str(what)) if number else words.no_open_units
    if deadline.key == "measures" and has_data(result):
        return _unexplained(words.open_measures, f"九_{day}未写明措施", result) or words.no_open_measures
    return _entries_open({deadline.key}, day, result)


def _entries_open(deadlines: set[str], day: str, result: Result) -> Said:
    """What the checks with these deadlines still lack, as far as they count entries."""
    words, checks = words_of(result), result.rules.checks.by_number
    if not has_data(result):
        return words.next.no_data
    numbers = [number for number in ENTRIES if checks[number].deadline in deadlines and pooled(result, number).short]
    lacking = [
        say(
            words.phrases.counted,
            name=checks[number].topic,
            count=count(f"九_{day}尚差第{number}项", pooled(result, number).short, short_of(number)),
            measure=ENTRIES[number],
        )
        for number in numbers
    ]
    if not lacking:
        return words.next.no_open_entries
    return say(words.next.open_entries, names=join(lacking, "、"))


def _meeting(following: Period, result: Result) -> str:
    return words_of(result).next.meeting.format(cutoff=day_of(following.cutoff), meeting=day_of(following.meeting))
