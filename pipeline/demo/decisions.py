"""What the demo office decides (data/decisions.toml): the entries of its 办公室登记表, each from a period on."""

from typing import Any

from pipeline.names import normal_name, stable_number
from pipeline.rule import Many, Rule

Row = dict[str, Any]


class Later(Rule):
    """What an entry says from a later register on."""

    since: int
    told: Row


class Entry(Rule):
    """A line of a sheet, first in the register of period `since`; one with `units` stands there once for each of them.

    remark: the 提示 of the program in 第3期 that this entry is there to show.
    """

    since: int
    told: Row
    units: Many[str] = ()
    later: Many[Later] = ()
    shows: str
    remark: str = ""

    def rows_in(self, period: int) -> list[Row]:
        """The lines in the register of a period, none before the first."""
        if period < self.since:
            return []
        told = dict(self.told)
        for later in self.later:
            told |= later.told if later.since <= period else {}
        return [told | {"unit": unit} for unit in self.units] or [told]


class Dispatch(Entry):
    """A line of 督办派发; the unit takes it into its 整改台账 under `check`, with a state in each period (a/b/c, blank: not yet)."""

    check: str = ""
    unit_states: str = "//"

    @property
    def number(self) -> str:
        """The 挂账号 the program gives it."""
        return stable_number("DB-", self.told["unit"], normal_name(self.told["problem"]))

    def rows_in(self, period: int) -> list[Row]:
        """The office leaves 挂账号 blank; the register of the next period has it."""
        number = {"number": self.number} if period > self.since else {}
        return [row | number for row in super().rows_in(period)]

    def unit_state(self, period: int) -> str:
        """The state its unit tells in a period; blank while it does not list it."""
        return self.unit_states.split("/")[period - 1]


class DemoDecisions(Rule):
    """data/decisions.toml: the entries of each sheet of the register, by its key."""

    reviews: Many[Entry]
    leads: Many[Entry]
    inspections: Many[Entry]
    dispatches: Many[Dispatch]
    approvals: Many[Entry]
    papers: Many[Entry]
    corrections: Many[Entry]
    waivers: Many[Entry]
    receipts: Many[Entry]
