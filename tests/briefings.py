"""Districts for the tests of the briefing, and what a reader finds in it."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from pipeline.briefing.body import write_briefing
from pipeline.document.blocks import AnnexTitle, Briefing, Chart, ChartRow, Heading, Paragraph, TableBlock
from pipeline.followup import LEDGER
from pipeline.run import DISPATCHES, INSPECTIONS, WAIVERS, Result
from tests.districts import run_district
from tests.submissions import (
    HEAD,
    NAMES,
    PLAIN_DEPARTMENT,
    PLAIN_INFORMATION,
    PLAIN_ITEM,
    PLAIN_LETTER,
    PLAIN_PROBLEM,
    PLAIN_STAGE,
    PLAIN_SYSTEM,
    ROSTER,
    Days,
    make_form,
    make_item,
)

# -------------------------------------------------------------------------------------------------- districts


def faultless(unit, period, **changes):
    """A form in which nothing is wrong: a catalogued item, its department, head and letter."""
    sheets = {
        "items": [PLAIN_ITEM | {"name": NAMES[0]}, PLAIN_ITEM | {"name": NAMES[1]}],
        "departments": [PLAIN_DEPARTMENT],
        "staff": [HEAD],
        "authorisations": [PLAIN_LETTER],
    }
    return make_form(unit, period, **(sheets | changes))


def wanting(unit, period, **changes):
    """A form with something wrong of every kind the briefing counts."""
    items = [
        PLAIN_ITEM
        | {"name": NAMES[0], "in_hall": "否", "accept_at": "厅外", "outside_cases": 2, "system": "省办件系统"},
        PLAIN_ITEM
        | {"name": NAMES[1], "in_hall": "否", "reason": "专网未通", "planned": Days(30), "department": "服务科"},
        PLAIN_ITEM | {"name": NAMES[4], "negative": "是", "negative_no": "平龙政〔2023〕5号", "in_hall": "否"},
        make_item(NAMES[3], [], "一审一核", 2),
    ]
    stages = [
        PLAIN_STAGE | {"item": NAMES[3]},
        PLAIN_STAGE | {"item": NAMES[3], "name": "复核", "basis": None},
        PLAIN_STAGE | {"item": NAMES[0], "basis": "按有关规定"},
        PLAIN_STAGE | {"item": NAMES[0], "name": "复核", "basis": "行政许可法第三十四条"},
    ]
    sheets = {
        "items": items,
        "stages": stages,
        "departments": [PLAIN_DEPARTMENT | {"in_hall": "部分进驻"}],
        "staff": [HEAD | {"in_hall": "否"}, HEAD | {"name": "郝建国", "post": "后台审批"}],
        "systems": [PLAIN_SYSTEM | {"name": "省办件系统", "level": "省", "connected": "否"}],
        "problems": [PLAIN_PROBLEM | {"item": NAMES[0], "due": Days(-3)}],
        "one_card": [
            {"item": NAMES[0], "materials": 8, "replaceable": 5, "spared": 3, "e_licence": "是", "done": "否"}
        ],
    }
    return make_form(unit, period, **(sheets | changes))


def information(**told):
    return [PLAIN_INFORMATION | told]


def district(forms, catalogue=(), period=None):
    entries = [{"unit": unit, "name": name} for unit, name in catalogue]
    periods = sorted({form["period"] for form in forms}) or [1]
    return run_district({"periods": periods, "forms": forms, "catalogue": entries}, period)


@cache
def usual() -> Result:
    """第3期 of eleven units: one late, one sent back, two carried over, one that only sent its 联系表, the rest silent."""
    everybody, now = ROSTER[:10], ROSTER[:8]
    makers = {unit: (wanting if place % 2 else faultless) for place, unit in enumerate(everybody)}
    earlier = [makers[unit](unit, period) for period in (1, 2) for unit in everybody]
    current = [faultless(unit, 3) if unit == ROSTER[1] else makers[unit](unit, 3) for unit in now[:-2]]
    late = makers[now[-2]](now[-2], 3, filled_on=Days(2))
    faulty = wanting(now[-1], 3, items=[PLAIN_ITEM | {"name": NAMES[0], "in_hall": "也许"}])
    contact = make_form(ROSTER[10], 3, declared=[None] * 9)
    contact["values"]["unit_info"][0]["no_items"] = None
    entries = [(unit, name) for unit in now[:2] for name in NAMES[:3]]
    return district([*earlier, *current, late, faulty, contact], entries)


@cache
def perfect() -> Result:
    return district([faultless(unit, 2) for unit in ROSTER], [(u, n) for u in ROSTER for n in NAMES[:2]])


@cache
def alone() -> Result:
    return district([wanting(ROSTER[3], 2)])


@cache
def silent() -> Result:
    return district([], period=1)


@cache
def first() -> Result:
    return district([faultless(ROSTER[0], 1), wanting(ROSTER[1], 1)])


@cache
def carried_only() -> Result:
    """Nobody reported for 第2期; all that is known is from the first."""
    return district([wanting(unit, 1) for unit in ROSTER[:3]], period=2)


@cache
def at_the_end() -> Result:
    """The last period, when all is due and nothing follows."""
    return district([wanting(unit, period) for period in (17, 18) for unit in ROSTER[:6]])


@cache
def modest() -> Result:
    """All 33 units have reported twice and are 到位, but one says that it is not; it also gave up a window."""
    forms = [faultless(unit, period) for period in (2, 3) for unit in ROSTER[1:]]
    windows = [PLAIN_ITEM | {"name": NAMES[0]}, PLAIN_ITEM | {"name": NAMES[1], "window": "B2"}]
    return district(
        [*forms, faultless(ROSTER[0], 2, items=windows), faultless(ROSTER[0], 3, declared=["否"] * 9)],
        [(unit, name) for unit in ROSTER for name in NAMES[:2]],
    )


@cache
def fallen_behind() -> Result:
    """第18期: three units that were 到位 are not any more, in every way a check can fail; all shortfalls are told."""
    said = information(request="请协调专网", experience="首席代表当场签批")
    good = [faultless(unit, 17) for unit in ROSTER[:32]] + [faultless(unit, 18) for unit in ROSTER[7:]]
    good += [faultless(unit, 18, unit_info=said) for unit in (*ROSTER[:3], ROSTER[6])]
    bad = {"accept_at": "厅外", "outside_cases": 1, "in_hall": "否", "system": "某系统"}
    nowhere = PLAIN_ITEM | bad | {"department": None, "window": "C3"}
    strange = PLAIN_ITEM | bad | {"name": NAMES[7], "department": "服务科", "window": "D4"}
    untold = PLAIN_ITEM | {
        "name": NAMES[0],
        "outside_cases": None,
        "in_hall": "否",
        "system": "某系统",
        "review_at": "厅外",
    }
    forms = [
        faultless(ROSTER[3], 18, items=[nowhere | {"name": NAMES[0]}], departments=[], staff=[], authorisations=[]),
        faultless(ROSTER[4], 18, items=[strange], departments=[], staff=[HEAD | {"in_hall": "否"}], authorisations=[]),
        faultless(
            ROSTER[5], 18, items=[untold], departments=[PLAIN_DEPARTMENT | {"approval_no": None}],
            staff=[HEAD | {"post": "后台审批"}], authorisations=[],
        ),
    ]  # fmt: skip
    entries = [(unit, name) for unit in ROSTER for name in NAMES[:2]]
    return telling(district([*good, *forms], entries), shortfalls=9)


def telling(result: Result, **limits: int) -> Result:
    """The result with other [limits]."""
    briefing = result.rules.briefing
    changed = briefing.model_copy(update={"limits": briefing.limits.model_copy(update=limits)})
    return replace(result, rules=result.rules.model_copy(update={"briefing": changed}))


@cache
def decided() -> Result:
    """The usual district with everything the office can enter, and what changed since the forms before; nothing is left open."""
    result = usual()
    now, before = result.proposals, result.proposals_before
    units = result.units.assign(bonus=result.units["bonus"].where(result.units["unit"].ne(ROSTER[0]), 2.0))
    lead = {"unit": ROSTER[1], "period": 3, "lead": "疑似体外循环"}
    found = [("甲事项", "属实", "是"), ("乙事项", "属实", "否"), ("丙事项", "不属实", "否"), ("丁事项", pd.NA, pd.NA)]
    leads = pd.DataFrame([lead | dict(zip(("name", "finding", "transferred"), one, strict=True)) for one in found])
    told = [
        (
            "DB-01",
            "会议",
            ROSTER[1],
            "户政窗口未进驻",
            "",
            "六月底前进驻",
            "郑重",
            pd.Timestamp("2023-03-24"),
            "进行中",
            True,
            True,
            pd.NA,
        ),
        ("DB-02", "督查", ROSTER[3], "在局机关受理", "", "撤回受理点", "何必", pd.NaT, "未开始", True, False, pd.NA),
        ("DB-03", "督查", ROSTER[3], "没有公示牌", "", "补上", "何必", pd.NaT, "已完成", False, False, pd.NA),
    ]
    inspected = [
        (ROSTER[1], 3, NAMES[0], "窗口无人值守，经办人钱多", pd.Timestamp("2023-04-10"), "孙检"),
        (ROSTER[3], 7, pd.NA, "首席代表不在岗", pd.Timestamp("2023-04-11"), "孙检"),
    ]
    waived = [(ROSTER[5], 4, "经批准", "专班", pd.Timestamp("2023-06-30"))]
    moved = [(ROSTER[0], "甲", pd.NA, "新增", f"{n}.xlsx", n) for n in range(3)] + [
        (ROSTER[1], "乙", "丙", "更名", "1.xlsx", 9)
    ]
    lines = [
        {"kind": "整改", "unit": ROSTER[1], "change": "重新打开"},
        {"kind": "任务", "unit": ROSTER[1], "change": "延期"},
    ]
    approved = result.modes["approved"].astype("str")
    approved.iloc[0] = "审核合一"
    return replace(
        result, units=units, leads=leads, draft=False, modes=result.modes.assign(approved=approved),
        proposals=now.assign(confirmed=["否", *["是"] * (len(now) - 1)]), proposals_before=before.assign(confirmed="是"),
        dispatches=pd.DataFrame(told, columns=DISPATCHES),
        inspections=pd.DataFrame(inspected, columns=INSPECTIONS),
        waivers=pd.DataFrame(waived, columns=WAIVERS),
        movements=pd.DataFrame(moved, columns=["unit", "name", "name_before", "change", "file", "row"]),
        late_corrections=pd.DataFrame([(ROSTER[2], 2, "更正.xlsx")], columns=["unit", "period", "file"]),
        ledger=pd.DataFrame(lines).reindex(columns=LEDGER),
    )  # fmt: skip


@cache
def closed() -> Result:
    """As decided, with all dispatches closed, nothing confirmed, more inspections and problems than are told one by one."""
    result = decided()
    done = result.dispatches.assign(open=False, overdue=False, state="已完成")
    inspected = pd.concat([result.inspections] * 4, ignore_index=True)
    details = {**result.details, "problems": pd.concat([result.details["problems"]] * 6, ignore_index=True)}
    counts = {name: result.units[name] * 6 for name in ("problems", "problems_open", "problems_overdue")}
    return replace(
        result, dispatches=done, proposals=result.proposals.assign(confirmed="否"), inspections=inspected, details=details, units=result.units.assign(**counts),
        modes=result.modes[result.modes["unit"].ne(ROSTER[0])],
    )  # fmt: skip


@cache
def all_in() -> Result:
    """Everybody has entered everything, and that is the next thing due."""
    return only_entries_due(perfect())


@cache
def nothing_known() -> Result:
    """Nobody ever reported, and the next thing due is to enter."""
    return only_entries_due(silent())


def only_entries_due(result: Result) -> Result:
    calendar = result.rules.calendar
    left = tuple(deadline for deadline in calendar.deadlines if deadline.key == "items_in")
    changed = calendar.model_copy(update={"deadlines": left})
    return replace(result, rules=result.rules.model_copy(update={"calendar": changed}))


DISTRICTS = [
    usual,
    perfect,
    alone,
    silent,
    first,
    carried_only,
    at_the_end,
    modest,
    fallen_behind,
    decided,
    closed,
    all_in,
    nothing_known,
]


each_district = pytest.mark.parametrize("make", DISTRICTS, ids=[make.__name__ for make in DISTRICTS])


# -------------------------------------------------------------------------------------------------- what is read


def texts_of(briefing: Briefing) -> list[str]:
    """Everything a reader sees, masthead aside."""
    return [*briefing.title, *(text for block in (*briefing.blocks, *briefing.annexes) for text in block_texts(block))]


def text_of(cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def block_texts(block) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.lead + block.text]
    if isinstance(block, TableBlock):
        cells = [text_of(cell) for row in block.rows for cell in row]
        return [block.title, block.note, *block.headers, *cells, *(title + told.text for title, told in block.foot)]
    if isinstance(block, ChartRow):
        return [text for chart in block.charts for text in block_texts(chart)]
    if isinstance(block, Chart):
        return [block.title, *block.categories, *(series.name for series in block.series)]
    return [block.title if isinstance(block, AnnexTitle) else block.text]


@cache
def written(make) -> Briefing:
    """The briefing of one of DISTRICTS."""
    return write_briefing(make())


def section(told, title: str) -> str:
    """The text of a section of a briefing (or that of a result), from its heading to the next of its level."""
    briefing = told if isinstance(told, Briefing) else write_briefing(told)
    texts, inside = [], False
    for block in briefing.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text.endswith(title)
        elif inside:
            texts += block_texts(block)
    return "".join(texts)


def numbers(pattern: str, text: str) -> list[int]:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return [int(group) for group in found.groups()]


def annex(told, number: int) -> list:
    """The blocks of an annex below its title."""
    briefing = told if isinstance(told, Briefing) else write_briefing(told)
    inside, blocks = False, []
    for block in briefing.annexes:
        if isinstance(block, AnnexTitle):
            inside = block.number == number
        elif inside:
            blocks.append(block)
    return blocks


def people_of(result: Result) -> set[str]:
    staff = [result.details[sheet]["name"] for sheet in ("staff",) if len(result.details[sheet])]
    info = [result.info[column] for column in ("head", "leader", "liaison") if len(result.info)]
    return set(pd.concat([*staff, *info]).dropna()) if staff or info else set()


def foot_of(told: Briefing) -> dict[str, str]:
    """The lines below the table on page one."""
    return {title: said.text for title, said in told.blocks[0].foot}
