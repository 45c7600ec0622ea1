"""Scores, ranks within the groups, and whom the program proposes for praise and criticism (评比, spec 5)."""

from typing import Any

import pandas as pd

from pipeline.form import YES
from pipeline.items import UNIT_PERIOD
from pipeline.numbers import round_half_up
from pipeline.outcomes import OVERDUE, SHORT
from pipeline.rules import Rules
from pipeline.words import ACCEPTED, CRITICISM, NOT_REPORTED, PRAISE, RETURNED, SELF_REPORT

PROPOSAL_COLUMNS = ["period", "kind", "unit", "reason", "place", "own", "confirmed", "approver"]


def score_units(
    states: pd.DataFrame,
    results: pd.DataFrame,
    figures: pd.DataFrame,
    rules: Rules,
    reviews: pd.DataFrame | None = None,
    papers: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The score of every unit and period.

    states: unit, period, state, late. reviews (unit, period, experience) and papers: entries of 评议确认 and 纸质登记. published: the
    scores of periods that are final (finals.Published). Adds no_paper (自查报告 due on paper and not registered), group, weight (counted), nine, mode, deduction, deduction_note, bonus, score, change, rank,
    unranked (why there is no rank). A unit that did not report has no score.
    """
    scores = states.assign(group=states["unit"].map({unit.name: unit.group for unit in rules.roster.units}))
    scores = scores.merge(_nine_scores(results, rules), on=UNIT_PERIOD, how="left")
    scores = scores.merge(_mode_scores(figures, rules), on=UNIT_PERIOD, how="left")
    reported = scores["state"].isin([ACCEPTED, RETURNED])
    scores.loc[~reported, ["nine", "mode", "weight"]] = pd.NA
    scores = _deduct(scores.assign(no_paper=_without_paper(scores, papers, rules)), rules)
    scores["bonus"] = _bonus(scores, reviews, rules)
    scores["score"] = _total(scores, rules)
    scores = _as_published(scores, published)
    scores["change"] = _change(scores)
    scores["unranked"] = _why_unranked(scores, rules)
    ranked = scores[scores["unranked"].eq("")]
    rank = ranked.groupby(["period", "group"])["score"].rank(method="min", ascending=False).astype("Int64")
    scores["rank"] = rank.reindex(scores.index).mask(scores["final"], scores["rank"])
    return scores.drop(columns="final")


def _as_published(scores: pd.DataFrame, published: pd.DataFrame | None) -> pd.DataFrame:
    """The scores with the figures of the periods that are final as they were printed, and `final` for these."""
    keys = ["nine", "mode", "deduction", "bonus", "score", "rank"]
    if published is None or published.empty:
        return scores.assign(rank=pd.Series(pd.NA, index=scores.index, dtype="Int64"), final=False)
    printed = (
        scores[UNIT_PERIOD].merge(published[[*UNIT_PERIOD, *keys]], on=UNIT_PERIOD, how="left").set_axis(scores.index)
    )
    final = scores["period"].isin(published["period"])
    kept = {key: scores[key].mask(final, printed[key]) for key in keys if key != "rank"}
    return scores.assign(**kept, rank=printed["rank"].astype("Int64"), final=final)


def propose(
    scores: pd.DataFrame,
    results: pd.DataFrame,
    rules: Rules,
    reviews: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """拟表扬 and 拟通报 of every period (columns PROPOSAL_COLUMNS), best or worst first; who was praised last time is passed over.

    reviews: entries of 评议确认. published: period, kind, unit of the proposals of periods that are final. Adds confirmed, approver, and own: whether the program proposes it (the office may add others).
    """
    overdue = results[results["progress"].eq(OVERDUE)]
    order = {unit.name: place for place, unit in enumerate(rules.roster.units)}
    scores = scores.assign(order=scores["unit"].map(order), overdue=_pairs(scores).isin(_pairs(overdue)))
    proposals: list[pd.DataFrame] = []
    praised_before: set[str] = set()
    decided = _decided(reviews)
    for period in sorted(scores["period"].unique()):
        now = scores[scores["period"] == period]
        praised = _praise(now[~now["unit"].isin(praised_before)], rules)
        proposed = [praised, _criticise(now, overdue[overdue["period"] == period], rules)]
        if published is not None and published["period"].eq(period).any():
            proposed = _as_printed(published[published["period"].eq(period)])
            praised = proposed[0]
        proposals += proposed
        also = decided[decided["period"].eq(period) & decided["kind"].eq(PRAISE) & decided["confirmed"].eq(YES)]
        praised_before = {*praised["unit"], *also["unit"]}
    return _confirm(pd.concat(proposals, ignore_index=True), decided)


def _as_printed(published: pd.DataFrame) -> list[pd.DataFrame]:
    """The proposals of one period as they were printed, praise and criticism."""
    kinds = [published[published["kind"].eq(kind)] for kind in (PRAISE, CRITICISM)]
    return [some.assign(reason="", place=range(1, len(some) + 1)) for some in kinds]


def _decided(reviews: pd.DataFrame | None) -> pd.DataFrame:
    """period, unit, kind, reason, confirmed, approver of the entries of 评议确认 about praise or criticism."""
    columns = ["period", "unit", "kind", "reason", "confirmed", "approver"]
    if reviews is None:
        return pd.DataFrame(columns=columns)
    return reviews.loc[reviews["kind"].notna() & reviews["confirmed"].notna(), columns]


def _confirm(proposals: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """The proposals with what was decided on them, and after them what the office confirmed of its own."""
    keys = ["period", "unit", "kind"]
    decided = decided.astype({"period": "int64"})
    joined = proposals.assign(own=True).merge(decided.drop(columns="reason"), on=keys, how="left")
    index = pd.MultiIndex.from_frame(decided[keys])
    more = decided[~index.isin(pd.MultiIndex.from_frame(proposals[keys])) & decided["confirmed"].eq(YES)]
    whole = pd.concat(
        [joined, more.assign(own=False, reason=more["reason"].fillna(""), place=len(joined))], ignore_index=True
    )
    whole["own"] = whole["own"].astype("bool")
    return whole.astype({"confirmed": "str", "approver": "str", "place": "int64", "period": "int64"})[PROPOSAL_COLUMNS]


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
    unpapered = scores["no_paper"] & scores["state"].isin([ACCEPTED, RETURNED])
    note = (
        _words(late, f"逾期报送扣{points.late:g}分；")
        + _words(unpapered, f"未交自查报告纸质件扣{points.no_paper:g}分；")
        + _words(returned, f"退回补正扣{points.returned:g}分；")
    )
    return scores.assign(
        deduction=points.late * late + points.no_paper * unpapered + points.returned * returned,
        deduction_note=note.str.removesuffix("；"),
    )


def _words(where: pd.Series, text: str) -> pd.Series:
    return pd.Series(text, index=where.index, dtype="str").where(where, "")


def _without_paper(scores: pd.DataFrame, papers: pd.DataFrame | None, rules: Rules) -> pd.Series:
    """Whose 自查报告, signed and stamped on paper, is due and not registered by the cut-off; nobody's while the sheet has no entries."""
    nobody = pd.Series(False, index=scores.index)
    if papers is None or papers.empty:
        return nobody
    cutoff = scores["period"].map({p.number: pd.Timestamp(p.cutoff) for p in rules.calendar.periods})
    good = papers[papers["paper"].eq(SELF_REPORT) & papers["signed"].eq(YES) & papers["sealed"].eq(YES)]
    # One whose day is not told has been there all along.
    first = good["received"].fillna(pd.Timestamp.min.as_unit("s")).groupby(good["unit"]).min()
    there = first.reindex(scores["unit"]).set_axis(scores.index) <= cutoff
    return (cutoff >= pd.Timestamp(rules.calendar.due[rules.ranking.paper_deadline])) & ~there


def _bonus(scores: pd.DataFrame, reviews: pd.DataFrame | None, rules: Rules) -> pd.Series:
    """The points for a 典型经验 the office took up in the period, at most as many as the rules allow."""
    if reviews is None or reviews.empty:
        return pd.Series(0.0, index=scores.index)
    adopted = reviews.groupby(UNIT_PERIOD)["experience"].max().rename("points").reset_index()
    points = scores[UNIT_PERIOD].merge(adopted, on=UNIT_PERIOD, how="left")["points"].set_axis(scores.index)
    return points.astype("Float64").fillna(0.0).clip(upper=rules.ranking.bonus.experience_max).astype("float64")


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
