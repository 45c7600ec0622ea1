"""Who satisfies which check, row by row: what stands in the detail sheets and is counted there."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.run import Result

# The checks whose populations are items, and the sheets of the others.
ITEM_CHECKS, DEPARTMENT_CHECK, STAFF_CHECK = (1, 3, 4, 5, 6, 8, 9), 2, 7
NOT_LISTED = "“内设机构”表没有列，事项清单写到"


def flag_title(check: int) -> str:
    """The title of the column that tells who satisfies a check: 第3项."""
    return f"第{check}项"


def counted_members(result: Result) -> pd.DataFrame:
    """The members of the checks that have a 分母; those of a check that does not apply are not counted."""
    counted = result.checks.loc[result.checks["denominator"].notna(), ["unit", "check"]]
    return result.members.merge(counted, on=["unit", "check"])


def flags_of(rows: pd.DataFrame, members: pd.DataFrame, checks: Sequence[int]) -> pd.DataFrame:
    """For each row (unit, sheet, row, name) and check 1 where it satisfies it, 0 where not, missing where it is not looked at."""
    found = place_rows(rows, members[members["check"].isin(checks)])
    flags = np.full((len(rows), len(checks)), np.nan)
    columns = found["check"].map({check: at for at, check in enumerate(checks)})
    flags[found["place"].to_numpy(int), columns.to_numpy(int)] = found["ok"].astype("int64")
    return pd.DataFrame(flags, index=rows.index, columns=list(checks)).astype("Int64")


def place_rows(rows: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Those of `told` that mean one of `rows`, with `place`: its position there, and `told_at`: the position in `told`.

    A row of a form (unit, sheet, row) is known by its number; what stands in no form, by its name.
    """
    keys = ["unit", "sheet", "row_key", "name_key"]
    return (
        _keyed(told).assign(told_at=range(len(told))).merge(_keyed(rows)[keys].assign(place=range(len(rows))), on=keys)
    )


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    none = frame["row"].isna()
    return frame.assign(row_key=frame["row"].fillna(0).astype("int64"), name_key=frame["name"].where(none, ""))
