"""The nine checks, one function each: who is looked at, what is required of each, and what follows (附件2 二(一), spec 3).

The rows decide. A blank cell never satisfies checks 1–7 and never makes a violation of 8 and 9.
"""

import numpy as np
import pandas as pd

from pipeline.decided import notes_on_checks
from pipeline.form import NO, YES
from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.outcomes import (
    FULL,
    NOT_APPLICABLE,
    SHORT,
    UNVERIFIED,
    Outcome,
    all_ok,
    blank_where,
    by_share,
    by_violations,
    count_rows,
    enough,
    grade_of,
    is_inspected,
    judged_by_inspection,
    not_applicable,
    progress_of,
    share_of,
    stepped,
    tally,
    which_count,
)
from pipeline.populations import (
    PLACES,
    Facts,
    approving_departments,
    covered_by_letter,
    first_true,
    keyed_department,
    members_of,
    most_named,
    outside_texts,
    per_row,
    texts_where,
    with_system,
)
from pipeline.rules import Rules

AGREES, TOO_HIGH, TOO_LOW, NOT_COMPARABLE = "一致", "自报偏高", "自报偏低", "无法核验"
WHOLE, PART = "整建制进驻", "部分进驻"
HEAD = "窗口行政科长（首席代表）"


def check_1(facts: Facts, rules: Rules) -> Outcome:
    """Power items whose 承办科室 is the one most of them name; 到位 when it is the only department and has a 批复文号."""
    items = keyed_department(facts.power)
    departments = approving_departments(facts)
    leading = most_named(items)
    ok = items["department_key"].eq(per_row(items, leading).astype("str")).fillna(False)
    members = members_of(items, ok, "items", "department", "承办科室不是承担事项最多的科室")
    table = tally(members, facts)
    approved = departments[departments["approval_no"].notna()]
    single = count_rows(departments, facts).eq(1) & count_rows(approved, facts).eq(1)
    full = all_ok(table) & single
    basic = enough(table, rules.checks.by_number[1], rules.checks.measures)
    table = table.assign(condition=single)
    return not_applicable(stepped(members, table, full, basic, rules.checks.measures), table["denominator"].eq(0))


def check_2(facts: Facts, rules: Rules) -> Outcome:
    """Departments that approve (listed as such, or named by power items) → 整建制进驻; 基本到位 when all are at least in part."""
    departments = approving_departments(facts)
    members = members_of(
        departments, departments["in_hall"].eq(WHOLE), "departments", "in_hall", "科室未整建制进驻大厅"
    )
    table = tally(members, facts)
    inside = count_rows(departments[departments["in_hall"].isin([WHOLE, PART])], facts)
    basic = table["denominator"].gt(0) & inside.eq(table["denominator"])
    table = table.assign(condition=basic)
    outcome = stepped(members, table, all_ok(table), basic, rules.checks.measures)
    return not_applicable(outcome, count_rows(facts.power, facts).eq(0))


def check_3(facts: Facts, rules: Rules) -> Outcome:
    """Items that must enter → 进驻大厅=是."""
    items = facts.must
    return by_share(members_of(items, items["in_hall"].eq(YES), "items", "in_hall", "没有进驻大厅"), facts, rules, 3)


def check_4(facts: Facts, rules: Rules) -> Outcome:
    """Items that must enter and are decided here → covered by a valid letter that grants the decision."""
    items = facts.must[facts.must["forwarded"].ne(YES).fillna(True)]
    covered = covered_by_letter(items, facts)
    return by_share(members_of(items, covered, "items", "name", "没有有效的委托书授予决定权"), facts, rules, 4)


def check_5(facts: Facts, rules: Rules) -> Outcome:
    """Items that must enter, without those of a higher system that may stay apart → on the platform or on a connected system."""
    measures = rules.checks.measures
    items = with_system(facts)
    excused = items["level"].isin(measures.excusable_levels) & items["refusal_no"].notna()
    items = items[~excused]
    platforms = normal_names(pd.Series(measures.platforms, dtype="str"))
    ok = items["system_key"].isin(platforms) | items["connected"].eq(YES)
    return by_share(members_of(items, ok, "items", "system", "办理系统没有对接一体化平台"), facts, rules, 5)


def check_6(facts: Facts, rules: Rules) -> Outcome:
    """Items that must enter → all four 地点 filled and inside."""
    items = facts.must
    bad = items[PLACES].isna() | items[PLACES].isin(rules.checks.measures.outside)
    members = members_of(items, ~bad.any(axis=1), "items", "accept_at", "").assign(
        key=first_true(bad), value=texts_where(items, bad), why="有环节不在厅内办理"
    )
    return by_share(members, facts, rules, 6)


def check_7(facts: Facts, rules: Rules) -> Outcome:
    """Staff → 进驻大厅=是; needs a 窗口行政科长（首席代表） in the hall, where the group needs one."""
    people = facts.staff
    members = members_of(people, people["in_hall"].eq(YES), "staff", "in_hall", "没有进驻大厅")
    table = tally(members, facts)
    heads = people[people["post"].eq(HEAD) & people["in_hall"].eq(YES)]
    headed = count_rows(heads, facts).gt(0) | ~facts.units["head_needed"]
    measures = rules.checks.measures
    credit = share_of(table).where(headed, share_of(table).clip(upper=measures.no_head_credit))
    basic = enough(table, rules.checks.by_number[7], measures) & headed
    result = grade_of(all_ok(table) & headed, basic)
    outcome = Outcome(members, table.assign(result=result, credit=credit, condition=headed))
    return not_applicable(outcome, count_rows(facts.must, facts).eq(0))


