"""Result -> the sheets of 办公室登记表: what is known filled in, what the office entered before carried on, what has to be looked at (spec 5).

The only output with leads in it; for the office's eyes.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pipeline.frames import Frames
from pipeline.register.layout import (
    HINT,
    STAMP_PERIOD,
    STAMP_RULES,
    STAMP_SHEET,
    Layout,
    register_layout,
)
from pipeline.register.read import identities
from pipeline.rulebook import Period
from pipeline.rules import Rules
from pipeline.run import Result
from pipeline.sheets import TONES, Column, Sheet, TableSheet
from pipeline.stages import AGREES
from pipeline.tables import NOTHING_TOLD, day_words, join_words, period_name

KINDS = {"date": "date", "count": "integer"}


def register_sheets(result: Result) -> tuple[Sheet, ...]:
    """The nine sheets of 办公室登记表 in their order, and a hidden one that says which period they belong to."""
    known = {"reviews": _reviews(result), "leads": _leads(result), "approvals": _approvals(result)}
    layouts, entries = register_layout(result.rules), result.decisions.entries
    rows = {key: _rows(known.get(key), entries[key], layout) for key, layout in layouts.items()}
    return lay_out_register(rows, result.period, result.rules, {key: _hints(key, result) for key in layouts})


def lay_out_register(
    rows: Frames, period: Period, rules: Rules, hints: Mapping[str, pd.Series] | None = None
) -> tuple[Sheet, ...]:
    """The sheets of the register of a period that hold some rows (by sheet key; columns: the keys of the sheet, and row).

    hints: by sheet key, the 提示 by row of the register that was read.
    """
    title = f"（{period_name(period.number)}，截至{day_words(period.cutoff)}）"
    told = hints or {}
    sheets = [
        _sheet(layout, rows[key], told.get(key, pd.Series(dtype="str")))
        for key, layout in register_layout(rules).items()
    ]
    return (*(replace(sheet, title=sheet.name + title) for sheet in sheets), _stamp(period, rules))


# --- what the program knows ------------------------------------------------------------------------------------------


def _reviews(result: Result) -> pd.DataFrame:
    """评议确认: the proposals of the program, and the units that offer a 典型经验 to be taken up."""
    offered = _experiences(result)
    proposals = result.proposals[result.proposals["own"]].merge(offered, on="unit", how="left")
    others = offered[~offered["unit"].isin(proposals["unit"])]
    rows = pd.concat([proposals, others], ignore_index=True)
    reason = join_words([rows["reason"].astype("str"), rows["offer"]])
    return rows[["unit", "kind"]].assign(period=period_name(result.period.number), reason=reason)


def _experiences(result: Result) -> pd.DataFrame:
    """unit and offer: what units wrote as 典型经验 in this period's form."""
    info = result.info[result.info["own_period"].eq(result.period.number)]
    told = info[info["experience"].notna() & ~info["experience"].isin(NOTHING_TOLD)]
    return told[["unit"]].assign(offer="报送典型经验：" + told["experience"])


def _leads(result: Result) -> pd.DataFrame:
    leads = result.leads
    titles = {sheet.key: sheet.title for sheet in result.rules.form.sheets}
    place = leads["file"] + " › " + leads["sheet"].map(titles) + "!" + leads["cell"]
    return leads[["number", "unit", "name", "lead", "basis"]].assign(
        period=period_name(result.period.number), cell=place
    )


def _approvals(result: Result) -> pd.DataFrame:
    """环节审定: the items whose mode is still open; those 一致 need no decision, and without stages there is nothing to approve."""
    modes = result.modes
    return modes.loc[modes["verdict"].ne(AGREES) & modes["suggested"].notna(), ["unit", "name", "suggested"]]


# --- beside what the office entered ----------------------------------------------------------------------------------


def _rows(known: pd.DataFrame | None, entries: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """The rows of a sheet: what is known now with what the office decided on it, then its other entries."""
    if known is None or known.empty:
        return _worth_keeping(entries, known, layout)
    known = known.reset_index(drop=True)
    wanted, given = identities(known, layout), identities(entries, layout)
    last = ~given.duplicated(keep="last")
    decided = entries[last].set_axis(given[last]).reindex(wanted).reset_index(drop=True)
    used = last & given.isin(wanted)
    others = _worth_keeping(entries[~used], known, layout)
    own = known.assign(**{key: decided[key] for key in (*layout.office, "row")})
    # Of two entries about the same thing the lower one counts: what was overruled stays above.
    above = _earlier(others, known) | identities(others, layout).isin(wanted)
    return pd.concat([_objects(others[above]), _objects(own), _objects(others[~above])])


def _objects(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype("object")


def _earlier(others: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Which entries speak of another period than what is known now: they stand above."""
    if "period" not in others:
        return pd.Series(False, index=others.index)
    return others["period"].ne(known["period"].iloc[0])


def _worth_keeping(entries: pd.DataFrame, known: pd.DataFrame | None, layout: Layout) -> pd.DataFrame:
    """The entries but for rows the program wrote itself, nobody decided on and that it writes anew or no longer needs."""
    decided = entries[list(layout.office)].notna().any(axis=1)
    if layout.sheet.key == "reviews":
        return entries[decided | entries["kind"].notna()]
    if layout.sheet.key == "leads":
        again = [] if known is None else known["number"].tolist()
        return entries[decided | ~entries["number"].isin(again)]
    return entries[decided]


def _hints(key: str, result: Result) -> pd.Series:
    """What is to be looked at, by row of the register that was read."""
    remarks = result.remarks[result.remarks["sheet"].eq(key)]
    return remarks.groupby("row")["text"].agg("；".join)


def _sheet(layout: Layout, rows: pd.DataFrame, hints: pd.Series) -> TableSheet:
    keys = layout.sheet.keys
    shown = rows.reindex(columns=[*keys, "row"]).reset_index(drop=True).astype("object")
    shown[HINT] = shown["row"].map(hints)
    table: Frames = {"rows": shown[[*keys, HINT]]}
    return TableSheet(
        layout.sheet.title,
        (
            *(_column(key, layout) for key in keys),
            Column(HINT, width=28, wrap=True, note="程序核对后的提示，不用填写。"),
        ),
        table["rows"].where(table["rows"].notna(), None),
        note=layout.note,
        freeze=layout.freeze,
        paper=layout.paper,
        landscape=layout.landscape,
        empty=layout.empty,
        protected=True,
        tab="red",
    )


def _column(key: str, layout: Layout) -> Column:
    told = layout.sheet.by_key[key]
    choices = layout.lists.get(key, told.choices)
    return Column(
        told.title,
        KINDS.get(told.type, "text"),  # type: ignore[arg-type]  # the two kinds besides text
        width=told.width,
        wrap=key in layout.wrapped,
        words=TONES if TONES.keys() & set(choices) else None,
        centre=told.type in ("choice", "date", "count") or key in ("period", "number"),
        note=told.note,
        entry=key in layout.office,
        choices=choices,
    )


def _stamp(period: Period, rules: Rules) -> TableSheet:
    """The period the register belongs to, for the program to find whatever the file is called."""
    rows = pd.DataFrame([(STAMP_PERIOD, period_name(period.number)), (STAMP_RULES, rules.fingerprint)])
    return TableSheet(STAMP_SHEET, (Column("名称"), Column("值")), rows, hidden=True)
