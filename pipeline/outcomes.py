"""From who satisfies a check to its result: 分子, 分母, 到位/基本到位/不到位, credit, 进度."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.populations import Facts, item_keys
from pipeline.rulebook import Check, Measures
from pipeline.rules import Rules

FULL, BASIC, SHORT, NOT_APPLICABLE, UNVERIFIED = "到位", "基本到位", "不到位", "不适用", "未核验"
INSPECTED = "督查查实"
DONE, UNDER_WAY, OVERDUE = "已到位", "推进中", "逾期"


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    members: the population (columns MEMBERS), `ok` telling who satisfies it. table: index of Facts.units; numerator, denominator,
    result, credit; where the rows alone do not decide: condition (what 1, 2 and 7 require beside them), eased (violations that count in part),
    untold (items that do not tell their cases outside), judged (督查 found the check as a whole wanting).
    """

    members: pd.DataFrame
    table: pd.DataFrame


def tally(members: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """分子 and 分母 of each unit and period, zero where it has no members."""
    return pd.DataFrame(
        {"numerator": count_rows(members[members["ok"]], facts), "denominator": count_rows(members, facts)}
    )


def count_rows(rows: pd.DataFrame, facts: Facts) -> pd.Series:
    """How many rows each unit and period has (index of Facts.units), zero where none."""
    return rows.groupby(UNIT_PERIOD).size().reindex(facts.units.index, fill_value=0).astype("Int64")


def by_share(members: pd.DataFrame, facts: Facts, rules: Rules, number: int) -> Outcome:
    """The outcome of a check that counts who satisfies it; 不适用 without a population."""
    members = found_by_inspection(members, facts, number)
    table = tally(members, facts)
    result = grade_of(all_ok(table), enough(table, rules.checks.by_number[number], rules.checks.measures))
    return not_applicable(
        Outcome(members, table.assign(result=result, credit=share_of(table))), table["denominator"].eq(0)
    )


def stepped(
    members: pd.DataFrame, table: pd.DataFrame, full: pd.Series, basic: pd.Series, measures: Measures
) -> Outcome:
    """The outcome of a check that is worth all, some or nothing."""
    result = grade_of(full, basic)
    credit = result.map({FULL: 1.0, BASIC: measures.basic_credit, SHORT: 0.0}).astype("float64")
    return Outcome(members, table.assign(result=result, credit=credit))


def by_violations(
    members: pd.DataFrame, facts: Facts, rules: Rules, number: int, untold: pd.Series | None = None
) -> Outcome:
    """The outcome of a check that counts violations: 分子 = all of them, those in 整改台账 count in part in the credit."""
    measures, rule = rules.checks.measures, rules.checks.by_number[number]
    members = found_by_inspection(members, facts, number)
    bad = members[~members["ok"]]
    covered = _covered_by_ledger(bad, facts, number, pd.Timestamp(rules.due_of(number)))
    covered &= ~is_inspected(bad, facts, number)  # what 督查 found cannot be excused
    table = tally(members, facts)
    table["numerator"] = table["denominator"] - table["numerator"]
    eased, extra = count_rows(bad[covered], facts), 0 if untold is None else untold
    table = table.assign(eased=eased, untold=extra)
    weighed = table["numerator"] - eased * (1 - measures.covered_counts) + extra
    full = table["numerator"].eq(0) & (weighed == 0)
    result = grade_of(full, eased.eq(table["numerator"]))
    return Outcome(
        members, table.assign(result=result, credit=_violation_credit(weighed, table["denominator"], rule, measures))
    )


def _violation_credit(weighed: pd.Series, population: pd.Series, rule: Check, measures: Measures) -> pd.Series:
    """1 less some points an item, at most half of all, unless a larger share of the unit's items is concerned."""
    share = (weighed / population.where(population > 0)).fillna(0.0)
    points = (weighed * (measures.violation_points / rule.weight)).clip(upper=measures.violation_cap)
    return (1 - share.where(share > points, points)).clip(lower=0.0).astype("float64")


def _covered_by_ledger(bad: pd.DataFrame, facts: Facts, number: int, due: pd.Timestamp) -> pd.Series:
    """Which violations stand in 整改台账 with a person and an open deadline that is neither past nor after the check's due date."""
    lines = facts.problems
    open_lines = lines[
        lines["check"].eq(str(number))
        & lines["person"].notna()
        & lines["state"].isin(["未开始", "进行中"])
        & (lines["due"] >= lines["cutoff"])
        & (lines["due"] <= due)
    ]
    links = facts.problem_links[facts.problem_links["known"]].merge(
        open_lines[["file", "row", *UNIT_PERIOD]], on=["file", "row"]
    )
    return pd.Series(item_keys(bad.assign(key=normal_names(bad["name"]))).isin(item_keys(links)), index=bad.index)


def is_inspected(rows: pd.DataFrame, facts: Facts, number: int) -> pd.Series:
    """Which rows (unit, period, name of an item) 督查 found to fall short of a check."""
    found = facts.inspected[facts.inspected["check"].eq(number) & facts.inspected["key"].notna()]
    if found.empty:  # as nearly always
        return pd.Series(False, index=rows.index)
    keys = item_keys(rows.assign(key=normal_names(rows["name"])))
    return pd.Series(keys.isin(item_keys(found)), index=rows.index)


def which_count(inspected: pd.DataFrame, results: pd.DataFrame, short: pd.DataFrame) -> pd.Series:
    """Which findings of 督查 tell on a result: not those on a check that does not apply, or on an item the check does not look at.

    inspected: as decided.inspections_in_force makes them. results: unit, period, check, result. short: unit, period, check, name of who falls short.
    """
    keys = [*UNIT_PERIOD, "check"]
    applies = results[results["result"].ne(NOT_APPLICABLE)]
    named = short[short["check"].isin(inspected["check"])].assign(key=lambda rows: normal_names(rows["name"]))
    looked_at = _triples(inspected, [*keys, "key"]).isin(_triples(named, [*keys, "key"]))
    concerned = _triples(inspected, keys).isin(_triples(applies, keys))
    return pd.Series(concerned, index=inspected.index) & (inspected["key"].isna() | looked_at)


def _triples(rows: pd.DataFrame, keys: list[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[keys].astype({"period": "int64", "check": "int64"}))


def found_by_inspection(members: pd.DataFrame, facts: Facts, number: int) -> pd.DataFrame:
    """The members of a population, those 督查 found falling short whatever their form says."""
    found = is_inspected(members, facts, number)
    return members.assign(ok=members["ok"] & ~found, why=members["why"].mask(found, INSPECTED))


def judged_by_inspection(outcome: Outcome, facts: Facts, number: int) -> Outcome:
    """The outcome, 不到位 and without credit where 督查 found the check as a whole wanting (where it applies at all)."""
    found = facts.inspected[facts.inspected["check"].eq(number) & facts.inspected["key"].isna()]
    where = outcome.table.index.isin(pd.MultiIndex.from_frame(found[UNIT_PERIOD])) & outcome.table["result"].ne(
        NOT_APPLICABLE
    )
    table = outcome.table.assign(
        result=outcome.table["result"].mask(where, SHORT), credit=outcome.table["credit"].mask(where, 0.0), judged=where
    )
    return Outcome(outcome.members, table)


def grade_of(full: pd.Series, basic: pd.Series) -> pd.Series:
    """到位 where full, 基本到位 where basic, 不到位 elsewhere."""
    return pd.Series(np.select([full, basic], [FULL, BASIC], SHORT), index=full.index, dtype="str")


def all_ok(table: pd.DataFrame) -> pd.Series:
    """Where there is a population and all of it satisfies the check."""
    return table["denominator"].gt(0) & table["numerator"].eq(table["denominator"])


def enough(table: pd.DataFrame, rule: Check, measures: Measures) -> pd.Series:
    """Whether the share suffices for 基本到位; with exactly one short in a small population it does."""
    short = table["denominator"] - table["numerator"]
    one_short = short.eq(1) & table["denominator"].between(measures.one_short_from, measures.one_short_to)
    # Counted in whole items: a share such as 0.9 × 10 must not fail by a rounding of the machine.
    enough = table["numerator"] >= table["denominator"] * rule.basic_from - 1e-9
    return (enough & table["denominator"].gt(0)) | one_short


def share_of(table: pd.DataFrame) -> pd.Series:
    """分子 / 分母, zero without a population."""
    return (table["numerator"] / table["denominator"].where(table["denominator"] > 0)).fillna(0.0).astype("float64")


def progress_of(results: pd.DataFrame, cutoff: pd.Series) -> pd.Series:
    """已到位; 推进中 until the due date and 逾期 after it; nothing for 不适用 and 未核验."""
    open_checks = results["result"].isin([BASIC, SHORT])
    late = cutoff > results["due"]
    words = np.select([results["result"].eq(FULL), open_checks & late, open_checks], [DONE, OVERDUE, UNDER_WAY], "")
    return pd.Series(words, index=results.index, dtype="str")


def not_applicable(outcome: Outcome, where: pd.Series) -> Outcome:
    """The outcome with 不适用 and no figures at the units and periods `where`."""
    table = outcome.table.assign(result=outcome.table["result"].mask(where, NOT_APPLICABLE))
    return Outcome(outcome.members, blank_where(table, where))


def blank_where(table: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """The table without 分子, 分母 and credit at the units and periods `where`."""
    return table.assign(**{column: table[column].mask(where) for column in ("numerator", "denominator", "credit")})
