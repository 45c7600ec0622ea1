"""What was assessed -> the result of one period: states, scores, proposals, comparisons. Pure."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pipeline import history
from pipeline.assess import MEMBER, Assessed
from pipeline.checks import compare_declared, conclude
from pipeline.compare import compare_periods
from pipeline.deadlines import deadlines
from pipeline.decided import inspections_in_force, waivers_in_force
from pipeline.finals import Published, instead, nothing_published
from pipeline.findings import CHANGED, ERROR, REMARK
from pipeline.followup import LEDGER
from pipeline.frames import Frames
from pipeline.items import UNIT_PERIOD
from pipeline.ledger import count_cells
from pipeline.movements import MOVEMENTS
from pipeline.outcomes import which_count
from pipeline.ranking import propose, score_units
from pipeline.register.layout import CLOSED
from pipeline.register.read import REMARKS, Decisions, no_decisions
from pipeline.register.remarks import remark_on_entries
from pipeline.rulebook import Period
from pipeline.rules import Rules
from pipeline.submissions import CORRECTED, catalogue_of

DISPATCHES = [
    "number",
    "source",
    "unit",
    "problem",
    "cause",
    "measure",
    "person",
    "due",
    "state",
    "open",
    "overdue",
    "unit_state",
]
INSPECTIONS = ["unit", "check", "name", "found", "date", "inspector"]
WAIVERS = ["unit", "check", "reason", "approver", "until"]


IN_FORCE = {"inspections": inspections_in_force, "waivers": waivers_in_force}


@dataclass(frozen=True)
class Result:
    """Everything about one period; every frame has `unit` where it speaks of units, all in the notice's order.

    units: state, file, filled_on, late, own_period (earlier where carried over, missing where there is nothing), errors, remarks, group, nine, mode,
        weight, deduction, deduction_note, bonus, score, change, rank, unranked, and the counts of 单位 (items, left_out, exempt, must,
        instant, windows, problems, problems_open, problems_overdue, cut).
    checks: note (豁免 with its reason, 督查查实 with what was found), check, declared, explanation, problem (as the unit wrote them), result, numerator, denominator, credit, due, progress, comparison, short (names that fall short), own_period.
    members: check, sheet, row, name (where row is missing), ok of everybody a check looks at, in no order. shortfalls: check, name, file, sheet, row, key, value, why, cell. derived: kind, name, result.
    items, modes (approved: 审定模式, missing where there is none), stages, details: the rows behind. leads: for the register only; finding (核查结论), transferred.
    proposals: kind, reason, place, confirmed (是, 否 or missing), approver; proposals_before: those of the last period.
    five: name, target, done, rate, before, change, due.
    dispatches (督办派发): columns DISPATCHES; open, overdue at the cut-off, unit_state: what the unit's 整改台账 says of it. inspections (督查登记, those that tell on a result) and
        waivers (豁免) in force: INSPECTIONS, WAIVERS. late_corrections (更正): unit, period, file of forms for a period whose 汇总表 is final, counted from this period on.
    ledger (任务清单 and 整改台账 over the periods): LEDGER; movements (items against the last period): MOVEMENTS. draft: whether a proposal is still undecided.
    decisions: what the office entered; remarks: sheet, row, text of what is to be looked at in its register.
    trend: every period up to this one. files: one line a file (changed: how many values differ from the form it replaced) and one for each unit without any. findings: what people read.
    """

    rules: Rules
    period: Period
    units: pd.DataFrame
    checks: pd.DataFrame
    shortfalls: pd.DataFrame
    derived: pd.DataFrame
    items: pd.DataFrame
    modes: pd.DataFrame
    stages: pd.DataFrame
    details: Frames
    info: pd.DataFrame
    leads: pd.DataFrame
    proposals: pd.DataFrame
    proposals_before: pd.DataFrame
    five: pd.DataFrame
    trend: pd.DataFrame
    files: pd.DataFrame
    findings: pd.DataFrame
    deadlines: pd.DataFrame
    dispatches: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DISPATCHES))
    inspections: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=INSPECTIONS))
    waivers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=WAIVERS))
    members: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MEMBER))
    late_corrections: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["unit", "period", "file"]))
    ledger: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LEDGER))
    movements: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MOVEMENTS))
    draft: bool = True
    decisions: Decisions = field(default_factory=Decisions)
    remarks: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REMARKS))


def run(
    assessed: Assessed,
    catalogue_findings: pd.DataFrame,
    files: pd.DataFrame,
    period: Period,
    rules: Rules,
    decisions: Decisions | None = None,
    published: Published | None = None,
) -> Result:
    """The result of `period`, from the assessment of all forms up to it and what became of every file.

    decisions: what the office entered in its register. published: the figures of the periods that are final.
    """
    now = period.number
    decided, printed = decisions or no_decisions(rules), published or nothing_published()
    assessed, ledger, movements = compare_periods(assessed, period, rules)
    errors = _count_by_file(assessed.findings, ERROR)
    states = history.unit_states(files, errors, now, rules, decided.of("receipts"))
    results = instead(assessed.results, printed.results)
    scores = score_units(
        states, results, assessed.figures, rules, decided.of("reviews"), decided.of("papers"), printed.scores
    )
    proposals = propose(scores, results, rules, decided.of("reviews"), printed.proposals)
    five = history.five_entries(results, assessed.figures, rules, printed.windows)
    checks = _checks_of(assessed, now, rules)
    order = rules.roster.names
    units = _units_of(scores, assessed, files, now, rules)
    result = Result(
        rules=rules, period=period,
        units=units,
        checks=_sort(checks, order), shortfalls=_sort(assessed.shortfalls, order), derived=_sort(_derive(checks, rules), order),
        items=_sort(assessed.items, order), modes=_sort(assessed.modes, order), stages=_sort(assessed.stages, order),
        details={key: _sort(frame, order) for key, frame in assessed.details.items()},
        info=_sort(assessed.info, order), leads=_sort(_judge_leads(assessed.leads, decided.of("leads")), order),
        proposals=_proposed_in(proposals, now), proposals_before=_proposed_in(proposals, now - 1),
        five=_compare_five(five, now), trend=instead(history.trend(scores, results, assessed.figures), printed.trend),
        files=_receipts(files, states, assessed, now, rules), findings=_findings_of(assessed.findings, catalogue_findings, files, now, rules),
        deadlines=deadlines(period, rules, units, files, checks, assessed.shortfalls, assessed.items),
        ledger=_sort(ledger, order), movements=_sort(movements, order), members=assessed.members,
    )  # fmt: skip
    return _with_decisions(result, decided, files, assessed.phoned, printed)


def _with_decisions(
    result: Result, decided: Decisions, files: pd.DataFrame, phoned: pd.DataFrame, printed: Published
) -> Result:
    """The result with what the office decided and dispatched, and what it has to look at in its register."""
    order, period = result.rules.roster.names, result.period
    said = pd.DataFrame({"unit": order, "period": period.number, "cutoff": pd.Timestamp(period.cutoff)})
    inspected, waived = (of(decided.of(key), said) for key, of in IN_FORCE.items())
    inspected = inspected[which_count(inspected, result.checks, result.shortfalls)]
    result = replace(
        result,
        dispatches=_sort(_dispatches(decided, result.details["problems"], period), order),
        inspections=_sort(inspected[INSPECTIONS], order),
        waivers=_sort(waived[WAIVERS], order),
        late_corrections=_sort(_late_corrections(files, printed, period.number), order),
        draft=bool(result.proposals["confirmed"].isna().any()),
        decisions=decided,
    )
    return replace(result, remarks=remark_on_entries(result, decided, phoned))


def _proposed_in(proposals: pd.DataFrame, period: int) -> pd.DataFrame:
    return proposals[proposals["period"] == period].reset_index(drop=True)


def _judge_leads(leads: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """The leads with 核查结论 and 是否移交, where the office has entered them for this very period."""
    told = judged[["number", "period", "finding", "transferred"]].astype({"period": "int64"})
    return leads.astype({"number": "str", "period": "int64"}).merge(told, on=["number", "period"], how="left")


def _dispatches(decided: Decisions, problems: pd.DataFrame, period: Period) -> pd.DataFrame:
    """督办派发 at the cut-off, beside what the units' own 整改台账 say of the same number."""
    rows = decided.of("dispatches").drop(columns="row")
    told = problems[["unit", "number", "state"]].dropna(subset="number").drop_duplicates(["unit", "number"])
    rows = rows.merge(told.rename(columns={"state": "unit_state"}), on=["unit", "number"], how="left")
    is_open = rows["state"].ne(CLOSED).fillna(True)
    overdue = is_open & (rows["due"] < pd.Timestamp(period.cutoff))
    return rows.assign(open=is_open.astype("bool"), overdue=overdue.astype("bool"))[DISPATCHES]


