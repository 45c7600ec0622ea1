"""Small districts for property tests: what units might type into their forms, drawn by hypothesis.

A district is the plain data tests/oracle.py reads. Rows start from a faultless one and take drawn changes, the first
of every list being the dullest, so that a failing district shrinks to the few cells that matter. Faults come at most
one a form, and only such as spec.md reads in one way: see CELL_FAULTS. Dates that depend on a cut-off are held as days
from it (`Days`) until the period is known.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.oracle_basis import BASES, SAME_AS_ABOVE

Row = dict[str, Any]

RULES = Path(__file__).parent.parent / "rules"
CUTOFFS: dict[int, date] = {
    period["number"]: period["cutoff"]
    for period in tomllib.loads((RULES / "calendar.toml").read_text(encoding="utf-8"))["periods"]
}
ROSTER: list[str] = [
    unit["name"] for unit in tomllib.loads((RULES / "units.toml").read_text(encoding="utf-8"))["units"]
]


@dataclass(frozen=True)
class Days:
    """A date told as days from the cut-off of the form's period."""

    after: int


# -------------------------------------------------------------------------------------------------- a faultless form

# Six of group A, two of B, one of C: only A is large enough to be ranked.
UNITS = [
    "区教体局",
    "区民政局",
    "区人社局",
    "区卫健委",
    "区市场监管局",
    "区商务局",
    "国网石龙供电公司",
    "区国源水务",
    "区残联",
]

# A unit's first item has the first name, its second the second: to drop one from a list is all a smaller case takes.
# No two of these are alike (below 50 of 100); the third holds a 、 of its own.
NAMES = [
    "民办学校设立审批",
    "食品经营许可",
    "医师、护士执业注册",
    "临时救助金给付",
    "残疾人证办理",
    "取水许可",
    "企业职工养老保险参保登记",
    "烟花爆竹零售经营许可",
    "城镇燃气设施改动审核",
    "老年人优待证发放",
]
# The same name in other signs: equal in the normal form.
SAME_NAMES = {
    "民办学校设立审批": "民办学校（设立） 审批",
    "食品经营许可": "《食品经营许可》",
    "残疾人证办理": "残疾人证 办理",
}
# Names near enough to be taken for a slip (92 of 100 and more), and two that are not (75 and less).
NEAR_NAMES = {"民办学校设立审批": "民办学校设立的审批", "食品经营许可": "食品经营的许可"}
UNLIKE_NAMES = {"民办学校设立审批": "民办学校变更审批", "食品经营许可": "食品生产许可"}

LAW, BY_CUSTOM = "《中华人民共和国行政许可法》第三十四条", "按有关规定"
# A valid one, a blank and 同上 more often than the rest: they decide the number of stages.
BASIS_TEXTS: list[str | None] = [LAW, LAW, LAW, LAW, None, BY_CUSTOM, *SAME_AS_ABOVE, *BASES]

PLAIN_ITEM: Row = {
    "seq": None, "name": None, "code": None, "item_type": "行政许可", "service_field": None, "department": "审批科",
    "basis": LAW, "forwarded": "否", "negative": "否", "negative_no": None, "in_hall": "是", "window": "A1",
    "reason": None, "planned": None, "accept_at": "大厅", "review_at": "大厅", "decide_at": "大厅",
    "deliver_at": "大厅", "system": "一体化平台", "case_type": "承诺件", "legal_days": 20, "promised_days": 5,
    "hall_cases": 3, "online_cases": 0, "outside_cases": 0, "declared_mode": "审核合一", "online_stages": 1,
    "remark": None,
}  # fmt: skip
PLAIN_INFORMATION: Row = {
    "unit": None, "period": None, "filled_on": None, "head": "张三", "leader": "李四", "leader_post": None,
    "leader_phone": "0375-2530000", "liaison": "王五", "liaison_phone": "13800000000", "liaison_email": None,
    "no_items": "否", "request": None, "experience": None,
}  # fmt: skip
PLAIN_LETTER: Row = {
    "number": "委〔2023〕1号", "holder": "赵六", "signed": None, "valid_to": None, "scope": "全部事项", "listed": None,
    "decides": "是",
}  # fmt: skip
PLAIN_DEPARTMENT: Row = {
    "name": "审批科",
    "approves": "是",
    "approval_no": "编〔2022〕3号",
    "in_hall": "整建制进驻",
    "remark": None,
}
HEAD: Row = {
    "name": "赵六", "department": "审批科", "duty": "综合", "post": "窗口行政科长（首席代表）", "in_hall": "是",
    "remark": None,
}  # fmt: skip
PLAIN_SYSTEM: Row = {"name": "区内审批系统", "level": "区", "connected": "是", "refusal_no": None, "remark": None}
PLAIN_STAGE: Row = {"item": None, "name": "审核", "special": None, "person": "审批科", "basis": LAW, "remark": None}
PLAIN_PROBLEM: Row = {
    "number": None, "problem": "有厅外办件", "check": "8", "item": "several", "cause": None,
    "measure": "迁入大厅", "person": "李四", "due": Days(7), "state": "进行中", "done_on": None,
}  # fmt: skip
ALL_GOOD = ("是",) * 7 + ("否",) * 2


