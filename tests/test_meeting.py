"""会议材料 and 督办清单: who speaks, what is open, what to follow up, which deadlines are near."""

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.deadlines import deadlines
from pipeline.run import DISPATCHES, Result
from pipeline.sheets import PageSheet, TablePart
from pipeline.summary.meeting import dispatch_sheet, followed_lines, meeting_page
from pipeline.workbook.render import render_workbook
from tests.districts import run_district
from tests.periods import a_form
from tests.results import an_empty_result

TALKER, SILENT, SLOW, SHRINKER = "区教体局", "区公安局", "区民政局", "区司法局"
PHONE = "13812345678"
PROBLEM = "整改台账：挂账号={number} | 问题描述={text} | 原因分析=场地不足 | 整改措施=迁入大厅，电话13812345678 | 状态=进行中 | 整改时限={due}"


def a_problem(number: str, text: str = "有厅外办件", due: str = "2023-03-20") -> str:
    return PROBLEM.format(number=number, text=text, due=due)


@cache
def the_result() -> Result:
    """第3期: one unit with an experience and a request, one silent, one with an overdue problem, one whose problem is gone."""
    told = f"单位信息：典型经验=一窗受理，联系{PHONE} | 需协调解决事项=请开放接口，联系{PHONE}"
    outside = "事项清单：厅外办件量=2"
    forms = [
        a_form(TALKER, 2), a_form(TALKER, 3, told), a_form(SILENT, 2, outside),
        a_form(SLOW, 3, f"{outside}\n{a_problem('整-1')}\n任务清单：任务内容=全部进驻 | 状态=进行中 | 完成时限=2023-04-13"),
        a_form(SHRINKER, 2, a_problem("整-2", "没有授权", "2023-06-30")), a_form(SHRINKER, 3),
    ]  # fmt: skip
    return run_district({"forms": forms, "catalogue": [], "periods": [1, 2, 3]}, 3)


def with_proposals(*lines: tuple[str, str, str | None], draft: bool = True) -> Result:
    """The result with these proposals (kind, unit, confirmed)."""
    rows = [
        {
            "period": 3,
            "kind": kind,
            "unit": unit,
            "reason": "因为",
            "place": 1,
            "confirmed": confirmed,
            "approver": None,
        }
        for kind, unit, confirmed in lines
    ]
    proposals = pd.DataFrame(rows, columns=list(the_result().proposals.columns)).astype({"confirmed": "str"})
    return replace(the_result(), proposals=proposals, draft=draft)


def a_dispatch(**about: Any) -> dict[str, Any]:
    plain = dict.fromkeys(DISPATCHES)
    return plain | {
        "number": "督-9", "source": "会议", "unit": SILENT, "problem": f"窗口没有人，{PHONE}", "measure": "派驻", "person": "李四",
        "due": pd.Timestamp("2023-04-10"), "state": "进行中", "open": True, "overdue": True,
    } | about  # fmt: skip


def with_dispatches(*lines: dict[str, Any]) -> Result:
    return replace(the_result(), dispatches=pd.DataFrame(lines, columns=DISPATCHES))


def table(result: Result, title: str) -> pd.DataFrame:
    part = next(part for part in meeting_page(result).parts if part.title.startswith(title))
    assert isinstance(part, TablePart)
    return part.rows.set_axis([column.title for column in part.columns], axis=1)


def speakers(result: Result) -> list[tuple[str, str]]:
    agenda = table(result, "议程")
    speaking = agenda[agenda["议程"].str.contains("经验|表态")]
    return list(zip(speaking["议程"], speaking["发言单位"], strict=True))


def test_the_page_tells_meeting_and_cutoff() -> None:
    page = meeting_page(the_result())
    assert "会议时间：2023年4月18日" in page.note
    assert "截至：2023年4月14日" in page.note
    assert [part.title[:4] for part in page.parts] == ["议程", "各单位未", "督办清单", "时限提醒", "议定事项"]