def _late_corrections(files: pd.DataFrame, printed: Published, now: int) -> pd.DataFrame:
    """The forms for a printed period that no printed briefing since has named: they count from this period on."""
    late = files[files["outcome"].eq(CORRECTED) & files["period"].lt(now).fillna(False)]
    named = printed.forms[printed.forms["outcome"].eq(CORRECTED)]
    known = named["period"].gt(named["own"]) & named["period"].lt(now)
    unknown = ~late["sha256"].isin(named.loc[known, "sha256"])
    # A period in between that is not printed (yet) names them itself.
    first_open = [min(set(range(period + 1, now + 1)) - set(printed.periods)) for period in late["period"]]
    return late.loc[
        unknown & (pd.Series(first_open, index=late.index, dtype="int64") == now), ["unit", "period", "file"]
    ]


def _sort(frame: pd.DataFrame, order: tuple[str, ...]) -> pd.DataFrame:
    """The rows in the notice's order of the units; within a unit as they were."""
    places = frame["unit"].map({name: place for place, name in enumerate(order)})
    return frame.assign(_place=places).sort_values("_place", kind="stable", ignore_index=True).drop(columns="_place")


def _count_by_file(findings: pd.DataFrame, level: str) -> pd.Series:
    return findings[findings["level"].eq(level)].groupby("file").size()


