"""What the units wrote, row by row, in the columns of the form: the detail sheets of 汇总表."""

import numpy as np
import pandas as pd

from pipeline import form
from pipeline.form import NO, YES
from pipeline.names import normal_names
from pipeline.run import Result
from pipeline.sheets import TONES, Column, Kind, TableSheet, Tone
from pipeline.summary.flags import (
    DEPARTMENT_CHECK,
    ITEM_CHECKS,
    NOT_LISTED,
    STAFF_CHECK,
    counted_members,
    flag_title,
    flags_of,
)
from pipeline.summary.modes import PROOF_OF_FORM
from pipeline.tables import Told, carried_words, centred, join_words, lay_out, period_names, yes_no

CONTACT_TYPES = ("phone", "email")
KINDS: dict[str, Kind] = {"count": "integer", "date": "date"}
# Columns this wide hold sentences.
WRAP_FROM = 20
UNFINISHED = ["未开始", "进行中"]
COMPUTED, FLAGS = "汇总计算", "是否达标（1是，0否，空白不在范围）"
GONE = "不再列出"
CHANGES: dict[str, Tone] = {"新增": "note", "本期完成": "good", "重新打开": "bad", "延期": "fair", GONE: "muted"}
MOVED: dict[str, Tone] = {"新增": "note", "新进驻": "good", "退出大厅": "bad"}


def detail_sheets(result: Result) -> tuple[TableSheet, ...]:
    """环节明细, 事项明细, 事项变化, 机构人员, 业务系统, 任务清单, 整改台账 and 一证通办, in this order."""
    return (
        _stages(result),
        _items(result),
        _movements(result),
        _people(result),
        _systems(result),
        _tasks(result),
        _problems(result),
        _one_card(result),
    )


def rows_behind(result: Result) -> dict[str, pd.DataFrame]:
    """By name of a detail sheet its rows in their order: unit, sheet (of the form), row, name."""
    return {"事项明细": _item_rows(result), "机构人员": _people_rows(result)}


def _stages(result: Result) -> TableSheet:
    rows = result.stages
    kind = pd.Series(
        np.select([rows["is_special"], rows["first"]], ["特别程序", "首个审批环节"], "审批环节"),
        index=rows.index,
        dtype="str",
    )
    note = f"{PROOF_OF_FORM}。"
    computed: list[Told] = [
        (
            centred("环节类别", 14, note="首个审批环节由设定依据支撑，不计入有效、待补、未列明。"),
            kind,
        ),
        (centred("形式等级", 10, words=TONES, note=note), rows["grade"]),
        (Column("位阶", width=12, note="按依据的名称推断。"), rows["rank"]),
        (Column("理由", width=40, wrap=True, note=note), rows["why"]),
    ]
    told = _form_columns(rows, "stages", result) + computed + [_carried(rows, result)]
    return TableSheet(
        "环节明细",
        **lay_out(told),
        note=f"各单位“审批环节”表逐条列出，受理、送达等窗口环节不列。等级只看依据的写法：{PROOF_OF_FORM}。",
        freeze=2,
        paper="A3",
    )


def _item_rows(result: Result) -> pd.DataFrame:
    """All items; what a form leaves out stands after what is in it."""
    rows = _in_notice_order(result.items.sort_values("reported", ascending=False, kind="stable"), result)
    return rows.assign(sheet="items")


def _items(result: Result) -> TableSheet:
    rows = _item_rows(result)
    in_catalogue = yes_no(rows["in_catalogue"]).where(rows["catalogued_unit"])
    flags = flags_of(rows, counted_members(result), ITEM_CHECKS)
    computed: list[Told] = [
        (_computed("未填报", note="事项目录中有、填报表中没有的事项。"), yes_no(~rows["reported"])),
        (_computed("在目录中", note="空白：事项目录没有列这个单位。"), in_catalogue),
        (_computed("是否应进驻", note="负面清单有批准文号的事项不用进驻。"), yes_no(rows["must"])),
        (_computed("未达标自查项", width=14, note="这个事项在第几项自查中没有达标。"), _failed_checks(flags)),
        (centred("较上期", 12, words=MOVED, band=COMPUTED, note="与单位上一份表比；减少的事项见“事项变化”。"), _moves(rows, result)),
        _carried(rows, result, COMPUTED),
        *_flag_columns(flags, result),
    ]  # fmt: skip
    return TableSheet(
        "事项明细",
        **lay_out(_form_columns(rows, "items", result, bands=True) + computed),
        note="各单位“事项清单”逐条列出，事项目录中有而没有填报的也列入（“未填报”为“是”）。右侧各栏由程序得出，“自查对照”从第1项…第9项各栏数出分子、分母。",
        freeze=3,
        paper="A3",
    )


