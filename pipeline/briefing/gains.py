"""What every check and the stage modes are still worth (可提升分), by unit and for the district."""

from typing import NamedTuple

import pandas as pd

from pipeline.outcomes import BASIC, SHORT
from pipeline.run import Result

MODES = 0  # stands beside the numbers of the nine checks


class Worth(NamedTuple):
    """What would follow if a check were reached everywhere: points of the district's mean score, and by how many units."""

    number: int
    points: float
    units: int


def point_gains(result: Result) -> pd.DataFrame:
    """unit, number (of the check, 0: the stage modes), points of the unit's score; only what is worth something."""
    units = result.units.set_index("unit")
    checks = result.checks[result.checks["result"].isin([BASIC, SHORT])]
    weights = checks["check"].map({check.number: check.weight for check in result.rules.checks.checks})
    share = checks["unit"].map(units["mode"]).notna().map({True: result.rules.ranking.nine, False: 1.0})
    counted = checks["unit"].map(units["weight"])
    points = 100 * share * weights * (1 - checks["credit"]) / counted
    nine = pd.DataFrame({"unit": checks["unit"], "number": checks["check"], "points": points})
    modes = (result.rules.ranking.modes * (100 - units["mode"])).rename("points").reset_index().assign(number=MODES)
    told = pd.concat([nine, modes[["unit", "number", "points"]]], ignore_index=True)
    scored = told["unit"].map(units["score"]).notna()
    return told[scored & told["points"].gt(0).fillna(False)].reset_index(drop=True)


def most_worth(result: Result, most: int) -> list[Worth]:
    """The checks, or the modes, that would raise the mean score most."""
    scored = int(result.units["score"].notna().sum())
    groups = point_gains(result).groupby("number")["points"].agg(["sum", "size"])
    top = groups.sort_values("sum", ascending=False, kind="stable").head(most)
    told = zip(top.index.tolist(), top["sum"].tolist(), top["size"].tolist(), strict=True)
    return [Worth(number, points / scored, units) for number, points, units in told]
