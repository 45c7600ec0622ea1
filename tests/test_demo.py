"""The demo district is believable, shows what it promises, and is the same every time."""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.demo.district import District, load_district
from pipeline.demo.files import catalogue_rows, make_catalogue, make_loose
from pipeline.demo.mailbox import (
    CATALOGUE_PATH,
    FINAL_PATH,
    Sent,
    remove_late,
    submissions,
    write_demo,
    write_late,
)
from pipeline.demo.registers import make_registers, register_rows
from pipeline.intake import CATALOGUE, CONTACT, REFUSED, ROW, SCAN, Source, identify_files
from pipeline.register.write import register_sheets
from pipeline.returns.book import return_form
from pipeline.returns.notes import returned_forms, write_note
from pipeline.rules import Rules, load_rules
from pipeline.run import Result
from pipeline.sheets import TableSheet
from pipeline.submissions import settle
from pipeline.summary.book import summary_sheets
from pipeline.template.book import write_form
from pipeline.workbook.render import render_workbook
from tests.folders import run_folder
from tests.test_live import follow_all

ROOT = Path(__file__).parent.parent
Rows = list[dict[str, object]]
Form = Mapping[str, Rows]
Forms = Mapping[tuple[str, int], Form]
PERIODS = (1, 2, 3)
ARTICLE = re.compile(r"第[一二三四五六七八九十百千零]+条|附件第\d+项")
NUMBER = re.compile(r"〔\d{4}〕\d+号")
# Bases left without an article on purpose: they show 待补.
PENDING = {
    "《中华人民共和国行政许可法》",
    "《中华人民共和国民办教育促进法实施条例》",
    "《中华人民共和国畜牧法》",
    "《军人抚恤优待条例》",
    "《防范和处置非法集资条例》",
    "《固定资产投资项目节能审查办法》（国家发展和改革委员会令第44号）",
    "《运动员技术等级管理办法》（国家体育总局令第18号）",
    "《社会体育指导员管理办法》（国家体育总局令第16号）",
    "《职称评审管理暂行规定》（人力资源社会保障部令第40号）",
    "《建设工程消防设计审查验收管理暂行规定》（住房和城乡建设部令第51号）",
    "《动物防疫条件审查办法》（农业农村部令2022年第8号）",
    "《生产建设项目水土保持方案管理办法》（水利部令第53号）",
    "《放射诊疗管理规定》（卫生部令第46号）",
    "《病残儿医学鉴定管理办法》（国家计划生育委员会令第7号）",
    "《计量标准考核办法》（国家质量监督检验检疫总局令第72号）",
    "《中国公民民族成份登记管理办法》（国家民族事务委员会、公安部令第2号）",
    "《二手车流通管理办法》（商务部令2005年第2号）",
    "《美容美发业管理暂行办法》（商务部令2004年第19号）",
    "《伤残抚恤管理办法》（退役军人事务部令第1号）",
    "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）",
    "《联合收割机跨区作业管理办法》（农业部令第29号）",
}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(ROOT / "rules")


@pytest.fixture(scope="module")
def district() -> District:
    return load_district()


@pytest.fixture(scope="module")
def sent(rules: Rules) -> dict[str, Sent]:
    return {form.path: form for form in submissions(rules)}


@pytest.fixture(scope="module")
def forms(sent: dict[str, Sent], district: District) -> Forms:
    """The values of the forms that count: (unit, period) -> sheet -> rows."""
    moved = {(odd.unit, odd.period): odd.path for odd in district.oddities.moved}
    paths = {
        (unit.unit, period): moved.get((unit.unit, period), f"第{period}期/{unit.unit}.xlsx")
        for unit in district.units
        for period in PERIODS
        if unit.sent_on(period)
    }
    return {key: sent[path].values for key, path in paths.items()}


