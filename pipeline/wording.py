"""rules/briefing.toml as frozen values: the letterhead, the layout and the sentences of the 工作简报."""

from typing import Annotated

from pydantic import Field, Strict

from pipeline.patterns import facts
from pipeline.rule import Rule
from pipeline.sentences import Limits, Sections, Sentences, Subsections, Titles

PointSize = Annotated[float, Strict(False), Field(gt=0, le=100)]


class Letterhead(Rule):
    """What the head and the foot of a briefing say; `number` is a pattern of {year}, {issue}, {total}."""

    name: str
    number: Annotated[str, facts("year", "issue", "total")]
    issuer: str
    report: str
    send: str
    issue: str
    copies: Annotated[int, Field(gt=0)]


class Words(Rule):
    """The fixed words the renderer adds."""

    draft: str
    report: str
    send: str
    issue: str
    copies: Annotated[str, facts("copies")]
    annexes: str
    annex: Annotated[str, facts("number")]
    chart: Annotated[str, facts("number", "title")]


class Sizes(Rule):
    """The type sizes GB/T 9704 leaves open, in points."""

    masthead: PointSize
    table: PointSize
    small_table: PointSize


class Fonts(Rule):
    """The font of each role; an empty `latin` means digits and letters take the font of their role."""

    masthead: str
    title: str
    heading: str
    subheading: str
    body: str
    table_head: str
    table: str
    page_number: str
    latin: str = ""


class Layout(Rule):
    """How a briefing looks, as far as the office may choose: `substitutes` maps a font to its stand-in."""

    words: Words
    sizes: Sizes
    fonts: Fonts
    substitutes: dict[str, str] = {}


class BriefingRules(Rule):
    """rules/briefing.toml."""

    letterhead: Letterhead
    limits: Limits
    titles: Titles
    sections: Sections
    subsections: Subsections
    sentences: Sentences
    layout: Layout
