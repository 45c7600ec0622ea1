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
    """How much a briefing names: the first ranked, who moved most, the worst, names in brackets, characters of a
    quotation, bars of a chart; how many lines of its problems a page of 单位情况 has."""

    first: Count
    movers: Count
    worst: Count
    shortfalls: Count
    actions: Count
    names: Count
    quote: Count
    experience: Count
    bars: Count
    problems: Count


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

    entered: Plain
    authorised: Plain
    modes: Plain


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
    bracketed: Annotated[str, facts("names")]
    listed: Annotated[str, facts("names", "count")]
    unlisted: Annotated[str, facts("count")]


class PageOne(Rule):
    """The lines below the table on page one."""

    behind_title: Plain
    most_open: Annotated[str, facts("units", "share")]
    nothing_open: Plain
    low_scores: Annotated[str, facts("points", "units")]
    leaders_title: Plain
    leaders: Annotated[str, facts("asked")]
    asked: Annotated[str, facts("units")]
    systems: Annotated[str, facts("count", "units")]
    nothing_asked: Plain


class Charts(Rule):
    """The titles of the charts; their numbers are added."""

    entered: Annotated[str, facts("count")]
    checks: Plain
    modes: Plain
    trend: Plain


class Overall(Rule):
    """一、总体情况."""

    reporting: Annotated[str, facts("cutoff", "due", "on_time", "late", "late_names", "silent", "silent_names")]
    contact_only: Annotated[str, facts("count", "names")]
    returned: Annotated[str, facts("count", "names", "errors")]
    carried: Annotated[str, facts("count")]
    no_data: Annotated[str, facts("count", "names")]
    late_corrections: Annotated[str, facts("count", "period", "names")]
    items: Annotated[str, facts("units", "items", "exempt", "must", "entered", "not_entered", "rate", "compared")]
    not_counted: Annotated[str, facts("count")]
    no_items: Plain
    no_approval: Annotated[str, facts("parts")]
    no_approval_part: Annotated[str, facts("name", "count")]


class Progress(Rule):
    """二、进展情况."""

    no_data: Plain
    entered_units: Annotated[str, facts("units", "full")]
    not_entered: Annotated[str, facts("count", "explained", "unexplained")]
    instant: Annotated[str, facts("count", "rate")]
    movements: Annotated[str, facts("moves")]
    places: Annotated[str, facts("count", "places")]
    no_head: Annotated[str, facts("units")]
    authorised: Annotated[str, facts("target", "done", "rate", "compared")]
    unconnected: Annotated[str, facts("count", "above")]
    modes: Annotated[str, facts("items", "agreeing", "others")]
    verdicts: Annotated[str, facts("verdicts")]
    cut: Annotated[str, facts("cut", "items")]
    adjust: Annotated[str, facts("count")]
    approved: Annotated[str, facts("count")]
    proof_of_form: Plain
    one_card: Annotated[str, facts("units", "items", "done", "rate", "spared")]


class Ranking(Rule):
    """三、评比结果."""

    none: Plain
    scored: Annotated[str, facts("scored", "mean", "compared")]
    changes: Annotated[str, facts("rose", "fell", "same")]
    new: Annotated[str, facts("count")]
    first: Annotated[str, facts("group", "ranked", "first", "names")]
    tied: Annotated[str, facts("group", "ranked", "first", "count")]
    unranked: Annotated[str, facts("count")]
    risen: Annotated[str, facts("units")]
    fallen: Annotated[str, facts("units")]
    mover: Annotated[str, facts("unit", "points", "why")]
    why_up: Annotated[str, facts("rate", "before", "now")]
    why_down: Annotated[str, facts("rate", "before", "now")]


class Praise(Rule):
    """四、表扬单位及典型做法."""

    none_proposed: Plain
    none: Plain
    proposed: Annotated[str, facts("names")]
    confirmed: Annotated[str, facts("names")]
    unit: Annotated[str, facts("score", "compared")]
    experience: Annotated[str, facts("text")]
    adopted: Annotated[str, facts("names")]
    bonus: Annotated[str, facts("points")]
    others: Annotated[str, facts("count")]


class Criticism(Rule):
    """五、通报批评单位."""

    none_proposed: Plain
    none: Plain
    proposed: Annotated[str, facts("names")]
    confirmed: Annotated[str, facts("names")]
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
    dispatched: Annotated[str, facts("cutoff", "count", "closed", "open", "units")]
    overdue: Annotated[str, facts("count", "units")]
    ledger: Annotated[str, facts("changes")]
    silent_before: Annotated[str, facts("count", "now", "now_names", "still", "still_names")]
    proposed_before: Annotated[str, facts("count", "names", "now", "risen")]
    criticised_before: Annotated[str, facts("count", "names", "now", "risen")]


