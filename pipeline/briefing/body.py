"""Result -> the 工作简报 as plain data: masthead, title, page-one table, nine sections, annexes (spec 6).

What is said is chosen by which facts hold; how it is said stands in rules/briefing.toml. Leads nobody has confirmed are
not in it, nor telephone numbers, nor names of staff. Until all proposals are decided it is a 送审稿, and they are 拟….
"""

from pipeline.briefing.annexes import annexes
from pipeline.briefing.firstpage import five_table
from pipeline.briefing.followup import followup
from pipeline.briefing.overall import overall
from pipeline.briefing.phrases import ordinal_of
from pipeline.briefing.problems import problems
from pipeline.briefing.progress import progress
from pipeline.briefing.ranking import ranking
from pipeline.briefing.requests import requests
from pipeline.briefing.reviews import criticism, praise
from pipeline.briefing.steps import next_steps
from pipeline.document.blocks import Block, Briefing, Distribution, Heading, Masthead
from pipeline.run import Result


def write_briefing(result: Result) -> Briefing:
    """The briefing of a period as plain data, for `document.render_briefing`."""
    rules = result.rules.briefing
    head = rules.letterhead
    return Briefing(
        masthead=_masthead(result),
        title=tuple(line.format(period=result.period.number) for line in rules.titles.title),
        blocks=(five_table(result), *_sections(result)),
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
    return Masthead(head.name, number, head.issuer, period.meeting, draft=result.draft)


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