def test_what_nobody_has_confirmed_is_marked_as_proposed() -> None:
    result = with_proposals(("表扬", TALKER, None), ("通报", SILENT, None))
    assert speakers(result) == [("典型经验介绍（拟）", TALKER), ("表态发言（拟）", SILENT)]
    assert "标“拟”的尚未经评议确认" in meeting_page(result).note


def test_who_is_confirmed_speaks_and_who_is_not_does_not() -> None:
    result = with_proposals(("表扬", TALKER, "是"), ("表扬", SLOW, "否"), ("通报", SILENT, "是"), draft=False)
    assert speakers(result) == [("典型经验介绍", TALKER), ("表态发言", SILENT)]
    assert "拟" not in meeting_page(result).note


def test_nobody_to_speak_is_said_in_a_line() -> None:
    assert speakers(with_proposals()) == [("典型经验介绍", "—"), ("表态发言", "—")]


def test_the_agenda_tells_what_a_unit_will_speak_about() -> None:
    agenda = table(with_proposals(("表扬", TALKER, "是"), ("表扬", SLOW, "是"), ("通报", SILENT, "是")), "议程")
    about = dict(zip(agenda["发言单位"], agenda["内容"], strict=True))
    assert about[TALKER] == "一窗受理，联系（电话略）"
    assert about[SLOW] == "没有填写典型经验，请会前准备。"
    assert about[SILENT] == "因为"
    assert agenda["内容"].iloc[0].startswith("应报33个单位，按时报送3个、逾期报送0个、未报送30个；平均评比得分")
    assert agenda["内容"].iloc[-1] == "第4期于4月28日截止报送，5月2日开会。"
    assert agenda["序号"].tolist() == list(range(1, len(agenda) + 1))


def test_the_last_period_of_the_calendar_has_no_next_one() -> None:
    last = the_result().rules.calendar.by_number[18]
    assert table(replace(the_result(), period=last), "议程")["内容"].iloc[-1] == "这是日历中的最后一期。"


def test_open_points_stand_by_unit() -> None:
    open_points = dict(table(with_dispatches(a_dispatch()), "各单位未办结").iloc[:, :2].to_numpy().tolist())
    assert open_points[SLOW] == "整改逾期1项；任务逾期1项"
    assert open_points[SHRINKER] == "没有完成就不再列出1项"
    assert open_points[SILENT] == "未报送；督办未办结1项"
    assert (
        list(open_points)[0]
        == "区发改委、区财政局、区人社局、区城乡建设和交通运输局、市生态环境局石龙分局、区农业农村和水利局等29个"
    )
    assert open_points[TALKER] == ""


def test_what_a_unit_asks_for_stands_beside_it_without_the_telephone_number() -> None:
    rows = table(the_result(), "各单位未办结").set_index("单位名称")["需协调解决事项"]
    assert rows[TALKER] == "请开放接口，联系（电话略）"
    assert (rows.drop(TALKER) == "").all()


def test_units_with_nothing_open_are_not_listed() -> None:
    tidy = replace(the_result(), units=the_result().units.assign(state="已接收"))
    assert set(table(tidy, "各单位未办结")["单位名称"]) == {TALKER, SLOW, SHRINKER}


def test_followed_are_open_dispatches_and_problems_that_need_it() -> None:
    lines = followed_lines(with_dispatches(a_dispatch(), a_dispatch(number="督-8", open=False)))
    assert list(zip(lines["unit"], lines["number"], lines["why"], strict=True)) == [
        (SILENT, "督-9", "督办逾期"), (SLOW, "整-1", "整改逾期"), (SHRINKER, "整-2", "不再列出"),
    ]  # fmt: skip
    assert lines["cause"].tolist()[1:] == ["场地不足", "场地不足"]
    assert lines["measure"].tolist() == ["派驻", "迁入大厅，电话（电话略）", "迁入大厅，电话（电话略）"]


def test_a_problem_that_is_dispatched_stands_once() -> None:
    lines = followed_lines(with_dispatches(a_dispatch(number="整-1", unit=SLOW, overdue=False)))
    assert [(number, why) for number, why in zip(lines["number"], lines["why"], strict=True)] == [
        ("整-1", "督办"),
        ("整-2", "不再列出"),
    ]