class Problems(Rule):
    """七、存在的问题."""

    none: Plain
    no_data: Plain
    inspected: Annotated[str, facts("count", "cases")]
    inspected_one: Annotated[str, facts("unit", "what", "found", "date")]
    leads: Annotated[str, facts("count", "cases")]
    lead_one: Annotated[str, facts("unit", "item", "what")]
    transferred: Annotated[str, facts("count")]
    more: Annotated[str, facts("count")]
    worst: Annotated[str, facts("checks", "count", "total", "overdue")]
    too_high: Annotated[str, facts("high", "low", "units")]
    too_low: Annotated[str, facts("low")]
    left_out: Annotated[str, facts("count", "units")]
    bases: Annotated[str, facts("none", "pending", "units", "items")]
    rectification: Annotated[str, facts("problems", "open", "overdue", "units")]


class Requests(Rule):
    """八、需协调解决的问题."""

    none: Plain
    count: Annotated[str, facts("count")]
    unit: Annotated[str, facts("unit", "text")]
    systems: Annotated[str, facts("count", "units")]


class Next(Rule):
    """九、下一步工作."""

    actions: Annotated[str, facts("actions")]
    action: Annotated[str, facts("what", "points")]
    check_action: Annotated[str, facts("number", "topic")]
    modes_action: Plain
    report_all: Annotated[str, facts("date")]
    report: Annotated[str, facts("names", "date")]
    correct: Annotated[str, facts("names", "date")]
    explain: Annotated[str, facts("count")]
    deadline: Annotated[str, facts("date", "title", "days", "open")]
    later: Annotated[str, facts("date", "title", "days")]
    deadline_today: Annotated[str, facts("date", "title", "open")]
    no_deadline: Annotated[str, facts("open")]
    meeting: Annotated[str, facts("cutoff", "meeting")]
    open_units: Annotated[str, facts("count", "what")]
    open_measures: Annotated[str, facts("count")]
    open_entries: Annotated[str, facts("names")]
    no_open_units: Plain
    no_open_measures: Plain
    no_open_entries: Plain
    no_data: Plain


class Annexes(Rule):
    """The annexes: notes below the tables, and what stands instead of an empty one."""

    ranking_note: Annotated[str, facts("groups", "reasons")]
    reason: Annotated[str, facts("reason", "count")]
    matrix_note: Annotated[str, facts("waived")]
    waived: Annotated[str, facts("count", "cases")]
    waived_one: Annotated[str, facts("unit", "check")]
    modes_note: Plain
    approved_note: Plain
    no_modes: Plain
    no_mode_data: Plain
    no_dispatches: Annotated[str, facts("cutoff")]
    all_closed: Annotated[str, facts("count")]
    closed_note: Annotated[str, facts("count")]


class UnitWords(Rule):
    """A page of 单位情况: what stands on it for every unit."""

    title: Annotated[str, facts("period")]
    standing: Annotated[str, facts("period", "cutoff", "group", "standing", "state")]
    scored: Annotated[str, facts("score", "compared", "nine", "mode", "deduction", "bonus")]
    ranked: Annotated[str, facts("rank", "count")]
    unranked: Annotated[str, facts("reason")]
    no_mode: Plain
    mode: Annotated[str, facts("mode")]
    no_score: Plain
    never: Plain
    carried: Annotated[str, facts("period")]
    checks: Plain
    gains: Plain
    gain: Annotated[str, facts("place", "what", "points")]
    modes_gain: Plain
    check_gain: Annotated[str, facts("number", "topic")]
    no_gains: Plain
    unscored: Plain
    stages: Plain
    cut: Annotated[str, facts("items", "agreeing", "cut", "open")]
    no_stages: Plain
    problems: Plain
    open_problems: Annotated[str, facts("count", "overdue")]
    problem: Annotated[str, facts("text", "due")]
    more: Annotated[str, facts("count")]
    no_problems: Plain
    dispatched: Annotated[str, facts("count", "overdue")]
    due: Plain
    due_one: Annotated[str, facts("date", "title", "days")]
    due_past: Annotated[str, facts("date", "title")]


class Sentences(Rule):
    """The sentences by the part of the briefing they belong to."""

    phrases: Phrases
    page_one: PageOne
    charts: Charts
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
    unit_page: UnitWords