def _flag_columns(flags: pd.DataFrame, result: Result) -> list[Told]:
    """A column of 1, 0 and blanks for each check."""
    rules = result.rules.checks.by_number
    return [
        (
            centred(flag_title(check), 9, "integer", band=FLAGS, note=f"{rules[check].topic}：{rules[check].question}"),
            flags[check],
        )
        for check in map(int, flags.columns)
    ]


def _moves(rows: pd.DataFrame, result: Result) -> pd.Series:
    """What changed of each item against the unit's last form: 新增, 更名, 新进驻, 退出大厅."""
    moves = result.movements[result.movements["row"].notna()]
    if moves.empty:
        return pd.Series("", index=rows.index, dtype="str")
    sums = ("、" + moves["change"].astype("str")).groupby([moves["unit"], moves["row"].astype("int64")]).sum()
    told = sums.str.removeprefix("、").rename("moved").rename_axis(["unit", "row"]).reset_index()
    keyed = rows[["unit", "row"]].assign(row=rows["row"].fillna(0).astype("int64"))
    return keyed.merge(told, on=["unit", "row"], how="left")["moved"].fillna("").astype("str")


def _movements(result: Result) -> TableSheet:
    moves = result.movements
    told: list[Told] = [
        (Column("单位名称", width=24), moves["unit"].astype("str")),
        (Column("事项名称", width=44, wrap=True), moves["name"].astype("str")),
        (Column("上期名称", width=44, wrap=True), moves["name_before"].astype("str")),
        (centred("变化", 12, words={**MOVED, "减少": "fair"}), moves["change"].astype("str")),
        (Column("文件", width=40, wrap=True), moves["file"].astype("str")),
    ]
    note = "各单位“事项清单”与它上一份表相比：新增、减少、更名、新进驻、退出大厅。"
    return TableSheet("事项变化", **lay_out(told), note=note, empty="与上期相比没有变化。")


def _computed(title: str, width: float = 11, note: str = "") -> Column:
    return centred(title, width, band=COMPUTED, note=note)


def _failed_checks(flags: pd.DataFrame) -> pd.Series:
    """The numbers of the checks in which each item falls short: 3、6."""
    words = [
        pd.Series(f"{check}", index=flags.index, dtype="str").where(flags[check].eq(0).fillna(False), "")
        for check in map(int, flags.columns)
    ]
    return join_words(words).str.replace("；", "、")


def _people(result: Result) -> TableSheet:
    """Departments, staff and letters in one table: what they share stands first, then what only one of them has."""
    kinds = [result.rules.form.by_key[key] for key in ("departments", "staff", "authorisations")]
    columns = _shared_first(kinds)
    rows = _people_rows(result)
    first: list[Told] = [
        (_unit_column(), rows["unit"]),
        (centred("类别", 12), rows["kind"]),
        (Column("名称", width=20, note="、".join(f"{s.title}：{s.columns[0].title}" for s in kinds)), rows["name"]),
    ]
    rest: list[Told] = [(column, rows[column.title]) for column in columns]
    remark, carried = _carried(rows, result)
    flags = flags_of(rows, counted_members(result), (DEPARTMENT_CHECK, STAFF_CHECK))
    told = [*first, *rest, (remark, join_words([rows["remark"], carried])), *_flag_columns(flags, result)]
    return TableSheet(
        "机构人员",
        **lay_out(told),
        note="内设机构、审批人员、授权委托（委托书）列在一张表中，按“类别”筛选；各类别没有的栏目空着。第2项数科室，第7项数人员。",
        freeze=3,
        paper="A3",
    )


