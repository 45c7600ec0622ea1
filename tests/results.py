"""A small district for tests of the workbooks: one unit of every kind, and its result in 第2期."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from pipeline.run import Result
from tests.districts import run_district

GOOD, LATE, CARRIED, RETURNED, COMPANY, CONTACT, NEVER = (
    "区发改委",
    "区教体局",
    "区公安局",
    "区司法局",
    "区国源水务",
    "区民政局",
    "区统计局",
)
PHONES = ["13812345678", "138 1234 5678", "0375-2531234", "（0375）2531234", "电话：2531234", "138001"]
EMAIL = "wang.wu@163.com"
FORMULA = "=1+1"


@cache
def a_result() -> Result:
    """第2期: one unit in time, one late, one carried over, one sent back, a company, a contact form, 27 silent ones."""
    forms = [
        a_form(GOOD, 1, date(2023, 3, 15)),
        a_form(GOOD, 2, date(2023, 3, 30)),
        a_form(LATE, 2, date(2023, 4, 2), info=chatty_info(), items=[odd_item()]),
        a_form(CARRIED, 1, date(2023, 3, 16)),
        a_form(RETURNED, 2, date(2023, 3, 29), items=[an_item(outside_cases="很多", declared_mode="")]),
        a_form(COMPANY, 2, date(2023, 3, 28), items=[an_item(), an_item(name="用电报装", item_type="公共服务")]),
        {**a_form(CONTACT, 2, date(2023, 3, 6)), "values": {"unit_info": [an_info(CONTACT)]}},
        a_form("市财政局", 2, date(2023, 3, 20)),
    ]
    catalogue = [{"unit": GOOD, "name": "企业投资项目备案"}, {"unit": GOOD, "name": "节能审查"}]
    result = run_district({"forms": forms, "catalogue": catalogue, "periods": [1, 2]}, 2)
    return replace(result, files=pd.concat([result.files, odd_files()], ignore_index=True))


@cache
def an_empty_result() -> Result:
    """第2期 without any file at all."""
    return run_district({"forms": [], "catalogue": [], "periods": [1, 2]}, 2)


def a_form(unit: str, period: int, filled_on: date, **sheets: Any) -> dict[str, Any]:
    """A form of plain values in which nothing is wrong, but for the sheets given."""
    declared = [{"check": n, "question": "", "declared": "是" if n < 8 else "否"} for n in range(1, 10)]
    values: dict[str, Any] = {
        "unit_info": [sheets.get("info", an_info(unit))],
        "declarations": declared,
        "items": sheets.get("items", [an_item()]),
        "stages": [
            {"item": "企业投资项目备案", "name": "审核", "person": "综合科", "basis": "《企业投资项目核准和备案管理条例》第十三条"},
            {"item": "企业投资项目备案", "name": "核准", "person": "综合科", "basis": "按有关规定"},
        ],
        "departments": [{"name": "综合科", "approves": "是", "approval_no": "平龙编〔2022〕3号", "in_hall": "整建制进驻"}],
        "staff": [{"name": "赵六", "department": "综合科", "duty": "综合", "post": "窗口行政科长（首席代表）", "in_hall": "是"}],
        "authorisations": [{"number": "1号", "holder": "赵六", "scope": "全部事项", "decides": "是"}],
        "systems": [{"name": "投资项目在线监管平台", "level": "国家", "connected": "否"}],
        "tasks": [
            {"content": "全部进驻", "department": "综合科", "person": "李四", "due": date(2023, 3, 20), "state": "进行中"},
        ],
        "problems": [
            {"problem": "厅外有办件", "check": 8, "measure": "迁入", "person": "李四", "due": date(2023, 7, 1), "state": "进行中"},
        ],
        "one_card": [{"item": "企业投资项目备案", "materials": 8, "replaceable": 4, "spared": 1, "e_licence": "是", "done": "否"}],
    }  # fmt: skip
    return {
        "unit": unit,
        "period": period,
        "file": f"第{period}期/{unit}.xlsx",
        "filled_on": filled_on,
        "values": values,
    }


def an_info(unit: str) -> dict[str, Any]:
    contacts = {"leader_phone": "0375-2531234", "liaison_phone": "13812345678", "liaison_email": EMAIL}
    return {"unit": unit, "head": "张三", "leader": "李四", "liaison": "王五", "no_items": "否", **contacts}


def chatty_info() -> dict[str, Any]:
    """Telephone numbers and addresses where people write them."""
    request = f"请协调接口，联系{PHONES[0]}或{PHONES[1]}，也可{PHONES[2]}、{PHONES[3]}，{EMAIL}"
    return {
        **an_info(LATE),
        "liaison_phone": PHONES[5],
        "liaison_email": "没有",
        "request": request,
        "experience": "一窗受理",
    }


def an_item(**more: Any) -> dict[str, Any]:
    return {
        "name": "企业投资项目备案", "item_type": "行政备案", "department": "综合科", "basis": "《企业投资项目核准和备案管理条例》第十三条",
        "code": "11410404005481234A4000105001000", "negative": "否", "in_hall": "是", "window": "A1", "accept_at": "大厅",
        "review_at": "大厅", "decide_at": "大厅", "deliver_at": "大厅", "system": "一体化平台", "case_type": "承诺件", "legal_days": 5,
        "promised_days": 3, "hall_cases": 2, "outside_cases": 0, "declared_mode": "一审一核", "online_stages": 2, **more,
    }  # fmt: skip


def odd_item() -> dict[str, Any]:
    """An item accepted in two places, with a formula for a name and a number in its remark."""
    return an_item(
        name=FORMULA, accept_at="大厅和厅外", outside_cases=3, remark=f"{PHONES[4]}，{EMAIL}", in_hall="否", planned=""
    )


def odd_files() -> pd.DataFrame:
    """Files that are no forms, as 报送情况 lists them."""
    broken = {"file": "坏.xlsx", "sha256": "0" * 64, "kind": "refused", "outcome": "拒收", "reason": "文件已损坏"}
    unsure = {
        "file": "旧.xlsx",
        "sha256": "1" * 64,
        "kind": "form",
        "unit": GOOD,
        "outcome": "期号待确认",
        "reason": "没有期号",
    }
    return pd.DataFrame([broken, unsure])