def test_the_page_lists_the_first_and_says_how_many_more_there_are() -> None:
    many = with_dispatches(*(a_dispatch(number=f"督-{n}", overdue=n == 11) for n in range(12)))
    part = next(part for part in meeting_page(many).parts if part.title == "督办清单")
    assert isinstance(part, TablePart)
    assert part.note == "这里列前6行，另有8件，见“督办清单”。"
    assert part.rows.iloc[0].tolist()[0] == "督-11"
    assert len(dispatch_sheet(many).rows) == 14


@pytest.mark.parametrize(
    ("period", "titles"),
    [
        (1, ["自查报告", "反馈"]),
        (2, ["自查报告", "反馈"]),
        (4, ["逐项研究", "自查报告", "反馈"]),
    ],
)
def test_deadlines_of_the_next_two_periods_and_missed_ones_are_told(period: int, titles: list[str]) -> None:
    district = {"forms": [a_form(TALKER, 1)], "catalogue": [], "periods": [1]}
    rows = table(run_district(district, period), "时限提醒")
    assert sorted(re.sub("报送|《.*", "", title)[:4] for title in rows["事由"]) == sorted(titles)


def test_a_deadline_names_how_much_is_open_and_who_is_behind() -> None:
    rows = table(the_result(), "时限提醒").set_index("时限")
    assert rows.loc["3月31日", "没有完成的"] == "29个单位没有报过填报表"
    assert rows.loc["3月31日", "距截止日"] == "已过14天"
    assert rows.loc["3月31日", "单位"].endswith("等29个")
    assert rows.loc["4月30日", "没有完成的"] == "没有"
    assert rows.loc["4月30日", "距截止日"] == "还有16天"


def test_there_is_room_to_write_decisions() -> None:
    decisions = table(the_result(), "议定事项")
    assert list(decisions.columns) == ["议定事项", "责任单位", "责任人", "时限"]
    assert (decisions == "").all(axis=None)


def test_no_telephone_number_and_no_lead_is_on_paper() -> None:
    result = with_dispatches(a_dispatch())
    assert len(result.leads) > 0
    shown = [part.rows for part in meeting_page(result).parts if isinstance(part, TablePart)]
    words = "\n".join(frame.astype("str").to_csv() for frame in [*shown, dispatch_sheet(result).rows])
    assert PHONE not in words
    assert "疑似" not in words
    assert not any(number in words for number in result.leads["number"])


def test_a_district_without_any_form_has_a_page_too() -> None:
    page = meeting_page(an_empty_result())
    assert isinstance(page, PageSheet)
    assert render_workbook([page, dispatch_sheet(an_empty_result())], "会议材料")


def test_long_texts_are_shortened() -> None:
    info = the_result().info.assign(request="请专班协调" + "很长的话" * 50)
    rows = table(replace(the_result(), info=info), "各单位未办结")
    assert rows["需协调解决事项"].str.len().max() <= 50


