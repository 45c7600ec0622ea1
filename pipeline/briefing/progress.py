"""二、进展情况 of a 工作简报: what lies behind the rates of page one."""

import pandas as pd

from pipeline.briefing.cells import (
    COMPARISON,
    ITEMS,
    MODE_ITEMS,
    MODES,
    ONE_CARD,
    against_last,
    compared_points,
    count,
    elsewhere,
    of_check,
    rate,
    rows,
    share_of,
    short_of,
    total,
)
from pipeline.briefing.facts import (
    ITEM,
    Paragraphs,
    district_change,
    has_data,
    in_notice_order,
    paragraphs,
    pooled,
    words_of,
)
from pipeline.briefing.phrases import listed, ordinal_of
from pipeline.briefing.requests import level_names
from pipeline.checks import HEAD
from pipeline.document.blocks import Paragraph
from pipeline.form import YES
from pipeline.movements import ADDED, ENTERED, LEFT, REMOVED, RENAMED
from pipeline.names import normal_names
from pipeline.outcomes import FULL, NOT_APPLICABLE
from pipeline.passages import SILENCE, Passage, Said, join, say
from pipeline.populations import PLACES
from pipeline.run import Result
from pipeline.sources import Cells, Share, Where
from pipeline.stages import AGREES

FORWARDED = Where("审核转报", "不为", YES)


def progress(result: Result) -> Paragraphs:
    """The parts, each with its heading before the first sentence; one without anything to tell is left out."""
    if not has_data(result):
        return paragraphs([words_of(result).progress.no_data])
    titles = result.rules.briefing.subsections
    parts = (
        (titles.entered, _entered(result)),
        (titles.authorised, _authorised(result)),
        (titles.modes, _modes(result)),
    )
    told = [(title, passage) for title, passage in parts if passage]
    return tuple(
        Paragraph(passage, lead=f"（{ordinal_of(place)}）{title}。") for place, (title, passage) in enumerate(told)
    )


# --- （一）进驻情况


def _entered(result: Result) -> Passage:
    return join(
        [
            _all_entered(result),
            _not_entered(result),
            _movements(result),
            _places(result),
            _without_head(result),
            _instant(result),
        ]
    )


def _all_entered(result: Result) -> Said:
    checks = result.checks[result.checks["check"].eq(3) & result.checks["denominator"].gt(0).fillna(False)]
    if checks.empty:
        return ""
    full = int(checks["result"].eq(FULL).sum())
    some, of_three = Where("分母", "大于", 0), Where("序号", "为", 3)
    return say(
        words_of(result).progress.entered_units,
        units=count("二_有应进驻事项的单位", len(checks), rows(COMPARISON, of_three, some)),
        full=count("二_全部进驻的单位", full, rows(COMPARISON, of_three, Where("数据结果", "为", FULL))),
    )


def _not_entered(result: Result) -> Said:
    """The items that have not entered: explained or not."""
    short = short_items(result)
    if short.empty:
        return ""
    explained = int(short["reason"].notna().sum())
    of_three = (Where("未达标自查项", "含", "3"),)
    reason = result.rules.form.column("items", "reason").title
    return say(
        words_of(result).progress.not_entered,
        count=count("二_未进驻", len(short), short_of(3)),
        explained=count("二_已写明措施", explained, rows(ITEMS, *of_three, Where(reason, "有"))),
        unexplained=count("二_未写明措施", len(short) - explained, rows(ITEMS, *of_three, Where(reason, "没有"))),
    )


def short_items(result: Result) -> pd.DataFrame:
    """The items that must enter and have not: unit, key, reason (未进驻原因及措施, missing if not told)."""
    short = result.shortfalls[result.shortfalls["check"].eq(3)]
    keyed = short[["unit"]].assign(key=normal_names(short["name"]))
    told = result.items.drop_duplicates(["unit", "key"])[["unit", "key", "reason"]]
    return keyed.merge(told, on=["unit", "key"], how="left")


