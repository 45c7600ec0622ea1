"""The forms of a batch of units -> everything that can be said of each unit alone: typed rows, checks, modes, leads, findings."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import pandas as pd

from pipeline import validate
from pipeline.checks import run_checks
from pipeline.findings import address, describe, found, gather
from pipeline.form import YES
from pipeline.intake import Source
from pipeline.items import UNIT_PERIOD, combine_items
from pipeline.leads import find_leads
from pipeline.names import normal_names
from pipeline.populations import Facts
from pipeline.reader import read_form
from pipeline.references import link_items, unknown_names
from pipeline.rules import Rules
from pipeline.stages import classify_items, grade_stages, mode_scores
from pipeline.submissions import impossible_dates
from pipeline.validate import Frames

DETAILS = ("departments", "staff", "systems", "authorisations", "tasks", "problems", "one_card")


class Assignment(NamedTuple):
    """A form that speaks for a unit in a period; its own period is earlier where it is carried over."""

    source: Source
    unit: str
    period: int
    own_period: int


@dataclass(frozen=True)
class Background:
    """What every unit is judged by: the rules, the catalogue that counts for each period, findings about files, and the last period.

    catalogue: period, unit and the columns of 事项目录. findings: made before the forms were assessed.
    """

    rules: Rules
    catalogue: pd.DataFrame
    findings: pd.DataFrame
    last: int


@dataclass(frozen=True)
class Assessed:
    """Typed columnar frames, each with unit and period.

    results: the nine checks of every period. figures: counts of every unit and period. declared: what each form declares.
    The rest only for the last period: shortfalls (who falls short of which check), items, modes, stages, leads, details (by sheet key),
    info (单位信息). findings: of every file, described, without period.
    """

    results: pd.DataFrame
    figures: pd.DataFrame
    declared: pd.DataFrame
    shortfalls: pd.DataFrame
    items: pd.DataFrame
    modes: pd.DataFrame
    stages: pd.DataFrame
    leads: pd.DataFrame
    info: pd.DataFrame
    findings: pd.DataFrame
    details: Frames


def assess(batch: Sequence[Assignment], background: Background) -> Assessed:
    """What the forms of some units say and what follows, for each period they speak for."""
    rules = background.rules
    sources = {assignment.source.path: assignment.source for assignment in batch}
    raws = {path: read_form(source.read(), rules.form) for path, source in sources.items()}
    return assess_forms(raws, batch, background)


def assess_forms(raws: dict, batch: Sequence[Assignment], background: Background) -> Assessed:
    """As `assess`, of forms that have been read (file -> RawForm)."""
    rules = background.rules
    frames, faults, places = validate.type_forms(raws, rules.form)
    said = pd.DataFrame(
        [(a.source.path, a.unit, a.period, a.own_period) for a in batch], columns=["file", *UNIT_PERIOD, "own_period"]
    )
    said["cutoff"] = said["period"].map({p.number: pd.Timestamp(p.cutoff) for p in rules.calendar.periods})
    frames, more = _clean_frames(frames, faults, said, rules)
    links, unknown = _link(frames)
    stages, stage_findings = grade_stages(_linked_stages(frames, links), frames["items"], rules)
    listed = frames["items"].merge(said[["file", *UNIT_PERIOD]], on="file")
    items = combine_items(listed, background.catalogue.merge(said[UNIT_PERIOD]), rules.checks.measures.near_name)
    items = items.merge(said[[*UNIT_PERIOD, "cutoff", "own_period"]], on=UNIT_PERIOD)
    facts = _facts(frames, links, items, said, faults, background)
    results, members = run_checks(facts, rules)
    modes = classify_items(items[items["reported"]], stages, rules)
    before = background.findings[background.findings["file"].isin(said["file"])]
    known = gather([faults, more, unknown, stage_findings])
    late = _findings_in_period(frames, items, said, known, rules)
    last = background.last
    return Assessed(
        results=results,
        figures=_figures(items, modes, frames, said),
        declared=_expand(frames["declarations"], said)[[*UNIT_PERIOD, "check", "declared", "explanation", "problem"]],
        shortfalls=_with_cells(_of(members[~members["ok"]], last), places),
        items=_of(items, last),
        modes=_of(modes, last),
        stages=_of(_expand(stages, said), last),
        leads=_with_cells(_of(find_leads(items, rules), last).assign(sheet="items"), places),
        info=_of(_expand(frames["unit_info"], said), last),
        findings=describe(gather([known, before, late]), places, rules.form),
        details={key: _of(_expand(frames[key], said), last) for key in DETAILS},
    )


def join(parts: Sequence[Assessed]) -> Assessed:
    """The assessments of several batches as one, in the order of unit, period, file and row; a finding made twice stands once."""
    plain = [field.name for field in fields(Assessed) if field.name != "details"]
    frames = {name: _concat([getattr(part, name) for part in parts]) for name in plain}
    frames["findings"] = frames["findings"].drop_duplicates(ignore_index=True)
    details = {key: _concat([part.details[key] for part in parts]) for key in DETAILS}
    return Assessed(**frames, details=details)


def _concat(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    whole = pd.concat(filled, ignore_index=True) if filled else frames[0]
    order = [column for column in ("unit", "period", "check", "file", "row") if column in whole.columns]
    return whole.sort_values(order, kind="stable", ignore_index=True)


def _of(frame: pd.DataFrame, period: int) -> pd.DataFrame:
    return frame[frame["period"] == period].reset_index(drop=True)


def _with_cells(frame: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Adds `cell`: the Excel address of the column(s) `key` (several joined by 、) in the row; blank for what is not in the form."""
    keys = frame.assign(place=frame.index, key=frame["key"].str.split("、")).explode("key")
    keys = keys.merge(places[["file", "sheet", "key", "column"]], on=["file", "sheet", "key"], how="left")
    keys = keys[keys["row"].notna() & keys["column"].notna()]
    cells = pd.Series(
        [address(int(row), int(column)) for row, column in zip(keys["row"], keys["column"], strict=True)], dtype="str"
    )
    # A sum of texts is one call for all groups, where a join would be one for each.
    joined = ("、" + cells).groupby(keys["place"].to_numpy()).sum().str.removeprefix("、")
    return frame.assign(cell=joined.reindex(frame.index).fillna("").astype("str"))


