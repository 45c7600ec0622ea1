"""A completed 办公室登记表 -> the office's decisions: what is in force, what stands there to be carried on, what has to be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from pipeline.book import Book
from pipeline.findings import FAULTS, text_of
from pipeline.form import Column, Form, Sheet
from pipeline.frames import Frames, stack, type_sheet
from pipeline.names import normal_names, stable_number
from pipeline.periods import period_in
from pipeline.raw import RawSheet
from pipeline.reader import sheet_in
from pipeline.register.layout import STAMP_PERIOD, STAMP_SHEET, Layout, register_layout
from pipeline.roster import match_unit
from pipeline.rulebook import Roster
from pipeline.rules import Rules
from pipeline.tables import period_name

REMARKS = ["sheet", "row", "text"]
UNREAD = ("column_missing", "column_absent", "sheet_missing")


class RawRegister(NamedTuple):
    """What stands in a register, by sheet key, and the period it is stamped with (None without a stamp)."""

    sheets: dict[str, RawSheet]
    period: int | None


@dataclass(frozen=True)
class Decisions:
    """What the office decided.

    frames: by sheet key the entries in force, typed, with row (in the register) and the keys of the sheet; unit and period as the program names them.
    entries: every entry as it stands, for carrying it on. remarks: sheet, row, text of what cannot be used as it stands.
    """

    file: str = ""
    frames: Frames = field(default_factory=dict)
    entries: Frames = field(default_factory=dict)
    remarks: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REMARKS))

    def of(self, key: str) -> pd.DataFrame:
        """The entries in force of one sheet."""
        return self.frames[key]


def register_in(book: Book, rules: Rules) -> RawRegister:
    """The raw cells of an opened register."""
    sheets = {key: sheet_in(book, layout.sheet, rules.form) for key, layout in register_layout(rules).items()}
    return RawRegister(sheets, stamped_period(book, STAMP_SHEET, STAMP_PERIOD))


def stamped_period(book: Book, sheet: str, name: str) -> int | None:
    """The period written on the hidden stamp of a workbook of ours."""
    if sheet not in book.sheets:
        return None
    told = {str(row[0]): row[1] for row in book.page(sheet).rows if len(row) > 1}
    return period_in(text_of(told.get(name)))


def no_decisions(rules: Rules) -> Decisions:
    """What is decided where there is no register."""
    return read_decisions("", {}, rules)


def read_decisions(file: str, sheets: Mapping[str, RawSheet], rules: Rules) -> Decisions:
    """The decisions of a register (sheet key -> raw cells)."""
    frames: Frames = {}
    entries: Frames = {}
    remarks: list[pd.DataFrame] = []
    for key, layout in register_layout(rules).items():
        raw = sheets.get(key)
        cells = stack({file: raw} if raw else {}, layout.sheet)
        typed, faults = type_sheet(cells, layout.sheet, rules.form)
        typed, unknown = _name_units(typed, key, rules.roster)
        typed = _name_periods(typed, layout)
        shown = _shown(cells, typed, layout)
        typed, unusable = _usable(typed.assign(number=shown["number"]) if key == "dispatches" else typed, layout)
        typed, doubled = _last_of_each(typed, layout)
        frames[key], entries[key] = typed.reset_index(drop=True), shown
        remarks += [unknown, _unreadable(faults, layout, rules.form), unusable, doubled]
    return Decisions(file, frames, entries, _gather(remarks))


def remark(sheet: str, rows: pd.Series, texts: pd.Series | str) -> pd.DataFrame:
    """A remark on each of some rows of a sheet."""
    return pd.DataFrame({"sheet": sheet, "row": rows, "text": texts}, columns=REMARKS)


def _gather(remarks: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in remarks if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=REMARKS)


def _name_units(typed: pd.DataFrame, key: str, roster: Roster) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with the roster's names, missing where there is none; and remarks on these."""
    matches = {text: match_unit(text, roster) for text in typed["unit"].dropna().unique()}
    names = typed["unit"].map({text: match.unit or None for text, match in matches.items()}).astype("str")
    lost = typed[names.isna() & typed["unit"].notna()]
    hints = {
        text: f"；是否为{'、'.join(match.suggestions)}？" if match.suggestions else ""
        for text, match in matches.items()
    }
    words = "“" + lost["unit"] + "”不在成员单位名册中，这一行没有使用" + lost["unit"].map(hints).astype("str")
    return typed.assign(unit=names, written=typed["unit"]), remark(key, lost["row"], words)


