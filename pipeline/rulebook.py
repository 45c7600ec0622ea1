"""The rules of units, checks, stages, ranking and calendar: what their files may hold, checked when it is read."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, Strict, model_validator

from pipeline.rule import Many, Rule

Share = Annotated[float, Field(ge=0, le=1)]
CheckNumber = Annotated[int, Field(ge=1, le=9)]
Points = Annotated[float, Strict(False), Field(ge=0)]


class Group(Rule):
    """A group of the roster and what does not apply to it."""

    name: str
    excluded_checks: Many[CheckNumber]
    head_needed: bool
    modes: bool


class Unit(Rule):
    """A unit of attachment 1."""

    name: str
    full: str
    group: str
    aliases: Many[str]
    weak: Many[str]
    email: str


class Roster(Rule):
    """The units, in the notice's order, and how their names are matched."""

    optional_prefixes: Many[str]
    ignored_suffixes: Many[str]
    suggest_from: int
    groups: Many[Group]
    units: Many[Unit]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The short names of the units, in the notice's order."""
        return tuple(unit.name for unit in self.units)

    def in_order(self, units: Iterable[object]) -> list[str]:
        """Those of the units that are of the roster, each once, in the notice's order."""
        told = set(units)
        return [name for name in self.names if name in told]

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        known = [group.name for group in self.groups]
        for unit in self.units:
            if unit.group not in known:
                raise ValueError(f"“{unit.name}”的组别“{unit.group}”不存在；可用：{'、'.join(known)}")
        _refuse_twins("单位名称", list(self.names))
        return self


class Check(Rule):
    """One of the nine self-checks (附件2 二(一))."""

    number: CheckNumber
    question: str
    topic: str
    good: str
    weight: Annotated[int, Field(gt=0)]
    deadline: str
    basic_from: Share
    basis: str


class Derived(Rule):
    """Conclusions that follow from the nine checks: name -> the checks concerned."""

    no_approval: dict[str, Many[CheckNumber]]
    concentrations: dict[str, Many[CheckNumber]]
    in_place: dict[str, Many[CheckNumber]]
    five_entries: dict[str, CheckNumber]


class Measures(Rule):
    """Thresholds, word lists and points the checks share."""

    one_short_from: int
    one_short_to: int
    basic_credit: Share
    no_head_credit: Share
    violation_points: Points
    violation_cap: Share
    covered_counts: Share
    outside: Many[str]
    both: str
    platforms: Many[str]
    near_name: int
    near_entry: int
    excusable_levels: Many[str]


class CheckRules(Rule):
    """rules/checks.toml."""

    checks: Many[Check]
    derived: Derived
    measures: Measures

    @cached_property
    def by_number(self) -> dict[int, Check]:
        """The checks by their number."""
        return {check.number: check for check in self.checks}

    @model_validator(mode="after")
    def _nine_with_weight_100(self) -> Self:
        numbers = [check.number for check in self.checks]
        if numbers != list(range(1, 10)):
            raise ValueError(f"自查项须按 1—9 各列一次，现为 {numbers}")
        total = sum(check.weight for check in self.checks)
        if total != 100:
            raise ValueError(f"各项权重合计须为 100，现为 {total}")
        return self


# The 结论 of the stage modes, in the order in which they are tried (pipeline/stages.py decides when each holds).
VERDICTS = ("资料不全", "超出标准模式", "须无条件审核合一", "应压减", "需补充依据", "应改报", "一致")


class Verdict(Rule):
    """A result word of the stage modes and its credit until and after the deadline."""

    name: str
    credit: Share
    after: Share


class StageRules(Rule):
    """rules/stages.toml."""

    modes: Many[str]
    max_stages: int
    window_steps: Many[str]
    deadline: str
    unadjusted_credit: Share
    verdicts: Many[Verdict]

    @model_validator(mode="after")
    def _words_are_known(self) -> Self:
        if len(set(self.modes)) != 4:
            raise ValueError(f"四种环节模式须由简到繁各列一次，现为 {'、'.join(self.modes)}")
        if tuple(verdict.name for verdict in self.verdicts) != VERDICTS:
            raise ValueError(f"结论的名称和先后由程序规定，须为 {'、'.join(VERDICTS)}")
        return self


class Deductions(Rule):
    """Points taken off the score."""

    late: Points
    no_paper: Points
    returned: Points


class Bonus(Rule):
    """Points added to the score."""

    experience_max: Points


class Rank(Rule):
    """Who is ranked."""

    min_weight: int
    min_group: int
    trial_periods: Many[int]


class Proposals(Rule):
    """Whom the program proposes."""

    most: int
    low_score: Points


class RankingRules(Rule):
    """rules/ranking.toml."""

    nine: Share
    modes: Share
    paper_deadline: str
    deductions: Deductions
    bonus: Bonus
    rank: Rank
    proposals: Proposals

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        if abs(self.nine + self.modes - 1) > 1e-9:
            raise ValueError(f"nine 与 modes 之和须为 1，现为 {self.nine + self.modes}")
        return self


class Deadline(Rule):
    """A date the notice sets."""

    key: str
    date: date
    title: str
    source: str


class Period(Rule):
    """One fortnight: its cut-off, its meeting and the number of its briefing."""

    number: int
    cutoff: date
    meeting: date
    briefing: int


class Calendar(Rule):
    """rules/calendar.toml."""

    start: date
    current_needs_units: int
    deadlines: Many[Deadline]
    periods: Many[Period]

    @cached_property
    def by_number(self) -> dict[int, Period]:
        """The periods by their number."""
        return {period.number: period for period in self.periods}

    @cached_property
    def due(self) -> dict[str, date]:
        """The dates of the deadlines by their key."""
        return {deadline.key: deadline.date for deadline in self.deadlines}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _refuse_twins("期号", [period.number for period in self.periods])
        cutoffs = [period.cutoff for period in sorted(self.periods, key=lambda p: p.number)]
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] < self.start:
            raise ValueError("各期截止日须晚于起算日，并随期号递增")
        return self


def _refuse_twins(what: str, names: list[Any]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"{what}重复：{'、'.join(map(str, twins))}")
