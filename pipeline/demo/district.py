"""The data of the demo district (pipeline/demo/data/) -> frozen values. What a column means is said beside it."""

import csv
import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pipeline.demo.decisions import DemoDecisions, Dispatch
from pipeline.demo.oddities import Oddities, Unlisted
from pipeline.rule import Many, Rule

FOLDER = Path(__file__).parent / "data"
PERIODS = (1, 2, 3)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Unit:
    """A unit of the district; a value that changes is written "a/b/c", one part for each period."""

    unit: str
    kind: str  # first two characters of the 统一社会信用代码
    region: str  # its next six
    authority: str  # the department's digits in an 实施编码
    mail: str
    post: str
    office: str  # the department meant to do all approvals
    office_no: str  # its 批复文号
    merged: str  # the period from which it does; 0: never
    office_hall: str
    letters: str
    staff: str
    staff_in: str
    entered: str  # share of the items in the hall
    inside: str  # share of those whose decision is taken there too
    mended: str  # share of the items with faulty stages that have been mended
    pace: str  # column of tasks.csv
    windows: str
    platform: str
    habit: str  # what it writes where it has no basis
    paper: str  # its internal paper
    sent: str  # when the form was filled in; blank: nothing sent
    ledger: str  # the period from which problems are on the 整改台账; 0: never
    ledger_due: str
    over: str  # checks declared better than they are
    under: str  # checks declared worse
    listed: str  # in the 事项目录

    def at(self, name: str, period: int) -> str:
        """The part of a changing value that holds in `period`."""
        return str(getattr(self, name)).split("/")[period - 1]

    def share(self, name: str, period: int, whole: int) -> int:
        """How many of `whole` a changing share makes in `period`."""
        return round(float(self.at(name, period)) * whole)

    def sent_on(self, period: int) -> date | None:
        """The day the form of `period` was filled in, None where none was sent."""
        day = self.at("sent", period)
        return date.fromisoformat(f"2023-{day}") if day else None

    def keeps_ledger(self, period: int) -> bool:
        """Whether it lists its problems in the 整改台账 by `period`."""
        return 0 < int(self.ledger) <= period

    def is_merged(self, period: int) -> bool:
        """Whether one department does all approvals by `period`."""
        return 0 < int(self.merged) <= period


@dataclass(frozen=True)
class Item:
    """A service item; `plan` is a key of plans.toml, `hurdle` one of hurdles.csv."""

    unit: str
    name: str
    item_type: str
    service_field: str
    basis: str
    department: str
    forwarded: str
    case_type: str
    legal_days: str
    promised_days: str
    system: str
    plan: str
    special: str
    special_basis: str
    hurdle: str
    negative_no: str
    volume: str


@dataclass(frozen=True)
class System:
    """A unit's own system, connected to the platform from a period on (0: never)."""

    unit: str
    name: str
    level: str
    connected_from: str
    refusal_no: str


@dataclass(frozen=True)
class Outside:
    """An item worked outside the hall though it is in, with its cases outside in each period."""

    unit: str
    item: str
    accept_at: str
    decide_at: str
    cases: str


@dataclass(frozen=True)
class Card:
    """An item of 一证通办."""

    unit: str
    item: str
    card: str
    materials: str
    replaceable: str
    spared: str
    e_licence: str
    e_seal: str
    e_signature: str
    e_material: str
    done_from: str
    reason: str


@dataclass(frozen=True)
class Text:
    """What a unit wrote under 需协调解决事项 (request) or 典型经验 (experience)."""

    unit: str
    period: str
    column: str
    text: str


@dataclass(frozen=True)
class Task:
    """A task every unit has; begun in one period, done in another by pace (0: not yet)."""

    content: str
    due: str
    begins: str
    progress: str  # what is told while it is under way
    quick: str
    steady: str
    slow: str
    stuck: str