def _name_periods(typed: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    if "period" not in layout.sheet.keys:
        return typed
    numbers = {text: period_in(text) for text in typed["period"].dropna().unique()}
    return typed.assign(period=typed["period"].map(numbers).astype("Int64"))


def _shown(cells: pd.DataFrame, typed: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Every entry as it will be written again: what was understood in the program's words, anything else as it stands."""
    shown = {key: _kept(cells[key], typed[key], layout.sheet.by_key[key]) for key in layout.sheet.keys}
    frame = pd.DataFrame({"row": cells["row"], **shown})
    if layout.sheet.key == "dispatches":
        numbers = [
            stable_number("DB-", text_of(unit), text_of(problem))
            for unit, problem in zip(
                frame["unit"], normal_names(frame["problem"].map(text_of).astype("str")), strict=True
            )
        ]
        frame["number"] = frame["number"].where(
            frame["number"].notna(), pd.Series(numbers, index=frame.index, dtype="object")
        )
    return frame


def _kept(raw: pd.Series, typed: pd.Series, column: Column) -> pd.Series:
    if raw.empty:
        return raw
    if column.key == "period":
        names = [None if pd.isna(number) else period_name(int(number)) for number in typed]
        typed = pd.Series(names, index=typed.index, dtype="object")
    texts = raw if column.type == "date" else raw.map(lambda value: None if value is None else text_of(value))
    return typed.astype("object").where(typed.notna(), texts)


def _usable(typed: pd.DataFrame, layout: Layout) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The entries of the office that say all they must, and remarks on those that do not."""
    told = typed[typed[list(layout.office)].notna().any(axis=1)]
    needed = [column for column in layout.sheet.columns if column.required]
    lacking = told[[column.key for column in needed]].isna()
    bad = told[lacking.any(axis=1)]
    titles = lacking.loc[bad.index].apply(lambda row: "”“".join(c.title for c in needed if row[c.key]), axis=1)
    # A unit that is written but unknown has a remark of its own.
    named = bad["unit"].notna() | bad["written"].isna()
    words = "“" + titles.astype("str") + "”没有填写或看不懂，这一行没有使用；请补填" if len(bad) else ""
    keep = [column for column in told.columns if column not in ("file", "written")]
    return told.loc[~told.index.isin(bad.index), keep], remark(layout.sheet.key, bad["row"], words)[named.to_numpy()]


def _last_of_each(typed: pd.DataFrame, layout: Layout) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The last of the entries that speak of the same thing, and remarks on the others."""
    if not layout.identity or typed.empty:
        return typed, remark(layout.sheet.key, pd.Series(dtype="int64"), "")
    earlier = identities(typed, layout).duplicated(keep="last")
    return typed[~earlier], remark(
        layout.sheet.key, typed.loc[earlier, "row"], "与下面一行说的是同一件事，以下面一行为准"
    )


def identities(rows: pd.DataFrame, layout: Layout) -> pd.MultiIndex:
    """What each row speaks of, for comparing rows: names in their normal form, blanks as blank texts."""
    parts = []
    for key in layout.identity:
        texts = rows[key].map(text_of).astype("str")
        if key == "period":
            texts = texts.map(lambda text: str(period_in(text) or "")).astype("str")
        parts.append(normal_names(texts).fillna("") if key in ("name", "line") else texts)
    return pd.MultiIndex.from_arrays(parts, names=layout.identity)


def _unreadable(faults: pd.DataFrame, layout: Layout, form: Form) -> pd.DataFrame:
    """Remarks on single values that were not understood, in the words of the form's findings."""
    told = faults[~faults["code"].isin(UNREAD) & faults["row"].gt(0)]
    lines = zip(told["key"], told["code"], told["value"], told["detail"], strict=True)
    texts = [_words(key, code, value, detail, layout.sheet) for key, code, value, detail in lines]
    return remark(layout.sheet.key, told["row"], pd.Series(texts, index=told.index, dtype="str"))


def _words(key: str, code: str, value: object, detail: object, sheet: Sheet) -> str:
    column = sheet.by_key.get(key)
    facts = {"heading": column.title if column else "", "value": text_of(value), "detail": text_of(detail)}
    return FAULTS[code].problem.format(**facts, example="")
