"""What a 工作简报 says: the headings and sentences of rules/briefing.toml, and the facts each sentence may use.

A group is a part of the briefing, in its order. The modules briefing_*.py choose the sentences by which facts hold and
fill them in; the words are the office's. Nothing heavy is imported here, since the rules are read before all else.
"""

from typing import Annotated

from pydantic import Field

from pipeline.patterns import facts
from pipeline.rule import Many, Rule

Plain = Annotated[str, facts()]
Count = Annotated[int, Field(gt=0)]


class Limits(Rule):
    """How much a briefing names: the first ranked, the worst, names in brackets, characters of a quotation."""

    first: Count
    worst: Count
    names: Count
    quote: Count


class Titles(Rule):
    """The title, broken into lines by sense, and those of the tables and annexes."""

    title: Many[Annotated[str, facts("period")]]
    five: Annotated[str, facts("cutoff")]
    ranking: Plain
    matrix: Plain
    modes: Plain
    dispatches: Plain


class Sections(Rule):
    """The nine headings; their numbers are added."""

    overall: Plain
    progress: Plain
    ranking: Plain
    praise: Plain
    criticism: Plain
    followup: Plain
    problems: Plain
    requests: Plain
    next: Plain


class Subsections(Rule):
    """The headings within 进展情况; their numbers are added."""

    items: Plain
    stages: Plain
    authorised: Plain
    systems: Plain
    modes: Plain
    one_card: Plain


class Phrases(Rule):
    """Turns of phrase that the sentences share."""

    rate_up: Annotated[str, facts("points")]
    rate_down: Annotated[str, facts("points")]
    score_up: Annotated[str, facts("points")]
    score_down: Annotated[str, facts("points")]
    count_up: Annotated[str, facts("count", "measure")]
    count_down: Annotated[str, facts("count", "measure")]
    same: Plain
    compared: Annotated[str, facts("change")]
    numbered: Annotated[str, facts("ordinal", "text")]
    counted: Annotated[str, facts("name", "count", "measure")]
    listed: Annotated[str, facts("names", "count")]
    unlisted: Annotated[str, facts("count")]
    carried: Annotated[str, facts("unit", "period")]


class Overall(Rule):
    """一、总体情况."""

    reporting: Annotated[str, facts("cutoff", "due", "on_time", "late", "silent")]
    late: Annotated[str, facts("names")]
    silent: Annotated[str, facts("names")]
    contact_only: Annotated[str, facts("names")]
    returned: Annotated[str, facts("count", "names")]
    carried: Annotated[str, facts("count", "names")]
    no_data: Annotated[str, facts("count", "names")]
    items: Annotated[str, facts("units", "items", "exempt", "must", "entered", "not_entered", "rate", "compared")]
    not_counted: Annotated[str, facts("count")]
    no_items: Plain
    no_approval: Annotated[str, facts("parts")]
    no_approval_part: Annotated[str, facts("name", "counts")]


class Progress(Rule):
    """二、进展情况."""

    no_data: Plain
    entered_units: Annotated[str, facts("units", "full", "partial")]
    not_entered: Annotated[str, facts("count", "explained", "unexplained", "worst")]
    instant: Annotated[str, facts("count", "rate")]
    stages: Annotated[str, facts("target", "done", "rate", "compared")]
    staff: Annotated[str, facts("target", "done", "rate", "compared")]
    no_head: Annotated[str, facts("units")]
    windows: Annotated[str, facts("count", "compared")]
    concentration: Annotated[str, facts("topic", "full", "basic", "short")]
    authorised: Annotated[str, facts("target", "done", "rate", "compared")]
    connected: Annotated[str, facts("target", "done", "rate", "compared")]
    open_systems: Annotated[str, facts("count", "levels")]
    modes: Annotated[str, facts("items", "modes", "incomplete")]
    agreeing: Annotated[str, facts("agreeing")]
    verdicts: Annotated[str, facts("count", "verdicts")]
    cut: Annotated[str, facts("cut", "items")]
    open: Annotated[str, facts("open")]
    adjust: Annotated[str, facts("count")]
    proof_of_form: Plain
    one_card: Annotated[str, facts("units", "items", "done", "rate", "spared", "coverage")]


