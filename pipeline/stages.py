"""The four stage modes: which stages of an item have a basis, which mode follows, what remains to be done (附件2 二(三), spec 4)."""

import numpy as np
import pandas as pd

from pipeline.basis import grade_bases
from pipeline.findings import found, gather
from pipeline.form import YES
from pipeline.items import UNIT_PERIOD
from pipeline.names import normal_names
from pipeline.rulebook import VERDICTS, StageRules
from pipeline.rules import Rules

VALID, PENDING, NONE = "有效", "待补", "未列明"
INCOMPLETE, TOO_MANY, MERGE, CUT, SUPPLY, REDECLARE, AGREES = VERDICTS
COUNTS = ["rows", "stages", "valid", "pending", "none", "special_valid", "special_pending", "special_none", "people"]


def grade_stages(stages: pd.DataFrame, items: pd.DataFrame, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of 审批环节 that are stages of an item, graded, and findings about the others.

    stages: file, row, key (normal name of the item), known and the sheet's columns; items: file, key, basis.
    Adds: is_special, first (the inherent approval stage), grade, rank, why. Rows stay in the order of the sheet.
    """
    rows = stages[stages["known"]].sort_values(["file", "key", "row"], ignore_index=True)
    window = normal_names(rows["name"]).isin(normal_names(pd.Series(rules.stages.window_steps, dtype="str")))
    rows["is_special"] = rows["special"].notna()
    approvals = rows[~rows["is_special"] & ~window]
    rows["first"] = rows.index.isin(approvals.drop_duplicates(["file", "key"]).index)
    grades = grade_bases(rows["basis"], rules.basis)
    # 同上 means the line above, also where that is a window step; only then are these set aside.
    rows = rows.assign(grade=_resolve_ditto(rows, grades, items, rules), rank=grades["rank"], why=grades["reason"])
    findings = [
        found("window_step", rows[window], "stages", "name", value="name"),
        found("basis_unrecognised", rows[~window & grades["unrecognised"]], "stages", "basis", value="basis"),
    ]
    return rows[~window].reset_index(drop=True), gather(findings)


def classify_items(items: pd.DataFrame, stages: pd.DataFrame, approvals: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The mode of every item of the forms (unit, period, file, row, key, name and 事项清单's columns; cutoff, must).

    Adds: stage_count, valid, pending, none, special_valid, s, suggested, approved (审定模式, missing where nobody has decided), verdict,
    cut (可压减环节), open (待补后定), adjust (需调整网上流程, missing where it cannot be told), credit, note (说明).
    approvals: unit, name, mode, approver of 环节审定.
    """
    counted = items.merge(_count_stages(stages), on=["file", "key"], how="left")
    counted[COUNTS] = counted[COUNTS].fillna(0).astype("int64")
    modes = _approve(_suggest(counted, rules.stages), approvals, rules.stages)
    modes["verdict"] = _judge(modes, rules.stages)
    modes["adjust"] = _adjustment(modes)
    modes["credit"] = _credit(modes, rules)
    return modes.assign(note=_notes(modes, rules.stages))


def mode_scores(modes: pd.DataFrame) -> pd.Series:
    """The mean credit of each unit and period over its items in M that are decided here; missing without any."""
    scored = modes[modes["must"] & modes["forwarded"].ne(YES)]
    return scored.groupby(UNIT_PERIOD)["credit"].mean()


def _resolve_ditto(rows: pd.DataFrame, grades: pd.DataFrame, items: pd.DataFrame, rules: Rules) -> pd.Series:
    """Grades with 同上 as the row above; a blank first approval stage lends the grade of 设定依据."""
    own = items[["file", "key"]].assign(item_grade=grade_bases(items["basis"], rules.basis)["grade"])
    item_grade = rows[["file", "key"]].merge(own, on=["file", "key"], how="left")["item_grade"].set_axis(rows.index)
    lent = grades["grade"].where(~(rows["first"] & rows["basis"].isna()), item_grade)
    above = lent.mask(grades["ditto"]).groupby([rows["file"], rows["key"]]).ffill()
    return grades["grade"].mask(grades["ditto"], above).fillna(NONE)


def _count_stages(stages: pd.DataFrame) -> pd.DataFrame:
    """How many rows, approval stages and grades of each kind every item has."""
    later = ~stages["is_special"] & ~stages["first"]
    flags = {
        "rows": stages["key"].notna(),
        "stages": ~stages["is_special"],
        "valid": later & stages["grade"].eq(VALID),
        "pending": later & stages["grade"].eq(PENDING),
        "none": later & stages["grade"].eq(NONE),
        "special_valid": stages["is_special"] & stages["grade"].eq(VALID),
        "special_pending": stages["is_special"] & stages["grade"].eq(PENDING),
        "special_none": stages["is_special"] & stages["grade"].eq(NONE),
    }
    keys = [stages["file"], stages["key"]]
    counts = pd.DataFrame(flags).groupby(keys).sum()
    return counts.assign(people=stages.groupby(["file", "key"])["person"].nunique()).reset_index()


def _suggest(items: pd.DataFrame, rules: StageRules) -> pd.DataFrame:
    """Adds stage_count, s and suggested. An item declared 审核合一 without rows has one stage."""
    alone = items["declared_mode"].eq(rules.modes[0]) & items["rows"].eq(0)
    stage_count = items["stages"].mask(alone, 1)
    has_stage = stage_count.gt(0)
    s = 1 + items["valid"]
    by_count = pd.Series(np.select([s.eq(1), s.eq(2)], rules.modes[:2], rules.modes[2]), index=items.index, dtype="str")
    suggested = by_count.mask(items["special_valid"].gt(0), rules.modes[3]).where(has_stage)
    return items.assign(
        stage_count=stage_count.astype("Int64"), s=s.where(has_stage).astype("Int64"), suggested=suggested,
        cut=items["none"] + items["special_none"], open=items["pending"] + items["special_pending"],
    )  # fmt: skip


def _approve(modes: pd.DataFrame, approvals: pd.DataFrame, rules: StageRules) -> pd.DataFrame:
    """Adds approved and approved_by; where a mode is approved it is the one to follow, and nothing remains to be cut."""
    decided = approvals[["unit", "name", "mode", "approver"]].rename(
        columns={"mode": "approved", "approver": "approved_by"}
    )
    decided = decided.assign(key=normal_names(decided["name"])).drop(columns="name")
    modes = modes.merge(decided, on=["unit", "key"], how="left")
    approved = modes["approved"].notna()
    # 特别程序 leaves open how many approval stages stand beside it.
    stages = modes["approved"].map({mode: place + 1 for place, mode in enumerate(rules.modes[:-1])}).astype("Int64")
    return modes.assign(
        suggested=modes["suggested"].mask(approved, modes["approved"]), s=stages.fillna(modes["s"]),
        cut=modes["cut"].mask(approved, 0), open=modes["open"].mask(approved, 0),
    )  # fmt: skip


def _judge(modes: pd.DataFrame, rules: StageRules) -> pd.Series:
    """The 结论: the first that holds."""
    conditions = {
        INCOMPLETE: modes["stage_count"].eq(0) | modes["declared_mode"].isna(),
        TOO_MANY: modes["s"].gt(rules.max_stages).fillna(False),
        MERGE: modes["cut"].gt(0) & (modes[["valid", "pending", "special_valid", "special_pending"]].sum(axis=1) == 0),
        CUT: modes["cut"].gt(0),
        SUPPLY: modes["open"].gt(0),
        REDECLARE: modes["declared_mode"].ne(modes["suggested"]),
    }
    verdict = np.select([np.asarray(held, dtype=bool) for held in conditions.values()], list(conditions), AGREES)
    by_approval = np.where(modes["declared_mode"].eq(modes["approved"]).fillna(False), AGREES, REDECLARE)
    return pd.Series(verdict, index=modes.index, dtype="str").mask(modes["approved"].notna(), by_approval)


def _adjustment(modes: pd.DataFrame) -> pd.Series:
    """需调整网上流程: the platform runs another number of stages than have a basis, or a special procedure without one."""
    online = modes["online_stages"].fillna(modes["stage_count"])
    adjust = online.ne(modes["s"]) | (modes["special_none"].gt(0) & modes["approved"].isna())
    untold = modes["stage_count"].eq(0) | modes["verdict"].eq(SUPPLY)
    return adjust.astype("boolean").mask(untold)


def _credit(modes: pd.DataFrame, rules: Rules) -> pd.Series:
    """The credit of each item by its 结论, stricter after the deadline."""
    before = modes["verdict"].map({verdict.name: verdict.credit for verdict in rules.stages.verdicts})
    after = modes["verdict"].map({verdict.name: verdict.after for verdict in rules.stages.verdicts})
    due = pd.Timestamp(rules.calendar.due[rules.stages.deadline])
    credit = before.where(modes["cutoff"] <= due, after)
    unproven = modes["rows"].eq(0) & modes["online_stages"].isna()
    held_back = modes["verdict"].eq(AGREES) & (modes["adjust"].fillna(False).astype("bool") | unproven)
    return credit.mask(held_back, rules.stages.unadjusted_credit).astype("float64")


def _notes(modes: pd.DataFrame, rules: StageRules) -> pd.Series:
    """说明: what follows for the unit, and remarks that are no verdicts."""
    rank = {mode: place for place, mode in enumerate(rules.modes)}
    heavier = modes["declared_mode"].map(rank) > modes["suggested"].map(rank)
    words = {
        "申报模式未填": modes["declared_mode"].isna(),
        "没有列审批环节": modes["stage_count"].eq(0),
        "偏繁": modes["verdict"].eq(REDECLARE) & heavier,
        "偏简": modes["verdict"].eq(REDECLARE) & ~heavier,
        "即办件却有多个环节": modes["case_type"].eq("即办件") & modes["stage_count"].gt(1),
        "各环节由同一人办理": modes["stages"].gt(1) & modes["rows"].gt(1) & modes["people"].eq(1),
        "审核转报，不计入压减合计": modes["forwarded"].eq(YES),
        "负面清单事项，不计分": modes["exempt"],
    }
    parts = [
        pd.Series(np.where(np.asarray(held, dtype=bool), word + "；", ""), index=modes.index, dtype="str")
        for word, held in words.items()
    ]
    by = ("，审定人" + modes["approved_by"]).fillna("")
    approved = ("审定模式：" + modes["approved"] + by + "；").fillna("")
    return sum(parts, approved).str.removesuffix("；")
