"""任务清单 and 整改台账 over the periods: which line is which, what has become of it, what is overdue."""

import numpy as np
import pandas as pd

from pipeline.findings import found, gather
from pipeline.frames import Frames, expand
from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names, stable_number
from pipeline.pairing import pair_alike, pair_shared

TASK, PROBLEM = "任务", "整改"
NEW, DONE_NOW, REOPENED, POSTPONED, GONE = "新增", "本期完成", "重新打开", "延期", "不再列出"
DONE, UNFINISHED = "已完成", ("未开始", "进行中")

SHEETS = {TASK: "tasks", PROBLEM: "problems"}
PREFIXES = {TASK: "RW-", PROBLEM: "GZ-"}
TOLD = {
    "text": "str", "check": "str", "item": "str", "cause": "str", "measure": "str", "person": "str", "due": "datetime64[s]", "state": "str", "done_on": "datetime64[s]",
    "file": "str", "row": "int64",
}  # fmt: skip
ENTRIES = {"kind": "str", "unit": "str", "period": "int64", "number": "str", **TOLD}
LEDGER = [
    "kind", "unit", "number", "text", "check", "item", "cause", "measure", "person", "due", "due_before", "state", "done_on",
    "first_period", "last_period", "change", "overdue", "file", "row",
]  # fmt: skip
# So few digits tell the place of a row, which changes when another row is taken out.
_RUNNING = r"\d{1,3}"
_LINE = ["key", "check_key", "item_key", "copy"]
_LINKING = ["kind", "unit", "code", "place", *_LINE]


def gather_entries(frames: Frames, said: pd.DataFrame) -> pd.DataFrame:
    """The tasks and problems of all forms, each in the period it was sent for (columns ENTRIES).

    frames: the sheets of the forms; said: file, unit, period, own_period. A list that is carried over is no news and left out.
    """
    own = said.loc[said["period"].eq(said["own_period"]), ["file", *UNIT_PERIOD]]
    tasks = expand(frames["tasks"], own).rename(columns={"content": "text"}).assign(kind=TASK)
    problems = expand(frames["problems"], own).rename(columns={"problem": "text"}).assign(kind=PROBLEM)
    parts = [part.reindex(columns=list(ENTRIES)).astype(ENTRIES) for part in (tasks, problems)]
    return pd.concat(parts, ignore_index=True)


def follow(entries: pd.DataFrame, forms: pd.DataFrame, cutoff: pd.Timestamp, near_from: int) -> pd.DataFrame:
    """Every task and problem ever told, once each (columns LEDGER; tasks first, by first appearance).

    entries: as gather_entries makes them; forms: unit, period of every form that came, with `now` where it is for the current period (a form may
    list nothing); near_from: from which likeness on two texts mean the same.
    number: as the unit writes it (unless it is a mere running number), else the program's. due_before: 时限 as it was told before this period. change: what this period's form changed, the first that
    holds of NEW, DONE_NOW, REOPENED, POSTPONED and GONE, else "". overdue: at the cut-off; missing where 时限 or 状态 is not told.
    """
    rows = _keyed(entries)
    forms = forms.sort_values(UNIT_PERIOD).assign(before=lambda f: f.groupby("unit")["period"].shift())
    known = _nothing_known(rows)
    for _, sent in forms.groupby("period"):
        period = sent["period"].iloc[0]
        known = _next_period(
            known, rows[rows["period"].eq(period)], sent.set_index("unit")["before"], period, near_from
        )
    # A unit that sends nothing this time carries its list on: nothing of it is news.
    silent = ~known["unit"].isin(forms.loc[forms["now"], "unit"])
    known["change"] = known["change"].mask(silent, "")
    known["due_before"] = known["due_before"].mask(silent, known["due"])
    known["number"] = known["written"].fillna(known["own_number"])
    known["overdue"] = _overdue(known, cutoff)
    return known.sort_values("kind", kind="stable", ignore_index=True)[LEDGER]


def remark_on_entries(ledger: pd.DataFrame, own_files: pd.Series) -> pd.DataFrame:
    """Findings about entries that are gone, open again or postponed (ledger: as `follow` makes it; own_files: this period's form by unit)."""
    days = {name: ledger[name].dt.strftime("%Y-%m-%d") for name in ("due_before", "due")}
    told = ledger.assign(postponed=days["due_before"] + "推迟到" + days["due"])
    # What is gone has no row in this period's form.
    told["file"] = told["file"].mask(told["change"].eq(GONE), told["unit"].map(own_files))
    told["row"] = told["row"].mask(told["change"].eq(GONE), 0)
    kinds = [told[told["kind"].eq(kind)].assign(sheet=sheet) for kind, sheet in SHEETS.items()]
    return gather([_remarks(rows, sheet) for rows, sheet in zip(kinds, SHEETS.values(), strict=True)])


def _remarks(rows: pd.DataFrame, sheet: str) -> pd.DataFrame:
    change = rows["change"]
    return gather(
        [
            found("entry_gone", rows[change.eq(GONE)], sheet, value="text"),
            found("entry_reopened", rows[change.eq(REOPENED)], sheet, "state", value="text", detail="state"),
            found("entry_postponed", rows[change.eq(POSTPONED)], sheet, "due", value="text", detail="postponed"),
        ]
    )