@dataclass(frozen=True)
class Hurdle:
    """Why an item is not in the hall, and until when it shall be."""

    hurdle: str
    reason: str
    planned: str


@dataclass(frozen=True)
class Answer:
    """How a unit explains its answer to a check."""

    check: str
    explanation: str
    problem: str


@dataclass(frozen=True)
class Extra:
    """An entry of the 事项目录 that its unit leaves out of the form."""

    unit: str
    name: str
    item_type: str
    basis: str
    case_type: str
    legal_days: str
    promised_days: str
    online_stages: str


class Step(Rule):
    """An approval stage of a plan."""

    name: str
    person: str
    basis: str
    cut: bool = False
    added: bool = False
    mended: str = ""


class Plan(Rule):
    """How the approval of an item is laid out, before and after it is mended."""

    key: str
    about: str
    mode: str
    online: int | None = None
    mended_mode: str = ""
    mended_online: int | None = None
    stages: Many[Step]

    @property
    def is_faulty(self) -> bool:
        """Whether there is something to mend."""
        return bool(self.mended_mode or self.mended_online) or any(step.cut or step.mended for step in self.stages)


class People(Rule):
    """What invented names are made of."""

    surnames: Many[str]
    given: Many[str]


@dataclass(frozen=True)
class District:
    """Everything in data/."""

    units: tuple[Unit, ...]
    items: tuple[Item, ...]
    systems: tuple[System, ...]
    outside: tuple[Outside, ...]
    cards: tuple[Card, ...]
    texts: tuple[Text, ...]
    tasks: tuple[Task, ...]
    answers: tuple[Answer, ...]
    extras: tuple[Extra, ...]
    hurdles: dict[str, Hurdle]
    plans: dict[str, Plan]
    people: People
    oddities: Oddities
    decisions: DemoDecisions

    @cached_property
    def unlisted(self) -> dict[tuple[str, str], Unlisted]:
        """The items the catalogue does not know by their name: (unit, item) -> the oddity."""
        return {(odd.unit, odd.item): odd for odd in self.oddities.unlisted}

    @cached_property
    def by_name(self) -> dict[str, Unit]:
        """The units by their name."""
        return {unit.unit: unit for unit in self.units}

    def items_of(self, unit: Unit) -> list[Item]:
        """The items of a unit, in the order of its form."""
        return [item for item in self.items if item.unit == unit.unit]

    def dispatches_to(self, unit: Unit) -> list[Dispatch]:
        """What the office has dispatched to a unit, in any period."""
        return [dispatch for dispatch in self.decisions.dispatches if dispatch.told["unit"] == unit.unit]


def load_district() -> District:
    """The demo district."""
    plans = [Plan.model_validate(plan) for plan in _toml("plans.toml")["plans"]]
    return District(
        units=_rows("units.csv", Unit),
        items=_rows("items.csv", Item),
        systems=_rows("systems.csv", System),
        outside=_rows("outside.csv", Outside),
        cards=_rows("one_card.csv", Card),
        texts=_rows("texts.csv", Text),
        tasks=_rows("tasks.csv", Task),
        answers=_rows("declarations.csv", Answer),
        extras=_rows("catalogue_extra.csv", Extra),
        hurdles={hurdle.hurdle: hurdle for hurdle in _rows("hurdles.csv", Hurdle)},
        plans={plan.key: plan for plan in plans},
        people=People.model_validate(_toml("people.toml")),
        oddities=Oddities.model_validate(_toml("oddities.toml")),
        decisions=DemoDecisions.model_validate(_toml("decisions.toml")),
    )


def _rows(name: str, kind: type[Row]) -> tuple[Row, ...]:
    """The lines of a CSV file, which has exactly the columns of `kind`."""
    wanted = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if reader.fieldnames != wanted:
            raise ValueError(f"{name}: columns {reader.fieldnames}, wanted {wanted}")
        return tuple(kind(**line) for line in reader)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