def _expand(frame: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """The rows of the files, once for each unit and period they speak for."""
    # What 单位信息 itself says of unit and period was settled before; `said` is what counts.
    return frame.drop(columns=UNIT_PERIOD, errors="ignore").merge(said, on="file", how="inner")


def _clean_frames(
    frames: Frames, faults: pd.DataFrame, said: pd.DataFrame, rules: Rules
) -> tuple[Frames, pd.DataFrame]:
    """The frames without rows that are no items, with twins marked, and the findings about these."""
    form = rules.form
    questions = {str(check.number): check.question for check in rules.checks.checks}
    items, refused, item_findings = validate.keep_items(frames["items"], faults)
    departments, twin_departments = validate.mark_twins(frames["departments"], "departments")
    systems, twin_systems = validate.mark_twins(frames["systems"], "systems")
    declarations, lacking = validate.complete_declarations(frames["declarations"], form, questions)
    info, impossible = _possible_dates(frames["unit_info"], said, rules)
    remarks = gather([validate.remark_on_items(items), validate.remark_on_staff(frames["staff"], departments)])
    remarks = validate.without_absent(remarks, faults)
    cleaned = {
        **frames, "items": items, "refused_items": refused, "departments": departments, "systems": systems,
        "declarations": declarations, "unit_info": info,
    }  # fmt: skip
    return cleaned, gather([item_findings, twin_departments, twin_systems, lacking, impossible, remarks])


def _possible_dates(info: pd.DataFrame, said: pd.DataFrame, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """单位信息 without a 填报日期 after the next period's cut-off, which counts as blank (spec 1)."""
    own = said.drop_duplicates("file").set_index("file")["own_period"]
    impossible = impossible_dates(info.assign(period=info["file"].map(own)), rules.calendar)
    faults = found("date_impossible", info[impossible], "unit_info", "filled_on", value="filled_on")
    return info.assign(filled_on=info["filled_on"].mask(impossible)), faults


def _link(frames: Frames) -> tuple[Frames, pd.DataFrame]:
    """Links from the rows that name items, by sheet key, and findings about names that point nowhere."""
    items, refused = frames["items"], frames["refused_items"]
    columns = {
        "stages": ("item", True),
        "one_card": ("item", True),
        "authorisations": ("listed", False),
        "problems": ("item", False),
    }
    links = {sheet: link_items(frames[sheet], column, items, single) for sheet, (column, single) in columns.items()}
    unknown = [unknown_names(links[sheet], refused, sheet, column) for sheet, (column, _) in columns.items()]
    return links, gather(unknown)


def _linked_stages(frames: Frames, links: Frames) -> pd.DataFrame:
    return frames["stages"].merge(links["stages"][["file", "row", "key", "known"]], on=["file", "row"], how="inner")


def _facts(
    frames: Frames,
    links: Frames,
    items: pd.DataFrame,
    said: pd.DataFrame,
    faults: pd.DataFrame,
    background: Background,
) -> Facts:
    rules = background.rules
    groups = {group.name: group for group in rules.roster.groups}
    group = said["unit"].map({unit.name: unit.group for unit in rules.roster.units}).map(groups)
    catalogued = background.catalogue[UNIT_PERIOD].drop_duplicates().assign(catalogued=True)
    units = said.assign(excluded=group.map(lambda g: g.excluded_checks), head_needed=group.map(lambda g: g.head_needed))
    units = units.merge(catalogued, on=UNIT_PERIOD, how="left").set_index(UNIT_PERIOD).sort_index()
    units["catalogued"] = units["catalogued"].eq(True).fillna(False)
    letters = frames["authorisations"]
    faulty = validate.rows_of(faults, "authorisations", ("not_a_date",), ("signed", "valid_to"))
    letters = letters.assign(date_faulty=pd.MultiIndex.from_frame(letters[["file", "row"]]).isin(faulty))
    return Facts(
        units=units, items=items,
        departments=_expand(_named(frames["departments"]), said), staff=_expand(frames["staff"], said),
        systems=_expand(_named(frames["systems"]), said), letters=_expand(letters, said), letter_links=links["authorisations"],
        problems=_expand(frames["problems"], said), problem_links=links["problems"],
    )  # fmt: skip


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a name, the first of each."""
    return rows[rows["name_key"].notna() & ~rows["twin"]]


def _findings_in_period(
    frames: Frames, items: pd.DataFrame, said: pd.DataFrame, known: pd.DataFrame, rules: Rules
) -> pd.DataFrame:
    """Findings that need the period or the catalogue: required cells, near names, a unit that says it has no items."""
    own = said[said["period"] == said["own_period"]]
    listed = items[items["reported"] & (items["period"] == items["own_period"])]
    facts = {"unit_in_catalogue": listed["catalogued_unit"], "on_negative_list": listed["exempt"]}
    blanks = [validate.missing_cells(listed, rules.form.by_key["items"], known, facts, rules.calendar.due)]
    for sheet in rules.form.sheets:
        if sheet.key != "items":
            rows = frames[sheet.key].merge(own[["file", "cutoff"]], on="file")
            blanks.append(validate.missing_cells(rows, sheet, known, {}, rules.calendar.due))
    near = listed[listed["near"].notna()]
    return gather(
        [
            *blanks,
            found("near_name", near, "items", "name", value="name", detail="near"),
            _contradictions(frames, items, own),
        ]
    )


def _contradictions(frames: Frames, items: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """无政务服务事项=是 although there are items; or neither items nor that."""
    info = _expand(frames["unit_info"], own)
    counts = (
        items.groupby([*UNIT_PERIOD, "reported"])
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[True, False], fill_value=0)
    )
    info = info.merge(counts.rename(columns={True: "listed", False: "left_out"}), on=UNIT_PERIOD, how="left")
    info[["listed", "left_out"]] = info[["listed", "left_out"]].fillna(0).astype("int64")
    none = info["no_items"].eq(YES)
    detail = ("事项清单中有" + info["listed"].astype("str") + "个事项").where(
        info["listed"].gt(0), "事项目录中有本单位事项" + info["left_out"].astype("str") + "个"
    )
    info = info.assign(words=detail)
    contradicted = info[none & (info["listed"].gt(0) | info["left_out"].gt(0))]
    return gather(
        [
            found("no_items_contradicted", contradicted, "unit_info", "no_items", value="no_items", detail="words"),
            found("no_items_listed", info[~none & info["listed"].eq(0)].assign(row=0), "items"),
        ]
    )


def _figures(items: pd.DataFrame, modes: pd.DataFrame, frames: Frames, said: pd.DataFrame) -> pd.DataFrame:
    """Counts of each unit and period, zero where there is nothing, and the mode score (missing without a scored item)."""
    listed, must = items[items["reported"]], items[items["must"]]
    problems = _expand(frames["problems"], said)
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
