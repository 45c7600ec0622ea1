"""Scores, ranks within the groups, and whom the program proposes for praise and criticism (评比, spec 5)."""

from typing import Any

import pandas as pd

from pipeline.items import UNIT_PERIOD
from pipeline.numbers import round_half_up
from pipeline.outcomes import OVERDUE, SHORT
from pipeline.rules import Rules

ACCEPTED, RETURNED, NOT_REPORTED, CONTACT_ONLY = "已接收", "退回补正", "未报送", "联系表"
PRAISE, CRITICISM = "表扬", "通报"
PROPOSAL_COLUMNS = ["period", "kind", "unit", "reason", "place"]


def score_units(states: pd.DataFrame, results: pd.DataFrame, figures: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The score of every unit and period.

    states: unit, period, state, late. Adds group, weight (counted), nine, mode, deduction, deduction_note, bonus, score, change, rank,
    unranked (why there is no rank). A unit that did not report has no score.
    """
    scores = states.assign(group=states["unit"].map({unit.name: unit.group for unit in rules.roster.units}))
    scores = scores.merge(_nine_scores(results, rules), on=UNIT_PERIOD, how="left")
    scores = scores.merge(_mode_scores(figures, rules), on=UNIT_PERIOD, how="left")
    reported = scores["state"].isin([ACCEPTED, RETURNED])
    scores.loc[~reported, ["nine", "mode", "weight"]] = pd.NA
    scores = _deduct(scores, rules)
    scores["bonus"] = 0.0
    scores["score"] = _total(scores, rules)
    scores["change"] = _change(scores)
    scores["unranked"] = _why_unranked(scores, rules)
    ranked = scores[scores["unranked"].eq("")]
    scores["rank"] = ranked.groupby(["period", "group"])["score"].rank(method="min", ascending=False).astype("Int64")
    return scores


def propose(scores: pd.DataFrame, results: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """拟表扬 and 拟通报 of every period (columns PROPOSAL_COLUMNS), best or worst first; who was praised last time is passed over."""
    overdue = results[results["progress"].eq(OVERDUE)]
    order = {unit.name: place for place, unit in enumerate(rules.roster.units)}
    scores = scores.assign(order=scores["unit"].map(order), overdue=_pairs(scores).isin(_pairs(overdue)))
    proposals: list[pd.DataFrame] = []
    praised_before: set[str] = set()
    for period in sorted(scores["period"].unique()):
        now = scores[scores["period"] == period]
        praised = _praise(now[~now["unit"].isin(praised_before)], rules)
        proposals += [praised, _criticise(now, overdue[overdue["period"] == period], rules)]
        praised_before = set(praised["unit"])
    return pd.concat(proposals, ignore_index=True)[PROPOSAL_COLUMNS]


def _nine_scores(results: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """unit, period, nine (0.01) and weight: over the checks with a credit; missing where none has weight."""
    counted = results[results["credit"].notna()]
    weight = counted["check"].map({check.number: check.weight for check in rules.checks.checks})
    sums = (
        counted.assign(weight=weight, points=weight * counted["credit"])
        .groupby(UNIT_PERIOD)[["weight", "points"]]
        .sum()
    )
    return sums.assign(nine=round_half_up(100 * sums["points"] / sums["weight"])).drop(columns="points").reset_index()


def _mode_scores(figures: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """unit, period, mode (0.01); missing where modes do not apply or no item is scored."""
    without = {group.name for group in rules.roster.groups if not group.modes}
    units = [unit.name for unit in rules.roster.units if unit.group in without]
    credit = figures["mode_credit"].mask(figures["unit"].isin(units))
    return figures[UNIT_PERIOD].assign(mode=round_half_up(100 * credit))


def _deduct(scores: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Adds deduction and, in words, what it consists of."""
    points = rules.ranking.deductions
    late = scores["late"] & scores["state"].isin([ACCEPTED, RETURNED])
    returned = scores["state"].eq(RETURNED)
    note = _words(late, f"逾期报送扣{points.late:g}分；") + _words(returned, f"退回补正扣{points.returned:g}分；")
    return scores.assign(
        deduction=points.late * late + points.returned * returned, deduction_note=note.str.removesuffix("；")
    )


def _words(where: pd.Series, text: str) -> pd.Series:
    return pd.Series(text, index=where.index, dtype="str").where(where, "")


def _total(scores: pd.DataFrame, rules: Rules) -> pd.Series:
    weighed = rules.ranking.nine * scores["nine"] + rules.ranking.modes * scores["mode"]
    base = weighed.fillna(scores["nine"])
    return round_half_up((base - scores["deduction"] + scores["bonus"]).clip(0, 100))


def _change(scores: pd.DataFrame) -> pd.Series:
    """较上期: the difference to the score of the period before; missing without one."""
    before = scores[[*UNIT_PERIOD, "score"]].assign(period=scores["period"] + 1)
    last = scores[UNIT_PERIOD].merge(before, on=UNIT_PERIOD, how="left")["score"].set_axis(scores.index)
    return round_half_up(scores["score"] - last)


def _why_unranked(scores: pd.DataFrame, rules: Rules) -> pd.Series:
    """Why a unit has no rank; an empty text where it has one."""
    sizes = pd.Series([unit.group for unit in rules.roster.units]).value_counts()
    small = scores["group"].map(sizes) < rules.ranking.rank.min_group
    reasons = {
        "未报送": ~scores["state"].isin([ACCEPTED, RETURNED]),
        "没有可计分的自查项": scores["score"].isna(),
        "试填，只计分不排名": scores["period"].isin(rules.ranking.rank.trial_periods),
        f"本组不足{rules.ranking.rank.min_group}个单位，不排名": small,
        f"计分权重不足{rules.ranking.rank.min_weight}，不排名": scores["weight"]
        .lt(rules.ranking.rank.min_weight)
        .fillna(False),
    }
    words = pd.Series("", index=scores.index, dtype="str")
    for text, where in reversed(reasons.items()):
        words = words.mask(where, text)
    return words


def _praise(now: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    worthy = now[
        now["score"].notna()
        & now["weight"].ge(rules.ranking.rank.min_weight)
        & ~now["overdue"]
        & now["state"].ne(RETURNED)
    ]
    worthy = worthy.assign(gain=worthy["change"].fillna(0.0))
    chosen = worthy.sort_values(["gain", "score", "order"], ascending=[False, False, True]).head(
        rules.ranking.proposals.most
    )
    reasons = [_praise_words(score, change) for score, change in zip(chosen["score"], chosen["change"], strict=True)]
    return _proposals(chosen, PRAISE, reasons)


def _praise_words(score: float, change: float) -> str:
    return f"评比得分{score:.2f}分{_change_words(change)}"


def _change_words(change: float) -> str:
    """“，较上期提高1.20分”; nothing where there is no score to compare with."""
    if pd.isna(change):
        return ""
    if change == 0:
        return "，与上期持平"
    return f"，较上期{'提高' if change > 0 else '下降'}{abs(change):.2f}分"


def _criticise(now: pd.DataFrame, overdue: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    failed = overdue[overdue["result"].eq(SHORT)].groupby("unit")["check"].agg(list)
    reported = now["state"].isin([ACCEPTED, RETURNED])
    no_gain = now["change"].isna() | now["change"].le(0)
    trial = now["period"].isin(rules.ranking.rank.trial_periods)
    low = reported & now["score"].lt(rules.ranking.proposals.low_score) & no_gain & ~trial
    kind = (
        pd.Series(pd.NA, index=now.index, dtype="Int64")
        .mask(low, 3)
        .mask(reported & now["unit"].isin(failed.index), 2)
        .mask(~reported, 1)
    )
    chosen = now.assign(kind=kind, failed=now["unit"].map(failed))[kind.notna()]
    chosen = chosen.sort_values(["kind", "score", "order"]).head(rules.ranking.proposals.most)
    return _proposals(chosen, CRITICISM, [_criticism_words(row, rules) for row in chosen.itertuples()])


def _criticism_words(row: Any, rules: Rules) -> str:
    """Why a unit is proposed for criticism, in figures."""
    if row.kind == 1:
        return "未按要求报送填报表" if row.state == NOT_REPORTED else "只报送了对接人员联系表，未报送填报表"
    if row.kind == 2:
        return "逾期仍不到位：" + "、".join(
            f"第{number}项{rules.checks.by_number[number].topic}" for number in row.failed
        )
    low = f"{rules.ranking.proposals.low_score:g}"
    return f"评比得分{row.score:.2f}分，低于{low}分{_change_words(row.change)}"


def _proposals(chosen: pd.DataFrame, kind: str, reasons: list[str]) -> pd.DataFrame:
    return chosen[["period", "unit"]].assign(kind=kind, reason=reasons, place=range(1, len(chosen) + 1))


def _pairs(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[UNIT_PERIOD])