def _keyed(entries: pd.DataFrame) -> pd.DataFrame:
    """The lines with what they are known by: code (their number), place (a running number), text; a line with neither number nor text is none."""
    rows = entries.assign(key=normal_names(entries["text"]), code=normal_names(entries["number"]))
    # A number that stands in several lines of a form tells none of them.
    rows["code"] = rows["code"].mask(rows.duplicated(["kind", *UNIT_PERIOD, "code"], keep=False))
    running = rows["code"].str.fullmatch(_RUNNING).eq(True)
    rows["place"], rows["code"] = rows["code"].where(running), rows["code"].mask(running)
    rows["written"] = rows["number"].where(rows["code"].notna())
    for name in ("check", "item"):
        rows[f"{name}_key"] = normal_names(rows[name]).fillna("")
    rows["copy"] = rows.groupby(["kind", *UNIT_PERIOD, *_LINE[:3]], dropna=False).cumcount()
    return rows[rows["key"].notna() | rows["code"].notna()]


def _nothing_known(rows: pd.DataFrame) -> pd.DataFrame:
    none = rows.iloc[:0].drop(columns="period").reset_index(drop=True)
    dated = none.assign(due_before=none["due"], own_number=none["number"], change=none["number"])
    return dated.assign(first_period=none["row"], last_period=none["row"])


def _next_period(known: pd.DataFrame, rows: pd.DataFrame, sent: pd.Series, period: int, near_from: int) -> pd.DataFrame:
    """What is known after the forms of one more period (sent: by unit, the period of its form before, missing for the first)."""
    last_form = known["unit"].map(sent)
    listed_last = last_form.eq(known["last_period"])
    linked = _link(rows, known, listed_last, near_from)
    before = known.assign(change="", due_before=known["due"].fillna(known["due_before"]))
    gone = listed_last & known["state"].isin(UNFINISHED) & ~known.index.isin(linked.dropna())
    before["change"] = before["change"].mask(gone, GONE)
    again = rows[linked.notna()].set_index(pd.Index(linked.dropna().astype("int64")))
    new = _new_entries(rows[linked.isna()], known, sent, period)
    parts = [before.drop(index=again.index), _told_again(before.loc[again.index], again, period), new]
    return pd.concat([part for part in parts if len(part)] or [known]).sort_index()


def _told_again(before: pd.DataFrame, told: pd.DataFrame, period: int) -> pd.DataFrame:
    """Known entries as they are told this time (both on one index)."""
    unfinished = told["state"].isin(UNFINISHED)
    changes = {
        DONE_NOW: told["state"].eq(DONE) & ~before["state"].eq(DONE),
        REOPENED: unfinished & before["state"].eq(DONE),
        POSTPONED: unfinished & (told["due"] > before["due_before"]),
    }
    after = before.assign(**{column: told[column] for column in [*TOLD, *_LINE, "place"]}, last_period=period)
    after["written"] = told["written"].fillna(before["written"])
    after["code"] = told["code"].fillna(before["code"])
    return after.assign(change=np.select(list(changes.values()), list(changes), ""))


def _new_entries(rows: pd.DataFrame, known: pd.DataFrame, sent: pd.Series, period: int) -> pd.DataFrame:
    """Entries for lines that mean none of the known ones; news only where the unit has sent a form before."""
    new = rows.drop(columns="period").assign(first_period=period, last_period=period)
    new["due_before"] = pd.Series(pd.NaT, index=new.index, dtype="datetime64[s]")
    new["change"] = np.where(new["unit"].map(sent).notna(), NEW, "")
    new["own_number"] = _own_numbers(new, known, period)
    return new.set_axis(range(len(known), len(known) + len(new)))


def _own_numbers(new: pd.DataFrame, known: pd.DataFrame, period: int) -> pd.Series:
    """The program's numbers, from the unit and what the line says when it first appears; the same for the same."""
    parts = new[["kind", "unit", *_LINE]].fillna("").itertuples(index=False)
    numbers = [stable_number(PREFIXES[kind], unit, *map(str, said)) for kind, unit, *said in parts]
    own = pd.Series(numbers, index=new.index, dtype="str")
    # Another entry said this once and has been reworded since.
    taken = (new["unit"] + own).isin(known["unit"] + known["own_number"])
    other = [stable_number(number[:3], number, str(period)) for number in own]
    return own.mask(taken, pd.Series(other, index=new.index, dtype="str"))


def _link(rows: pd.DataFrame, known: pd.DataFrame, listed_last: pd.Series, near_from: int) -> pd.Series:
    """The known entry each line means: by number, else by text, by its place, by a text much alike; missing for a new one.

    A line with a number of its own never means an entry that has another.
    """
    rows, known = rows[_LINKING], known[[*_LINKING, "own_number", "state"]]
    linked = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    coded, uncoded = rows[rows["code"].notna()], rows[rows["code"].isna()]
    without = known[known["code"].isna()]
    steps = [
        (["code"], coded, known),
        (["code"], coded, known.assign(code=known["own_number"])),
        (_LINE, coded, without),
        (["key"], coded, without),
        (_LINE, uncoded, known),
        (["key"], uncoded, known),
        (["place"], uncoded, known[~known["state"].eq(DONE)]),
    ]
    for keys, some, candidates in steps:
        some, candidates = _unlinked(some, candidates, linked)
        if len(some) and len(candidates):
            linked = linked.fillna(pair_shared(some, candidates, ["kind", "unit", *keys]))
    some, candidates = _unlinked(uncoded, known[listed_last], linked)
    return linked.fillna(pair_alike(some, candidates, ["kind", "unit", "item_key"], near_from))


def _unlinked(rows: pd.DataFrame, known: pd.DataFrame, linked: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lines and the entries that have no partner yet."""
    return rows[linked[rows.index].isna()], known[~known.index.isin(linked.dropna())]


def _overdue(known: pd.DataFrame, cutoff: pd.Timestamp) -> pd.Series:
    overdue = (known["due"] < cutoff) & known["state"].isin(UNFINISHED)
    return overdue.astype("boolean").where(known["due"].notna() & known["state"].notna())
