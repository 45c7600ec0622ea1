"""What is counted of every unit and period: items, windows, stages to cut, open problems."""

import pandas as pd

from pipeline.form import YES
from pipeline.frames import Frames, expand
from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.stages import mode_scores


def count_figures(items: pd.DataFrame, modes: pd.DataFrame, frames: Frames, said: pd.DataFrame) -> pd.DataFrame:
    """Counts of each unit and period, zero where there is nothing, and the mode score (missing without a scored item)."""
    listed, must = items[items["reported"]], items[items["must"]]
    problems = expand(frames["problems"], said)
    still_open = problems[problems["state"].isin(["未开始", "进行中"])]
    windows = (
        listed.assign(window_key=normal_names(listed["window"]))
        .dropna(subset="window_key")
        .drop_duplicates([*UNIT_PERIOD, "window_key"])
    )
    decided_here = modes[modes["forwarded"].ne(YES)]
    counts = {
        "items": items, "left_out": items[~items["reported"]], "exempt": items[items["exempt"]], "must": must,
        "instant": must[must["case_type"].eq("即办件")], "windows": windows,
        "problems": problems, "problems_open": still_open, "problems_overdue": still_open[still_open["due"] < still_open["cutoff"]],
    }  # fmt: skip
    index = said.set_index(UNIT_PERIOD).sort_index().index
    table = pd.DataFrame(
        {name: rows.groupby(UNIT_PERIOD).size().reindex(index, fill_value=0) for name, rows in counts.items()}
    )
    table["cut"] = decided_here.groupby(UNIT_PERIOD)["cut"].sum().reindex(index, fill_value=0)
    table["mode_credit"] = mode_scores(modes).reindex(index)
    own = said.set_index(UNIT_PERIOD)[["file", "own_period"]].reindex(index)
    return table.assign(file=own["file"], own_period=own["own_period"]).reset_index()
