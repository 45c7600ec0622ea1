"""一、总体情况 of a 工作简报."""

import pandas as pd

from pipeline.briefing.cells import (
    DERIVED,
    ITEMS,
    LATE,
    RANKING,
    REPORTED,
    against_last,
    compared_points,
    count,
    of_check,
    rate,
    rows,
    share_of,
    short_of,
    total,
)
from pipeline.briefing.charts import charts
from pipeline.briefing.facts import (
    cutoff_of,
    five_change,
    in_notice_order,
    paragraphs,
    pooled,
    reported,
    units_where,
    words_of,
)
from pipeline.briefing.phrases import bracketed
from pipeline.document.blocks import Block
from pipeline.passages import Passage, Said, join, say
from pipeline.run import Result
from pipeline.sources import Elsewhere, Less, Where
from pipeline.words import CONTACT_ONLY, RETURNED

DONE = "实现"


def overall(result: Result) -> tuple[Block, ...]:
    """Who reported and what the figures rest on; the items; 三个无审批; the charts."""
    told = paragraphs([_reporting(result), *_quality(result)], [*_items(result), _no_approval(result)])
    return (*told, *charts(result))


def _reporting(result: Result) -> Passage:
    told, late = reported(result), result.units["late"]
    on_time, behind, silent = told & ~late, told & late, ~told
    return say(
        words_of(result).overall.reporting,
        cutoff=cutoff_of(result),
        due=count("一_应报", len(result.units), rows(RANKING)),
        on_time=count("一_按时报送", int(on_time.sum()), Less(rows(RANKING, REPORTED), rows(RANKING, REPORTED, LATE))),
        late=count("一_逾期报送", int(behind.sum()), rows(RANKING, REPORTED, LATE)),
        late_names=bracketed(units_where(result, behind), result.rules),
        silent=count("一_未报送", int(silent.sum()), Less(rows(RANKING), rows(RANKING, REPORTED))),
        silent_names=bracketed(units_where(result, silent), result.rules) if told.any() else "",
    )


def _quality(result: Result) -> list[Said]:
    """What the figures rest on: forms sent back, carried over or corrected late, units without any."""
    words, units = words_of(result), result.units
    returned = units_where(result, units["state"].eq(RETURNED))
    contact_only = units_where(result, units["state"].eq(CONTACT_ONLY))
    unheard = units_where(result, units["own_period"].isna())
    told = words.overall
    contacts = count("一_只报联系表", len(contact_only), rows(RANKING, Where("说明", "含", "只报送了对接人员联系表")))
    provisional = count("一_退回补正", len(returned), rows(RANKING, Where("状态", "为", "暂定")))
    wrong = int(units.loc[units["state"].eq(RETURNED), "errors"].sum())
    errors = count("一_填报错误", wrong, total(RANKING, "错误数", Where("状态", "为", "暂定")))
    never = count("一_尚无数据", len(unheard), Elsewhere("“九项自查”中各项为“未报送”的行数"))
    return [
        say(told.contact_only, count=contacts, names=bracketed(contact_only, result.rules)) if contact_only else "",
        say(told.returned, count=provisional, names=bracketed(returned, result.rules), errors=errors)
        if returned
        else "",
        _carried(result),
        say(told.no_data, count=never, names=bracketed(unheard, result.rules)) if unheard else "",
        *_corrected_late(result),
    ]


def _carried(result: Result) -> Said:
    words, units = words_of(result), result.units
    carried = units[units["own_period"].lt(result.period.number).fillna(False)]
    if carried.empty:
        return ""
    number = count("一_沿用数据", len(carried), rows(RANKING, Where("状态", "含", "沿用")))
    return say(words.overall.carried, count=number)


def _corrected_late(result: Result) -> list[Said]:
    """Forms for a period whose figures are final."""
    late = result.late_corrections
    return [_corrected_in(int(period), late, result) for period in sorted(late["period"].unique())]


def _corrected_in(period: int, late: pd.DataFrame, result: Result) -> Passage:
    units = in_notice_order(late.loc[late["period"].eq(period), "unit"], result)
    source = Elsewhere("“报送情况”中“处理结果”为“更正”的单位数")
    return say(
        words_of(result).overall.late_corrections,
        count=count(f"一_更正第{period}期", len(units), source),
        period=period,
        names=bracketed(units, result.rules),
    )


def _items(result: Result) -> list[Said]:
    words, units, entered = words_of(result).overall, result.units, pooled(result, 3)
    must = int(units["must"].sum())
    if not units["items"].sum():
        return [words.no_items]
    change = compared_points("一_进驻率较上期", five_change(result, "事项"), against_last(result, "entered"), result)
    counts = say(
        words.items,
        units=int(units["own_period"].notna().sum()),
        items=count("一_事项总数", int(units["items"].sum()), rows(ITEMS)),
        exempt=count("一_负面清单", int(units["exempt"].sum()), rows(ITEMS, Where("是否应进驻", "为", "否"))),
        must=count("一_应进驻", entered.target, of_check(3, "分母")),
        entered=count("一_已进驻", entered.done, of_check(3, "分子")),
        not_entered=count("一_未进驻", entered.short, short_of(3)),
        rate=rate("一_进驻率", entered.done, entered.target, share_of(3)),
        compared=change,
    )
    return [counts, words.not_counted.format(count=must - entered.target) if must != entered.target else ""]


def _no_approval(result: Result) -> Said:
    """How many units have reached each of 三个无审批."""
    words, derived = words_of(result).overall, result.derived
    if derived.empty:
        return ""
    counts = derived[derived["result"].eq(DONE)]["name"].value_counts()
    parts = [
        say(
            words.no_approval_part,
            name=name,
            count=count(f"一_{name}", int(counts.get(name, 0)), rows(DERIVED, Where(name, "为", DONE))),
        )
        for name in result.rules.checks.derived.no_approval
    ]
    return say(words.no_approval, parts=join(parts, "、"))
