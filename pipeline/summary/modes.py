"""The stage modes in 汇总表: 环节模式 (item by item, with the reason), 环节压减 (totals) and 同类事项对比."""

from collections.abc import Callable

import pandas as pd

from pipeline.form import YES
from pipeline.names import normal_names
from pipeline.run import Result
from pipeline.sheets import TONES, Column, TableSheet
from pipeline.stages import AGREES, CUT, MERGE, REDECLARE, SUPPLY, TOO_MANY
from pipeline.summary.live import UNIT, is_live
from pipeline.tables import Told, carried_words, centred, join_words, lay_out, words_where, yes_no

PROOF_OF_FORM = "形式核验，以法制审核为准"
LATER_STAGES = "首个环节之后的环节，按依据写法"
WHOLE_DISTRICT = "全区"
UNTOLD = "未填"


def modes_sheet(result: Result) -> TableSheet:
    """环节模式: every item of the forms, its modes, and why."""
    modes = result.modes
    proof = f"{PROOF_OF_FORM}。"
    told: list[Told] = [
        (Column("单位名称", width=24), modes["unit"]),
        (Column("事项名称", width=34, wrap=True), modes["name"]),
        (centred("事项类型", 13), modes["item_type"]),
        (centred("申报模式"), modes["declared_mode"]),
        (Column("环节数", "integer", width=9), modes["stage_count"]),
        (Column("有效", "integer", width=8, band=LATER_STAGES, note=proof), modes["valid"]),
        (Column("待补", "integer", width=8, band=LATER_STAGES, note=proof), modes["pending"]),
        (Column("未列明", "integer", width=9, band=LATER_STAGES, note=proof), modes["none"]),
        (Column("特别程序有效", "integer", width=14, note=proof), modes["special_valid"]),
        (centred("建议模式", note=proof), modes["suggested"]),
        (centred("结论", 18, words=TONES, note=proof), modes["verdict"]),
        (Column("可压减环节", "integer", width=12), modes["cut"]),
        (Column("待补后定", "integer", width=11), modes["open"]),
        (centred("需调整网上流程", 16), yes_no(modes["adjust"])),
        (Column("说明", width=52, wrap=True, note=proof), join_words([_reasons(modes), modes["note"]])),
        (centred("审定模式", 12, note="法制审核后由专班审定的模式；空白的还没有审定。"), modes["approved"]),
        (centred("审核转报"), modes["forwarded"]),
        (Column("网上环节数", "integer", width=12), modes["online_stages"]),
        (Column("得分率", "percent", width=10), modes["credit"]),
        (centred("计分", 8, note="“是”的计入环节模式得分：应进驻、不是审核转报、所在组适用。"), yes_no(_scored(result))),
        (Column("沿用", width=13, note="本期没有报送，列的是以前一期的数据。"), carried_words(modes["own_period"], result.period.number)),
    ]  # fmt: skip
    note = f"依据等级、建议模式和说明：{PROOF_OF_FORM}；审定过的以审定为准。逐条环节见“环节明细”。"
    return TableSheet("环节模式", **lay_out(told), note=note, freeze=2, paper="A3")


def _scored(result: Result) -> pd.Series:
    """Which items count in 环节模式得分."""
    roster = result.rules.roster
    with_modes = {group.name for group in roster.groups if group.modes}
    units = {unit.name for unit in roster.units if unit.group in with_modes}
    modes = result.modes
    return modes["must"] & modes["forwarded"].ne(YES).fillna(True) & modes["unit"].isin(units)


def _reasons(modes: pd.DataFrame) -> pd.Series:
    """Why an item comes to its 结论, in words; nothing where it is not complete (the note says what lacks) or approved."""
    number = {
        name: modes[name].astype("Int64").astype("str").fillna("") for name in ("s", "cut", "open", "online_stages")
    }
    suggested, declared = modes["suggested"].fillna(""), modes["declared_mode"].fillna("")
    texts: dict[str, pd.Series | str] = {
        TOO_MANY: "有依据的审批环节" + number["s"] + "个，超出标准模式",
        MERGE: number["cut"] + "个环节没有列明依据，也没有别的环节有依据，应无条件实现审核合一",
        CUT: number["cut"] + "个环节没有列明依据，应压减，按有依据的" + number["s"] + "个环节为" + suggested,
        SUPPLY: number["open"] + "个环节的依据待补，补齐或取消后再定",
        REDECLARE: "申报" + declared + "，按依据为" + suggested,
        AGREES: "申报与依据一致",
    }  # fmt: skip
    said = pd.Series("", index=modes.index, dtype="str")
    for verdict, text in texts.items():
        said = said.mask(modes["verdict"].eq(verdict) & modes["approved"].isna(), text)
    online = "网上" + number["online_stages"] + "个环节，与有依据的" + number["s"] + "个不一致"
    differs = (
        modes["adjust"].fillna(False).astype("bool")
        & modes["online_stages"].notna()
        & modes["online_stages"].ne(modes["s"]).fillna(False)
    )
    return join_words([said, online.where(differs, "")])


# --- 环节压减 --------------------------------------------------------------------------------------------------------