@pytest.mark.office
def test_the_fullest_page_prints_on_two_sheets_of_paper(tmp_path: Path) -> None:
    """Every unit behind in everything, with long texts everywhere."""
    soffice, pdfinfo = shutil.which("soffice"), shutil.which("pdfinfo")
    if not soffice or not pdfinfo:
        pytest.skip("soffice (LibreOffice) or pdfinfo (poppler) is not installed")
    page = tmp_path / "会议材料.xlsx"
    page.write_bytes(render_workbook([meeting_page(the_fullest_result())], "会议材料"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(page)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    told = subprocess.run([pdfinfo, str(page.with_suffix(".pdf"))], check=True, capture_output=True, text=True).stdout
    assert int(re.findall(r"Pages:\s+(\d+)", told)[0]) <= 2


def the_fullest_result() -> Result:
    units, text = the_result().rules.roster.names, "审批人员和设备没有全部进驻大厅，受理和决定仍在原办公地点办理，" * 3
    line = a_dispatch(problem=text, cause=text, measure=text)
    dispatches = pd.DataFrame([line | {"unit": unit, "number": f"督-{unit}"} for unit in units], columns=DISPATCHES)
    info = pd.DataFrame({"unit": units, "own_period": 3, "request": text, "experience": text})
    kinds = ["表扬"] * 3 + ["通报"] * 3
    proposals = with_proposals(*((kind, unit, None) for kind, unit in zip(kinds, units, strict=False))).proposals
    deadlines_open = the_result().deadlines.assign(count=33, behind="、".join(units), warning=True)
    return replace(
        the_result(), dispatches=dispatches, info=info, proposals=proposals, deadlines=deadlines_open,
        checks=pd.DataFrame({"unit": units, "progress": "逾期"}),
    )  # fmt: skip


# ---- the deadlines themselves ----


def deadlines_of(
    *forms: dict[str, Any], period: int = 2, catalogue: list[dict[str, Any]] | None = None
) -> pd.DataFrame:
    result = run_district({"forms": list(forms), "catalogue": catalogue or [], "periods": [1, 2, 3]}, period)
    return result.deadlines.set_index("key")


def test_contacts_are_open_for_units_that_sent_nothing_at_all() -> None:
    contact = {**a_form("区民政局", 2), "values": {"unit_info": a_form("区民政局", 2)["values"]["unit_info"]}}
    later = a_form("区司法局", 3)
    due = deadlines_of(a_form("区教体局", 1), contact, later)
    assert due.loc["contacts", "count"] == 31
    behind = due.loc["contacts", "behind"].split("、")
    assert not {"区教体局", "区民政局"} & set(behind)
    assert behind[:3] == ["区发改委", "区公安局", "区司法局"]
    assert due.loc["self_report", "count"] == 32
    assert "区民政局" in due.loc["self_report", "behind"]


def test_measures_count_items_outside_without_a_reason() -> None:
    items = "事项清单：进驻大厅=否\n事项清单：进驻大厅=否 | 未进驻原因及措施=场地不足\n事项清单：进驻大厅=（空）\n事项清单："
    exempt = "事项清单：进驻大厅=否 | 负面清单=是 | 负面清单批准文号=平龙政〔2023〕1号"
    due = deadlines_of(a_form("区教体局", 2, items), a_form("区民政局", 2, exempt))
    assert (due.loc["measures", "count"], due.loc["measures", "behind"]) == (1, "区教体局")


def test_items_in_counts_items_and_all_in_counts_checks() -> None:
    items = "事项清单：进驻大厅=否 | 受理地点=厅外\n事项清单："
    due = deadlines_of(a_form("区民政局", 2, items), a_form("区教体局", 2))
    assert (due.loc["items_in", "count"], due.loc["items_in", "behind"]) == (1, "区民政局")
    assert (due.loc["all_in", "count"], due.loc["all_in", "behind"]) == (2, "区民政局")


def test_an_item_off_the_list_counts_for_items_in() -> None:
    due = deadlines_of(a_form("区民政局", 2), catalogue=[{"unit": "区民政局", "name": "别的事项"}])
    assert due.loc["items_in", "count"] == 2


@pytest.mark.parametrize(
    ("period", "warned"),
    [(1, ["self_report"]), (2, ["self_report"]), (3, ["measures"]), (8, []), (9, ["items_in"]), (15, []), (16, ["all_in"]), (18, [])],
)  # fmt: skip
def test_a_deadline_is_warned_of_from_two_periods_ahead(period: int, warned: list[str]) -> None:
    result = the_result()
    frames = (result.units, result.files, result.checks, result.shortfalls, result.items)
    due = deadlines(result.rules.calendar.by_number[period], result.rules, *frames)
    assert due.loc[due["warning"], "key"].tolist() == warned


def test_a_deadline_of_the_office_that_no_rule_follows_has_no_count() -> None:
    result = the_result()
    known = result.deadlines.assign(count=pd.array([None] * 5, dtype="Int64"), behind="", what="", warning=True)
    rows = table(replace(result, deadlines=known), "时限提醒")
    assert (rows["没有完成的"] == "").all()
