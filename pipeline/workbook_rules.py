"""rules/workbook.toml: how large 汇总表 may grow before it becomes slow to open."""

from typing import Annotated

from pydantic import Field

from pipeline.rule import Rule


class WorkbookRules(Rule):
    """most_formula_rows: rows of items, modes, departments and staff up to which the workbook holds formulas. rows_per_sheet: rows a sheet holds."""

    most_formula_rows: Annotated[int, Field(ge=0)]
    rows_per_sheet: Annotated[int, Field(ge=1, le=1_048_000)]