def _people_rows(result: Result) -> pd.DataFrame:
    """Departments, staff and letters, and the departments only items name: unit, kind, sheet, row, name, remark, and the titles of the form."""
    kinds = [result.rules.form.by_key[key] for key in ("departments", "staff", "authorisations")]
    parts = [_named_rows(sheet, result) for sheet in kinds]
    members = counted_members(result)
    only_named = members[members["check"].eq(DEPARTMENT_CHECK) & members["row"].isna()]
    own = result.units[["unit", "own_period"]]
    more = only_named[["unit", "sheet", "row", "name"]].merge(own, on="unit")
    rows = pd.concat([*parts, more.assign(kind=kinds[0].title, remark=NOT_LISTED)], ignore_index=True)
    return _in_notice_order(rows.assign(remark=rows["remark"].fillna("").astype("str")), result)


def _shared_first(kinds: list[form.Sheet]) -> list[Column]:
    """The columns of several sheets, each title once: the common ones, then each sheet's own under its name."""
    columns = [(sheet, column) for sheet in kinds for column in sheet.columns[1:] if column.type not in CONTACT_TYPES]
    titles = [column.title for _, column in columns]
    common = {column.title: column for _, column in reversed(columns) if titles.count(column.title) > 1}
    own = [_column(column, band=sheet.title) for sheet, column in columns if column.title not in common]
    return [*map(_column, reversed(common.values())), *own]


def _named_rows(sheet: form.Sheet, result: Result) -> pd.DataFrame:
    """The rows of a sheet with their Chinese titles; the first column is the name."""
    rows = result.details[sheet.key]
    titles = {column.key: column.title for column in sheet.columns[1:]}
    named = rows[list(titles)].rename(columns=titles)
    return named.assign(
        unit=rows["unit"], own_period=rows["own_period"], kind=sheet.title, sheet=sheet.key, row=rows["row"],
        name=rows[sheet.keys[0]],
    )  # fmt: skip


def _in_notice_order(rows: pd.DataFrame, result: Result) -> pd.DataFrame:
    places = {name: place for place, name in enumerate(result.rules.roster.names)}
    return rows.sort_values("unit", key=lambda units: units.map(places), kind="stable", ignore_index=True)


def _systems(result: Result) -> TableSheet:
    rows = result.details["systems"]
    used = result.items.assign(name_key=normal_names(result.items["system"]))
    counts = used.groupby(["unit", "name_key"]).size().rename("count").reset_index()
    count = rows[["unit", "name_key"]].merge(counts, on=["unit", "name_key"], how="left")["count"].fillna(0)
    told = _form_columns(rows, "systems", result)
    told += [(Column("办理事项数", "integer", note="“办理系统”写了这个系统的事项数。"), count), _carried(rows, result)]
    return TableSheet("业务系统", **lay_out(told), note="各单位办理事项的业务系统，一体化平台不列。", freeze=2)


def _tasks(result: Result) -> TableSheet:
    rows = _followed("tasks", "任务", {"text": "content"}, result)
    told = _form_columns(rows, "tasks", result) + [_overdue(rows, result), *_since(rows), _carried(rows, result)]
    return TableSheet("任务清单", **lay_out(told), note=_overdue_note(result), paper="A3")


def _problems(result: Result) -> TableSheet:
    rows = _followed("problems", "整改", {"text": "problem"}, result)
    topics = {str(check.number): check.topic for check in result.rules.checks.checks}
    topic: Told = (centred("自查项简称", 13), rows["check"].map(topics))
    told = _form_columns(rows, "problems", result)
    told += [topic, _overdue(rows, result), *_since(rows), _carried(rows, result)]
    return TableSheet("整改台账", **lay_out(told), note=_overdue_note(result), paper="A3")