def _units_of(scores: pd.DataFrame, assessed: Assessed, files: pd.DataFrame, now: int, rules: Rules) -> pd.DataFrame:
    units = scores[scores["period"] == now].drop(columns="period")
    figures = assessed.figures[assessed.figures["period"] == now].drop(columns=["period", "file"])
    units = units.merge(figures, on="unit", how="left")
    for name, level in (("errors", ERROR), ("remarks", REMARK)):
        units[name] = units["file"].map(_count_by_file(assessed.findings, level)).fillna(0).astype("int64")
    return _sort(units, rules.roster.names)


def _checks_of(assessed: Assessed, now: int, rules: Rules) -> pd.DataFrame:
    """The nine checks of this period beside what was declared, with the names that fall short."""
    checks = assessed.results[assessed.results["period"] == now]
    declared = assessed.declared.assign(check=assessed.declared["check"].astype("int64"))
    checks = checks.merge(
        declared[[*UNIT_PERIOD, "check", "declared", "explanation", "problem"]], on=[*UNIT_PERIOD, "check"], how="left"
    )
    good = checks["check"].map({check.number: check.good for check in rules.checks.checks})
    short = assessed.shortfalls.groupby(["unit", "check"])["name"].agg(_names).rename("short").reset_index()
    own = assessed.figures[[*UNIT_PERIOD, "own_period"]]
    checks = checks.merge(short, on=["unit", "check"], how="left").merge(own, on=UNIT_PERIOD, how="left")
    return checks.assign(
        comparison=compare_declared(checks, checks["declared"], good), short=checks["short"].fillna("")
    )


def _names(names: pd.Series) -> str:
    return "、".join(names.fillna("（未写名称）"))


def _derive(checks: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """三个无审批, 三集中 and 三到位 of every unit."""
    derived = rules.checks.derived
    kinds = {"三个无审批": derived.no_approval, "三集中": derived.concentrations, "三到位": derived.in_place}
    rows = [
        checks[checks["check"].isin(numbers)]
        .groupby("unit", sort=False)["result"]
        .agg(conclude)
        .rename("result")
        .reset_index()
        .assign(kind=kind, name=name)
        for kind, parts in kinds.items()
        for name, numbers in parts.items()
    ]
    return pd.concat(rows, ignore_index=True)[["unit", "kind", "name", "result"]]


def _compare_five(five: pd.DataFrame, now: int) -> pd.DataFrame:
    """五进 of this period beside the last one: before (rate, or the number of windows) and change."""
    current, last = five[five["period"] == now], five[five["period"] == now - 1]
    value = "rate"
    table = current.merge(
        last[["name", "rate", "done"]].rename(columns={"rate": "before", "done": "done_before"}), on="name", how="left"
    )
    return table.assign(change=table[value] - table["before"]).drop(columns="period")


def _receipts(files: pd.DataFrame, states: pd.DataFrame, assessed: Assessed, now: int, rules: Rules) -> pd.DataFrame:
    """报送情况: a line for every file up to this period, and one for each unit without any in it."""
    told = files[files["period"].isna() | (files["period"] <= now)].copy()
    told = told.merge(states[[*UNIT_PERIOD, "state"]], on=UNIT_PERIOD, how="left")
    counted = told["outcome"].eq("采用") & told["kind"].eq("form")
    for name, level in (("errors", ERROR), ("remarks", REMARK)):
        told[name] = told["file"].map(_count_by_file(assessed.findings, level)).fillna(0).astype("Int64").where(counted)
    changes = assessed.findings[assessed.findings["code"].isin(CHANGED)]
    told["changed"] = told["file"].map(changes.groupby("file").size()).astype("Int64").where(counted)
    told = count_cells(told, assessed.findings)
    silent = states[(states["period"] == now) & ~states["unit"].isin(told.loc[told["period"] == now, "unit"])]
    lines = pd.concat([told, silent[["unit", "period", "state"]]], ignore_index=True)
    place = (
        lines["unit"]
        .map({name: number for number, name in enumerate(rules.roster.names)})
        .fillna(len(rules.roster.names))
    )
    earlier = np.asarray(lines["period"].fillna(0) != now)
    return lines.assign(place=place, earlier=earlier).sort_values(
        ["earlier", "place", "period", "file"], ignore_index=True
    )


def _findings_of(
    findings: pd.DataFrame, catalogue: pd.DataFrame, files: pd.DataFrame, now: int, rules: Rules
) -> pd.DataFrame:
    """The findings about the forms that count in this period and the catalogue, errors before remarks within a file."""
    own = files.loc[files["period"].eq(now).fillna(False), ["file", "unit"]]
    used = catalogue[catalogue["file"] == catalogue_of(files, now)].assign(unit="")
    told = pd.concat([findings.merge(own, on="file"), used], ignore_index=True)
    told = told.assign(remark=told["level"].ne(ERROR)).sort_values(["file", "remark"], kind="stable")
    return _sort(told.drop(columns="remark"), rules.roster.names)