class Ranking(Rule):
    """三、评比结果."""

    none: Plain
    scored: Annotated[str, facts("scored", "mean", "compared")]
    first: Annotated[str, facts("group", "ranked", "first", "names")]
    tied: Annotated[str, facts("group", "ranked", "first", "count")]
    changes: Annotated[str, facts("rose", "fell", "same")]
    new: Annotated[str, facts("count")]
    unranked: Annotated[str, facts("count", "reasons")]
    reason: Annotated[str, facts("reason", "units")]
    annex: Plain


class Praise(Rule):
    """四、表扬单位及典型做法."""

    none: Plain
    proposed: Annotated[str, facts("names")]
    unit: Annotated[str, facts("score", "compared")]
    experience: Annotated[str, facts("text")]
    no_experience: Annotated[str, facts("names")]
    others: Annotated[str, facts("names")]


class Criticism(Rule):
    """五、通报批评单位."""

    none: Plain
    proposed: Annotated[str, facts("names")]
    silent: Plain
    contact_only: Plain
    unit: Annotated[str, facts("score", "compared")]
    overdue: Annotated[str, facts("count")]
    shortfalls: Annotated[str, facts("shortfalls")]
    shortfalls_carried: Annotated[str, facts("period", "shortfalls")]


Shortfall = Annotated[str, facts("done", "all", "short", "rate")]


class Shortfalls(Rule):
    """How a unit falls short of each check, in figures."""

    check_1: Shortfall
    check_1_split: Plain
    check_2: Shortfall
    check_2_none: Plain
    check_3: Shortfall
    check_4: Shortfall
    check_5: Shortfall
    check_6: Shortfall
    check_7: Shortfall
    check_7_no_head: Plain
    check_7_none: Plain
    check_8: Shortfall
    check_8_untold: Plain
    check_9: Shortfall


class Followup(Rule):
    """六、上期议定事项落实情况."""

    first: Plain
    no_dispatches: Annotated[str, facts("cutoff")]
    silent_before: Annotated[str, facts("count", "now", "still")]
    reported_now: Annotated[str, facts("names")]
    still_silent: Annotated[str, facts("names")]
    all_reported_before: Plain
    criticised_before: Annotated[str, facts("count", "names", "now", "risen")]


class Problems(Rule):
    """七、存在的问题."""

    none: Plain
    no_data: Plain
    too_high: Annotated[str, facts("high", "low", "units", "checks")]
    too_low: Annotated[str, facts("low")]
    worst: Annotated[str, facts("checks", "count", "total", "overdue")]
    bases: Annotated[str, facts("none", "pending", "units", "items")]
    rectification: Annotated[str, facts("problems", "open", "overdue", "units")]
    errors: Annotated[str, facts("count", "units")]
    left_out: Annotated[str, facts("count", "units")]


class Requests(Rule):
    """八、需协调解决的问题."""

    none: Plain
    count: Annotated[str, facts("count")]
    unit: Annotated[str, facts("text")]
    systems: Annotated[str, facts("count", "units")]


class Next(Rule):
    """九、下一步工作."""

    report_all: Annotated[str, facts("date")]
    report: Annotated[str, facts("names", "date")]
    correct: Annotated[str, facts("names", "date")]
    explain: Annotated[str, facts("count", "worst")]
    deadline: Annotated[str, facts("date", "title", "days", "open")]
    deadline_today: Annotated[str, facts("date", "title", "open")]
    no_deadline: Annotated[str, facts("open")]
    meeting: Annotated[str, facts("cutoff", "meeting")]
    open_units: Annotated[str, facts("count")]
    open_measures: Annotated[str, facts("count", "worst")]
    open_entries: Annotated[str, facts("names", "worst")]
    no_open_units: Plain
    no_open_measures: Plain
    no_open_entries: Plain
    no_data: Plain


class Annexes(Rule):
    """The annexes: notes below the tables, and what stands instead of an empty one."""

    ranking_note: Annotated[str, facts("groups")]
    matrix_note: Plain
    modes_note: Plain
    no_modes: Plain
    no_mode_data: Plain
    no_dispatches: Annotated[str, facts("cutoff")]


class Sentences(Rule):
    """The sentences by the part of the briefing they belong to."""

    phrases: Phrases
    overall: Overall
    progress: Progress
    ranking: Ranking
    praise: Praise
    criticism: Criticism
    shortfalls: Shortfalls
    followup: Followup
    problems: Problems
    requests: Requests
    next: Next
    annexes: Annexes
