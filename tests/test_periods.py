"""Twelve fortnights of 33 units: trend, carry-over, ledger and movements are what the single forms say; later forms change nothing."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.assess import Assignment, Background, assess_forms, join
from pipeline.findings import none_found
from pipeline.intake import Source
from pipeline.run import Result, run
from pipeline.submissions import assign_carried, settle
from tests import oracle
from tests.districts import identified, run_district, values_of
from tests.forms import ROOT, catalogue_frame, raw_form, the_rules
from tests.fortnights import SHEETS, a_district, plain_ledger, plain_movements
from tests.submissions import CUTOFFS, ROSTER

RULES = oracle.load_rules(ROOT / "rules")
PERIODS = range(1, 13)
LAST = 12


@cache
def the_district() -> dict[str, Any]:
    return a_district(2023)


@cache
def the_result(period: int = LAST) -> Result:
    return run_district(the_district(), period)


@cache
def second_readings() -> dict[int, dict[str, Any]]:
    """What the second reading of the rules makes of each period (tests/oracle.py)."""
    reports = [oracle.read_form(RULES, form, []) for form in the_district()["forms"]]
    told: dict[int, dict[str, Any]] = {}
    for period in PERIODS:
        so_far = [report for report in reports if report["period"] <= period]
        told[period] = oracle.judge_period(RULES, so_far, period, told.get(period - 1), {})
    return told


def forms_of(unit: str) -> dict[int, dict[str, Any]]:
    return {form["period"]: form["values"] for form in the_district()["forms"] if form["unit"] == unit}


def counted(unit: str, period: int) -> dict[str, Any] | None:
    """The last form of a unit up to a period."""
    own = [values for number, values in sorted(forms_of(unit).items()) if number <= period]
    return own[-1] if own else None


def plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def trend_of(result: Result) -> dict[tuple[str, int], dict[str, Any]]:
    return {(row["unit"], row["period"]): row for row in result.trend.to_dict("records")}


# ---- the trend ----


def test_the_district_has_what_the_test_is_about() -> None:
    """Silent units, and every kind of change."""
    ledger = [plain_ledger(the_district(), period) for period in PERIODS]
    changes = {row["change"] for told in ledger for row in told.values()}
    assert changes == {"", "新增", "本期完成", "重新打开", "延期", "不再列出"}
    moves = {change for period in PERIODS for *_, change in plain_movements(the_district(), period)}
    assert moves == {"新增", "减少", "更名", "新进驻", "退出大厅"}
    assert 33 * 12 * 0.75 < len(the_district()["forms"]) < 33 * 12 * 0.95


def test_every_score_of_the_trend_is_what_the_second_reading_says() -> None:
    trend = trend_of(the_result())
    assert len(trend) == 34 * 12
    for period, told in second_readings().items():
        for row in told["单位排名"]:
            line = trend[row["单位名称"], period]
            assert plain(line["score"]) == pytest.approx(row["评比得分"]), (row["单位名称"], period)
            assert plain(line["rank"]) == row["名次"], (row["单位名称"], period)


@pytest.mark.parametrize(("name", "check"), [("entered", 3), ("authorised", 4), ("connected", 5)])
def test_every_rate_of_the_trend_is_that_of_the_single_checks(name: str, check: int) -> None:
    trend = trend_of(the_result())
    for period, told in second_readings().items():
        pairs = {
            row["单位名称"]: (row["分子"], row["分母"])
            for row in told["自查对照"]
            if row["序号"] == check and row["分母"]
        }
        for unit in ROSTER:
            done, whole = pairs.get(unit, (None, None))
            assert plain(trend[unit, period][name]) == (pytest.approx(done / whole) if whole else None), (unit, period)
        sums = [sum(part) for part in zip(*pairs.values(), strict=True)]
        assert trend["全区", period][name] == pytest.approx(sums[0] / sums[1])


def test_stages_to_cut_and_open_problems_of_the_trend_are_those_of_the_single_forms() -> None:
    trend = trend_of(the_result())
    for period in PERIODS:
        open_now = {
            unit: sum(line["state"] in ("未开始", "进行中") for line in values["problems"])
            for unit in ROSTER
            if (values := counted(unit, period)) is not None
        }
        assert {unit: trend[unit, period]["problems_open"] for unit in open_now} == open_now
        assert trend["全区", period]["problems_open"] == sum(open_now.values())
        cut = sum(row["可压减环节"] or 0 for row in second_readings()[period]["环节模式"])
        assert trend["全区", period]["cut"] == cut


@pytest.mark.parametrize("period", [1, 2, 7])
def test_a_row_of_the_trend_is_what_the_run_of_its_period_said(period: int) -> None:
    now = the_result(period).trend
    later = the_result().trend
    rows = [frame[frame["period"].eq(period)].reset_index(drop=True) for frame in (now, later)]
    pd.testing.assert_frame_equal(*rows)


# ---- carry-over ----


@pytest.mark.parametrize("period", [1, 2, 7, 12])
def test_the_figures_of_a_silent_unit_are_those_of_its_last_form(period: int) -> None:
    units = the_result(period).units.set_index("unit")
    for unit in ROSTER:
        own = [number for number in forms_of(unit) if number <= period]
        assert plain(units.loc[unit, "own_period"]) == max(own, default=None)
        assert (units.loc[unit, "state"] == "未报送") == (period not in own)
        values = counted(unit, period)
        if values is not None:
            assert units.loc[unit, "items"] == len(values["items"])
            assert units.loc[unit, "problems"] == len(values["problems"])
            past = [line for line in values["problems"] if line["due"] and line["due"] < CUTOFFS[period]]
            overdue = sum(line["state"] in ("未开始", "进行中") for line in past)
            assert units.loc[unit, "problems_overdue"] == overdue


# ---- tasks and problems, items ----


@pytest.mark.parametrize("period", [1, 2, 7, 12])
def test_the_ledger_is_what_the_single_forms_say(period: int) -> None:
    told = {
        (row.kind, row.unit, row.text): {
            "state": plain(row.state), "due": plain(row.due), "first": row.first_period, "last": row.last_period,
            "due_before": plain(row.due_before), "change": row.change, "overdue": plain(row.overdue),
        }
        for row in the_result(period).ledger.itertuples()
    }  # fmt: skip
    assert told == plain_ledger(the_district(), period)
    assert len(the_result(period).ledger) == len(told)


@pytest.mark.parametrize("period", [2, 7, 12])
def test_remarks_name_what_is_gone_reopened_and_postponed(period: int) -> None:
    codes = {"不再列出": "entry_gone", "重新打开": "entry_reopened", "延期": "entry_postponed"}
    expected = [
        (unit, codes[row["change"]], text)
        for (_, unit, text), row in plain_ledger(the_district(), period).items()
        if row["change"] in codes
    ]
    findings = the_result(period).findings
    told = findings[findings["code"].isin(codes.values())]
    assert sorted(zip(told["unit"], told["code"], told["value"], strict=True)) == sorted(expected)


def test_a_number_stays_the_same_over_the_periods() -> None:
    keys = ["kind", "unit", "text"]
    numbers = [the_result(period).ledger.set_index(keys)["number"] for period in (1, 2, 7, 12)]
    for earlier in numbers[:-1]:
        assert numbers[-1].loc[earlier.index].tolist() == earlier.tolist()
    last = the_result().ledger
    assert not last.duplicated(["unit", "number"]).any()
    written = {
        line["number"] for form in the_district()["forms"] for s, _ in SHEETS.values() for line in form["values"][s]
    }
    assert set(last.loc[~last["number"].str.match("GZ-|RW-"), "number"]) <= written


@pytest.mark.parametrize("period", [1, 2, 7, 12])
def test_the_movements_are_what_the_last_two_forms_say(period: int) -> None:
    moves = the_result(period).movements
    told = [(row.unit, row.name, plain(row.name_before), row.change) for row in moves.itertuples(index=False)]
    expected = plain_movements(the_district(), period)
    assert sorted(map(str, told)) == sorted(map(str, expected))


@pytest.mark.parametrize("period", [2, 7, 12])
def test_a_list_that_shrank_is_remarked_on(period: int) -> None:
    shrunk = {
        unit: size - len(own[period]["items"])
        for unit in ROSTER
        if period in (own := forms_of(unit)) and (earlier := [number for number in own if number < period])
        if (size := len(own[max(earlier)]["items"])) > len(own[period]["items"])
    }
    findings = the_result(period).findings
    told = findings[findings["code"].eq("items_fewer")]
    assert dict(zip(told["unit"], told["value"].astype("int64"), strict=True)) == shrunk


# ---- later forms ----


def same(one: Any, other: Any, name: str) -> None:
    """Whether two parts of a result agree, frame by frame."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, obj=name)
    elif isinstance(one, Mapping):
        assert list(one) == list(other), name
        for key in one:
            same(one[key], other[key], f"{name} {key}")
    elif is_dataclass(one):
        for field in fields(one):
            same(getattr(one, field.name), getattr(other, field.name), f"{name} {field.name}")
    else:
        assert one == other, name


