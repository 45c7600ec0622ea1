"""Worked examples over several periods: what each unit sent, period by period, and the result of the last one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pipeline.run import Result
from tests.districts import run_district
from tests.forms import the_rules
from tests.worked import Case, values_of

ORDINARY = [unit.name for unit in the_rules().roster.units if unit.group.startswith("A")]


def result_of_cases(cases: Sequence[Case], period: int) -> Result:
    """The result of `period`, in which every case is a unit of its own (see unit_of).

    A case's forms: “第N期” -> lines of the form as in tests/cases/plain_form.toml; no entry: the unit sent nothing.
    """
    forms = [
        a_form(unit_of(place), int(name[1:-1]), lines)
        for place, case in enumerate(cases)
        for name, lines in case["forms"].items()
    ]
    return run_district({"forms": forms, "catalogue": [], "periods": [1, 2, 3]}, period)


def unit_of(place: int) -> str:
    """The unit that stands for the case at this place."""
    return ORDINARY[place]


def a_form(unit: str, period: int, lines: str = "", sheets: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A form sent in time: the faultless one but for these lines and sheets."""
    values = {**values_of({"form": lines}, unit, period), **(sheets or {})}
    del values["catalogue"]
    filled_on = the_rules().calendar.by_number[period].cutoff - timedelta(days=1)
    values["unit_info"] = [{**values["unit_info"][0], "filled_on": filled_on}]
    return {
        "unit": unit,
        "period": period,
        "file": f"第{period}期/{unit}.xlsx",
        "filled_on": filled_on,
        "values": values,
    }
