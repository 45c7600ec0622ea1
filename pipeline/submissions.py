"""Whose form it is, which period it belongs to, which file counts, what is carried over (spec 1)."""

import re

import pandas as pd

from pipeline import intake
from pipeline.findings import found, gather
from pipeline.roster import match_unit
from pipeline.rulebook import Calendar, Roster
from pipeline.rules import Rules

TAKEN, SUPERSEDED, UNSURE, REFUSED, IGNORED, CORRECTED = "采用", "被替代", "期号待确认", "拒收", "忽略", "更正"
OUTCOMES = {
    intake.CATALOGUE: "目录",
    intake.REGISTER: "登记表",
    intake.FINAL: "定稿",
    intake.SCAN: "附件",
    intake.LOCK: IGNORED,
    intake.CONTAINER: IGNORED,
    intake.REFUSED: REFUSED,
}
NEWEST_LAST = ["filled_on", "copy", "name_version", "file"]
_VERSION_IN_NAME = re.compile(r"[（(](\d{1,2})[）)]|[vV](\d{1,2})|第(\d)版|(最终|定稿|终稿)")
_FINAL_VERSION = 100  # 最终版 goes after any number


def settle(
    identified: pd.DataFrame, rules: Rules, listed: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What becomes of every file: the identified rows with unit, period, outcome, reason; and findings about periods.

    listed: period, sha256, outcome and own (the period of the form) of the forms the 汇总表 of a final period lists; a form for it that did not
        count there is a 更正.

    Order: unit, period, then one file for each unit and period; the outcome of a file that none of this concerns follows from its kind.
    """
    files = _complete(identified)
    files["outcome"] = files["kind"].map(OUTCOMES)
    files = _assign_units(files, rules.roster)
    files, findings = _assign_periods(files, rules.calendar)
    files = _set_aside_untouched(files)
    files = _set_aside_resent(files, rules.calendar)
    files = _set_aside_corrections(files, listed)
    files["filled_on"] = files["filled_on"].mask(impossible_dates(files, rules.calendar))
    files, lost = _choose(files)
    return files, gather([findings, lost])


def current_period(files: pd.DataFrame, rules: Rules) -> int | None:
    """The highest period that enough units reported for; else the one with most units, the lower on a tie; None without any."""
    taken = files[(files["kind"] == intake.FORM) & (files["outcome"] == TAKEN)]
    units = taken.groupby("period")["unit"].nunique()
    if units.empty:
        return None
    enough = units[units >= rules.calendar.current_needs_units]
    return int(enough.index.to_numpy().max() if len(enough) else units.index.to_numpy()[units.argmax()])


def assign_carried(files: pd.DataFrame, last: int, rules: Rules) -> pd.DataFrame:
    """Which form speaks for each unit in each period up to `last`: unit, period, file, own_period (earlier where carried over)."""
    taken = files[(files["kind"] == intake.FORM) & (files["outcome"] == TAKEN) & (files["period"] <= last)]
    periods = [number for number in sorted(rules.calendar.by_number) if number <= last]
    grid = pd.MultiIndex.from_product([rules.roster.names, periods], names=["unit", "period"]).to_frame(index=False)
    grid = grid.merge(taken[["unit", "period", "file"]], on=["unit", "period"], how="left")
    grid["own_period"] = grid["period"].where(grid["file"].notna())
    grid = _with_corrections(grid, files)
    grid[["file", "own_period"]] = grid.groupby("unit")[["file", "own_period"]].ffill()
    return grid.dropna(subset="file").astype({"own_period": "int64"}).reset_index(drop=True)


def _with_corrections(grid: pd.DataFrame, files: pd.DataFrame) -> pd.DataFrame:
    """The grid with the newest 更正 of a period speaking for the unit in the next one, unless that has a form of its own."""
    late = files[files["outcome"].eq(CORRECTED)].sort_values(NEWEST_LAST, na_position="first")
    late = late.drop_duplicates(["unit", "period"], keep="last")[["unit", "period", "file"]]
    late = late.assign(period=late["period"] + 1).rename(columns={"file": "late"}).astype({"period": "int64"})
    grid = grid.merge(late, on=["unit", "period"], how="left")
    speaks = grid["file"].isna() & grid["late"].notna()
    return grid.assign(
        file=grid["file"].mask(speaks, grid["late"]), own_period=grid["own_period"].mask(speaks, grid["period"] - 1)
    ).drop(columns="late")


def late_units(files: pd.DataFrame, calendar: Calendar, receipts: pd.DataFrame | None = None) -> pd.DataFrame:
    """unit, period of those whose first readable form came after the cut-off; a blank date is not late.

    The day a form came is what 收到登记 says (receipts: unit, period, received), else that of the mail it came in, else its 填报日期.
    """
    forms = files[(files["kind"] == intake.FORM) & files["outcome"].isin([TAKEN, SUPERSEDED])]
    came = forms["received_on"].fillna(forms["filled_on"])
    dated = forms.assign(day=came.fillna(pd.Timestamp.min.as_unit("s")))
    first = dated.groupby(["unit", "period"], as_index=False)["day"].min()
    if receipts is not None and len(receipts):
        first = first.merge(receipts[["unit", "period", "received"]], on=["unit", "period"], how="left")
        first["day"] = first["received"].fillna(first["day"])
    return first[first["day"] > first["period"].map(_cutoffs(calendar))][["unit", "period"]]


def impossible_dates(forms: pd.DataFrame, calendar: Calendar) -> pd.Series:
    """Whether `filled_on` is after the cut-off of the period after `period`; such a date counts as blank (spec 1)."""
    numbers = sorted(calendar.by_number)
    following = {n: _cutoffs(calendar)[after] for n, after in zip(numbers, numbers[1:], strict=False)}
    return forms["filled_on"] > forms["period"].map(following).astype("datetime64[s]")


def window_of(days: pd.Series, calendar: Calendar) -> pd.Series:
    """The period in whose window each day lies (from the day after the previous cut-off to its own); missing outside all."""
    periods = sorted(calendar.periods, key=lambda period: period.number)
    edges = [pd.Timestamp(calendar.start) - pd.Timedelta(days=1), *(pd.Timestamp(period.cutoff) for period in periods)]
    windows = pd.cut(days, bins=pd.DatetimeIndex(edges), labels=[period.number for period in periods])
    return windows.astype("Int64")


def _cutoffs(calendar: Calendar) -> dict[int, pd.Timestamp]:
    return {period.number: pd.Timestamp(period.cutoff) for period in calendar.periods}


def _complete(identified: pd.DataFrame) -> pd.DataFrame:
    """The rows with every column there and typed."""
    columns = {
        "file": "str", "sha256": "str", "kind": "str", "reason": "str", "unit_written": "str", "period_text": "str",
        "folder_period": "Int64", "written_period": "Int64", "filled_on": "datetime64[s]", "copy": "Int64",
        "has_items": "boolean", "untouched": "boolean", "received_on": "datetime64[s]", "rows_read": "Int64", "cells_read": "Int64",
    }  # fmt: skip
    files = identified.reindex(columns=list(columns)).astype(columns)
    files["copy"] = files["copy"].fillna(0)
    files[["has_items", "untouched"]] = files[["has_items", "untouched"]].fillna(False).astype("bool")
    return files.assign(reason=files["reason"].fillna(""), name_version=files["file"].map(_version_in_name))


def _version_in_name(path: str) -> int:
    numbers = [
        _FINAL_VERSION if final else int(a or b or c)
        for a, b, c, final in _VERSION_IN_NAME.findall(path.rsplit("/", 1)[-1])
    ]
    return max(numbers, default=0)


def _assign_units(files: pd.DataFrame, roster: Roster) -> pd.DataFrame:
    matches = {text: match_unit(text, roster) for text in files["unit_written"].dropna().unique()}
    files["unit"] = (
        files["unit_written"].map({text: match.unit or None for text, match in matches.items()}).astype("str")
    )
    unknown = files["kind"].isin([intake.FORM, intake.CONTACT]) & files["unit"].isna()
    files.loc[unknown, "outcome"] = REFUSED
    files.loc[unknown, "reason"] = [
        _unknown_unit(text, path, roster)
        for text, path in zip(files.loc[unknown, "unit_written"].fillna(""), files.loc[unknown, "file"], strict=True)
    ]
    return files


def _unknown_unit(written: str, path: str, roster: Roster) -> str:
    """Why no unit was found, and whom the name or the file's name may mean."""
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    match = match_unit(written, roster) if written else match_unit(stem, roster)
    maybe = match.suggestions or ((match.unit,) if match.unit else ())
    hint = f"；是否为{'、'.join(f'“{name}”' for name in maybe)}？" if maybe else "；"
    what = f"单位名称“{written}”不在成员单位名册中" if written else "没有填写单位名称"
    return f"{what}{hint}请在“单位信息”中写附件1的单位名称后重新报送"


def _assign_periods(files: pd.DataFrame, calendar: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The folder's period, else the written one, else the window of 填报日期; with remarks where it was not the written one."""
    known = list(calendar.by_number)
    written = files["written_period"].where(files["written_period"].isin(known))
    folder = files["folder_period"].where(files["folder_period"].isin(known))
    by_date = window_of(files["filled_on"], calendar)
    is_form = files["kind"].isin([intake.FORM, intake.CONTACT]) & files["unit"].notna()
    # A form goes by the folder it lies in; what carries a stamp of ours goes by that.
    stamped = ~files["kind"].isin([intake.FORM, intake.CONTACT])
    files["period"] = folder.fillna(written).fillna(by_date).mask(stamped, written.fillna(folder))
    unsure = is_form & files["period"].isna()
    files.loc[unsure, "outcome"] = UNSURE
    files.loc[unsure, "reason"] = "没有期号，也没有可用的填报日期；请放进“第N期”文件夹后再运行"
    told = files.assign(shown="第" + files["period"].astype("str") + "期")
    moved = told[is_form & folder.notna() & written.notna() & (folder != written).fillna(False)]
    dated = told[is_form & folder.isna() & written.isna() & by_date.notna()]
    findings = [
        found("period_moved", moved, "unit_info", "period", value="period_text", detail="shown"),
        found("period_by_date", dated, "unit_info", "period", detail="shown"),
    ]
    return files.assign(written=written, folder=folder, window=by_date), gather(findings)


def _set_aside_untouched(files: pd.DataFrame) -> pd.DataFrame:
    untouched = (files["kind"] == intake.FORM) & files["untouched"] & files["outcome"].isna()
    files.loc[untouched, "outcome"] = IGNORED
    files.loc[untouched, "reason"] = "预填表原样退回：自查结论和办件量都没有填，不算报送"
    return files


def _set_aside_resent(files: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Mark forms that may be last fortnight's sent again with the old 期号; a folder of its period settles it."""
    open_forms = files[(files["kind"] == intake.FORM) & files["outcome"].isna()]
    open_forms = open_forms.sort_values(["filled_on", "copy", "name_version", "file"], na_position="first")
    already = open_forms.duplicated(["unit", "period"])
    copy = open_forms.duplicated(["unit", "period", "sha256"])
    later = (open_forms["window"] > open_forms["period"]).fillna(False) & open_forms["folder"].isna()
    doubtful = open_forms.index[already & ~copy & later & (open_forms["copy"] == 0)]
    files.loc[doubtful, "outcome"] = UNSURE
    files.loc[doubtful, "reason"] = [
        f"期号写的是第{period}期，填报日期却在第{window}期内，且该单位第{period}期已有填报表；"
        f"如属第{window}期请移到“第{window}期”文件夹，如属第{period}期的更正请移到“第{period}期”文件夹"
        for period, window in zip(files.loc[doubtful, "period"], files.loc[doubtful, "window"], strict=True)
    ]
    return files


def _set_aside_corrections(files: pd.DataFrame, listed: pd.DataFrame | None) -> pd.DataFrame:
    """Mark forms for a period whose 汇总表 has been printed and does not list them: they count from the next period on."""
    if listed is None or listed.empty:
        return files
    # What the printed 汇总表 lists but had not settled (期号待确认, 拒收) is not in its figures.
    settled = listed[listed["outcome"].isin([TAKEN, SUPERSEDED]) & listed["own"].eq(listed["period"])]
    known = pd.MultiIndex.from_frame(settled[["period", "sha256"]].astype({"period": "Int64"}))
    open_forms = files[files["kind"].eq(intake.FORM) & files["outcome"].isna() & files["period"].isin(listed["period"])]
    late = open_forms[~pd.MultiIndex.from_frame(open_forms[["period", "sha256"]]).isin(known)]
    files.loc[late.index, "outcome"] = CORRECTED
    files.loc[late.index, "reason"] = [
        f"第{period}期已定稿，不再改动；这份表从第{period + 1}期起计入" for period in late["period"]
    ]
    return files


def _choose(files: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One form for each unit and period: the latest date, then 版次, then the number in the name, then the path."""
    open_forms = files[files["kind"].isin([intake.FORM, intake.CONTACT]) & files["outcome"].isna()]
    ordered = open_forms.sort_values(NEWEST_LAST, na_position="first")
    newest = ordered.drop_duplicates(["kind", "unit", "period"], keep="last")
    best = ordered.sort_values(["has_items"], kind="stable").drop_duplicates(["kind", "unit", "period"], keep="last")
    files.loc[open_forms.index, "outcome"] = SUPERSEDED
    files.loc[best.index, ["outcome", "reason"]] = [TAKEN, ""]
    chosen = (
        open_forms[["kind", "unit", "period"]]
        .merge(best, on=["kind", "unit", "period"], how="left")
        .set_axis(open_forms.index)
    )
    beaten = open_forms.index.difference(best.index)
    same = files.loc[beaten, "sha256"] == chosen.loc[beaten, "sha256"]
    files.loc[beaten, "reason"] = ("与“" + chosen.loc[beaten, "file"] + "”完全相同").where(
        same, "采用了“" + chosen.loc[beaten, "file"] + "”"
    )
    lost = newest.index.difference(best.index)
    files.loc[lost, "reason"] = "期内缺项：没有事项，仍采用“" + chosen.loc[lost, "file"] + "”"
    contacts = files["kind"].eq(intake.CONTACT) & files["outcome"].eq(TAKEN)
    files.loc[contacts, "reason"] = "对接人员联系表"
    remarks = pd.DataFrame({"file": chosen.loc[lost, "file"], "newer": files.loc[lost, "file"]})
    return files, found("items_lost", remarks, "items", value="newer")


def catalogue_of(files: pd.DataFrame, period: int) -> str | None:
    """The catalogue that counts for a period: the latest stamped with a period up to it, else one without a stamp."""
    return _latest(files, intake.CATALOGUE, period)


def register_of(files: pd.DataFrame, period: int) -> str | None:
    """The register that counts for a period: the latest stamped with a period up to it, else one without a stamp."""
    return _latest(files, intake.REGISTER, period)


def say_what_counts(files: pd.DataFrame, period: int) -> pd.DataFrame:
    """The files with a reason at every register and 定稿: whether it is used for a period, and what for."""
    counted = register_of(files, period) or ""
    registers = files["kind"].eq(intake.REGISTER)
    finals = files["kind"].eq(intake.FINAL)
    names = "第" + files["period"].astype("str") + "期"
    words = {
        "本期按这份登记表处理": registers & files["file"].eq(counted),
        f"另有更新的登记表“{counted}”，本期没有用这一份": registers & files["file"].ne(counted),
        "看不出是第几期的汇总表，没有用上；请放进“第N期”文件夹": finals & files["period"].isna(),
    }
    reasons = files["reason"].mask(finals & files["period"].notna(), names + "已定稿，以这份汇总表为准")
    for word, where in words.items():
        reasons = reasons.mask(where, word)
    return files.assign(reason=reasons)


def _latest(files: pd.DataFrame, kind: str, period: int) -> str | None:
    stamped = files.assign(stamp=files["period"].fillna(0))
    usable = stamped[stamped["kind"].eq(kind) & (stamped["stamp"] <= period)]
    return None if usable.empty else str(usable.sort_values(["stamp", "name_version", "file"])["file"].iloc[-1])
