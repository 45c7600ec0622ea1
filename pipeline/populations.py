"""Who the checks look at: the items, departments, staff and letters of a unit, and what decides of each."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.decided import inspections_in_force, waivers_in_force
from pipeline.form import YES
from pipeline.frames import Frames, expand, rows_of
from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.register.read import Decisions
from pipeline.rules import Rules

PLACES = ["accept_at", "review_at", "decide_at", "deliver_at"]
PLACE_TITLES = {"accept_at": "受理地点", "review_at": "审核地点", "decide_at": "决定地点", "deliver_at": "送达地点"}
MEMBERS = ["unit", "period", "name", "file", "sheet", "row", "key", "value", "ok", "why"]


@dataclass(frozen=True)
class Facts:
    """What the forms of some units say, each frame with unit and period.

    units: index (unit, period); cutoff, excluded (checks), head_needed, catalogued. items: as combine_items makes them.
    letters and letter_links, problems and problem_links: rows and the items they name (file, row, key, known).
    inspected: unit, period, check, key (normal name of the item, missing where the check as a whole is meant) and found, for what 督查 found and
    is not mended at the cut-off. waived: unit, period, check and words, for 豁免 in force.
    """

    units: pd.DataFrame
    items: pd.DataFrame
    departments: pd.DataFrame
    staff: pd.DataFrame
    systems: pd.DataFrame
    letters: pd.DataFrame
    letter_links: pd.DataFrame
    problems: pd.DataFrame
    problem_links: pd.DataFrame
    inspected: pd.DataFrame
    waived: pd.DataFrame

    @property
    def must(self) -> pd.DataFrame:
        """M: the items that must enter the hall."""
        return self.items[self.items["must"]]

    @property
    def power(self) -> pd.DataFrame:
        """The power items: M without public services."""
        return self.items[self.items["power"]]


def gather_facts(
    frames: Frames,
    links: Frames,
    items: pd.DataFrame,
    said: pd.DataFrame,
    faults: pd.DataFrame,
    catalogue: pd.DataFrame,
    decisions: Decisions,
    rules: Rules,
) -> Facts:
    """What the forms say, as the checks look at it: the frames of the files for each unit and period they speak for (`said`)."""
    groups = {group.name: group for group in rules.roster.groups}
    group = said["unit"].map({unit.name: unit.group for unit in rules.roster.units}).map(groups)
    catalogued = catalogue[UNIT_PERIOD].drop_duplicates().assign(catalogued=True)
    units = said.assign(excluded=group.map(lambda g: g.excluded_checks), head_needed=group.map(lambda g: g.head_needed))
    units = units.merge(catalogued, on=UNIT_PERIOD, how="left").set_index(UNIT_PERIOD).sort_index()
    units["catalogued"] = units["catalogued"].eq(True).fillna(False)
    letters = frames["authorisations"]
    faulty = rows_of(faults, "authorisations", ("not_a_date",), ("signed", "valid_to"))
    letters = letters.assign(date_faulty=pd.MultiIndex.from_frame(letters[["file", "row"]]).isin(faulty))
    return Facts(
        units=units, items=items,
        departments=expand(_named(frames["departments"]), said), staff=expand(frames["staff"], said),
        systems=expand(_named(frames["systems"]), said), letters=expand(letters, said), letter_links=links["authorisations"],
        problems=expand(frames["problems"], said), problem_links=links["problems"],
        inspected=inspections_in_force(decisions.of("inspections"), said), waived=waivers_in_force(decisions.of("waivers"), said),
    )  # fmt: skip


def members_of(rows: pd.DataFrame, ok: pd.Series, sheet: str, key: str, why: str) -> pd.DataFrame:
    """A population: a line for each row, with the cell that decides."""
    frame = pd.DataFrame({column: rows[column] for column in ("unit", "period", "name", "file", "row")})
    missing = "填报表中没有这一项（未填报）" if sheet == "items" else "“内设机构”表中没有这个科室"
    return frame.assign(
        sheet=sheet,
        key=key,
        value=rows[key].astype("object"),
        ok=ok.astype("bool"),
        why=pd.Series(why, index=rows.index).mask(rows["row"].isna(), missing),
    )


def keyed_department(items: pd.DataFrame) -> pd.DataFrame:
    """The items with department_key, the normal name of their 承办科室."""
    return items.assign(department_key=normal_names(items["department"]))


def most_named(items: pd.DataFrame) -> pd.Series:
    """The department that most power items of a unit name; among equals the one whose name sorts first."""
    counts = (
        items.dropna(subset="department_key")
        .groupby([*UNIT_PERIOD, "department_key"])
        .size()
        .rename("count")
        .reset_index()
    )
    ordered = counts.sort_values([*UNIT_PERIOD, "count", "department_key"], ascending=[True, True, False, True])
    return ordered.drop_duplicates(UNIT_PERIOD).set_index(UNIT_PERIOD)["department_key"]


def approving_departments(facts: Facts) -> pd.DataFrame:
    """D: the departments listed with 承担审批职能=是 and those that power items name; the latter not entered unless listed."""
    listed = facts.departments
    named = keyed_department(facts.power).dropna(subset="department_key")
    named = named.rename(columns={"department": "named"}).drop_duplicates([*UNIT_PERIOD, "department_key"])
    named = named[[*UNIT_PERIOD, "department_key", "named"]].rename(columns={"department_key": "name_key"})
    both = listed.merge(named, on=[*UNIT_PERIOD, "name_key"], how="outer")
    wanted = both[both["approves"].eq(YES).fillna(False) | both["named"].notna()]
    return wanted.assign(name=wanted["name"].fillna(wanted["named"]), file=wanted["file"].fillna("")).reset_index(
        drop=True
    )


def covered_by_letter(items: pd.DataFrame, facts: Facts) -> pd.Series:
    """Which items a letter covers that is valid at the cut-off and grants the decision."""
    letters = _valid_letters(facts)
    links = facts.letter_links[facts.letter_links["known"]].merge(letters, on=["file", "row"])
    covered = unit_periods(items).isin(unit_periods(letters[letters["scope"].eq("全部事项")]))
    covered |= item_keys(items).isin(item_keys(links[links["scope"].eq("所列事项")]))
    covered |= _outside_exceptions(items, links[links["scope"].eq("除所列事项外")])
    return pd.Series(covered, index=items.index) & items["reported"]


def _valid_letters(facts: Facts) -> pd.DataFrame:
    letters = facts.letters
    started = letters["signed"].isna() | (letters["signed"] <= letters["cutoff"])
    running = letters["valid_to"].isna() | (letters["valid_to"] >= letters["cutoff"])
    return letters[letters["decides"].eq(YES) & letters["holder"].notna() & started & running & ~letters["date_faulty"]]


def _outside_exceptions(items: pd.DataFrame, exceptions: pd.DataFrame) -> np.ndarray:
    """Which items are covered by a letter for everything but those it lists."""
    letters = exceptions[[*UNIT_PERIOD, "row"]].drop_duplicates().rename(columns={"row": "letter"})
    offered = items[[*UNIT_PERIOD, "key"]].merge(letters, on=UNIT_PERIOD)
    listed = exceptions.rename(columns={"row": "letter"})
    keys = [*UNIT_PERIOD, "letter", "key"]
    granted = offered[~pd.MultiIndex.from_frame(offered[keys]).isin(pd.MultiIndex.from_frame(listed[keys]))]
    return np.asarray(item_keys(items).isin(item_keys(granted)))


def with_system(facts: Facts) -> pd.DataFrame:
    """The items that must enter, with what 业务系统 says of their system."""
    systems = facts.systems[[*UNIT_PERIOD, "name_key", "level", "connected", "refusal_no"]].dropna(subset="name_key")
    items = facts.must.assign(system_key=normal_names(facts.must["system"]))
    return items.merge(systems.rename(columns={"name_key": "system_key"}), on=[*UNIT_PERIOD, "system_key"], how="left")


def per_row(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    """For each row the value of its unit and period."""
    return pd.Series(values.reindex(unit_periods(rows)).to_numpy(), index=rows.index)


def unit_periods(rows: pd.DataFrame) -> pd.MultiIndex:
    """(unit, period) of each row."""
    return pd.MultiIndex.from_frame(rows[UNIT_PERIOD])


def item_keys(rows: pd.DataFrame) -> pd.MultiIndex:
    """(unit, period, normal name) of each row."""
    return pd.MultiIndex.from_frame(rows[[*UNIT_PERIOD, "key"]])


def first_true(bad: pd.DataFrame) -> pd.Series:
    """The first column that is true in each row (the first of all where none is)."""
    return bad.idxmax(axis=1).astype("str") if len(bad) else pd.Series(dtype="str")


def texts_where(items: pd.DataFrame, bad: pd.DataFrame) -> pd.Series:
    """“审核地点：厅外；送达地点：未填” for the places that are bad."""
    parts = [
        (title + "：" + items[key].fillna("未填") + "；").where(bad[key], "") for key, title in PLACE_TITLES.items()
    ]
    return sum(parts[1:], parts[0]).str.removesuffix("；")


def outside_texts(items: pd.DataFrame, outside: tuple[str, ...]) -> pd.Series:
    """“厅外办件量：3；受理地点：厅外” for what happens outside."""
    count = items["outside_cases"].fillna(0)
    cases = ("厅外办件量：" + count.astype("str") + "；").where(count.gt(0), "")
    return (cases + texts_where(items, items[PLACES].isin(outside)).fillna("")).str.removesuffix("；")


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a name, the first of each."""
    return rows[rows["name_key"].notna() & ~rows["twin"]]