def totals_sheet(result: Result) -> TableSheet:
    """环节压减: what is to be cut, by unit and mode; the whole district first."""
    modes = result.modes
    units = pd.Series([WHOLE_DISTRICT, *modes["unit"].unique()])
    # What is forwarded to a higher authority is decided there.
    here = modes["forwarded"].ne(YES).fillna(True)
    names = result.rules.stages.modes
    told: list[Told] = [
        (Column("单位名称", width=24), units),
        (Column("事项数", "integer", width=10), _count(modes, units)),
    ]
    texts = {"事项数": _counted("")}
    for band, key, source in (("申报模式", "declared_mode", "申报模式"), ("建议模式", "suggested", "建议模式")):
        for name in names:
            title = f"{band[:2]}{name}"
            told.append((centred(title, 12, "integer", band=band), _count(modes[modes[key].eq(name)], units)))
            texts[title] = _counted(f',[环节模式!{source}],"{name}"')
    told.append((centred("申报未填", 11, "integer"), _count(modes[modes["declared_mode"].isna()], units)))
    for verdict in (AGREES, REDECLARE, SUPPLY, CUT, MERGE, TOO_MANY):
        told.append(
            (
                centred(verdict, 11 if len(verdict) < 6 else 18, "integer", band="结论"),
                _count(modes[modes["verdict"].eq(verdict)], units),
            )
        )
        texts[verdict] = _counted(f',[环节模式!结论],"{verdict}"')
    told += [
        (
            Column("可压减环节", "integer", width=12, note="审核转报的事项不计入。"),
            _sum(modes[here], "cut", units),
        ),
        (Column("待补后定", "integer", width=11, note="审核转报的事项不计入。"), _sum(modes[here], "open", units)),
        (centred("需调整网上流程", 16, "integer"), _count(modes[modes["adjust"].eq(True).fillna(False)], units)),
    ]
    texts |= {title: _summed(title) for title in ("可压减环节", "待补后定")}
    texts["需调整网上流程"] = _counted(',[环节模式!需调整网上流程],"是"')
    formulas = _of_district_and_units(texts, units) if is_live(result) else {}
    note = f"按单位和环节模式合计，“全区”在最前。{PROOF_OF_FORM}。"
    return TableSheet("环节压减", **lay_out(told), note=note, formulas=formulas, paper="A3")


def _of_district_and_units(texts: dict[str, Callable[[str], str]], units: pd.Series) -> dict[str, pd.Series]:
    own, whole = f"[环节模式!单位名称],{UNIT}", '[环节模式!单位名称],"<>"'
    return {title: pd.Series([write(whole), *[write(own)] * (len(units) - 1)]) for title, write in texts.items()}


def _counted(more: str) -> Callable[[str], str]:
    return lambda who: f"COUNTIFS({who}{more})"


def _summed(title: str) -> Callable[[str], str]:
    return lambda who: f'SUMIFS([环节模式!{title}],{who},[环节模式!审核转报],"<>{YES}")'


def _count(modes: pd.DataFrame, units: pd.Series) -> pd.Series:
    counts = modes.groupby("unit").size()
    return units.map({**counts.to_dict(), WHOLE_DISTRICT: len(modes)}).fillna(0).astype("int64")


def _sum(modes: pd.DataFrame, key: str, units: pd.Series) -> pd.Series:
    sums = modes.groupby("unit")[key].sum()
    return units.map({**sums.to_dict(), WHOLE_DISTRICT: modes[key].sum()}).fillna(0).astype("int64")


# --- 同类事项对比 -----------------------------------------------------------------------------------------------------


def alike_sheet(result: Result) -> TableSheet:
    """同类事项对比: items of the same name in several units that differ in mode, 承诺时限 or 设定依据."""
    rows = _differing(result.modes)
    told: list[Told] = [
        (Column("事项名称", width=40, wrap=True), rows["name"]),
        (centred("单位数", 9, "integer"), rows["units"]),
        (Column("差异", width=24), rows["differs"]),
        (Column("单位名称", width=24), rows["unit"]),
        (centred("申报模式"), rows["declared_mode"]),
        (centred("建议模式", note=f"{PROOF_OF_FORM}。"), rows["suggested"]),
        (Column("环节数", "integer", width=9), rows["stage_count"]),
        (centred("办件类型", 11), rows["case_type"]),
        (Column("法定时限", "integer", width=10), rows["legal_days"]),
        (Column("承诺时限", "integer", width=10), rows["promised_days"]),
        (Column("设定依据", width=60, wrap=True), rows["basis"]),
    ]
    note = f"几个单位都有、名称相同而申报模式、承诺时限或设定依据不同的事项，供会商统一。{PROOF_OF_FORM}。"
    return TableSheet("同类事项对比", **lay_out(told), note=note, paper="A3", empty="没有这样的事项。")


def _differing(modes: pd.DataFrame) -> pd.DataFrame:
    compared = {
        "模式": modes["declared_mode"],
        "承诺时限": modes["promised_days"],
        "依据": normal_names(modes["basis"]),
    }
    keyed = pd.concat([modes, pd.DataFrame(compared)], axis=1)
    groups = keyed.groupby("key")
    units = groups["unit"].transform("nunique")
    words = [words_where(groups[name].transform("nunique").gt(1), name) for name in compared]
    differs = join_words(words).str.replace("；", "、")
    rows = keyed.assign(units=units, differs=differs)[units.gt(1) & differs.ne("")]
    # The units of an item stand together, in the notice's order; items in the order of their first unit.
    return rows.assign(first=rows.groupby("key", sort=False).ngroup()).sort_values(
        "first", kind="stable", ignore_index=True
    )