@pytest.fixture(scope="module")
def folder(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("inputs")
    write_demo(target, rules)
    return target


@pytest.fixture(scope="module")
def runs(folder: Path, rules: Rules) -> dict[int, Result]:
    """The results of the three periods, 第1期 printed before 第2期 is run."""
    first = run_folder(folder, 1)[0]
    write_late(folder, render_workbook(summary_sheets(first), "汇总表（第1期）"), rules)
    return {1: first, **{period: run_folder(folder, period)[0] for period in (2, 3)}}


def info(form: Form) -> dict[str, object]:
    return form["unit_info"][0]


def named(rows: Rows, name: str) -> dict[str, object]:
    return next(row for row in rows if str(row.get("item") or row.get("name")).strip() == name)


def column(forms: Iterable[Form], sheet: str, key: str) -> list[object]:
    return [row.get(key) for form in forms for row in form.get(sheet, ())]


def answers(form: Form) -> dict[object, object]:
    return {row["check"]: row["declared"] for row in form["declarations"]}


# ---- a believable district ----


def test_every_unit_of_the_roster_has_a_story_in_the_notices_order(district: District, rules: Rules) -> None:
    assert tuple(unit.unit for unit in district.units) == rules.roster.names


def test_the_forms_hold_350_to_450_items_and_no_unit_names_one_twice(district: District) -> None:
    names = Counter((item.unit, item.name) for item in district.items)
    assert 350 <= len(names) <= 450
    assert set(names.values()) == {1}


def test_items_and_types_are_such_as_the_form_offers(district: District, rules: Rules) -> None:
    items = rules.form.by_key["items"].by_key
    assert {item.item_type for item in district.items} == set(items["item_type"].choices)
    assert {item.service_field for item in district.items} - {""} == set(items["service_field"].choices)
    assert all(bool(item.service_field) == (item.item_type == "公共服务") for item in district.items)


def test_big_units_have_many_items_small_ones_few_and_companies_only_services(district: District) -> None:
    counts = Counter(item.unit for item in district.items)
    assert counts["区市场监管局"] >= 35
    assert min(counts[name] for name in ("区卫健委", "区人社局", "区教体局", "区自然资源和规划局")) >= 20
    assert max(counts[name] for name in ("区档案局", "区金融局", "区消防救援大队")) <= 5
    companies = {unit.unit for unit in district.units if unit.kind == "91"}
    assert {item.item_type for item in district.items if item.unit in companies} == {"公共服务"}


def test_promised_limits_never_exceed_the_legal_ones(district: District) -> None:
    assert all(int(item.promised_days) <= int(item.legal_days) for item in district.items)
    instant = {int(item.promised_days) for item in district.items if item.case_type == "即办件"}
    assert instant == {1}


def test_what_items_and_cards_name_exists(district: District) -> None:
    systems = {(system.unit, system.name) for system in district.systems}
    items = {(item.unit, item.name) for item in district.items}
    assert {(item.unit, item.system) for item in district.items if item.system} == systems
    assert {(card.unit, card.item) for card in district.cards} <= items
    assert {(case.unit, case.item) for case in district.outside} <= items
    assert {item.hurdle for item in district.items} <= set(district.hurdles)


def test_a_citation_lacks_its_article_only_where_that_is_meant_to_show(district: District) -> None:
    texts = {step.basis for plan in district.plans.values() for step in plan.stages}
    texts |= {text for item in district.items for text in (item.basis, item.special_basis)}
    cited = {piece for text in texts for piece in text.split("；") if "《" in piece}
    bare = {piece for piece in cited if not ARTICLE.search(piece) and not NUMBER.search(piece)}
    assert bare == PENDING


def test_every_power_item_states_a_basis(district: District) -> None:
    assert all(item.basis for item in district.items if item.item_type != "公共服务")


def test_later_stages_show_every_grade_of_basis(forms: Forms) -> None:
    bases = set(map(str, column(forms.values(), "stages", "basis")))
    wanted = {
        "《中华人民共和国行政许可法》第三十四条",
        "《中华人民共和国行政许可法》",
        "按有关规定",
        "内部管理制度",
        "同上",
        "",
    }
    assert wanted <= bases
    assert any("会议纪要" in basis for basis in bases)


def test_codes_have_31_characters_with_a_valid_credit_code_and_the_county_level(district: District) -> None:
    codes = [str(row["code"]) for row in catalogue_rows(district) if row.get("code")]
    assert len(codes) > 300
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[0-9A-Z]{18}4\d{12}", code) and _is_credit_code(code[:18]) for code in codes)


def _is_credit_code(code: str) -> bool:
    """GB 32100 and GB 11714, with their tables of weights."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(signs.index(sign) * weight for sign, weight in zip(code[:17], weights, strict=True))
    own = sum(int(sign) * weight for sign, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return (total + signs.index(code[17])) % 31 == 0 and code[16] == "0123456789X0"[(11 - own % 11)]


def test_a_credit_code_with_one_digit_changed_is_not_valid(district: District) -> None:
    code = next(str(row["code"]) for row in catalogue_rows(district) if row.get("code"))
    assert not _is_credit_code(code[:8] + str((int(code[8]) + 1) % 10) + code[9:18])


# ---- three periods that improve ----


def of(forms: Forms, period: int) -> list[Form]:
    return [form for (_, number), form in forms.items() if number == period]


def share(forms: Forms, period: int, sheet: str, key: str, value: str) -> float:
    told = column(of(forms, period), sheet, key)
    return told.count(value) / len(told)


def test_only_the_late_units_fill_in_their_forms_after_the_cut_off(district: District, rules: Rules) -> None:
    days = [(unit, number, unit.sent_on(number)) for unit in district.units for number in PERIODS]
    late = [(unit.unit, n) for unit, n, day in days if day and day > rules.calendar.by_number[n].cutoff]
    early = [(unit.unit, n) for unit, n, day in days if day and n > 1 and day <= rules.calendar.by_number[n - 1].cutoff]
    assert late == [("区商务局", 1), ("区商务局", 2), ("区档案局", 3)]
    assert early == []


@pytest.mark.parametrize(
    ("sheet", "key", "value"),
    [
        ("items", "in_hall", "是"),
        ("authorisations", "scope", "全部事项"),
        ("systems", "connected", "是"),
        ("staff", "in_hall", "是"),
        ("departments", "in_hall", "整建制进驻"),
        ("items", "declared_mode", "审核合一"),
        ("tasks", "state", "已完成"),
        ("one_card", "done", "是"),
    ],
)
def test_from_period_to_period_more_is_done(forms: Forms, sheet: str, key: str, value: str) -> None:
    # A unit ticks its 是 in 第3期; ticks are read as 是.
    shares = [share(forms, n, sheet, key, value) + share(forms, n, sheet, key, "√") for n in PERIODS]
    assert shares[0] < shares[1] < shares[2]


def test_from_period_to_period_stages_are_cut_and_cases_outside_fall(forms: Forms) -> None:
    stages = [len(column(of(forms, n), "stages", "item")) / len(column(of(forms, n), "items", "name")) for n in PERIODS]
    outside = [sum(c for c in column(of(forms, n), "items", "outside_cases") if isinstance(c, int)) for n in PERIODS]
    assert stages[0] > stages[1] > stages[2]
    assert outside[0] > outside[1] > outside[2]


def entered(forms: Forms, unit: str) -> list[int]:
    return [column([forms[unit, n]], "items", "in_hall").count("是") for n in PERIODS]


def test_one_unit_stagnates_and_one_gets_worse(forms: Forms) -> None:
    assert len(set(entered(forms, "区民族宗教事务局"))) == 1
    worse = entered(forms, "区城市管理局")
    assert worse == sorted(worse, reverse=True)
    assert worse[0] > worse[2]


def test_tasks_are_carried_over_and_move_on(forms: Forms) -> None:
    states = [[row["state"] for row in forms["区教体局", n]["tasks"]] for n in PERIODS]
    numbers = [[row["number"] for row in forms["区教体局", n]["tasks"]] for n in PERIODS]
    assert numbers[0] == numbers[1] == numbers[2]
    assert states[0].count("已完成") < states[2].count("已完成")
    assert set(states[0]) == {"未开始", "进行中", "已完成"}


def test_a_task_of_a_unit_that_stagnates_is_overdue(forms: Forms, rules: Rules) -> None:
    overdue = [row for row in forms["区民族宗教事务局", 3]["tasks"] if _overdue(row, rules)]
    assert overdue
    assert not any(_overdue(row, rules) for row in forms["区人社局", 3]["tasks"])


def _overdue(row: Mapping[str, object], rules: Rules) -> bool:
    due = row["due"]
    return row["state"] != "已完成" and isinstance(due, date) and due < rules.calendar.by_number[3].cutoff


def test_problems_are_carried_over_some_done_and_some_overdue(forms: Forms, rules: Rules) -> None:
    for unit in ("区自然资源和规划局", "区城市管理局"):
        names = [{row["problem"] for row in forms[unit, n]["problems"]} for n in PERIODS]
        assert names[0] <= names[1] <= names[2]
    done = [row["state"] for row in forms["区自然资源和规划局", 3]["problems"]]
    assert set(done) == {"进行中", "已完成"}
    assert any(_overdue(row, rules) for row in forms["区城市管理局", 3]["problems"])


def test_a_finished_problem_has_its_day_and_an_open_one_none(forms: Forms) -> None:
    rows = [row for n in PERIODS for row in forms["区自然资源和规划局", n]["problems"]]
    assert all(isinstance(row.get("done_on"), date) == (row["state"] == "已完成") for row in rows)


def test_some_units_ask_for_help_some_tell_of_experience_within_200_characters(forms: Forms) -> None:
    told = [row["unit_info"][0] for row in forms.values()]
    assert len([row for row in told if row.get("request")]) >= 5
    texts = [str(row["experience"]) for row in told if row.get("experience")]
    assert len(texts) >= 5
    assert max(map(len, texts)) <= 200


def test_one_card_figures_are_in_order(forms: Forms) -> None:
    rows = [row for form in forms.values() for row in form["one_card"]]
    assert rows
    assert all(row["spared"] <= row["replaceable"] <= row["materials"] for row in rows)  # type: ignore[operator]


# ---- what really arrives ----


def test_one_unit_sent_nothing_in_the_third_period_but_did_before(forms: Forms, sent: dict[str, Sent]) -> None:
    assert [n for n in PERIODS if ("区科技局", n) in forms] == [1, 2]
    assert not any("科技局" in path for path in sent if path.startswith("第3期"))


def test_one_unit_sent_nothing_until_the_second_period(forms: Forms) -> None:
    assert [n for n in PERIODS if ("区金融局", n) in forms] == [2, 3]


def test_one_unit_has_no_items_and_says_so(forms: Forms) -> None:
    for n in PERIODS:
        assert info(forms["区统计局", n])["no_items"] == "是"
        assert forms["区统计局", n]["items"] == []


def test_of_two_versions_the_later_has_the_later_day(sent: dict[str, Sent]) -> None:
    first, second = sent["第2期/区民政局.xlsx"].values, sent["第2期/区民政局（最终版）.xlsx"].values
    assert str(info(first)["filled_on"]) < str(info(second)["filled_on"])
    assert 0 < len(first["items"]) < len(second["items"])


def test_of_two_versions_of_one_day_one_has_a_number_in_its_name(sent: dict[str, Sent]) -> None:
    first, second = sent["第3期/区退役军人事务局.xlsx"].values, sent["第3期/区退役军人事务局（2）.xlsx"].values
    assert info(first)["filled_on"] == info(second)["filled_on"]
    assert first["items"] != second["items"]


def test_a_returned_form_comes_back_mended_as_the_next_copy(sent: dict[str, Sent]) -> None:
    faulty, mended = sent["第1期/区农业农村和水利局.xlsx"], sent["第1期/退回重报/区农业农村和水利局.xlsx"]
    assert (faulty.stamp.copy, mended.stamp.copy) == (0, 1)
    assert named(faulty.values["items"], "农药经营许可")["promised_days"] == "一周左右"
    assert named(mended.values["items"], "农药经营许可")["promised_days"] == 7


def test_one_form_has_every_kind_of_faulty_cell(forms: Forms) -> None:
    form = forms["区文化广电和旅游局", 1]
    items = form["items"]
    assert named(items, "营业性演出审批")["accept_at"] == "窗口"
    assert named(items, "图书馆读者证办理")["hall_cases"] == "12人"
    assert named(items, "旅游投诉处理")["outside_cases"] == -2
    assert named(items, "县级文物保护单位修缮审批")["planned"] == "3月底"
    assert named(items, "旅行社设立分社备案")["in_hall"] == ""
    assert "行政处罚" in column([form], "items", "item_type")
    assert column([form], "items", "name").count("营业性演出审批") == 2
    assert set(column([form], "stages", "item")) - set(column([form], "items", "name")) == {"营业性演出许可证核发"}


def test_one_form_of_the_last_period_is_faulty_too(forms: Forms) -> None:
    form = forms["区农业农村和水利局", 3]
    assert named(form["items"], "兽药经营许可")["outside_cases"] == "若干"
    assert set(column([form], "tasks", "department")) == {""}


def test_every_other_form_of_the_first_period_names_only_its_own_items_in_its_stages(forms: Forms) -> None:
    for (unit, n), form in forms.items():
        if (unit, n) not in (("区文化广电和旅游局", 1), ("区教体局", 1)):
            assert set(column([form], "stages", "item")) <= set(column([form], "items", "name"))


def test_a_letter_without_a_day_one_without_the_decision_and_one_that_has_run_out(forms: Forms) -> None:
    assert forms["区应急管理局", 2]["authorisations"][0]["signed"] == "已签"
    assert forms["区财政局", 1]["authorisations"][0]["decides"] == "否"
    assert forms["区农业机械技术中心", 2]["authorisations"][0]["valid_to"] == date(2022, 12, 31)
    assert forms["区人社局", 2]["authorisations"][0]["valid_to"] == date(2024, 12, 31)


def test_two_units_declare_too_high_and_two_too_low(forms: Forms) -> None:
    assert answers(forms["区城乡建设和交通运输局", 3])["3"] == "是"
    assert "否" in column([forms["区城乡建设和交通运输局", 3]], "items", "in_hall")
    assert answers(forms["区城市管理局", 3])["8"] == "否"
    assert any(row["outside_cases"] for row in forms["区城市管理局", 3]["items"])
    assert answers(forms["国网石龙供电公司", 3])["5"] == "否"
    assert column([forms["国网石龙供电公司", 3]], "systems", "connected") == ["是"]
    assert answers(forms["区财政局", 3])["6"] == "否"
    assert not {"厅外", "大厅和厅外"} & set(column([forms["区财政局", 3]], "items", "decide_at"))


def test_all_others_declare_what_their_rows_show(forms: Forms) -> None:
    for (unit, _), form in forms.items():
        if unit not in ("区城乡建设和交通运输局", "区城市管理局") and form["items"]:
            all_in = "否" not in [row["in_hall"] for row in form["items"] if row["negative"] != "是"]
            assert answers(form)["3"] == ("是" if all_in else "否"), unit


def test_items_are_worked_outside_the_hall_in_every_way(forms: Forms) -> None:
    rows = [row for form in forms.values() for row in form["items"]]
    inside = [row for row in rows if row["in_hall"] == "是"]
    assert any(row["accept_at"] == "大厅和厅外" and row["outside_cases"] for row in inside)
    assert any(row["decide_at"] == "厅外" and row["hall_cases"] for row in inside)
    assert any(row["accept_at"] == "厅外" and row["outside_cases"] for row in rows if row["in_hall"] == "否")


def test_some_of_them_are_on_the_ledger_and_some_are_not(forms: Forms) -> None:
    listed = {row["item"] for row in forms["区自然资源和规划局", 1]["problems"]}
    outside = {row["name"] for row in forms["区自然资源和规划局", 1]["items"] if row["outside_cases"]}
    assert outside
    assert outside <= listed
    assert any(row["outside_cases"] for row in forms["区文化广电和旅游局", 3]["items"])
    assert forms["区文化广电和旅游局", 3]["problems"] == []


def test_office_habits_are_there(forms: Forms) -> None:
    assert info(forms["区卫健委", 1])["filled_on"] == "2023.3.15"
    assert info(forms["区税务局", 1])["filled_on"] == "2023年3月15日"
    assert named(forms["区司法局", 1]["items"], "公证办理")["hall_cases"] == "１２"
    assert set(column([forms["区残联", 3]], "items", "in_hall")) == {"√"}
    assert named(forms["区教体局", 1]["items"], "校车使用许可")["accept_at"] == " 大厅"
    assert named(forms["区教体局", 3]["items"], "教师资格认定")["code"] == "1.14104E+30"


def test_units_call_themselves_by_full_name_and_alias(forms: Forms) -> None:
    assert info(forms["区公安局", 1])["unit"] == "平顶山市公安局石龙分局"
    assert info(forms["区医疗保障局", 1])["unit"] == "医保局"
    assert info(forms["区国源水务", 1])["unit"] == "国源水务有限公司"


def test_a_unit_claims_the_negative_list_without_a_number(forms: Forms, district: District) -> None:
    item = named(forms["区民族宗教事务局", 1]["items"], "宗教临时活动地点审批")
    assert (item["negative"], item["negative_no"]) == ("是", "")
    approved = {row["name"] for row in catalogue_rows(district) if row.get("negative_no")}
    assert {"举行集会游行示威许可", "内地居民婚姻登记（结婚）"} <= approved
    assert "宗教临时活动地点审批" not in approved


# ---- the catalogue ----


def test_the_catalogue_lists_all_units_but_two_and_the_one_without_items(district: District) -> None:
    listed = {row["unit"] for row in catalogue_rows(district)}
    assert {unit.unit for unit in district.units} - listed == {"区统计局", "区金融局", "平燃公司石龙分公司"}


def test_units_leave_some_entries_of_the_catalogue_out(district: District, forms: Forms) -> None:
    for extra in district.extras:
        assert extra.name in [row["name"] for row in catalogue_rows(district) if row["unit"] == extra.unit]
        assert extra.name not in column(
            [form for (unit, _), form in forms.items() if unit == extra.unit], "items", "name"
        )
    assert len(district.extras) >= 5


def test_items_with_cases_are_missing_from_the_catalogue_and_one_has_a_near_name(
    district: District, forms: Forms
) -> None:
    known = {(row["unit"], row["name"]) for row in catalogue_rows(district)}
    for odd in district.oddities.unlisted:
        row = named(forms[odd.unit, 2]["items"], odd.item)
        assert (odd.unit, odd.item) not in known
        assert row["code"] == ""
        assert bool(odd.near) == ((odd.unit, odd.near) in known)
        assert odd.near or any(row[key] for key in ("hall_cases", "online_cases", "outside_cases"))
    assert len([odd for odd in district.oddities.unlisted if odd.near]) == 1


# ---- the folder, as the office sees it ----


@pytest.fixture(scope="module")
def told(folder: Path, rules: Rules) -> pd.DataFrame:
    """What becomes of the files that are out of the ordinary: file -> kind, unit, period, outcome, reason."""
    wanted = [
        "联系表",
        "邮箱下载",
        "微信接收",
        "事项目录",
        "民政局",
        "退役军人",
        "农业",
        "卫健委",
        "气象",
        "民族",
        "新闻",
        "司法",
    ]
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    sources = [Source(path, str(folder)) for path in paths if any(word in path for word in wanted)]
    identified = pd.DataFrame([one.row for one in identify_files(sources, rules)], columns=ROW)
    return settle(identified, rules)[0].set_index("file")


def test_most_forms_lie_in_the_folder_of_their_period(folder: Path) -> None:
    inside = list(folder.glob("第?期/*.xlsx"))
    assert len(inside) > 85
    assert all(f"第{n}期" in {path.parent.name for path in inside} for n in PERIODS)


@pytest.mark.parametrize(
    ("path", "unit", "period"),
    [
        ("邮箱下载/区商务局应进必进填报表.xlsx", "区商务局", 1),
        ("邮箱下载/区商务局第2期填报表.xlsx", "区商务局", 2),
        ("邮箱下载/档案局.xlsx", "区档案局", 1),
        ("微信接收/养老中心4.12.xlsx", "区企业养老保险中心", 3),
        ("第2期/区司法局.xlsx", "区司法局", 2),
    ],
)
def test_a_form_elsewhere_or_with_an_old_number_still_finds_its_period(
    told: pd.DataFrame, path: str, unit: str, period: int
) -> None:
    assert tuple(told.loc[path, ["unit", "period", "outcome"]]) == (unit, period, "采用")


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("第2期/区民政局.xlsx", "被替代"),
        ("第2期/区民政局（最终版）.xlsx", "采用"),
        ("第3期/区退役军人事务局.xlsx", "被替代"),
        ("第3期/区退役军人事务局（2）.xlsx", "采用"),
        ("第1期/区农业农村和水利局.xlsx", "被替代"),
        ("第1期/退回重报/区农业农村和水利局.xlsx", "采用"),
        ("邮箱下载/民宗局.xlsx", "期号待确认"),
        ("第3期/区民族宗教事务局.xlsx", "采用"),
        ("第3期/区新闻出版局.xlsx", "忽略"),
        ("第2期/区新闻出版局.xlsx", "采用"),
        ("邮箱下载/市财政局.xlsx", "拒收"),
        ("第2期/石龙区气象局.xlsx", "拒收"),
        ("邮箱下载/农机局填报表.xlsx", "拒收"),
        ("第1期/区农业机械技术中心.xlsx", "采用"),
    ],
)
def test_what_becomes_of_the_odd_forms(told: pd.DataFrame, path: str, outcome: str) -> None:
    assert told.loc[path, "outcome"] == outcome


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("联系表/区发改委对接人员联系表.xlsx", CONTACT),
        ("联系表/区民政局.xlsx", CONTACT),
        (CATALOGUE_PATH, CATALOGUE),
        ("邮箱下载/自查报告（盖章）.pdf", SCAN),
        ("邮箱下载/2023年3月值班表.xlsx", REFUSED),
        ("邮箱下载/说明.txt", REFUSED),
        ("邮箱下载/区科技局.xlsx", REFUSED),
        ("邮箱下载/区财政局自查报告.xlsx", REFUSED),
    ],
)
def test_what_the_other_files_are(told: pd.DataFrame, path: str, kind: str) -> None:
    assert told.loc[path, "kind"] == kind


def test_the_contact_forms_came_before_the_first_cut_off(sent: dict[str, Sent]) -> None:
    for path in ("联系表/区发改委对接人员联系表.xlsx", "联系表/区民政局.xlsx"):
        assert str(info(sent[path].values)["filled_on"]) <= "2023-03-06"
        assert set(sent[path].values) == {"unit_info"}


def test_the_untouched_prefill_is_stamped_and_blank_where_each_period_is_filled_in(sent: dict[str, Sent]) -> None:
    form = sent["第3期/区新闻出版局.xlsx"]
    assert form.stamp.prefilled
    assert set(answers(form.values).values() if "declared" in form.values["declarations"][0] else {None}) == {None}
    assert "filled_on" not in info(form.values)
    assert not any("outside_cases" in row for row in form.values["items"])
    assert form.values["items"]


def test_one_form_was_attached_twice(folder: Path) -> None:
    assert (folder / "邮箱下载/区卫健委(1).xlsx").read_bytes() == (folder / "第2期/区卫健委.xlsx").read_bytes()


def test_every_oddity_says_what_it_shows(district: District) -> None:
    kinds = [getattr(district.oddities, name) for name in type(district.oddities).model_fields]
    assert all(kinds)
    assert all(odd.shows for kind in kinds for odd in kind)


def test_every_entry_of_the_office_says_what_it_shows_and_later_registers_carry_it_on(district: District) -> None:
    for key in type(district.decisions).model_fields:
        entries = getattr(district.decisions, key)
        assert entries
        assert all(entry.shows for entry in entries)
        counts = [len(decided(district, key, period)) for period in PERIODS]
        assert counts == sorted(counts)


# ---- what the office decided, and what becomes of it ----


def decided(district: District, key: str, period: int) -> Rows:
    return register_rows(district.decisions, key, period)


def written(result: Result, name: str) -> pd.DataFrame:
    """A sheet of the register a run writes."""
    sheet = next(sheet for sheet in register_sheets(result) if isinstance(sheet, TableSheet) and sheet.name == name)
    return sheet.rows.set_axis([column.title for column in sheet.columns], axis=1)


def planted(district: District, period: int) -> set[tuple[str, str]]:
    """The remarks that entries are there to show in 第3期, of the entries that stand in the register of a period."""
    sheets = {key: getattr(district.decisions, key) for key in type(district.decisions).model_fields}
    return {
        (key, entry.remark)
        for key, entries in sheets.items()
        for entry in entries
        if entry.remark and entry.since <= period
    }


def of_unit(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    return frame[frame["unit"].eq(unit)]


def test_every_entry_of_the_last_register_fits_but_those_meant_not_to(
    runs: dict[int, Result], district: District
) -> None:
    told = list(runs[3].remarks[["sheet", "text"]].itertuples(index=False, name=None))
    assert sorted(told) == sorted(planted(district, 3))
    assert len(told) == 7


def test_earlier_registers_show_some_of_these_remarks_and_no_others(
    runs: dict[int, Result], district: District
) -> None:
    assert runs[1].remarks.empty
    told = set(runs[2].remarks[["sheet", "text"]].itertuples(index=False, name=None))
    assert told
    assert told < planted(district, 3)


@pytest.mark.parametrize("period", PERIODS)
def test_what_was_decided_on_was_proposed_by_the_run_in_the_same_words(
    runs: dict[int, Result], district: District, period: int
) -> None:
    own = runs[period].proposals.query("own")
    offers = runs[period].info.dropna(subset="experience")["unit"]
    known = {*zip(own["unit"], own["kind"], strict=True), *((unit, None) for unit in offers)}
    rows = [row for row in decided(district, "reviews", 3) if row["period"] == f"第{period}期"]
    shown = written(runs[period], "评议确认")
    reasons = set(shown.loc[shown["期号"].eq(f"第{period}期"), "理由"])
    assert {(row["unit"], row.get("kind")) for row in rows} <= known
    assert {row["reason"] for row in rows} <= reasons


@pytest.mark.parametrize("period", PERIODS)
def test_what_was_looked_into_are_leads_of_the_run_with_their_values_and_cells(
    runs: dict[int, Result], district: District, period: int
) -> None:
    rows = [row for row in decided(district, "leads", 3) if row["period"] == f"第{period}期"]
    shown = written(runs[period], "线索核查")[["编号", "期号", "依据", "单元格"]]
    assert rows
    assert {row["number"] for row in rows} <= set(runs[period].leads["number"])
    told = {(row["number"], row["period"], row["basis"], row["cell"]) for row in rows}
    assert told <= set(shown.itertuples(index=False, name=None))


def test_the_first_two_periods_are_decided_in_full_and_one_proposal_of_the_third_is_open(
    runs: dict[int, Result],
) -> None:
    assert [runs[period].draft for period in PERIODS] == [False, False, True]
    undecided = runs[3].proposals.query("confirmed.isna()")
    assert undecided["unit"].tolist() == ["区新闻出版局"]


def test_one_proposal_is_turned_down_and_one_experience_brings_two_points(runs: dict[int, Result]) -> None:
    decisions = runs[3].decisions.of("reviews")
    assert decisions.loc[decisions["confirmed"].eq("否"), "unit"].tolist() == ["区金融局"]
    bonus = {period: runs[period].units.query("bonus > 0")[["unit", "bonus"]] for period in PERIODS}
    assert [len(bonus[period]) for period in PERIODS] == [0, 1, 0]
    assert bonus[2].iloc[0].tolist() == ["区人社局", 2]


def test_of_the_leads_one_is_confirmed_and_stays_with_the_office(runs: dict[int, Result]) -> None:
    findings = Counter(str(row["finding"]) for row in runs[3].decisions.entries["leads"].to_dict("records"))
    assert findings == {"属实": 1, "不属实": 1, "待核查": 3}
    confirmed = runs[3].leads.query("finding == '属实'")
    assert confirmed[["unit", "transferred"]].to_numpy().tolist() == [["区城市管理局", "否"]]


def note_on(result: Result, unit: str, check: int) -> tuple[str, str]:
    row = result.checks[result.checks["unit"].eq(unit) & result.checks["check"].eq(check)].iloc[0]
    return row["result"], str(row["note"] if pd.notna(row["note"]) else "")[:4]


def test_what_was_found_on_the_spot_counts_until_it_is_found_mended(runs: dict[int, Result]) -> None:
    assert note_on(runs[3], "区医疗保障局", 6) == ("基本到位", "督查查实")
    assert note_on(runs[3], "区城市管理局", 7) == ("不到位", "督查查实")
    assert note_on(runs[2], "区税务局", 8) == ("不到位", "督查查实")
    assert note_on(runs[3], "区税务局", 8) == ("到位", "")


def test_a_waiver_holds_until_it_has_run_out(runs: dict[int, Result]) -> None:
    assert [note_on(runs[period], "区消防救援大队", 5)[1] for period in PERIODS] == ["豁免：消", "豁免：消", ""]
    assert note_on(runs[3], "区公安局", 5) == ("不适用", "豁免：公")


def test_of_what_was_dispatched_one_is_closed_one_overdue_and_one_reported_done(runs: dict[int, Result]) -> None:
    told = runs[3].dispatches
    assert len(told) == 5
    assert set(told["source"]) == {"会议", "督查", "领导批示"}
    assert told.loc[~told["open"], "unit"].tolist() == ["区民政局"]
    assert told.loc[told["overdue"], "unit"].tolist() == ["区城市管理局"]
    reported = told["open"] & told["unit_state"].eq("已完成")
    assert told.loc[reported, "unit"].tolist() == ["区消防救援大队"]


def test_three_modes_are_settled_one_as_a_special_procedure(runs: dict[int, Result]) -> None:
    settled = runs[3].modes.dropna(subset="approved")
    assert sorted(settled["approved"]) == ["一审两核", "审核合一", "特别程序"]
    assert set(settled["verdict"]) == {"一致", "应改报"}


def test_two_units_lack_the_signed_and_stamped_report_once_it_is_due(runs: dict[int, Result]) -> None:
    lacking = [runs[period].units.query("deduction_note.str.contains('纸质件')")["unit"].tolist() for period in PERIODS]
    assert lacking == [[], ["区民族宗教事务局", "区商务局"], ["区民族宗教事务局", "区商务局"]]


def test_a_correction_by_telephone_clears_a_cell_and_one_before_a_newer_form_does_not(
    runs: dict[int, Result],
) -> None:
    phoned = [runs[period].findings.query("code == 'phone_corrected'")["unit"].tolist() for period in PERIODS]
    assert phoned == [[], ["区应急管理局"], ["区农业农村和水利局"]]
    still = of_unit(runs[3].findings, "区农业农村和水利局").query("level == '错误'")
    assert not still["value"].eq("若干").any()
    assert of_unit(runs[3].units, "区农业农村和水利局")["state"].item() == "退回补正"


def test_a_form_that_came_after_the_day_written_on_it_is_late(forms: Forms, runs: dict[int, Result]) -> None:
    assert info(forms["区文化广电和旅游局", 2])["filled_on"] == date(2023, 3, 31)
    assert of_unit(runs[2].units, "区文化广电和旅游局")["late"].item()


def test_every_faulty_form_can_be_sent_back(runs: dict[int, Result], folder: Path, rules: Rules) -> None:
    for result in runs.values():
        for unit, file in returned_forms(result).items():
            source = Source(file, str(folder))
            assert return_form(source.read(), write_note(unit, source, result), rules, anew=False)


# ---- the first period is printed ----


def test_the_printed_figures_are_those_later_periods_compare_with(runs: dict[int, Result]) -> None:
    scores = runs[1].units.set_index("unit")["score"]
    trend = runs[3].trend.query("period == 1").set_index("unit")["score"].drop("全区")
    pd.testing.assert_series_equal(trend.loc[scores.index], scores, check_names=False)


def test_a_form_for_the_printed_period_is_a_correction_for_the_next(runs: dict[int, Result]) -> None:
    files = runs[2].files.query("unit == '区财政局' and period == 1").set_index("file")["outcome"]
    assert files.to_dict() == {"第1期/区财政局.xlsx": "采用", "第1期/印发后更正/区财政局.xlsx": "更正"}
    assert [runs[period].late_corrections["unit"].tolist() for period in PERIODS] == [[], ["区财政局"], []]


def test_a_new_demo_removes_what_the_last_one_added_after_printing_and_nothing_else(
    rules: Rules, district: District, tmp_path: Path
) -> None:
    (tmp_path / "第1期").mkdir()
    (tmp_path / "第1期" / "区财政局.xlsx").write_bytes(b"form")
    write_late(tmp_path, b"summary", rules)
    assert (tmp_path / FINAL_PATH).read_bytes() == b"summary"
    assert (tmp_path / "第1期/印发后更正/区财政局.xlsx").exists()
    remove_late(tmp_path, district)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["区财政局.xlsx"]


# ---- from form to form ----


def test_tasks_and_problems_are_finished_reopened_postponed_and_left_out(runs: dict[int, Result]) -> None:
    changes = runs[3].ledger.query("change in ('重新打开', '延期', '不再列出')")
    told = {(row["change"], row["kind"], row["unit"]) for row in changes.to_dict("records")}
    assert told == {
        ("重新打开", "任务", "区应急管理局"),
        ("重新打开", "整改", "区自然资源和规划局"),
        ("延期", "任务", "区商务局"),
        ("延期", "整改", "区国源水务"),
        ("不再列出", "任务", "区档案局"),
        ("不再列出", "整改", "区公安局"),
    }
    assert {"新增", "本期完成"} <= set(runs[3].ledger["change"])
    assert runs[2].ledger["change"].isin(["", "新增", "本期完成"]).all()


def test_what_was_dispatched_stands_in_the_ledger_of_its_unit_under_its_number(
    district: District, runs: dict[int, Result]
) -> None:
    ledger = runs[3].ledger.set_index("number")["unit"]
    dispatched = {d.number: d.told["unit"] for d in district.decisions.dispatches if d.unit_state(3)}
    assert len(dispatched) == 4
    assert ledger[list(dispatched)].to_dict() == dispatched


@pytest.mark.parametrize(
    ("period", "change", "units"),
    [
        (2, "新增", ["区残联"]),
        (3, "新增", ["区卫健委"]),
        (2, "更名", ["区市场监管局"]),
        (3, "更名", ["区人社局"]),
        (2, "退出大厅", ["区城市管理局"]),
        (3, "减少", ["区商务局", "区商务局"]),
    ],
)
def test_items_come_and_go_and_change_their_names(
    runs: dict[int, Result], period: int, change: str, units: list[str]
) -> None:
    moved = runs[period].movements
    assert moved.loc[moved["change"].eq(change), "unit"].tolist() == units
    assert moved["change"].eq("新进驻").sum() > 30


def test_a_list_that_shrinks_and_cases_that_fall_to_nothing_are_remarked_on(runs: dict[int, Result]) -> None:
    findings = runs[3].findings
    assert findings.loc[findings["code"].eq("items_fewer"), "unit"].tolist() == ["区商务局"]
    assert findings.loc[findings["code"].eq("cases_stopped"), "unit"].tolist() == ["区档案局"]


def test_the_district_improves_from_period_to_period(runs: dict[int, Result]) -> None:
    district = runs[3].trend.query("unit == '全区'").sort_values("period")
    for figure in ("score", "entered", "authorised", "connected"):
        assert district[figure].is_monotonic_increasing
    assert district["cut"].is_monotonic_decreasing


# ---- the same every time ----


def test_the_same_call_gives_the_same_bytes(
    folder: Path, rules: Rules, district: District, sent: dict[str, Sent]
) -> None:
    again = {form.path: form for form in submissions(rules)}
    assert again == sent
    for path in list(again)[::15]:
        assert write_form(rules, again[path].values, again[path].stamp) == (folder / path).read_bytes()
    for loose in district.oddities.loose:
        assert make_loose(loose.kind, rules) == (folder / loose.path).read_bytes()
    assert make_catalogue(district, rules) == (folder / CATALOGUE_PATH).read_bytes()
    for path, data in make_registers(district.decisions, rules).items():
        assert data == (folder / path).read_bytes()


def test_another_process_with_another_hash_seed_makes_the_same_forms(sent: dict[str, Sent]) -> None:
    code = (
        "import hashlib; from pathlib import Path; from pipeline.demo.mailbox import submissions; "
        "from pipeline.rules import load_rules; "
        "print(hashlib.sha256(repr(submissions(load_rules(Path('rules')))).encode()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == hashlib.sha256(repr(list(sent.values())).encode()).hexdigest()


def test_every_cell_of_the_heat_map_leads_to_its_check_its_shortfalls_and_their_rows(runs: dict[int, Result]) -> None:
    assert follow_all(runs[3]) > 100