def make_form(unit: str, period: int, filled_on: Any = Days(-1), declared: Any = ALL_GOOD, **sheets: list[Row]) -> Row:
    """Return one form; sheets are lists of rows by key (items, stages …), a row of 单位信息 as `unit_info`.

    A sheet not given is blank, 单位信息 faultless, 无政务服务事项 否. `declared` holds the nine answers.
    """
    values: dict[str, list[Row]] = {"unit_info": [PLAIN_INFORMATION]}
    values["declarations"] = declarations(declared)
    for key in (
        "items",
        "stages",
        "authorisations",
        "departments",
        "staff",
        "systems",
        "tasks",
        "problems",
        "one_card",
    ):
        values[key] = []
    values = settle_dates(values | sheets, CUTOFFS[period])
    filled_on = settle_date(filled_on, CUTOFFS[period])
    values["unit_info"][0] |= {"unit": unit, "period": f"第{period}期", "filled_on": filled_on}
    return {
        "unit": unit,
        "period": period,
        "filled_on": filled_on,
        "file": f"{unit}（第{period}期）.xlsx",
        "values": values,
    }


def declarations(answers: Any) -> list[Row]:
    """Return the nine rows of 九项自查 with these answers."""
    return [{"check": str(number), "declared": answer} for number, answer in enumerate(answers, start=1)]


def settle_dates(values: dict[str, list[Row]], cutoff: date) -> dict[str, list[Row]]:
    """Return copies of the rows with `Days` turned into dates."""
    return {key: [{k: settle_date(v, cutoff) for k, v in row.items()} for row in rows] for key, rows in values.items()}


def settle_date(value: Any, cutoff: date) -> Any:
    """Return the date a `Days` stands for, anything else as it is."""
    return cutoff + timedelta(days=value.after) if isinstance(value, Days) else value


# -------------------------------------------------------------------------------------------------------------- items

PLACES = ("accept_at", "review_at", "decide_at", "deliver_at")

ITEM_CHANGES: list[Row] = [
    {},
    {"item_type": "公共服务", "department": None, "basis": None},
    {"item_type": "公共服务", "review_at": "不涉及", "decide_at": "不涉及"},
    {"item_type": "行政确认", "department": "服务科"},
    {"item_type": "其他行政权力", "department": "审批 科"},
    {"forwarded": "是", "review_at": "大厅", "decide_at": "上级机关"},
    {"forwarded": "是", "review_at": "不涉及", "decide_at": "不涉及"},
    {"negative": "是", "negative_no": "平龙政〔2023〕5号", "in_hall": "否"},
    {"negative": "否", "negative_no": "平龙政〔2023〕6号"},
    {"in_hall": "否", "reason": "专网未通", "planned": Days(30)},
    {"in_hall": "否", "reason": None, "planned": None},
    {"in_hall": "√"},
    {"window": "B2"},
    {"window": None},
    {"accept_at": "厅外"},
    {"accept_at": "大厅和厅外"},
    {"accept_at": "网上"},
    {"accept_at": "分厅", "review_at": "分厅", "decide_at": "分厅", "deliver_at": "不涉及"},
    {"review_at": "厅外"},
    {"decide_at": "大厅和厅外"},
    {"deliver_at": "厅外"},
    {"system": "区内审批系统"},
    {"system": "国家专用系统"},
    {"system": "河南政务服务网"},
    {"system": "某某系统"},
    {"system": None},
    {"case_type": "即办件", "legal_days": 1, "promised_days": 1},
    {"hall_cases": None, "online_cases": None},
    {"hall_cases": 0, "online_cases": 0},
    {"hall_cases": "１２", "online_cases": "3件"},
    {"outside_cases": 2},
    {"outside_cases": 2, "hall_cases": 0},
    {"code": "own"},
    {"code": "shared"},
    {"code": "1.14E+30"},
]  # fmt: skip