def check_8(facts: Facts, rules: Rules) -> Outcome:
    """Items that must enter → violation: cases outside, accepted outside, or another stage outside while there are cases.

    An item that does not tell its cases outside is no violation; it counts as one in the credit, and 8 is then at most 基本到位.
    """
    items, outside = facts.must, rules.checks.measures.outside
    told = items["outside_cases"].notna()
    other = items[PLACES[1:]].isin(outside).any(axis=1) & items["cases"].gt(0)
    bad = (
        items["reported"]
        & told
        & (items["outside_cases"].gt(0).fillna(False) | items["accept_at"].isin(outside) | other)
    )
    untold = items["reported"] & ~told & ~is_inspected(items, facts, 8)
    members = members_of(items, ~bad, "items", "outside_cases", "").assign(
        value=outside_texts(items, outside), why="在大厅之外办理"
    )
    outcome = by_violations(members, facts, rules, 8, untold=count_rows(items[untold], facts))
    return not_applicable(outcome, count_rows(items, facts).eq(0))


def check_9(facts: Facts, rules: Rules) -> Outcome:
    """Items of the form → violation: has cases and is not in the catalogue; 未核验 where the catalogue does not list the unit."""
    items = facts.items[facts.items["reported"]]
    bad = items["catalogued_unit"] & ~items["in_catalogue"] & items["cases"].gt(0) & items["near"].isna()
    members = members_of(items, ~bad, "items", "name", "不在事项目录中却有办件")
    outcome = by_violations(members, facts, rules, 9)
    # What 督查 found counts, also where there is no catalogue to compare with.
    unverified = ~facts.units["catalogued"] & count_rows(items[is_inspected(items, facts, 9)], facts).eq(0)
    table = outcome.table.assign(result=outcome.table["result"].mask(unverified, UNVERIFIED))
    return Outcome(outcome.members, blank_where(table, unverified))


CHECKS = {1: check_1, 2: check_2, 3: check_3, 4: check_4, 5: check_5, 6: check_6, 7: check_7, 8: check_8, 9: check_9}


def run_checks(facts: Facts, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All nine checks of all units.

    First frame: unit, period, check, result, numerator, denominator, credit (the last three missing where 不适用 or 未核验), condition, eased,
        untold and judged (as in Outcome, missing where they say nothing), due, progress, note.
    Second: the members of every population (check and MEMBERS).
    """
    tables, members = [], []
    for number, check in CHECKS.items():
        excluded = facts.units["excluded"].map(lambda numbers, n=number: n in numbers)
        waived = facts.units.index.isin(
            pd.MultiIndex.from_frame(facts.waived.loc[facts.waived["check"].eq(number), UNIT_PERIOD])
        )
        outcome = judged_by_inspection(check(facts, rules), facts, number)
        outcome = not_applicable(outcome, excluded | waived)
        tables.append(outcome.table.assign(check=number, due=pd.Timestamp(rules.due_of(number))).reset_index())
        members.append(outcome.members.assign(check=number))
    results = pd.concat(tables, ignore_index=True).sort_values([*UNIT_PERIOD, "check"], ignore_index=True)
    results = results.astype({"condition": "boolean", "eased": "Int64", "untold": "Int64", "judged": "boolean"})
    looked_at = pd.concat(members, ignore_index=True)
    telling = facts.inspected[which_count(facts.inspected, results, looked_at[~looked_at["ok"]])]
    notes = notes_on_checks(telling, facts.waived)
    results = results.merge(notes, on=[*UNIT_PERIOD, "check"], how="left")
    results["note"] = results["note"].fillna("").astype("str")
    cutoff = per_row(results, facts.units["cutoff"])
    return results.assign(progress=progress_of(results, cutoff)), looked_at


def compare_declared(results: pd.DataFrame, declared: pd.Series, good: pd.Series) -> pd.Series:
    """比对: what the unit declared against what the rows say (declared and good aligned with results)."""
    told = declared.isin([YES, NO])
    return pd.Series(
        np.select(
            [
                results["result"].eq(NOT_APPLICABLE),
                results["result"].eq(UNVERIFIED) | ~told,
                declared.eq(good) & results["result"].eq(SHORT),
                declared.ne(good) & results["result"].eq(FULL),
            ],
            [NOT_APPLICABLE, NOT_COMPARABLE, TOO_HIGH, TOO_LOW],
            AGREES,
        ),
        index=results.index,
        dtype="str",
    )


def conclude(results: pd.Series) -> str:
    """What follows from several checks together (三个无审批, 三集中, 三到位): 实现, 未实现, 未核验 or 不适用."""
    concerned = set(results) - {NOT_APPLICABLE}
    if not concerned:
        return NOT_APPLICABLE
    if concerned == {FULL}:
        return "实现"
    return UNVERIFIED if concerned <= {FULL, UNVERIFIED} else "未实现"
