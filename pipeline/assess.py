"""The forms of a batch of units -> everything that can be said of each unit alone: typed rows, checks, modes, leads, findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import pandas as pd

from pipeline.checks import run_checks
from pipeline.figures import count_figures
from pipeline.findings import address, describe, gather
from pipeline.followup import SHEETS, gather_entries
from pipeline.frames import Frames, expand, type_forms
from pipeline.intake import Source, read_source
from pipeline.items import UNIT_PERIOD, combine_items
from pipeline.leads import find_leads
from pipeline.movements import gather_items
from pipeline.phone import Correction, apply_corrections, told_by_phone
from pipeline.populations import gather_facts
from pipeline.reader import RawForm
from pipeline.references import link_rows, linked_stages
from pipeline.register.read import Decisions, no_decisions
from pipeline.rules import Rules
from pipeline.stages import classify_items, grade_stages
from pipeline.validate import clean_frames, find_in_period

# The population of a check, in short: `row` is missing (and `name` told) where the form has no such row.
MEMBER = ["unit", "period", "check", "sheet", "row", "name", "ok"]
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

    catalogue: period, unit and the columns of 事项目录. findings: made before the forms were assessed. decisions: of the office (none without a
    register). corrections: 电话更正 by the file they change.
    """

    rules: Rules
    catalogue: pd.DataFrame
    findings: pd.DataFrame
    last: int
    decisions: Decisions | None = None
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Assessed:
    """Typed columnar frames, each with unit and period.

    results: the nine checks of every period. figures: counts of every unit and period. declared: what each form declares.
    entries (tasks and problems) and listed (items): of every form in the period it was sent for. places: where the columns of the entries lie in the last forms.
    The rest only for the last period: members (who is looked at by which check: MEMBER), shortfalls (who falls short of which check), items, modes, stages, leads, details (by sheet key),
    info (单位信息). findings: of every file, described, without period. phoned: entry (row of 电话更正) and why it could not be applied ("" where it was).
    """

    results: pd.DataFrame
    figures: pd.DataFrame
    declared: pd.DataFrame
    members: pd.DataFrame
    shortfalls: pd.DataFrame
    items: pd.DataFrame
    modes: pd.DataFrame
    stages: pd.DataFrame
    leads: pd.DataFrame
    info: pd.DataFrame
    findings: pd.DataFrame
    phoned: pd.DataFrame
    entries: pd.DataFrame
    listed: pd.DataFrame
    places: pd.DataFrame
    details: Frames


def assess(batch: Sequence[Assignment], background: Background) -> Assessed:
    """What the forms of some units say and what follows, for each period they speak for."""
    rules = background.rules
    sources = {assignment.source.path: assignment.source for assignment in batch}
    raws = {path: read_source(source, rules.form) for path, source in sources.items()}
    return assess_forms(raws, batch, background)


def assess_forms(raws: Mapping[str, RawForm], batch: Sequence[Assignment], background: Background) -> Assessed:
    """As `assess`, of forms that have been read (file -> RawForm)."""
    rules = background.rules
    decisions = background.decisions or no_decisions(rules)
    raws, phoned = apply_corrections(raws, background.corrections, rules.form)
    frames, faults, places = type_forms(raws, rules.form)
    said = pd.DataFrame(
        [(a.source.path, a.unit, a.period, a.own_period) for a in batch], columns=["file", *UNIT_PERIOD, "own_period"]
    )
    said["cutoff"] = said["period"].map({p.number: pd.Timestamp(p.cutoff) for p in rules.calendar.periods})
    frames, more = clean_frames(frames, faults, said, rules)
    links, unknown = link_rows(frames)
    stages, stage_findings = grade_stages(linked_stages(frames, links), frames["items"], rules)
    listed = frames["items"].merge(said[["file", *UNIT_PERIOD]], on="file")
    items = combine_items(listed, background.catalogue.merge(said[UNIT_PERIOD]), rules.checks.measures.near_name)
    items = items.merge(said[[*UNIT_PERIOD, "cutoff", "own_period"]], on=UNIT_PERIOD)
    facts = gather_facts(frames, links, items, said, faults, background.catalogue, decisions, rules)
    results, members = run_checks(facts, rules)
    modes = classify_items(items[items["reported"]], stages, decisions.of("approvals"), rules)
    before = background.findings[background.findings["file"].isin(said["file"])]
    known = gather([faults, more, unknown, stage_findings, told_by_phone(phoned)])
    late = find_in_period(frames, items, said, known, rules)
    last = background.last
    return Assessed(
        results=results,
        figures=count_figures(items, modes, frames, said),
        declared=expand(frames["declarations"], said)[[*UNIT_PERIOD, "check", "declared", "explanation", "problem"]],
        members=_in_short(_of(members, last)),
        shortfalls=_with_cells(_of(members[~members["ok"]], last), places),
        items=_of(items, last),
        modes=_of(modes, last),
        stages=_of(expand(stages, said), last),
        leads=_with_cells(_of(find_leads(items, rules), last).assign(sheet="items"), places),
        info=_of(expand(frames["unit_info"], said), last),
        findings=describe(gather([known, before, late]), places, rules.form),
        phoned=pd.DataFrame([(done.entry, done.why) for done in phoned], columns=["entry", "why"]),
        entries=gather_entries(frames, said),
        listed=gather_items(items),
        places=_last_places(places, said, last),
        details={key: _of(expand(frames[key], said), last) for key in DETAILS},
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


def _last_places(places: pd.DataFrame, said: pd.DataFrame, last: int) -> pd.DataFrame:
    """The places of the columns of the tasks and problems in the forms sent for the last period."""
    sent = said.loc[said["period"].eq(last) & said["own_period"].eq(last), "file"]
    return places[places["sheet"].isin(SHEETS.values()) & places["file"].isin(sent)].reset_index(drop=True)


def _of(frame: pd.DataFrame, period: int) -> pd.DataFrame:
    return frame[frame["period"] == period].reset_index(drop=True)


def _in_short(members: pd.DataFrame) -> pd.DataFrame:
    """The members without what their rows say as well."""
    return members.assign(name=members["name"].where(members["row"].isna(), ""))[MEMBER]


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
