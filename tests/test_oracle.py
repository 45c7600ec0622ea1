"""The oracle itself, on districts small enough to be worked out by hand beside each test."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests import oracle
from tests.submissions import (
    CELL_FAULTS,
    HEAD,
    LAW,
    NAMES,
    PLAIN_DEPARTMENT,
    PLAIN_ITEM,
    PLAIN_LETTER,
    PLAIN_PROBLEM,
    PLAIN_STAGE,
    PLAIN_SYSTEM,
    ROSTER,
    ROW_FAULTS,
    Days,
    add_fault,
    districts,
    make_entry,
    make_form,
)

RULES_FOLDER = Path(__file__).parent.parent / "rules"
UNIT = "区教体局"
COMPANY = "国网石龙供电公司"


@pytest.fixture(scope="module")
def rules():
    return oracle.load_rules(RULES_FOLDER)


def make_items(count, *changes):
    """Return as many faultless items; the first of them with the changes given, one each."""
    items = [PLAIN_ITEM | {"name": name} for name in NAMES[:count]]
    for item, change in zip(items, changes, strict=False):
        item |= change
    return items


def good_sheets(items, **sheets):
    """Return the sheets of a unit that has everything in place, but for the sheets given."""
    good = {"authorisations": [PLAIN_LETTER], "departments": [PLAIN_DEPARTMENT], "staff": [HEAD]}
    return {"items": items} | good | sheets


def make_district(forms, periods=(2,), catalogue=()):
    return {"periods": list(periods), "catalogue": list(catalogue), "forms": list(forms)}


def judge(rules, number, items, unit=UNIT, period=2, catalogue=(), **sheets):
    """Return result, 分子, 分母 and 得分率 of one check for one unit."""
    form = make_form(unit, period, **good_sheets(items, **sheets))
    tables = oracle.work_out(rules, make_district([form], [period], catalogue))
    row = next(row for row in tables["自查对照"] if row["序号"] == number)
    return row["数据结果"], row["分子"], row["分母"], row["得分率"]


NOTHING = ("不适用", None, None, None)


# --------------------------------------------------------------------------------------------------------------- rules


def test_the_starred_columns_of_the_spec_are_the_required_ones_of_the_form(rules):
    """The stars of spec 2, copied by hand."""
    starred = {
        "单位信息": "单位名称 填报日期 主要负责人 分管负责同志 分管负责同志电话 对接人员 对接人员电话 无政务服务事项",
        "九项自查": "自查结论",
        "事项清单": "事项名称 事项类型 负面清单 进驻大厅 受理地点 审核地点 决定地点 送达地点 办件类型 厅外办件量"
        " 申报模式",
        "审批环节": "事项名称 环节名称",
        "授权委托": "委托书编号 受托人 授权范围 授予决定权",
        "内设机构": "科室名称 承担审批职能 进驻大厅",
        "审批人员": "姓名 所在科室 承担环节 岗位 进驻大厅",
        "业务系统": "系统名称 建设层级 对接平台",
        "任务清单": "任务内容 责任科室 责任人 完成时限 状态",
        "整改台账": "问题描述 对应自查项 整改措施 责任人 整改时限 状态",
        "一证通办": "事项名称",
    }
    sheets = rules["form"]["sheets"]
    assert {s["title"]: " ".join(c["title"] for c in s["columns"] if c.get("required")) for s in sheets} == starred


def test_halves_are_rounded_up_where_bankers_and_floats_would_not():
    assert oracle.half_up(Fraction("87.125")) == Fraction("87.13")
    assert oracle.half_up(Fraction("2.675")) == Fraction("2.68")
    assert oracle.half_up(Fraction("94.0749")) == Fraction("94.07")


# ---------------------------------------------------------------------------------------------------- the nine checks


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["审批科"] * 5, ("到位", 5, 5, 1.0)),
        (["审批科"] * 4 + ["审批 科"], ("到位", 5, 5, 1.0)),
        (["审批科"] * 4 + ["服务科"], ("基本到位", 4, 5, 0.6)),
        (["审批科"] * 3 + ["服务科"], ("基本到位", 3, 4, 0.6)),  # one short of 4
        (["审批科"] * 2 + ["服务科"], ("不到位", 2, 3, 0.0)),  # one short of 3 is too few
        (["审批科"] * 3 + ["服务科"] * 2, ("不到位", 3, 5, 0.0)),
        (["服务科"] * 2 + ["审批科"] * 2, ("不到位", 2, 4, 0.0)),
        ([None] * 2 + ["审批科"] * 8, ("基本到位", 8, 10, 0.6)),
    ],
)
def test_check_1_counts_the_items_of_the_department_most_name(rules, named, expected):
    assert judge(rules, 1, make_items(len(named), *({"department": name} for name in named))) == expected


def test_check_1_asks_for_one_department_with_an_approval_number(rules):
    items = make_items(2)
    without_number = PLAIN_DEPARTMENT | {"approval_no": None}
    second = PLAIN_DEPARTMENT | {"name": "服务科"}
    assert judge(rules, 1, items, departments=[without_number]) == ("基本到位", 2, 2, 0.6)
    assert judge(rules, 1, items, departments=[PLAIN_DEPARTMENT, second]) == ("基本到位", 2, 2, 0.6)
    assert judge(rules, 1, items, departments=[PLAIN_DEPARTMENT, second | {"approves": "否"}]) == ("到位", 2, 2, 1.0)


def test_checks_1_and_2_do_not_apply_without_power_items(rules):
    services = make_items(2, {"item_type": "公共服务"}, {"item_type": "公共服务"})
    untyped = make_items(1, {"item_type": None})
    assert judge(rules, 1, services) == judge(rules, 2, services) == NOTHING
    assert judge(rules, 1, untyped) == judge(rules, 2, untyped) == NOTHING


def test_power_items_without_any_department_fail_1_and_2(rules):
    items = make_items(2, {"department": None}, {"department": None})
    assert judge(rules, 1, items, departments=[]) == ("不到位", 0, 2, 0.0)
    assert judge(rules, 2, items, departments=[]) == ("不到位", 0, 0, 0.0)


def test_check_2_wants_every_approving_department_whole_in_the_hall(rules):
    partly = PLAIN_DEPARTMENT | {"name": "服务科", "in_hall": "部分进驻"}
    outside = partly | {"in_hall": "未进驻"}
    assert judge(rules, 2, make_items(1)) == ("到位", 1, 1, 1.0)
    assert judge(rules, 2, make_items(1), departments=[PLAIN_DEPARTMENT, partly]) == ("基本到位", 1, 2, 0.6)
    assert judge(rules, 2, make_items(1), departments=[PLAIN_DEPARTMENT, outside]) == ("不到位", 1, 2, 0.0)
    assert judge(rules, 2, make_items(1, {"department": "只在事项里的科"})) == ("不到位", 1, 2, 0.0)


def test_check_3_counts_the_items_that_must_enter(rules):
    out = {"in_hall": "否", "reason": "专网未通", "planned": Days(9)}
    negative = out | {"negative": "是", "negative_no": "平龙政〔2023〕5号"}
    assert judge(rules, 3, make_items(10, out)) == ("基本到位", 9, 10, 0.9)
    assert judge(rules, 3, make_items(10, out, out)) == ("不到位", 8, 10, 0.8)
    assert judge(rules, 3, make_items(4, out)) == ("基本到位", 3, 4, 0.75)
    assert judge(rules, 3, make_items(3, out))[0] == "不到位"
    assert judge(rules, 3, make_items(3, negative)) == ("到位", 2, 2, 1.0)
    assert judge(rules, 3, make_items(3, out | {"negative": "是", "negative_no": None}))[:3] == ("不到位", 2, 3)
    assert judge(rules, 3, make_items(1, negative)) == NOTHING


def test_the_catalogue_keeps_the_denominator_and_the_negative_list_honest(rules):
    catalogue = [
        make_entry(UNIT, NAMES[0], "same"),
        make_entry(UNIT, NAMES[5], "same"),
        make_entry(UNIT, NAMES[1], "negative"),
    ]
    claimed = {"negative": "是", "negative_no": "平龙政〔2023〕5号"}
    # I = items 0, 1, 2 of the form and entry 5, left out; N = item 1 by the catalogue, not item 0 by its own word.
    assert judge(rules, 3, make_items(3, claimed), catalogue=catalogue) == ("不到位", 2, 3, float(Fraction(2, 3)))
    assert judge(rules, 3, make_items(3, claimed), catalogue=[c | {"unit": COMPANY} for c in catalogue])[2] == 2


def test_a_unique_code_matches_a_renamed_item_and_a_shared_one_does_not(rules):
    renamed = make_entry(UNIT, NAMES[0], "same code")
    own, shared = {"code": renamed["code"]}, {"code": renamed["code"]}
    assert judge(rules, 3, make_items(2, own), catalogue=[renamed])[1:3] == (2, 2)
    assert judge(rules, 3, make_items(2, own, shared), catalogue=[renamed])[1:3] == (2, 3)
    assert judge(rules, 3, make_items(2, {"code": "1.14E+30"}), catalogue=[renamed | {"code": "1.14E+30"}])[1:3] == (
        2,
        3,
    )


@pytest.mark.parametrize(
    ("letter", "covered"),
    [
        ({}, 3),
        ({"signed": Days(0), "valid_to": Days(0)}, 3),
        ({"signed": Days(1)}, 0),
        ({"valid_to": Days(-1)}, 0),
        ({"valid_to": "尽快"}, 0),
        ({"decides": "否"}, 0),
        ({"holder": None}, 0),
        ({"number": None}, 3),
        ({"scope": None}, 0),
        ({"scope": "所列事项", "listed": NAMES[0]}, 1),
        ({"scope": "所列事项", "listed": f"{NAMES[0]}；不存在的事项"}, 1),
        (
            {"scope": "所列事项", "listed": f"{NAMES[0]}、{NAMES[2]}"},
            0,
        ),  # 医师、护士… is no list of items: one unknown name
        ({"scope": "所列事项", "listed": f"{NAMES[0]}、{NAMES[1]}"}, 2),
        ({"scope": "所列事项", "listed": NAMES[2]}, 1),
        ({"scope": "除所列事项外", "listed": NAMES[0]}, 2),
        ({"scope": "除所列事项外", "listed": "不存在的事项"}, 0),
        ({"scope": "除所列事项外", "listed": None}, 0),
    ],
)
def test_check_4_counts_what_a_good_letter_covers(rules, letter, covered):
    assert judge(rules, 4, make_items(3), authorisations=[PLAIN_LETTER | letter])[1:3] == (covered, 3)


def test_check_4_leaves_out_forwarded_items_and_companies(rules):
    forwarded = {"forwarded": "是"}
    assert judge(rules, 4, make_items(2, forwarded)) == ("到位", 1, 1, 1.0)
    assert judge(rules, 4, make_items(1, forwarded)) == NOTHING
    assert judge(rules, 4, make_items(2), unit=COMPANY) == NOTHING


def test_check_4_never_covers_an_item_the_form_leaves_out(rules):
    catalogue = [make_entry(UNIT, name, "same") for name in NAMES[:5]]
    assert judge(rules, 4, make_items(4), catalogue=catalogue) == ("基本到位", 4, 5, 0.8)


def test_check_5_excuses_only_a_refused_system_of_state_or_province(rules):
    refused = PLAIN_SYSTEM | {"name": "国家专用系统", "level": "国家", "connected": "否", "refusal_no": "厅〔2022〕8号"}
    used = {"system": "国家专用系统"}
    assert judge(rules, 5, make_items(2, used), systems=[refused]) == ("到位", 1, 1, 1.0)
    assert judge(rules, 5, make_items(1, used), systems=[refused]) == NOTHING
    assert judge(rules, 5, make_items(2, used), systems=[refused | {"level": "市"}])[1:3] == (1, 2)
    assert judge(rules, 5, make_items(2, used), systems=[refused | {"refusal_no": None}])[1:3] == (1, 2)
    assert judge(rules, 5, make_items(2, used), systems=[refused | {"connected": "是", "refusal_no": None}])[1:3] == (
        2,
        2,
    )
    assert judge(rules, 5, make_items(2, {"system": None}, {"system": "某某系统"}))[1:3] == (0, 2)


def test_check_6_wants_all_four_places_told_and_in(rules):
    assert judge(rules, 6, make_items(1, {"accept_at": "网上", "deliver_at": "不涉及"})) == ("到位", 1, 1, 1.0)
    assert judge(rules, 6, make_items(1, {"forwarded": "是", "decide_at": "上级机关"})) == ("到位", 1, 1, 1.0)
    assert judge(rules, 6, make_items(1, {"decide_at": "上级机关"})) == ("不到位", 0, 1, 0.0)  # a fault, so blank
    assert judge(rules, 6, make_items(10, {"deliver_at": "厅外"})) == ("基本到位", 9, 10, 0.9)
    assert judge(rules, 6, make_items(10, {"deliver_at": "厅外"}, {"review_at": "大厅和厅外"})) == (
        "不到位",
        8,
        10,
        0.8,
    )


def test_check_7_caps_a_unit_without_a_head_of_window(rules):
    clerk, back = HEAD | {"post": "窗口人员"}, HEAD | {"post": "后台审批", "in_hall": "否"}
    assert judge(rules, 7, make_items(1), staff=[HEAD, clerk]) == ("到位", 2, 2, 1.0)
    assert judge(rules, 7, make_items(1), staff=[HEAD, clerk, clerk, back]) == ("基本到位", 3, 4, 0.75)
    assert judge(rules, 7, make_items(1), staff=[HEAD, clerk, back]) == ("不到位", 2, 3, float(Fraction(2, 3)))
    assert judge(rules, 7, make_items(1), staff=[clerk, clerk]) == ("不到位", 2, 2, 0.6)
    assert judge(rules, 7, make_items(1), staff=[HEAD | {"in_hall": "否"}, clerk]) == ("不到位", 1, 2, 0.5)
    assert judge(rules, 7, make_items(1), unit=COMPANY, staff=[clerk, clerk]) == ("到位", 2, 2, 1.0)
    assert judge(rules, 7, make_items(1), staff=[]) == ("不到位", 0, 0, 0.0)
    assert judge(rules, 7, []) == NOTHING


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{}], ("到位", 0, 10, 1.0)),
        ([{"outside_cases": 1}], ("不到位", 1, 10, float(Fraction(5, 6)))),  # 2 points of 12
        ([{"accept_at": "大厅和厅外"}] * 4, ("不到位", 4, 10, 0.5)),  # 8 of 12, at most half
        ([{"accept_at": "厅外"}] * 7, ("不到位", 7, 10, float(Fraction(3, 10)))),  # seven tenths of the items
        ([{"decide_at": "厅外"}], ("不到位", 1, 10, float(Fraction(5, 6)))),
        ([{"decide_at": "厅外", "hall_cases": None}], ("到位", 0, 10, 1.0)),  # nowhere decided: no cases
        ([{"outside_cases": None}], ("基本到位", 0, 10, float(Fraction(5, 6)))),  # untold: no violation, but no 到位
        ([{"outside_cases": "若干", "accept_at": "厅外"}], ("基本到位", 0, 10, float(Fraction(5, 6)))),
        ([{"outside_cases": None}, {"outside_cases": 2}], ("不到位", 1, 10, float(Fraction(2, 3)))),
    ],
)
def test_check_8_finds_work_outside_the_hall(rules, changes, expected):
    assert judge(rules, 8, make_items(10, *changes)) == expected


def test_check_8_weighs_the_share_of_a_small_unit(rules):
    assert judge(rules, 8, make_items(4, {"outside_cases": 1})) == ("不到位", 1, 4, 0.75)
    assert judge(rules, 8, []) == NOTHING


def test_check_8_counts_an_item_the_form_leaves_out_and_holds_nothing_against_it(rules):
    catalogue = [make_entry(UNIT, name, "same") for name in NAMES[:2]]
    assert judge(rules, 8, make_items(1), catalogue=catalogue) == ("到位", 0, 2, 1.0)


@pytest.mark.parametrize(
    ("change", "covers"),
    [
        ({}, True),
        ({"due": Days(0)}, True),
        ({"due": Days(-1)}, False),
        ({"due": "2023.10.31"}, True),
        ({"due": "2023.11.1"}, False),
        ({"due": "月底前"}, False),
        ({"state": "已完成"}, False),
        ({"state": None}, False),
        ({"person": None}, False),
        ({"check": "9"}, False),
        ({"item": None}, False),
        ({"item": NAMES[1]}, False),
        ({"item": f"{NAMES[1]}\n {NAMES[0]}"}, True),
    ],
)
def test_a_line_of_the_ledger_covers_when_every_condition_holds(rules, change, covers):
    line = PLAIN_PROBLEM | {"item": NAMES[0]} | change
    expected = ("基本到位", 1, 10, float(Fraction(11, 12))) if covers else ("不到位", 1, 10, float(Fraction(5, 6)))
    assert judge(rules, 8, make_items(10, {"outside_cases": 1}), problems=[line]) == expected


def test_check_9_finds_cases_of_items_outside_the_catalogue(rules):
    none = {"hall_cases": 0, "online_cases": None, "outside_cases": 0}
    listed = [make_entry(UNIT, NAMES[1], "same")]
    assert judge(rules, 9, make_items(2)) == ("未核验", None, None, None)
    assert judge(rules, 9, make_items(2), catalogue=listed) == ("不到位", 1, 2, 0.5)
    assert judge(rules, 9, make_items(2, none), catalogue=listed) == ("到位", 0, 2, 1.0)
    assert judge(rules, 9, make_items(2), catalogue=[*listed, make_entry(UNIT, NAMES[0], "near")]) == (
        "到位",
        0,
        2,
        1.0,
    )
    assert judge(rules, 9, make_items(2), catalogue=[*listed, make_entry(UNIT, NAMES[0], "unlike")]) == (
        "不到位",
        1,
        2,
        0.5,
    )
    assert judge(rules, 9, make_items(2), catalogue=[*listed, make_entry(UNIT, NAMES[0], "other signs")])[0] == "到位"
    assert judge(rules, 9, [], catalogue=listed) == ("到位", 0, 0, 1.0)
    line = PLAIN_PROBLEM | {"check": "9", "item": NAMES[0]}
    assert judge(rules, 9, make_items(2), catalogue=listed, problems=[line]) == ("基本到位", 1, 2, 0.75)


# ---------------------------------------------------------------------------------------------- what follows from them


@pytest.mark.parametrize(
    ("declared", "good", "result", "expected"),
    [
        ("是", "是", "不适用", "不适用"),
        ("是", "否", "未核验", "无法核验"),
        (None, "是", "到位", "无法核验"),
        ("不适用", "是", "不到位", "无法核验"),
        ("是", "是", "不到位", "自报偏高"),
        ("否", "否", "不到位", "自报偏高"),
        ("是", "是", "基本到位", "一致"),
        ("否", "是", "基本到位", "一致"),
        ("否", "是", "到位", "自报偏低"),
        ("是", "否", "到位", "自报偏低"),
        ("否", "是", "不到位", "一致"),
    ],
)
def test_the_declared_answer_is_held_against_the_rows(declared, good, result, expected):
    assert oracle.compare_declared(declared, good, result) == expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (["到位", "到位", "不适用"], "实现"),
        (["不适用", "不适用"], "不适用"),
        (["未核验"], "未核验"),
        (["未核验", "到位"], "未核验"),
        (["未核验", "基本到位"], "未实现"),
        (["到位", "基本到位"], "未实现"),
    ],
)
def test_a_derived_result_is_reached_when_all_concerned_are_in_place(results, expected):
    assert oracle.derive(results) == expected


def test_a_check_is_overdue_only_after_its_due_date(rules):
    """Check 3 is due on 07-31: 第10期 ends 07-21, 第11期 08-04; check 4 on 10-31: 第18期 ends 11-10."""
    items = make_items(1, {"in_hall": "否", "reason": "专网未通", "planned": Days(9)})
    seen = []
    for period in (10, 11, 18):
        form = make_form(UNIT, period, **good_sheets(items, authorisations=[]))
        rows = oracle.work_out(rules, make_district([form], [period]))["自查对照"]
        seen.append((rows[2]["进度"], rows[3]["进度"], rows[0]["进度"], rows[8]["进度"]))
    assert seen == [
        ("推进中", "推进中", "已到位", None),
        ("逾期", "推进中", "已到位", None),
        ("逾期", "逾期", "已到位", None),
    ]


def test_a_check_is_not_overdue_on_its_due_date():
    assert oracle.progress_of("不到位", date(2023, 7, 31), date(2023, 7, 31)) == "推进中"
    assert oracle.progress_of("不到位", date(2023, 7, 31), date(2023, 8, 1)) == "逾期"
    assert oracle.progress_of("未核验", date(2023, 7, 31), date(2023, 8, 1)) is None


def test_the_five_entries_pool_the_units_and_count_windows_once_a_unit(rules):
    out = {"in_hall": "否", "reason": "专网未通", "planned": Days(9), "case_type": "即办件", "window": "Ａ1"}
    forms = [
        make_form(UNIT, 2, **good_sheets(make_items(3, out))),
        make_form(COMPANY, 2, **good_sheets(make_items(2, {"window": "B2"}), staff=[HEAD, HEAD | {"in_hall": "否"}])),
        make_form("区残联", 2),
    ]
    rows = oracle.work_out(rules, make_district(forms))["五进"]
    assert [(row["名称"], row["完成"], row["目标"], row["完成率"]) for row in rows] == [
        ("事项", 4, 5, 0.8),
        ("环节", 5, 5, 1.0),
        ("人员", 2, 3, float(Fraction(2, 3))),
        ("系统", 5, 5, 1.0),
        ("窗口", 3, None, None),
        ("即办率", 1, 5, 0.2),
    ]


# ------------------------------------------------------------------------------------------------------ what is an item


def test_a_second_item_of_a_name_and_one_out_of_scope_are_no_items(rules):
    items = make_items(2, {}, {"item_type": "行政处罚"}) + make_items(1, {"in_hall": "否", "name": f"（{NAMES[0]}）"})
    assert judge(rules, 3, items) == ("到位", 1, 1, 1.0)


def complete_form():
    """Return a form with a row in every sheet, without a fault."""
    sheets = good_sheets(make_items(2), stages=[PLAIN_STAGE | {"item": NAMES[0]}], systems=[PLAIN_SYSTEM])
    return make_form(UNIT, 2, problems=[PLAIN_PROBLEM | {"item": NAMES[1]}], **sheets)


def test_a_complete_form_has_no_fault(rules):
    assert oracle.read_form(rules, complete_form(), [])["faults"] == []


@pytest.mark.parametrize("fault", [*CELL_FAULTS, *ROW_FAULTS], ids=str)
def test_every_fault_that_is_drawn_sends_the_form_back(rules, fault):
    form = complete_form()
    form["values"] = add_fault(form["values"], fault, 0)
    assert oracle.read_form(rules, form, [])["faults"]
    row = next(row for row in oracle.work_out(rules, make_district([form]))["单位排名"] if row["单位名称"] == UNIT)
    assert (row["状态"], row["扣分"]) == ("暂定", 1.0)


def test_reason_and_plan_are_asked_for_from_the_period_after_the_thirtieth_of_april(rules):
    items = make_items(1, {"in_hall": "否"})
    negative = make_items(1, {"in_hall": "否", "negative": "是", "negative_no": "平龙政〔2023〕5号"})
    assert oracle.read_form(rules, make_form(UNIT, 4, items=items), [])["faults"] == []
    assert len(oracle.read_form(rules, make_form(UNIT, 5, items=items), [])["faults"]) == 2
    assert oracle.read_form(rules, make_form(UNIT, 5, items=negative), [])["faults"] == []


def test_no_items_is_contradicted_by_the_catalogue_too(rules):
    form = make_form(UNIT, 2)
    form["values"]["unit_info"][0]["no_items"] = "是"
    assert oracle.read_form(rules, form, [])["faults"] == []
    assert len(oracle.read_form(rules, form, [make_entry(UNIT, NAMES[0], "same")])["faults"]) == 1


def test_a_form_without_items_must_say_that_there_are_none(rules):
    out_of_scope = make_items(1, {"item_type": "行政处罚"})
    assert len(oracle.read_form(rules, make_form(UNIT, 2), [])["faults"]) == 1
    assert len(oracle.read_form(rules, make_form(UNIT, 2), [make_entry(UNIT, NAMES[0], "same")])["faults"]) == 1
    assert len(oracle.read_form(rules, make_form(UNIT, 2, items=out_of_scope), [])["faults"]) == 2
    assert oracle.read_form(rules, make_form(UNIT, 2, items=make_items(1)), [])["faults"] == []


def test_only_the_names_of_the_liaison_make_no_report(rules):
    form = make_form(UNIT, 2, declared=(None,) * 9)
    assert standing(oracle.work_out(rules, make_district([form])), UNIT)["状态"] == "未报送"
    form["values"]["unit_info"][0]["no_items"] = "是"
    assert standing(oracle.work_out(rules, make_district([form])), UNIT)["状态"] == "暂定"


# ---------------------------------------------------------------------------------------------------------- four modes

PENDING_TEXT, UNSTATED_TEXT = "《中华人民共和国行政许可法》", "按有关规定"


def judge_mode(rules, mode, online, *rows, period=2, **cells):
    """Return 结论, 环节数, 有效, 待补, 未列明, 特别程序有效, 建议模式, 可压减, 待补后定, 需调整, 得分; rows are (name,
    special, basis)."""
    items = make_items(1, {"declared_mode": mode, "online_stages": online} | cells)
    stages = [PLAIN_STAGE | {"item": NAMES[0], "name": n, "special": s, "basis": b} for n, s, b in rows]
    form = make_form(UNIT, period, items=items, stages=stages)
    row = oracle.work_out(rules, make_district([form], [period]))["环节模式"][0]
    keys = "结论 环节数 有效 待补 未列明 特别程序有效 建议模式 可压减环节 待补后定 需调整网上流程 得分"
    return tuple(row[key] for key in keys.split())


FIRST, SECOND, THIRD, FOURTH = [(name, None, LAW) for name in ("审核", "复核", "核准", "决定")]
UNSTATED, PENDING = ("核准", None, UNSTATED_TEXT), ("核准", None, PENDING_TEXT)
SURVEY = ("勘验", "现场勘验", LAW)


@pytest.mark.parametrize(
    ("mode", "online", "rows", "expected"),
    [
        ("审核合一", 1, [], ("一致", 1, 0, 0, 0, 0, "审核合一", 0, 0, "否", 1.0)),
        ("审核合一", None, [], ("一致", 1, 0, 0, 0, 0, "审核合一", 0, 0, "否", 0.5)),
        ("审核合一", 2, [FIRST], ("一致", 1, 0, 0, 0, 0, "审核合一", 0, 0, "是", 0.5)),
        ("审核合一", None, [FIRST], ("一致", 1, 0, 0, 0, 0, "审核合一", 0, 0, "否", 1.0)),
        ("审核合一", 1, [("受理", None, None)], ("一致", 1, 0, 0, 0, 0, "审核合一", 0, 0, "否", 1.0)),
        ("一审一核", 2, [FIRST, SECOND], ("一致", 2, 1, 0, 0, 0, "一审一核", 0, 0, "否", 1.0)),
        ("一审两核", 3, [FIRST, SECOND, THIRD], ("一致", 3, 2, 0, 0, 0, "一审两核", 0, 0, "否", 1.0)),
        ("特别程序", 1, [FIRST, SURVEY], ("一致", 1, 0, 0, 0, 1, "特别程序", 0, 0, "否", 1.0)),
        ("一审两核", 2, [FIRST, SECOND], ("应改报", 2, 1, 0, 0, 0, "一审一核", 0, 0, "否", 0.5)),
        ("一审一核", 2, [], ("资料不全", 0, 0, 0, 0, 0, None, 0, 0, None, 0.0)),
        ("审核合一", 1, [SURVEY], ("资料不全", 0, 0, 0, 0, 1, None, 0, 0, None, 0.0)),
        (None, 2, [FIRST, SECOND], ("资料不全", 2, 1, 0, 0, 0, "一审一核", 0, 0, "否", 0.0)),
        ("一审两核", 4, [FIRST, SECOND, THIRD, FOURTH], ("超出标准模式", 4, 3, 0, 0, 0, "一审两核", 0, 0, "否", 0.5)),
        ("一审一核", 2, [FIRST, UNSTATED], ("须无条件审核合一", 2, 0, 0, 1, 0, "审核合一", 1, 0, "是", 0.5)),
        ("一审两核", 3, [FIRST, SECOND, UNSTATED], ("应压减", 3, 1, 0, 1, 0, "一审一核", 1, 0, "是", 0.5)),
        ("一审两核", 3, [FIRST, PENDING, UNSTATED], ("应压减", 3, 0, 1, 1, 0, "审核合一", 1, 1, "是", 0.5)),
        ("一审一核", 2, [FIRST, PENDING], ("需补充依据", 2, 0, 1, 0, 0, "审核合一", 0, 1, None, 0.5)),
        (
            "审核合一",
            1,
            [FIRST, ("勘验", "现场勘验", None)],
            ("须无条件审核合一", 1, 0, 0, 0, 0, "审核合一", 1, 0, "是", 0.5),
        ),
        ("审核合一", 1, [("审核", None, None)], ("一致", 1, 0, 0, 0, 0, "审核合一", 0, 0, "否", 1.0)),
    ],
)
def test_each_verdict_of_the_four_modes(rules, mode, online, rows, expected):
    assert judge_mode(rules, mode, online, *rows) == expected


@pytest.mark.parametrize(
    ("bases", "basis", "expected"),
    [
        ([LAW, "同上"], LAW, (1, 0, 0)),
        ([LAW, PENDING_TEXT, "同上"], LAW, (0, 2, 0)),
        ([LAW, PENDING_TEXT, "同前", "同上"], LAW, (0, 3, 0)),
        (["同上", "同上"], LAW, (0, 0, 1)),  # nothing above the first row
        ([None, "同上"], PENDING_TEXT, (0, 1, 0)),  # a blank first stage lends 设定依据
        ([None, "同上", "同上"], LAW, (2, 0, 0)),
        ([UNSTATED_TEXT, "同上"], LAW, (0, 0, 1)),  # a first stage that says something lends that
        ([LAW, None, "同上"], LAW, (0, 0, 2)),  # only the first stage lends
    ],
)
def test_the_same_as_above_takes_the_grade_above(rules, bases, basis, expected):
    rows = [(f"第{place}关", None, text) for place, text in enumerate(bases)]
    assert judge_mode(rules, "一审一核", 1, *rows, basis=basis)[2:5] == expected


def test_three_verdicts_lose_their_credit_after_the_end_of_october(rules):
    too_many, to_cut, pending = [FIRST, SECOND, THIRD, FOURTH], [FIRST, UNSTATED], [FIRST, PENDING]
    assert [judge_mode(rules, "一审一核", 1, *rows, period=17)[-1] for rows in (too_many, to_cut, pending)] == [0.5] * 3
    assert [judge_mode(rules, "一审一核", 1, *rows, period=18)[-1] for rows in (too_many, to_cut, pending)] == [
        0.0,
        0.0,
        0.5,
    ]


# ------------------------------------------------------------------------------------------------------------- ranking


def standing(tables, unit):
    return next(row for row in tables["单位排名"] if row["单位名称"] == unit)


def scores(tables, unit):
    row = standing(tables, unit)
    return row["九项得分"], row["环节模式得分"], row["扣分"], row["评比得分"], row["状态"]


def test_the_score_joins_the_nine_and_the_modes_less_deductions(rules):
    """Check 3 is 2/3 of 16 in 90: 100 × (90 − 16/3) / 90 = 94.074; 0.8 × 94.07 + 0.2 × 83.33 = 91.922."""
    out = {"in_hall": "否", "reason": "专网未通", "planned": Days(9)}
    items = make_items(3, out, {"online_stages": 2})
    on_time = make_form(UNIT, 2, Days(0), **good_sheets(items))
    late = make_form(UNIT, 2, Days(1), **good_sheets(items))
    assert scores(oracle.work_out(rules, make_district([on_time])), UNIT) == (94.07, 83.33, 0.0, 91.92, "已接收")
    assert scores(oracle.work_out(rules, make_district([late])), UNIT) == (94.07, 83.33, 2.0, 89.92, "已接收")


def test_a_date_of_filling_in_beyond_the_next_period_is_a_fault_and_not_late(rules):
    """第3期 ends 14 days after 第2期."""
    expected = {14: (2.0, "已接收"), 15: (1.0, "暂定")}
    for days, result in expected.items():
        form = make_form(UNIT, 2, Days(days), **good_sheets(make_items(1)))
        assert scores(oracle.work_out(rules, make_district([form])), UNIT)[2::2] == result
    blank = make_form(UNIT, 2, None, **good_sheets(make_items(1)))
    assert scores(oracle.work_out(rules, make_district([blank])), UNIT)[2::2] == (1.0, "暂定")


def test_forwarded_and_negative_items_stay_out_of_the_score_of_modes(rules):
    """Only the third item counts, and it agrees; each of the others alone would bring 50."""
    poor = {"declared_mode": "特别程序"}
    negative = poor | {"negative": "是", "negative_no": "平龙政〔2023〕5号"}
    form = make_form(UNIT, 2, **good_sheets(make_items(3, poor | {"forwarded": "是"}, negative)))
    assert scores(oracle.work_out(rules, make_district([form])), UNIT)[1] == 100.0


def test_companies_are_scored_by_the_nine_alone(rules):
    """Checks 3, 5, 6, 7, 8 hold, 1 and 2 too; 4 is left out and the modes do not count."""
    form = make_form(COMPANY, 2, **good_sheets(make_items(1, {"declared_mode": "特别程序"})))
    assert scores(oracle.work_out(rules, make_district([form])), COMPANY) == (100.0, "不适用", 0.0, 100.0, "已接收")


def test_a_unit_without_items_has_no_score_and_one_without_a_form_no_row(rules):
    form = make_form("区残联", 2)
    form["values"]["unit_info"][0]["no_items"] = "是"
    tables = oracle.work_out(rules, make_district([form]))
    assert scores(tables, "区残联") == (None, "不适用", 0.0, None, "已接收")
    assert scores(tables, UNIT) == (None, None, None, None, "未报送")
    assert {row["单位名称"] for row in tables["自查对照"]} == {"区残联"}


def two_kinds(good, poor, period):
    """Return forms of one period: faultless ones, and ones with nothing but an item in the hall."""
    forms = [make_form(unit, period, **good_sheets(make_items(1))) for unit in good]
    return forms + [make_form(unit, period, items=make_items(1)) for unit in poor]


def test_equal_scores_share_a_rank_in_groups_of_five_after_the_trial_period(rules):
    forms = two_kinds([UNIT, "区民政局", COMPANY], ["区人社局", "区残联"], 2) + two_kinds([UNIT], [], 1)
    ranks = {unit: standing(oracle.work_out(rules, make_district(forms, [1, 2])), unit)["名次"] for unit in ROSTER}
    assert {unit: rank for unit, rank in ranks.items() if rank} == {UNIT: 1, "区民政局": 1, "区人社局": 3}
    assert standing(oracle.work_out(rules, make_district(forms, [1, 2]), 1), UNIT)["名次"] is None


def test_a_silent_unit_is_carried_on_without_a_score(rules):
    """The letter ran out between the two cut-offs, so check 4 falls from 到位 to 不到位."""
    short = [PLAIN_LETTER | {"valid_to": Days(3)}]
    form = make_form(UNIT, 2, **good_sheets(make_items(1), authorisations=short))
    district = make_district([form], [2, 3])
    tables = oracle.work_out(rules, district)
    assert scores(tables, UNIT) == (None, None, None, None, "沿用第2期")
    assert tables["自查对照"][3]["数据结果"] == "不到位"
    assert oracle.work_out(rules, district, 2)["自查对照"][3]["数据结果"] == "到位"
    assert tables["五进"][0]["完成"] == 1


def test_the_change_since_last_time_is_blank_without_a_score_then(rules):
    """Poor: 1 is 基本到位 (D has no number) and 2 不到位, 3, 5, 6 and 8 hold, 4 and 7 are 0: 100 × (4.8 + 52) / 90 =
    63.11; with the modes 0.8 × 63.11 + 20 = 70.49."""
    forms = two_kinds([], [UNIT], 2) + two_kinds([UNIT, "区民政局"], [], 3)
    tables = oracle.work_out(rules, make_district(forms, [2, 3]))
    assert standing(oracle.work_out(rules, make_district(forms, [2, 3]), 2), UNIT)["评比得分"] == 70.49
    assert (standing(tables, UNIT)["较上期"], standing(tables, "区民政局")["较上期"]) == (29.51, None)


def proposed(tables, kind):
    rows = sorted((row for row in tables["提名"] if row["kind"] == kind), key=lambda row: row["order"])
    return [row["unit"] for row in rows]


def test_praise_goes_by_gain_then_score_then_order_and_never_twice_running(rules):
    second = two_kinds(["区卫健委", "区商务局"], ["区民政局", "区人社局"], 2)
    third = two_kinds(["区民政局", "区卫健委", "区商务局", UNIT], ["区人社局"], 3)
    district = make_district(second + third, [2, 3])
    # 第2期, nobody gained: by score, then in the notice's order.
    assert proposed(oracle.work_out(rules, district, 2), "表扬") == ["区卫健委", "区商务局", "区民政局"]
    # 第3期: those three rest; the two left gained nothing, and 区教体局 scores higher.
    assert proposed(oracle.work_out(rules, district), "表扬") == [UNIT, "区人社局"]


def test_praise_passes_over_returned_overdue_and_silent_units(rules):
    forms = two_kinds([UNIT, "区民政局"], [], 11)
    forms[0]["values"] = add_fault(forms[0]["values"], ("unit_info", {"head": None}), 0)
    out = {"in_hall": "否", "reason": "专网未通", "planned": Days(9)}
    forms.append(make_form("区人社局", 11, **good_sheets(make_items(5, out))))
    assert proposed(oracle.work_out(rules, make_district(forms, [11])), "表扬") == ["区民政局"]


# A unit with one item delivered outside the hall and nothing else: 1 is 基本到位, 3 and 5 hold, all else is 0:
# 100 × (4.8 + 16 + 12) / 90 = 36.44, with the modes 49.15. Without the system too: 23.11 and 38.49.
LOW = make_items(1, {"deliver_at": "厅外"})
LOWER = make_items(1, {"deliver_at": "厅外", "system": None})


def test_criticism_goes_by_class_then_score_then_order(rules):
    out = {"in_hall": "否", "reason": "专网未通", "planned": Days(9)}
    silent, overdue, low = "区金融局", "区城市管理局", "区商务局"
    forms = two_kinds([unit for unit in ROSTER if unit not in (silent, overdue, low, "区科技局")], [], 11)
    forms.append(make_form(overdue, 11, **good_sheets(make_items(1, out))))
    forms += [make_form(low, 11, items=LOW), make_form("区科技局", 11, items=LOWER)]
    tables = oracle.work_out(rules, make_district(forms, [11]))
    assert [standing(tables, unit)["评比得分"] for unit in (low, "区科技局")] == [49.15, 38.49]
    # Class 1 silent; class 2 overdue though its score is high; class 3 the lower of two low scores.
    assert proposed(tables, "通报") == [silent, overdue, "区科技局"]


def test_low_scores_are_not_criticised_in_the_trial_period_nor_when_rising(rules):
    others = [unit for unit in ROSTER if unit not in (UNIT, "区民政局")]
    first = two_kinds(others, [], 1) + [make_form(UNIT, 1, items=LOWER), make_form("区民政局", 1, items=LOW)]
    second = two_kinds(others, [], 2) + [make_form(UNIT, 2, items=LOW), make_form("区民政局", 2, items=LOW)]
    district = make_district(first + second, [1, 2])
    assert proposed(oracle.work_out(rules, district, 1), "通报") == []
    tables = oracle.work_out(rules, district)
    assert [standing(tables, unit)["较上期"] for unit in (UNIT, "区民政局")] == [10.66, 0.0]
    assert proposed(tables, "通报") == ["区民政局"]


# ---------------------------------------------------------------------------------------------------- drawn districts


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(districts())
def test_later_forms_and_the_order_of_forms_change_nothing(rules, district):
    first = min(district["periods"])
    earlier = [form for form in district["forms"] if form["period"] == first]
    backwards = district | {"forms": district["forms"][::-1]}
    assert oracle.work_out(rules, district, first) == oracle.work_out(rules, district | {"forms": earlier}, first)
    assert oracle.work_out(rules, district)["单位排名"] == oracle.work_out(rules, backwards)["单位排名"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(districts())
def test_figures_stay_in_their_bounds(rules, district):
    tables = oracle.work_out(rules, district)
    for row in tables["自查对照"]:
        assert row["得分率"] is None or 0 <= row["得分率"] <= 1
        assert (row["进度"] == "已到位") == (row["数据结果"] == "到位")
        assert row["分子"] is None or row["分子"] <= row["分母"]
    for row in tables["单位排名"]:
        assert row["评比得分"] is None or 0 <= row["评比得分"] <= 100
        assert row["名次"] is None or row["评比得分"] is not None
    assert len(tables["提名"]) <= 2 * rules["ranking"]["proposals"]["most"]