# What may change on an item from one period to the next: anything but its code.
LATER_CHANGES = [change for change in ITEM_CHANGES if "code" not in change]

STAGE_CHANGES: list[Row] = [
    {},
    {"name": "复核"},
    {"name": "核准"},
    {"name": "决定"},
    {"name": "现场勘验", "special": "现场勘验"},
    {"name": "专家评审", "special": "专家评审"},
    {"name": "受理"},
    {"name": "送达"},
]


# What is drawn of an item: changes to the plain one, the mode it declares, its stages on the platform, its stage rows.
ITEM_PARTS = st.tuples(
    st.lists(st.sampled_from(ITEM_CHANGES), max_size=3),
    st.sampled_from(["审核合一", "一审一核", "一审两核", "特别程序"]),
    st.sampled_from([1, 2, 3, None]),
    st.lists(st.tuples(st.sampled_from(STAGE_CHANGES), st.sampled_from(BASIS_TEXTS)), max_size=5),
)


def make_item(name: str, changes: list[Row], mode: str, online: int | None) -> Row:
    """Return an item with these changes, in their order."""
    item = PLAIN_ITEM | {"name": name, "declared_mode": mode, "online_stages": online}
    for change in changes:
        item |= change
    return item | {"code": code_of(name, item["code"])}


def code_of(name: str, kind: str | None) -> str | None:
    """Return a 实施编码 of 31 digits: one of its own for each name, one for all that share it; anything else as it
    is."""
    if kind not in ("own", "shared"):
        return kind
    number = NAMES.index(name) + 1 if kind == "own" else 0
    return f"114104040054812341{number:013d}"


# ------------------------------------------------------------------------------------------------------- other sheets

LETTER_CHANGES: list[Row] = [
    {},
    {"scope": "所列事项", "listed": "first"},
    {"scope": "所列事项", "listed": "several"},
    {"scope": "所列事项", "listed": "lines"},
    {"scope": "所列事项", "listed": "、"},
    {"scope": "除所列事项外", "listed": "first"},
    {"scope": "除所列事项外", "listed": "several"},
    {"signed": Days(0)},
    {"signed": Days(1)},
    {"signed": Days(-40), "valid_to": Days(0)},
    {"valid_to": Days(-1)},
    {"signed": "2023.3.1"},
    {"decides": "否"},
]
DEPARTMENT_CHANGES: list[Row] = [
    {},
    {"approval_no": None},
    {"in_hall": "部分进驻"},
    {"in_hall": "未进驻"},
    {"approves": "否"},
    {"name": "审批 科", "approves": "否", "in_hall": "未进驻"},
    {"name": "服务科"},
    {"name": "服务科", "in_hall": "部分进驻"},
    {"name": "办公室", "approves": "否", "in_hall": "未进驻"},
]
STAFF_CHANGES: list[Row] = [
    {},
    {"name": "钱七", "post": "窗口人员"},
    {"name": "孙八", "post": "后台审批", "in_hall": "否"},
    {"in_hall": "否"},
    {"name": "周九", "post": "窗口人员", "in_hall": "√"},
]
SYSTEM_CHANGES: list[Row] = [
    {},
    {"connected": "否"},
    {"name": "国家专用系统", "level": "国家", "connected": "否", "refusal_no": "厅〔2022〕8号"},
    {"name": "国家专用系统", "level": "省", "connected": "否"},
    {"name": "国家专用系统", "level": "市", "connected": "否", "refusal_no": "厅〔2022〕9号"},
]
# One line that covers, and lines that fail it by one condition each.
PROBLEM_CHANGES: list[Row] = [
    {},
    {"check": "9"},
    {"item": "first"},
    {"check": 8, "item": "lines"},
    {"check": "9", "due": Days(0)},
    {"due": Days(0), "state": "未开始"},
    {"due": Days(-1)},
    {"due": date(2023, 7, 31)},
    {"due": date(2023, 10, 31)},
    {"due": date(2023, 11, 1)},
    {"check": "9", "due": date(2023, 7, 31)},
    {"check": "9", "due": date(2023, 8, 1)},
    {"check": "3"},
    {"state": "已完成"},
    {"person": "张 三", "item": "、"},
    {"item": None},
]