@pytest.mark.parametrize(("seed", "period"), [(1, 1), (2, 2)])
def test_later_forms_change_nothing_of_an_earlier_period(seed: int, period: int) -> None:
    district = a_district(seed, ROSTER[:8], range(1, 5))
    so_far = {**district, "forms": [form for form in district["forms"] if form["period"] <= period]}
    alone, among = run_district(so_far, period), run_district(district, period)
    for field in fields(Result):
        same(getattr(alone, field.name), getattr(among, field.name), field.name)


def test_the_order_in_which_forms_lie_there_changes_nothing() -> None:
    district = a_district(3, ROSTER[:8], range(1, 4))
    turned = {**district, "forms": district["forms"][::-1]}
    one, other = run_district(district, 3), run_district(turned, 3)
    for name in ("ledger", "movements", "findings", "deadlines", "trend"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)


# ---- how the work is shared out ----


def test_it_does_not_matter_which_worker_read_which_form() -> None:
    """The forms of one unit may be assessed in several batches."""
    rules, district = the_rules(), a_district(4, ROSTER[:6], range(1, 4))
    files, findings = settle(identified(district), rules)
    raws = {form["file"]: raw_form(values_of(form), rules.form) for form in district["forms"]}
    said = assign_carried(files, 3, rules)
    tasks = [Assignment(Source(file, ""), unit, p, own) for unit, p, file, own in said.itertuples(index=False)]
    background = Background(rules, catalogue_frame([], [1, 2, 3], rules), findings, 3)
    results = []
    for parts in (1, 3):
        shares = [tasks[start::parts] for start in range(parts)]
        assessed = join(
            [assess_forms({t.source.path: raws[t.source.path] for t in share}, share, background) for share in shares]
        )
        results.append(run(assessed, none_found(), files, rules.calendar.by_number[3], rules))
    assert len(results[0].ledger) > 0
    for name in ("ledger", "movements", "findings", "trend"):
        pd.testing.assert_frame_equal(*(getattr(result, name) for result in results), obj=name)