def _movements(result: Result) -> Said:
    """What became of the items since the forms before."""
    words, changes = words_of(result), result.movements["change"].value_counts()
    told = [
        say(
            words.phrases.counted,
            name=name,
            count=count(f"二_事项{name}", int(changes[name]), rows("事项变化", Where("变化", "为", name))),
            measure=ITEM,
        )
        for name in (ADDED, REMOVED, RENAMED, ENTERED, LEFT)
        if name in changes
    ]
    return say(words.progress.movements, moves=join(told, "、")) if told else ""


def _places(result: Result) -> Said:
    """The items with a step outside the hall, and which steps these are."""
    words = words_of(result)
    short = result.shortfalls[result.shortfalls["check"].eq(6)]
    if short.empty:
        return ""
    titles = [result.rules.form.column("items", place).title for place in PLACES]
    keys = short["key"].fillna("").astype("str")
    told = [
        say(
            words.phrases.counted,
            name=title.removesuffix("地点"),
            count=count(
                f"二_{title}不在厅内",
                int(keys.str.contains(place, regex=False).sum()),
                elsewhere(f"“事项明细”中“未达标自查项”含6、“{title}”空着或在厅外的行数"),
            ),
            measure=ITEM,
        )
        for place, title in zip(PLACES, titles, strict=True)
        if keys.str.contains(place, regex=False).any()
    ]
    return say(words.progress.places, count=count("二_环节不在厅内", len(short), short_of(6)), places=join(told, "、"))


def _without_head(result: Result) -> Said:
    """The units that need a 窗口行政科长（首席代表） in the hall and have none."""
    without = units_without_head(result)
    return words_of(result).progress.no_head.format(units=listed(without, result.rules)) if without else ""


def units_without_head(result: Result) -> list[str]:
    """The units to which check 7 applies, in a group that needs a head of window, without one in the hall."""
    needed = {group.name for group in result.rules.roster.groups if group.head_needed}
    units = result.units.loc[result.units["group"].isin(needed), "unit"]
    concerned = result.checks[result.checks["check"].eq(7) & result.checks["result"].ne(NOT_APPLICABLE)]
    staff = result.details["staff"]
    headed = staff.loc[staff["post"].eq(HEAD) & staff["in_hall"].eq(YES), "unit"]
    return in_notice_order(units[units.isin(concerned["unit"]) & ~units.isin(headed)], result)


def _instant(result: Result) -> Said:
    instant, must = int(result.units["instant"].sum()), int(result.units["must"].sum())
    if not must:
        return ""
    due = Where("是否应进驻", "为", YES)
    source = rows(ITEMS, due, Where("办件类型", "为", "即办件"))
    return say(
        words_of(result).progress.instant,
        count=count("二_即办件", instant, source),
        rate=rate("二_即办率", instant, must, Share(source, rows(ITEMS, due))),
    )


# --- （二）集中、授权和系统对接


def _authorised(result: Result) -> Passage:
    return join([_letters(result), _unconnected(result)])


def _letters(result: Result) -> Said:
    found = pooled(result, 4)
    if not found.target:
        return ""
    change = district_change(result, "authorised")
    return say(
        words_of(result).progress.authorised,
        target=count("二_应授权", found.target, of_check(4, "分母")),
        done=count("二_已授权", found.done, of_check(4, "分子")),
        rate=rate("二_授权率", found.done, found.target, share_of(4)),
        compared=compared_points("二_授权率较上期", change, against_last(result, "authorised"), result),
    )


