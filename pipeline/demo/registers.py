"""办公室登记表 as the demo office saved it for each period, with all earlier entries."""

import pandas as pd

from pipeline.demo.decisions import DemoDecisions, Row
from pipeline.demo.district import PERIODS
from pipeline.leads import lead_number
from pipeline.names import normal_name
from pipeline.register.layout import register_layout
from pipeline.register.write import lay_out_register
from pipeline.rules import Rules
from pipeline.workbook.render import render_workbook


def make_registers(decisions: DemoDecisions, rules: Rules) -> dict[str, bytes]:
    """The registers of the demo by their path in inputs/."""
    return {f"登记表/{_title(period)}.xlsx": _register(decisions, period, rules) for period in PERIODS}


def register_rows(decisions: DemoDecisions, key: str, period: int) -> list[Row]:
    """The lines of one sheet of the register of a period: column key -> value."""
    rows = [row for entry in getattr(decisions, key) for row in entry.rows_in(period)]
    return [row | {"number": _lead_number(row)} for row in rows] if key == "leads" else rows


def _lead_number(lead: Row) -> str:
    return lead_number(lead["unit"], normal_name(lead["name"]), lead["lead"])


def _register(decisions: DemoDecisions, period: int, rules: Rules) -> bytes:
    rows = {
        key: pd.DataFrame(register_rows(decisions, key, period), columns=list(layout.sheet.keys), dtype="object")
        for key, layout in register_layout(rules).items()
    }
    return render_workbook(lay_out_register(rows, rules.calendar.by_number[period], rules), _title(period))


def _title(period: int) -> str:
    return f"办公室登记表（第{period}期）"
