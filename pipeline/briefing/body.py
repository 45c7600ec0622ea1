"""Result -> the 工作简报 as plain data: masthead, title, page-one table, nine sections, annexes (spec 6).

What is said is chosen by which facts hold; how it is said stands in rules/briefing.toml. Leads are not in it, nor
telephone numbers, nor names of staff. Nothing is confirmed yet: it is a 送审稿 and proposals are called 拟….
"""

import pandas as pd

from pipeline.briefing.annexes import annexes
from pipeline.briefing.facts import cutoff_of, five_change, words_of
from pipeline.briefing.issues import ENTRIES, followup, next_steps, problems, requests
from pipeline.briefing.phrases import NOTHING, count_changed, day_of, ordinal_of, percent_of, points_changed
from pipeline.briefing.progress import ITEM, WINDOW, overall, progress
from pipeline.briefing.ranking import criticism, praise, ranking
from pipeline.document.blocks import Block, Briefing, Distribution, Heading, Masthead, TableBlock
from pipeline.run import Result

WINDOWS = "窗口"


def write_briefing(result: Result) -> Briefing:
    """The briefing of a period as plain data, for `document.render_briefing`."""
    rules = result.rules.briefing
    head = rules.letterhead
    return Briefing(
        masthead=_masthead(result),
        title=tuple(line.format(period=result.period.number) for line in rules.titles.title),
        blocks=(_five(result), *_sections(result)),
        annexes=annexes(result),
        distribution=Distribution(head.report, head.send, head.issue, head.copies),
    )


def _masthead(result: Result) -> Masthead:
    """The head of page one; the number runs on over the years and begins anew in each."""
    head, period = result.rules.briefing.letterhead, result.period
    year = period.meeting.year
    earlier = [other.briefing for other in result.rules.calendar.periods if other.meeting.year < year]
    issue = period.briefing - max(earlier, default=0)
    number = head.number.format(year=year, issue=issue, total=period.briefing)
    return Masthead(head.name, number, head.issuer, period.meeting, draft=True)


def _sections(result: Result) -> tuple[Block, ...]:
    titles = result.rules.briefing.sections
    sections = (
        (titles.overall, overall(result)),
        (titles.progress, progress(result)),
        (titles.ranking, ranking(result)),
        (titles.praise, praise(result)),
        (titles.criticism, criticism(result)),
        (titles.followup, followup(result)),
        (titles.problems, problems(result)),
        (titles.requests, requests(result)),
        (titles.next, next_steps(result)),
    )
    return tuple(
        block
        for place, (title, blocks) in enumerate(sections)
        for block in (Heading(1, f"{ordinal_of(place)}、{title}"), *blocks)
    )


def _five(result: Result) -> TableBlock:
    """五进 on page one; the first issue has no 较上期."""
    entries = result.rules.checks.derived.five_entries
    lines = result.five.set_index("name").reindex([*entries, WINDOWS])
    measures = [ENTRIES.get(number, ITEM) for number in entries.values()] + [WINDOW]
    rows = tuple(
        _five_row(str(name), line, measure, result)
        for (name, line), measure in zip(lines.iterrows(), measures, strict=True)
    )
    headers = ("五进", "目标", "时限", "完成", "完成率", "较上期")
    columns = len(headers) if lines["done_before"].notna().any() else len(headers) - 1
    return TableBlock(
        headers=headers[:columns],
        rows=tuple(row[:columns] for row in rows),
        title=result.rules.briefing.titles.five.format(cutoff=cutoff_of(result)),
        widths=(2, 3, 3, 3, 3, 4.6)[:columns],
    )


def _five_row(name: str, line: pd.Series, measure: str, result: Result) -> tuple[str, ...]:
    told = {key: NOTHING if pd.isna(line[key]) else f"{int(line[key])}{measure}" for key in ("target", "done")}
    due = NOTHING if pd.isna(line["due"]) else day_of(line["due"])
    return name, told["target"], due, told["done"], percent_of(line["rate"]), _five_change(name, measure, result)


def _five_change(name: str, measure: str, result: Result) -> str:
    """The difference of the rates or, without a target, of the numbers."""
    words, change = words_of(result).phrases, five_change(result, name)
    told = count_changed(change, measure, words) if name == WINDOWS else points_changed(change, words)
    return told or NOTHING