def _followed(sheet: str, kind: str, names: dict[str, str], result: Result) -> pd.DataFrame:
    """The rows of a list with what has become of each since it was first told, and below them those no longer listed."""
    rows = result.details[sheet]
    ledger = result.ledger[result.ledger["kind"].eq(kind)].rename(columns=names)
    gone = ledger[ledger["change"].eq(GONE)]
    # Finished entries of earlier forms, which nobody need list again, are in no file that counts now.
    told = ledger.loc[ledger["change"].ne(GONE), ["file", "row", "change", "first_period"]]
    told = told.astype({"file": "str", "row": "float64"}).drop_duplicates(["file", "row"])
    followed = rows.astype({"row": "float64"}).merge(told, on=["file", "row"], how="left")
    if gone.empty:
        return followed
    shared = [column for column in gone.columns if column in followed.columns and column not in ("file", "row")]
    return pd.concat([followed, gone[shared].astype({"change": "str"})], ignore_index=True)


def _since(rows: pd.DataFrame) -> list[Told]:
    note = "与单位以前报的对比：新增、本期完成、重新打开、延期；以前有、本期没有的列在最后，为“不再列出”。"
    return [
        (centred("变化", 12, words=CHANGES, note=note), rows["change"].astype("str")),
        (centred("首次列出", 11), period_names(rows["first_period"])),
    ]


def _overdue_note(result: Result) -> str:
    return f"“逾期”：到{result.period.cutoff.isoformat()}已过时限而状态不是“已完成”；没有写时限或状态的空着。"


def _overdue(rows: pd.DataFrame, result: Result) -> Told:
    """是 or 否 by state and date; blank where either is not told."""
    past = rows["due"] < pd.Timestamp(result.period.cutoff)
    told = rows["due"].notna() & rows["state"].notna()
    overdue = yes_no(past & rows["state"].isin(UNFINISHED)).where(told)
    return centred("逾期", 9, words={YES: "bad"}), overdue


def _one_card(result: Result) -> TableSheet:
    rows = result.details["one_card"]
    rate = (rows["spared"] / rows["replaceable"].where(rows["replaceable"].gt(0))).astype("Float64")
    told = _form_columns(rows, "one_card", result)
    told += [(Column("免提交率", "percent", note="已免提交数 ÷ 可替代材料数。"), rate), _carried(rows, result)]
    return TableSheet("一证通办", **lay_out(told), note=_one_card_note(rows), freeze=2, paper="A3")


def _one_card_note(rows: pd.DataFrame) -> str:
    """The indicators of 一证通办 and 四电 in one sentence; “—” where nothing can be divided by."""
    if rows.empty:
        return "选填，不计入评比。"
    electronic = {"e_licence": "电子证照", "e_seal": "电子印章", "e_signature": "电子签名", "e_material": "电子材料"}
    covered = "、".join(
        f"{title}{_share(rows[key].eq(YES).sum(), rows[key].isin([YES, NO]).sum())}"
        for key, title in electronic.items()
    )
    done = rows["done"].eq(YES).sum()
    spared = _share(rows["spared"].sum(), rows["replaceable"].sum())
    return (
        f"选填，不计入评比。列出{len(rows)}个事项，已实现一证通办{done}个（{_share(done, len(rows))}），"
        f"免提交率{spared}；覆盖率：{covered}。"
    )


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _form_columns(rows: pd.DataFrame, sheet: str, result: Result, bands: bool = False) -> list[Told]:
    """单位名称 and the columns of a sheet of the form, those for telephone and e-mail left out."""
    columns = [column for column in result.rules.form.by_key[sheet].columns if column.type not in CONTACT_TYPES]
    own: list[Told] = [(_column(column, column.band if bands else ""), rows[column.key]) for column in columns]
    return [(_unit_column(), rows["unit"]), *own]


def _unit_column() -> Column:
    return Column("单位名称", width=24)


def _column(column: form.Column, band: str = "") -> Column:
    """How a column of the form is shown."""
    choice = column.type == "choice"
    return Column(
        column.title,
        KINDS.get(column.type, "text"),
        width=max(column.width, 2 * len(column.title) + 4),
        wrap=column.width >= WRAP_FROM and not choice,
        words=TONES if choice and TONES.keys() & set(column.choices) else None,
        centre=choice,
        band=band,
    )


def _carried(rows: pd.DataFrame, result: Result, band: str = "") -> Told:
    note = "沿用：本期没有报送，列的是以前一期的数据。"
    return Column("说明", width=13, band=band, note=note), carried_words(rows["own_period"], result.period.number)