def _unconnected(result: Result) -> Said:
    """The items that are not on the platform, and how many of these run on a system that others built."""
    short = result.shortfalls[result.shortfalls["check"].eq(5)]
    if short.empty:
        return ""
    keyed = short[["unit"]].assign(key=normal_names(short["name"]))
    systems = result.details["systems"].drop_duplicates(["unit", "name_key"])[["unit", "name_key", "level"]]
    used = keyed.merge(
        result.items.drop_duplicates(["unit", "key"])[["unit", "key", "system"]], on=["unit", "key"], how="left"
    )
    used = used.assign(name_key=normal_names(used["system"])).merge(systems, on=["unit", "name_key"], how="left")
    above = int(used["level"].isin(level_names(result)).sum())
    return say(
        words_of(result).progress.unconnected,
        count=count("二_未对接", len(short), short_of(5)),
        above=count(
            "二_未对接上级系统",
            above,
            elsewhere("“事项明细”中“未达标自查项”含5、“办理系统”在“业务系统”中为国家、省、市建设的行数"),
        ),
    )


# --- （三）环节梳理


def _modes(result: Result) -> Passage:
    if result.modes.empty:
        return _one_card(result)
    proof = words_of(result).progress.proof_of_form
    return join([_verdicts(result), *_to_cut(result), _approved(result), proof, _one_card(result)])


def _verdicts(result: Result) -> Passage:
    """How many items agree, and what is wrong with the others; together they are all."""
    words, verdicts = words_of(result), result.modes["verdict"]
    names = [verdict.name for verdict in result.rules.stages.verdicts if verdict.name != AGREES]
    rest = [
        say(
            words.phrases.counted,
            name=name,
            count=count(f"二_{name}", int(verdicts.eq(name).sum()), rows(MODES, Where("结论", "为", name))),
            measure=ITEM,
        )
        for name in names
        if verdicts.eq(name).any()
    ]
    others = say(words.progress.verdicts, verdicts=join(rest, "、")) if rest else ""
    agreeing = count("二_一致", int(verdicts.eq(AGREES).sum()), rows(MODES, Where("结论", "为", AGREES)))
    return say(
        words.progress.modes, items=count("二_梳理事项", len(verdicts), MODE_ITEMS), agreeing=agreeing, others=others
    )


def _to_cut(result: Result) -> list[Said]:
    words, modes = words_of(result).progress, result.modes
    here = modes[modes["forwarded"].ne(YES).fillna(True)]
    cut = int(here["cut"].sum())
    adjust = int(modes["adjust"].fillna(False).sum())
    cut_items = count(
        "二_可压减事项", int(here["cut"].gt(0).sum()), rows(MODES, FORWARDED, Where("可压减环节", "大于", 0))
    )
    return [
        say(words.cut, cut=count("二_可压减环节", cut, total(MODES, "可压减环节", FORWARDED)), items=cut_items)
        if cut
        else "",
        say(words.adjust, count=count("二_需调整网上流程", adjust, rows(MODES, Where("需调整网上流程", "为", YES))))
        if adjust
        else "",
    ]


def _approved(result: Result) -> Said:
    approved = int(result.modes["approved"].notna().sum())
    source = elsewhere("“环节模式”中已审定的事项数（办公室登记表“环节审定”）")
    return say(words_of(result).progress.approved, count=count("二_已审定", approved, source)) if approved else ""


def _one_card(result: Result) -> Passage:
    """一证通办 where units have told of it."""
    listed_items = result.details["one_card"]
    if listed_items.empty:
        return SILENCE
    form = result.rules.form
    done_title, spared, whole = (form.column("one_card", key).title for key in ("done", "spared", "replaceable"))
    done, is_done = int(listed_items["done"].eq(YES).sum()), rows(ONE_CARD, Where(done_title, "为", YES))
    return say(
        words_of(result).progress.one_card,
        units=count("二_一证通办单位", listed_items["unit"].nunique(), Cells(ONE_CARD, "不同的个数", "单位名称")),
        items=count("二_一证通办事项", len(listed_items), rows(ONE_CARD)),
        done=count("二_已实现一证通办", done, is_done),
        rate=rate("二_一证通办率", done, len(listed_items), Share(is_done, rows(ONE_CARD))),
        spared=rate(
            "二_免提交率", int(listed_items["spared"].sum()), int(listed_items["replaceable"].sum()),
            Share(total(ONE_CARD, spared), total(ONE_CARD, whole)),
        ),
    )  # fmt: skip