ANSWERS = [ALL_GOOD, ("否",) * 7 + ("是",) * 2, ("不适用",) * 9, ("是", "否", "不适用") * 3, ("是",) * 9]
FILLED_ON: list[Any] = [
    Days(-1),
    Days(-3),
    Days(-2),
    Days(0),
    Days(1),
    "next",
    "too late",
    None,
    "尽快",
    "2023年3月9日",
]


def spell_names(kind: str | None, names: list[str]) -> str | None:
    """Return how a cell lists items of the form: the first one, the first three by ；, the next by line breaks, two by
    、."""
    listed = {"first": names[0:1], "several": names[0:3], "lines": names[1:4], "、": names[0:2]}
    signs = {"first": "", "several": "；", "lines": "\n", "、": "、"}
    return None if kind is None else signs[kind].join(listed[kind]) or None


@st.composite
def reports(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Draw the sheets of a unit's form, dates still told as `Days`; changes that meet on one item may make a fault of
    °."""
    parts = draw(st.lists(ITEM_PARTS, max_size=8))
    names = NAMES[: len(parts)]
    sheets: dict[str, list[Row]] = {"items": [], "stages": []}
    for name, (changes, mode, online, rows) in zip(names, parts, strict=True):
        sheets["items"].append(make_item(name, changes, mode, online))
        sheets["stages"] += [PLAIN_STAGE | {"item": name, "basis": basis} | change for change, basis in rows]
    sheets["authorisations"] = draw_rows(draw, PLAIN_LETTER, LETTER_CHANGES, 3)
    sheets["departments"] = draw_rows(draw, PLAIN_DEPARTMENT, DEPARTMENT_CHANGES, 3)
    sheets["staff"] = draw_rows(draw, HEAD, STAFF_CHANGES, 6)
    sheets["systems"] = draw_rows(draw, PLAIN_SYSTEM, SYSTEM_CHANGES, 2)
    sheets["problems"] = draw_rows(draw, PLAIN_PROBLEM, PROBLEM_CHANGES, 4)
    for letter in sheets["authorisations"]:
        letter["listed"] = spell_names(letter["listed"], names)
    for line in sheets["problems"]:
        line["item"] = spell_names(line["item"], names)
    return sheets


def draw_rows(draw: st.DrawFn, plain: Row, changes: list[Row], most: int) -> list[Row]:
    """Draw the rows of a sheet, each the plain one with one change."""
    return [plain | change for change in draw(st.lists(st.sampled_from(changes), max_size=most))]


# ------------------------------------------------------------------------------------------------------------- faults

# (sheet, cells to overwrite in one of its rows): each makes the form 退回补正 wherever the row exists, except where
# noted.
CELL_FAULTS: list[tuple[str, Row]] = [
    ("unit_info", {"head": None}),
    ("unit_info", {"no_items": "看情况"}),
    ("declarations", {"declared": None}),
    ("declarations", {"declared": "看情况"}),
    ("items", {"name": None}),
    ("items", {"item_type": None}),
    ("items", {"item_type": "看情况"}),
    ("items", {"item_type": "行政处罚"}),
    ("items", {"in_hall": None}),
    ("items", {"in_hall": "看情况"}),
    ("items", {"accept_at": None}),
    ("items", {"accept_at": "看情况"}),
    ("items", {"review_at": "网上"}),
    ("items", {"review_at": "上级机关"}),  # none where 审核转报=是
    ("items", {"decide_at": "不涉及"}),  # none where 审核转报=是 or 公共服务
    ("items", {"deliver_at": "看情况"}),
    ("items", {"outside_cases": None}),
    ("items", {"outside_cases": -1}),
    ("items", {"outside_cases": "若干"}),
    ("items", {"hall_cases": -2}),
    ("items", {"online_cases": "若干"}),
    ("items", {"declared_mode": None}),
    ("items", {"declared_mode": "看情况"}),
    ("items", {"online_stages": "若干"}),
    ("items", {"department": None}),  # none where 公共服务
    ("items", {"basis": None}),  # none where 公共服务
    ("items", {"forwarded": "看情况"}),
    ("items", {"negative": "是", "negative_no": None}),  # none where the catalogue lists the unit
    ("items", {"planned": "尽快"}),
    ("stages", {"item": "不存在的事项"}),
    ("stages", {"name": None}),
    ("stages", {"special": "看情况"}),
    ("authorisations", {"number": None}),
    ("authorisations", {"holder": None}),
    ("authorisations", {"decides": None}),
    ("authorisations", {"signed": "尽快"}),
    ("authorisations", {"valid_to": "看情况"}),
    ("authorisations", {"scope": None}),
    ("authorisations", {"scope": "所列事项", "listed": None}),
    ("authorisations", {"scope": "除所列事项外", "listed": "不存在的事项"}),
    ("departments", {"approves": None}),
    ("departments", {"in_hall": "看情况"}),
    ("staff", {"in_hall": None}),
    ("staff", {"post": "看情况"}),
    ("systems", {"connected": None}),
    ("systems", {"level": "看情况"}),
    ("problems", {"due": "月底前"}),
    ("problems", {"due": None}),
    ("problems", {"person": None}),
    ("problems", {"state": "看情况"}),
    ("problems", {"check": None}),
    ("problems", {"item": "不存在的事项"}),
]
# Faults that take a row of their own: a second item of the first one's name (other signs in it), a 一证通办 line to
# nowhere, and 无政务服务事项=是 beside items.
ROW_FAULTS = ["second item", "one_card", "no_items"]


def add_fault(sheets: dict[str, list[Row]], fault: Any, place: int) -> dict[str, list[Row]]:
    """Return the sheets with one fault in them; unchanged where the sheet has no row to spoil."""
    sheets = copy_rows(sheets)
    if fault == "second item" and sheets["items"]:
        first = sheets["items"][0]
        sheets["items"].append(
            PLAIN_ITEM | {"name": SAME_NAMES.get(first["name"], first["name"]), "in_hall": "否", "reason": "无"}
        )
    elif fault == "one_card":
        sheets["one_card"] = [{"item": "不存在的事项", "materials": 3}]
    elif fault == "no_items" and sheets["items"]:
        sheets["unit_info"][0]["no_items"] = "是"
    elif isinstance(fault, tuple):
        overwrite(sheets[fault[0]], fault[1], place)
    return sheets


def copy_rows(sheets: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the sheets with rows of their own, to be changed without touching the ones they come from."""
    return {key: [dict(row) for row in rows] for key, rows in sheets.items()}


def overwrite(rows: list[Row], cells: Row, place: int) -> None:
    """Overwrite cells of the row at a place, counted round; nothing where there is no row."""
    if rows:
        rows[place % len(rows)] |= cells


def faults() -> st.SearchStrategy[Any]:
    """Draw a fault, none in half of the cases."""
    return st.one_of(st.none(), st.sampled_from([*CELL_FAULTS, *ROW_FAULTS]))


# ---------------------------------------------------------------------------------------------------------- catalogue

ENTRY_KINDS = ["same", "left out", "other signs", "near", "unlike", "same code", "negative", "untyped", "service"]


# The catalogue's entries of one unit by their kinds, the first for the first name; often the unit is not listed.
ENTRIES: st.SearchStrategy[list[str]] = st.one_of(
    st.just([]), st.lists(st.sampled_from(ENTRY_KINDS), min_size=1, max_size=9)
)


def make_entries(unit: str, kinds: list[str]) -> list[Row]:
    """Return the entries of a unit, those left out omitted."""
    named = zip(NAMES, kinds, strict=False)
    return [make_entry(unit, name, kind) for name, kind in named if kind != "left out"]


def make_entry(unit: str, name: str, kind: str) -> Row:
    """Return one entry of the catalogue in the shape asked for."""
    entry: Row = {
        "unit": unit,
        "name": name,
        "code": None,
        "item_type": "行政许可",
        "case_type": "承诺件",
        "negative_no": None,
    }
    shapes: dict[str, Row] = {
        "same": {"code": code_of(name, "own")},
        "other signs": {"name": SAME_NAMES.get(name, name)},
        "near": {"name": NEAR_NAMES.get(name, name)},
        "unlike": {"name": UNLIKE_NAMES.get(name, name)},
        "same code": {"name": f"（改名）{NAMES.index(name)}号目录事项", "code": code_of(name, "own")},
        "negative": {"negative_no": "平龙政〔2023〕9号"},
        "untyped": {"item_type": "行政处罚"},
        "service": {"item_type": "公共服务"},
    }
    return entry | shapes[kind]


# ------------------------------------------------------------------------------------------------------- the register

# What is corrected on the telephone: sheet, whether it names an item, column, new values, the last ones faulty.
BY_PHONE: list[tuple[str, bool, str, list[str]]] = [
    ("事项清单", True, "大厅办件量", ["4", "0", "若干"]),
    ("事项清单", True, "厅外办件量", ["0", "2", "若干"]),
    ("事项清单", True, "进驻大厅", ["是", "否", "看情况"]),
    ("事项清单", True, "决定地点", ["大厅", "厅外", "网上"]),
    ("事项清单", True, "申报模式", ["审核合一", "一审两核", "看情况"]),
    ("事项清单", True, "承办科室", ["审批科", "服务科"]),
    ("单位信息", False, "主要负责人", ["孙八"]),
]


@st.composite
def registers(draw: st.DrawFn, units: list[str], periods: list[int]) -> dict[str, list[Row]]:
    """Draw what the office entered about some units; of two entries on one thing there is only one."""
    unit = st.sampled_from(units)
    period = st.sampled_from([f"第{number}期" for number in periods])
    name = st.sampled_from([*NAMES[:4], SAME_NAMES[NAMES[0]], "不存在的事项"])
    day = st.builds(lambda number, days: CUTOFFS[number] + timedelta(days=days), st.sampled_from(periods), st.sampled_from([0, -9, 1]))  # fmt: skip
    check = st.sampled_from([str(number) for number in range(1, 10)])
    item_check = st.sampled_from(["3", "4", "5", "6", "8", "9"])
    mended = {"again": st.sampled_from([None, "已整改", "未整改"]), "again_on": st.one_of(st.none(), day)}
    experience = st.sampled_from([None, 0, 1, 3, 7])
    sheets = {
        "inspections": [
            {"unit": unit, "check": item_check, "name": name, "date": day, **mended},
            {"unit": unit, "check": check, "name": st.none(), "date": day, **mended},
        ],
        "waivers": [{"unit": unit, "check": check, "until": st.one_of(st.none(), day)}],
        "approvals": [{"unit": unit, "name": name, "mode": st.sampled_from(["审核合一", "一审一核", "一审两核", "特别程序"])}],
        "papers": [{"unit": unit, "paper": st.sampled_from(["自查报告", "工作方案"]), "received": st.one_of(st.none(), day), "signed": st.sampled_from(["是", "否"]), "sealed": st.sampled_from(["是", None])}],
        "receipts": [{"unit": unit, "period": period, "received": day}],
        "reviews": [{"unit": unit, "period": period, "kind": st.sampled_from(["表扬", "通报", None]), "confirmed": st.sampled_from(["是", "否", None]), "experience": experience}],
    }  # fmt: skip
    drawn = {key: draw(entries_of(*map(st.fixed_dictionaries, rows), key=key)) for key, rows in sheets.items()}
    corrections = st.builds(make_correction, unit, period, st.sampled_from(BY_PHONE), st.integers(0, 2), name, st.one_of(st.none(), day))  # fmt: skip
    return drawn | {"corrections": draw(entries_of(corrections, key="corrections"))}


# What makes two entries of the register speak of the same thing.
SAME = {
    "inspections": ("unit", "check", "name", "date"),
    "waivers": ("unit", "check", "until"),
    "approvals": ("unit", "name"),
    "papers": ("unit", "paper", "received"),
    "receipts": ("unit", "period"),
    "reviews": ("unit", "period"),
    "corrections": ("unit", "period", "sheet", "line", "heading", "date"),
}


def entries_of(*rows: st.SearchStrategy[Row], key: str) -> st.SearchStrategy[list[Row]]:
    """Draw a few entries of a sheet, no two about the same thing."""
    signs = str.maketrans("", "", "（） ")
    return st.lists(
        st.one_of(*rows), max_size=3, unique_by=lambda row: tuple(str(row[part]).translate(signs) for part in SAME[key])
    )


def make_correction(
    unit: str, period: str, cell: tuple[str, bool, str, list[str]], at: int, name: str, day: Any
) -> Row:
    """Return one entry of 电话更正."""
    sheet, named, heading, values = cell
    told = {"sheet": sheet, "line": name if named else None, "heading": heading, "new": values[at % len(values)]}
    return {"unit": unit, "period": period, "date": day} | told


# ---------------------------------------------------------------------------------------------------------- districts

# The second and third cross 04-30, the fourth and fifth 07-31, the last two 10-31.
PERIODS = [[1], [1, 2], [1, 2, 3], [4, 5], [10, 11], [9, 10, 11], [16, 17, 18], [17, 18]]


@st.composite
def histories(draw: st.DrawFn, periods: list[int]) -> Row:
    """Draw a unit, its entries in the catalogue and its forms over the periods: one report, changed and spoilt a little
    from time to time, or none."""
    unit = draw(st.sampled_from(UNITS))
    catalogue = make_entries(unit, draw(ENTRIES))
    sheets = draw(reports())
    forms = []
    for period in periods:
        sheets = copy_rows(sheets)
        overwrite(sheets["items"], draw(st.sampled_from(LATER_CHANGES)), draw(st.integers(0, 7)))
        no_items = "否" if sheets["items"] else draw(st.sampled_from(["是", "否"]))
        whole = sheets | {"unit_info": [PLAIN_INFORMATION | {"no_items": no_items}]}
        whole["declarations"] = declarations(draw(st.sampled_from(ANSWERS)))
        spoilt = add_fault(whole, draw(faults()), draw(st.integers(0, 8)))
        form = make_form(unit, period, filled_on(draw(st.sampled_from(FILLED_ON)), period), **spoilt)
        forms += [form] if draw(st.integers(0, 4)) < 4 else []
    return {"unit": unit, "catalogue": catalogue, "forms": forms}


def filled_on(kind: Any, period: int) -> Any:
    """Return a 填报日期: the day of the next period's cut-off, the day after it, or what was drawn."""
    if kind not in ("next", "too late"):
        return kind
    following = CUTOFFS.get(period + 1)
    if following is None:
        return Days(1)
    return following if kind == "next" else following + timedelta(days=1)


@st.composite
def districts(draw: st.DrawFn) -> Row:
    """Draw a district of 2 to 7 units that report in 1 to 3 periods; the other units of the roster never do."""
    periods = draw(st.sampled_from(PERIODS))
    units = draw(st.lists(histories(periods), min_size=2, max_size=7, unique_by=lambda drawn: drawn["unit"]))
    catalogue = [entry for drawn in units for entry in drawn["catalogue"]]
    forms = [form for drawn in units for form in drawn["forms"]]
    forms = forms or [make_form(UNITS[0], periods[0])]
    register = draw(registers(sorted({form["unit"] for form in forms}), periods))
    return {"periods": periods, "catalogue": catalogue, "forms": forms, "register": register}


# Short reports of the other units in a full district, from faultless to poor.
FILLERS: list[dict[str, list[Row]]] = [
    {
        "items": [PLAIN_ITEM | {"name": "取水许可"}],
        "authorisations": [PLAIN_LETTER],
        "departments": [PLAIN_DEPARTMENT],
        "staff": [HEAD],
    },
    {"items": [PLAIN_ITEM | {"name": "取水许可"}], "staff": [HEAD]},
    {
        "items": [
            PLAIN_ITEM
            | {"name": "取水许可", "in_hall": "否", "reason": "专网未通", "planned": Days(9), "outside_cases": 2}
        ]
    },
]


@st.composite
def full_districts(draw: st.DrawFn) -> Row:
    """Draw a district in which at most two units of the roster are silent, so that 拟通报 is not all 未报送."""
    district = draw(districts())
    drawn = {form["unit"] for form in district["forms"]}
    others = [unit for unit in ROSTER if unit not in drawn]
    silent = draw(st.lists(st.sampled_from(others), unique=True, max_size=2))
    for period in district["periods"]:
        for unit in others:
            if unit not in silent:
                district["forms"].append(make_form(unit, period, **draw(st.sampled_from(FILLERS))))
    return district
