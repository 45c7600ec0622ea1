"""A second reading of spec.md 1-5 in plain Python: what the program must come to, worked out as an auditor would.

Nothing of pipeline/ is imported and no frame is used: rows are dicts, shares are exact fractions, a rule is a loop.
Numbers, dates and word lists come from rules/*.toml, so that a changed weight changes both readings. Each function
quotes the sentence it follows.

A district is plain data, raw cells as they were typed, at most one form per unit and period:

    {"periods": [1, 2, 3],
     "catalogue": [{"unit": …, "name": …, …keys of [catalogue] in form.toml}],
     "forms": [{"unit": …, "period": …, "filled_on": …, "file": …, "values": {sheet key: [{column key: cell}]}}],
     "register": {sheet key: [{column key: value}]}}      (the office's, if there is one; names of units as in the roster)

The order of the file: rules, cells, a form and its faults, what is an item, what the office decided, the nine checks, what
follows from them, the four modes, the ranking, a period, a district.
"""

import copy
import math
import re
import tomllib
import unicodedata
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from tests.oracle_basis import PENDING, SAME_AS_ABOVE, UNSTATED, VALID, grade_of

Row = dict[str, Any]

FULL, BASIC, SHORT, NOT_APPLICABLE, UNVERIFIED = "到位", "基本到位", "不到位", "不适用", "未核验"
PUBLIC_SERVICE = "公共服务"
OUT_OF_SCOPE = ("行政处罚", "行政强制", "行政征收", "行政检查")
# The approval stages of a mode; 特别程序 has as many as are listed.
STAGES_OF = {"审核合一": 1, "一审一核": 2, "一审两核": 3}
HEAD_OF_WINDOW = "窗口行政科长（首席代表）"
BRACKETS = "（）()[]【】〔〕《》<>〈〉「」“”\"'"


# ------------------------------------------------------------------------------------------------------------- rules


def load_rules(folder: Path) -> Row:
    """Return the rules files the oracle reads, each as the dict tomllib makes of it, by file name."""
    names = ("calendar", "checks", "form", "ranking", "stages", "units")
    return {name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in names}


def exact(number: float) -> Fraction:
    """Return a number of a rules file as the decimal fraction a person wrote there."""
    return Fraction(str(number))


def half_up(value: Fraction) -> Fraction:
    """“rounded half up to 0.01”."""
    return Fraction(math.floor(value * 100 + Fraction(1, 2)), 100)


def cutoff_of(rules: Row, number: int) -> date | None:
    """Return the cut-off (截止) of a period; None where the calendar has no such period."""
    for period in rules["calendar"]["periods"]:
        if period["number"] == number:
            return period["cutoff"]
    return None


def deadline_of(rules: Row, key: str) -> date:
    """Return one due date of the notice (spec 7)."""
    return next(entry["date"] for entry in rules["calendar"]["deadlines"] if entry["key"] == key)


def check_of(rules: Row, number: int) -> Row:
    """Return the rule of one of the nine checks."""
    return next(entry for entry in rules["checks"]["checks"] if entry["number"] == number)


def sheet_of(rules: Row, key: str) -> Row:
    """Return the definition of one sheet of the form."""
    return next(sheet for sheet in rules["form"]["sheets"] if sheet["key"] == key)


def group_of(rules: Row, unit: str) -> Row:
    """Return the group a unit of the roster belongs to."""
    name = next(entry["group"] for entry in rules["units"]["units"] if entry["name"] == unit)
    return next(group for group in rules["units"]["groups"] if group["name"] == name)


# ------------------------------------------------------------------------------------------------------------- cells


@cache
def normal(text: str | None) -> str:
    """“Names (items, departments, systems) are compared in one normal form: NFKC, without white space and bracket
    signs.”"""
    if text is None:
        return ""
    letters = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in letters if not letter.isspace() and letter not in BRACKETS)


def read_text(raw: Any) -> str | None:
    """Return a cell as text without white space around it; None where nothing is told."""
    text = "" if raw is None else str(raw).strip()
    return text or None


def read_choice(raw: Any, choices: list[str]) -> str | None:
    """“a bad cell (not in the list …) counts as blank”; √ and Y are “understood” as 是."""
    text = normal(read_text(raw))
    for choice in choices:
        if normal(choice) == text:
            return choice
    return "是" if text in ("√", "Y") and "是" in choices else None


def read_count(raw: Any) -> int | None:
    """“not a number, negative” is a bad cell; full-width digits and "12人" are understood."""
    if isinstance(raw, int | float):
        return int(raw) if raw >= 0 and raw == int(raw) else None
    text = normal(read_text(raw))
    found = re.fullmatch(r"(\d+)(件|个|份|人|天|个工作日)?", text)
    return int(found.group(1)) if found else None


def read_date(raw: Any) -> date | None:
    """“not a date” is a bad cell; 2023.3.31 and 2023年3月31日 are understood."""
    if isinstance(raw, date):
        return raw
    text = normal(read_text(raw))
    found = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def read_cell(column: Row, raw: Any) -> Any:
    """Return the value of a filled cell by its column's type; None where it is bad."""
    if column["type"] == "choice":
        return read_choice(raw, column["choices"])
    if column["type"] == "count":
        return read_count(raw)
    if column["type"] == "date":
        return read_date(raw)
    return read_text(raw)


# ------------------------------------------------------------------------------------------------ a form and its faults


def read_rows(rules: Row, form: Row, sheet_key: str, faults: list[str]) -> list[Row]:
    """Return the rows of a sheet that have any filled cell, read; blank required and bad cells join the faults.

    “`*` = required”; “a bad cell …: the row stays, that cell counts as blank; the file is 退回补正 and still counted”.
    The bad cells of a row are named in its "bad", the raw cells kept in its "raw".
    """
    rows = []
    for raw in form["values"].get(sheet_key, []):
        if all(read_text(value) is None for value in raw.values()):
            continue
        rows.append(read_row(sheet_of(rules, sheet_key), raw, faults))
    return rows


def read_row(sheet: Row, raw: Row, faults: list[str]) -> Row:
    """Return one row: the values by column key, with "bad" (keys of bad cells) and "raw"."""
    row: Row = {"bad": set(), "raw": raw}
    for column in sheet["columns"]:
        key = column["key"]
        if key in ("review_at", "decide_at"):
            column = column | {"choices": places_allowed(column, raw)}
        told = read_text(raw.get(key)) is not None
        row[key] = read_cell(column, raw[key]) if told else None
        if told and row[key] is None:
            row["bad"].add(key)
            faults.append(f"{sheet['title']} {column['title']}：{raw.get(key)} 无法识别")
        if column.get("required") and not told:
            faults.append(f"{sheet['title']} {column['title']}：必填未填")
    return row


def places_allowed(column: Row, raw: Row) -> list[str]:
    """“审核地点, 决定地点: 大厅 分厅 厅外 大厅和厅外, with 审核转报=是 also 上级机关 and 不涉及, with 公共服务 also
    不涉及 (elsewhere these two are an 错误 and count as blank)”."""
    places = list(column["choices"])
    if read_choice(raw.get("forwarded"), ["是", "否"]) == "是":
        places += ["上级机关", "不涉及"]
    if read_choice(raw.get("item_type"), [PUBLIC_SERVICE]) == PUBLIC_SERVICE:
        places += ["不涉及"]
    return places


def keep_items(rows: list[Row], faults: list[str]) -> list[Row]:
    """“A row without 事项名称 is an 错误 and no item; a second item of the same name in a unit is an 错误, and the
    first counts.” “A row of type 行政处罚, 行政强制, 行政征收 or 行政检查 is an 错误 and no item.”"""
    items: list[Row] = []
    for row in rows:
        if row["name"] is None or read_text(row["raw"].get("item_type")) in OUT_OF_SCOPE:
            continue
        if find_named(items, row["name"]) is not None:
            faults.append(f"事项清单 事项名称：{row['name']} 重名")
            continue
        items.append(row)
    return items


def find_named(rows: list[Row], name: str | None) -> Row | None:
    """Return the first row of that name in the normal form, None where there is none."""
    for row in rows:
        if normal(row["name"]) == normal(name):
            return row
    return None


def split_names(text: str | None, items: list[Row]) -> list[str]:
    """“所列事项 (separated by line breaks or ；; by 、 only where every piece is an item's name)”."""
    names = []
    for piece in re.split(r"[\n\r；;]", text or ""):
        parts = [part for part in piece.split("、") if part.strip()]
        if len(parts) > 1 and all(find_named(items, part) for part in parts):
            names += parts
        elif piece.strip():
            names.append(piece)
    return names


def check_pointers(report: Row, faults: list[str]) -> None:
    """“Rows of 审批环节, 一证通办, 所列事项 and 涉及事项 (may be blank) point to items by 事项名称; one that points
    nowhere is an 错误.”"""
    named = [row["item"] for key in ("stages", "one_card") for row in report[key] if row["item"] is not None]
    for row in report["authorisations"]:
        named += split_names(row["listed"], report["items"])
    for row in report["problems"]:
        named += split_names(row["item"], report["items"])
    for name in named:
        if find_named(report["items"], name) is None:
            faults.append(f"事项名称：{name} 不在事项清单中")


def check_conditions(rules: Row, report: Row, listed: bool, faults: list[str]) -> None:
    """“Conditions of °: 承办科室 and 设定依据 for other types than 公共服务; 负面清单批准文号 where 负面清单=是 and
    the catalogue does not list the unit; 所列事项 unless 全部事项; 未进驻原因及措施 and 计划进驻时间 where 进驻大厅=否
    and the item is not in N (before the cut-off of 04-30 only a 提醒).”"""
    cutoff = cutoff_of(rules, report["period"])
    assert cutoff is not None
    for item in report["items"]:
        needed = []
        if item["item_type"] != PUBLIC_SERVICE:
            needed += ["department", "basis"]
        if item["negative"] == "是" and not listed:
            needed += ["negative_no"]
        if item["in_hall"] == "否" and not on_negative_list(item, listed) and cutoff >= deadline_of(rules, "measures"):
            needed += ["reason", "planned"]
        faults += [f"事项清单 {item['name']} {key}：应填未填" for key in needed if item[key] is None]
    for letter in report["authorisations"]:
        if letter["scope"] != "全部事项" and letter["listed"] is None:
            faults.append("授权委托 所列事项：应填未填")


def read_form(rules: Row, form: Row, catalogue: list[Row]) -> Row:
    """Return one form read: rows by sheet key, "items", "declared" by check, "filled_on", "faults" (each an 错误)."""
    faults: list[str] = []
    filled = form | {"values": form["values"] | {"unit_info": [information_of(form)]}}
    report: Row = {"unit": form["unit"], "period": form["period"], "faults": faults}
    for sheet in rules["form"]["sheets"]:
        report[sheet["key"]] = read_rows(rules, filled, sheet["key"], faults)
    report["information"] = report["unit_info"][0]
    report["item_rows"] = report["items"]
    report["items"] = keep_items(report["item_rows"], faults)
    report["declared"] = {row["check"]: row["declared"] for row in report["declarations"]}
    report["entries"] = entries_of(catalogue, form["unit"])
    match_catalogue(report["items"], report["entries"])
    check_pointers(report, faults)
    check_conditions(rules, report, bool(report["entries"]), faults)
    # “无政务服务事项=是 with item rows (or with items in the catalogue) is an 错误.”
    if report["information"]["no_items"] == "是" and (report["item_rows"] or report["entries"]):
        faults.append("单位信息 无政务服务事项：选“是”但有事项")
    # A form without items that does not say there are none is incomplete (a decision of the program's).
    if report["information"]["no_items"] != "是" and not report["items"]:
        faults.append("事项清单：没有事项，也没有说明无政务服务事项")
    report["filled_on"] = read_filled_on(rules, report, faults)
    return report


def information_of(form: Row) -> Row:
    """Return the one row of 单位信息; its 填报日期 is the form's."""
    rows = form["values"].get("unit_info", [])
    return (rows[0] if rows else {}) | {"unit": form["unit"], "filled_on": form["filled_on"]}


def read_filled_on(rules: Row, report: Row, faults: list[str]) -> date | None:
    """“A 填报日期 after the next period's cut-off is an 错误 and counts as blank.”"""
    day = report["information"]["filled_on"]
    if day is not None and believed_date(rules, day, report["period"]) is None:
        faults.append(f"单位信息 填报日期：{day} 晚于下一期截止日")
        return None
    return day


def believed_date(rules: Row, day: date | None, period: int) -> date | None:
    """Return a 填报日期, None where it is after the next period's cut-off."""
    limit = cutoff_of(rules, period + 1)
    return None if day is not None and limit is not None and day > limit else day


def is_contact_form(report: Row) -> bool:
    """“A form in which only 单位信息 is filled in (and 无政务服务事项 is not 是) is the 《对接人员联系表》, not a
    report.”"""
    lists = ["item_rows", "stages", "authorisations", "departments", "staff", "systems"]
    lists += ["tasks", "problems", "one_card"]
    answers = [row for row in report["declarations"] if any(row[key] for key in ("declared", "explanation", "problem"))]
    return not answers and not any(report[key] for key in lists) and report["information"]["no_items"] != "是"


# ---------------------------------------------------------------------------------------------- items and the catalogue


def entries_of(catalogue: list[Row], unit: str) -> list[Row]:
    """Return the catalogue's entries of a unit, blanks as None."""
    return [{key: read_text(value) for key, value in row.items()} for row in catalogue if row["unit"] == unit]


def usable_code(row: Row) -> str | None:
    """“a damaged one (`1.14E+30`)” is no code to match by."""
    code = row.get("code")
    return None if code is None or re.fullmatch(r"\d+(\.\d+)?E\+\d+", code, re.IGNORECASE) else code


def match_catalogue(items: list[Row], entries: list[Row]) -> None:
    """“matched by 实施编码 where both have one and it is unique in the unit, else by name”; the match is the item's
    "entry"."""
    item_codes = [usable_code(item) for item in items]
    entry_codes = [usable_code(entry) for entry in entries]
    for item, code in zip(items, item_codes, strict=True):
        item["entry"] = None
        if code is not None and item_codes.count(code) == 1 and entry_codes.count(code) == 1:
            item["entry"] = entries[entry_codes.index(code)]
        else:
            item["entry"] = find_named(entries, item["name"])


def on_negative_list(item: Row, listed: bool) -> bool:
    """“N = items with a 负面清单批准文号 (from the catalogue where it lists the unit, else 负面清单=是 with the number
    in the form).”"""
    if listed:
        return item["entry"] is not None and item["entry"].get("negative_no") is not None
    return item["negative"] == "是" and item["negative_no"] is not None


def left_out_items(rules: Row, items: list[Row], entries: list[Row]) -> list[Row]:
    """“and, where the catalogue lists the unit, those of the catalogue that the form leaves out (未填报: they satisfy
    nothing and violate nothing …)”. Each has the columns of an item, all blank but name and type. An entry of a type
    out of scope is no item the form could leave out."""
    matched = [id(item["entry"]) for item in items]
    columns = sheet_of(rules, "items")["columns"]
    types = next(column["choices"] for column in columns if column["key"] == "item_type")
    rows = []
    for entry in entries:
        if id(entry) not in matched and entry.get("item_type") not in OUT_OF_SCOPE:
            kind = read_choice(entry.get("item_type"), types)
            blank = {column["key"]: None for column in columns}
            rows.append(blank | {"bad": set(), "name": entry["name"], "item_type": kind, "entry": entry})
    return rows


def gather_facts(rules: Row, report: Row, cutoff: date) -> Row:
    """“I = the unit's items …; M = I − N, what must enter. Power items = M without 公共服务.” “A blank 事项类型 is not
    a power item.”"""
    listed = bool(report["entries"])
    every = [item | {"in_form": True} for item in report["items"]]
    every += [item | {"in_form": False} for item in left_out_items(rules, report["items"], report["entries"])]
    must_enter = [item for item in every if not on_negative_list(item, listed)]
    power = [item for item in must_enter if item["item_type"] not in (None, PUBLIC_SERVICE)]
    facts = {"rules": rules, "report": report, "cutoff": cutoff, "M": must_enter, "power": power}
    return facts | {"group": group_of(rules, report["unit"]), "D": approving_departments(report, power)}


# -------------------------------------------------------------------------------------------- what the office decided


def entries_about(register: Row, sheet_key: str, unit: str, period: int | None = None) -> list[Row]:
    """Return the register's entries about a unit (and a period, told as 第N期), blanks as None."""
    entries = []
    for entry in register.get(sheet_key, []):
        if entry["unit"] == unit and (period is None or entry["period"] == f"第{period}期"):
            entries.append(entry)
    return entries


def correct_by_phone(rules: Row, form: Row, register: Row) -> Row:
    """“电话更正 …: applied to the counted file of that period as long as the unit sends no newer one”: one filled in
    after the call is newer. A correction of an item names it, one of 单位信息 needs no row; what names no row or several
    changes nothing."""
    values = copy.deepcopy(form["values"])
    for entry in entries_about(register, "corrections", form["unit"], form["period"]):
        filled_on = believed_date(rules, read_date(form["filled_on"]), form["period"])
        if filled_on is not None and entry["date"] is not None and filled_on > entry["date"]:
            continue
        sheet = next(sheet for sheet in rules["form"]["sheets"] if sheet["title"] == entry["sheet"])
        column = next(column for column in sheet["columns"] if column["title"] == entry["heading"])
        rows = values.get(sheet["key"], [])
        if sheet["layout"] == "rows":
            rows = [row for row in rows if normal(read_text(row.get("name"))) == normal(entry["line"])]
        if len(rows) == 1:
            rows[0][column["key"]] = entry["new"]
    return form | {"values": values}


def inspected_names(facts: Row, number: int) -> list[str | None]:
    """“督查登记 …: from its date until 已整改 (复查日期)”: return the items found wanting in a check at the cut-off, None for
    the check as a whole."""
    names = []
    for entry in entries_about(facts["register"], "inspections", facts["report"]["unit"]):
        mended = entry["again"] == "已整改" and (entry["again_on"] is None or entry["again_on"] <= facts["cutoff"])
        if entry["check"] == str(number) and entry["date"] <= facts["cutoff"] and not mended:
            names.append(None if entry["name"] is None else normal(entry["name"]))
    return names


def is_inspected(facts: Row, number: int, item: Row) -> bool:
    """“the item fails 3–6 or violates 8/9”."""
    return normal(item["name"]) in inspected_names(facts, number)


def is_waived(facts: Row, number: int) -> bool:
    """“豁免: the check becomes 不适用”, until its 有效期至."""
    for entry in entries_about(facts["register"], "waivers", facts["report"]["unit"]):
        if entry["check"] == str(number) and (entry["until"] is None or entry["until"] >= facts["cutoff"]):
            return True
    return False


def approved_mode(facts: Row, item: Row) -> str | None:
    """“环节审定: 单位名称 事项名称 … 审定模式”."""
    for entry in entries_about(facts["register"], "approvals", facts["report"]["unit"]):
        if normal(entry["name"]) == normal(item["name"]):
            return entry["mode"]
    return None


def lacks_paper(rules: Row, unit: str, register: Row, cutoff: date) -> bool:
    """“自查报告 signed and stamped on paper not registered though due (from 03-31)”, “which holds only once this sheet has
    entries”."""
    if not register.get("papers") or cutoff < deadline_of(rules, "self_report"):
        return False
    for entry in entries_about(register, "papers", unit):
        complete = entry["paper"] == "自查报告" and entry["signed"] == "是" and entry["sealed"] == "是"
        if complete and (entry["received"] is None or entry["received"] <= cutoff):
            return False
    return True


def day_received(report: Row, register: Row) -> date | None:
    """“Late: …, by the register's 收到登记, else …, else 填报日期 (blank: not late)”."""
    for entry in entries_about(register, "receipts", report["unit"], report["period"]):
        return entry["received"]
    return report["filled_on"]


def bonus_of(rules: Row, unit: str, period: int, register: Row) -> Fraction:
    """“up to 3 for a 典型经验 the office confirmed”."""
    taken = [entry["experience"] or 0 for entry in entries_about(register, "reviews", unit, period)]
    return min(Fraction(max(taken, default=0)), exact(rules["ranking"]["bonus"]["experience_max"]))


def confirmed(register: Row, period: int) -> list[Row]:
    """“评议确认: 拟… becomes fact”: return the entries on praise or criticism of a period that have been decided."""
    entries = [entry for entry in register.get("reviews", []) if entry["period"] == f"第{period}期"]
    return [entry for entry in entries if entry["kind"] is not None and entry["confirmed"] is not None]


# --------------------------------------------------------------------------------------------------------- nine checks


def finding(result: str, top: int | None, bottom: int | None, credit: Fraction | None, short: list[Row]) -> Row:
    """Return the outcome of a check: “Every result carries 分子/分母 and the items that fall short.”"""
    names = sorted(row["name"] or "" for row in short)
    return {"result": result, "top": top, "bottom": bottom, "credit": credit, "short": names}


def without_result(result: str) -> Row:
    """Return the outcome of a check that is 不适用 or 未核验."""
    return finding(result, None, None, None, [])


def reaches_basic(rules: Row, number: int, top: int, bottom: int) -> bool:
    """“The percentages also hold with exactly one short in a population of 4–9.”"""
    measures = rules["checks"]["measures"]
    one_short = bottom - top == 1 and measures["one_short_from"] <= bottom <= measures["one_short_to"]
    return one_short or top >= exact(check_of(rules, number)["basic_from"]) * bottom


def judge_share(rules: Row, number: int, population: list[Row], good: list[Row]) -> Row:
    """Return the outcome of a check by share: “到位: 100 %”, “基本到位 ≥ … %”, “Credit 3–7: the ratio”."""
    top, bottom = len(good), len(population)
    result = SHORT
    if reaches_basic(rules, number, top, bottom):
        result = BASIC
    if top == bottom:
        result = FULL
    short = [row for row in population if not any(row is other for other in good)]
    return finding(result, top, bottom, Fraction(top, bottom), short)


def approving_departments(report: Row, power: list[Row]) -> list[str]:
    """“D = departments with 承担审批职能=是 ∪ the 承办科室 of power items”, in the normal form."""
    names = []
    for row in first_of_each_name(report["departments"]):
        if row["approves"] == "是":
            names.append(normal(row["name"]))
    for item in power:
        names.append(normal(item["department"]))
    return sorted(set(names) - {""})


def first_of_each_name(rows: list[Row]) -> list[Row]:
    """Return the rows with a name, of equal normal names the first."""
    kept: list[Row] = []
    for row in rows:
        if row["name"] is not None and find_named(kept, row["name"]) is None:
            kept.append(row)
    return kept


def three_step_credit(rules: Row, result: str) -> Fraction:
    """“Credit (0–1): 1 and 2: 1 / 0.6 / 0.”"""
    return {FULL: Fraction(1), BASIC: exact(rules["checks"]["measures"]["basic_credit"]), SHORT: Fraction(0)}[result]


def check_1(facts: Row) -> Row:
    """“power items → 承办科室 is the department that most of them name … ≥ 80 % … no power items”; “到位: 100 %, and
    1: D is one department and it has a 批复文号”; “D empty though there are power items: 1 is 不到位 with 0 of the
    power items”."""
    rules, power = facts["rules"], facts["power"]
    if not power:
        return without_result(NOT_APPLICABLE)
    main = most_named(power)
    good = [item for item in power if main and normal(item["department"]) == main]
    outcome = judge_share(rules, 1, power, good)
    if outcome["result"] == FULL and not is_one_approved_department(facts):
        outcome["result"] = BASIC
    outcome["credit"] = three_step_credit(rules, outcome["result"])
    return outcome


def most_named(power: list[Row]) -> str:
    """Return the department most power items name; of several, the one that sorts first; "" where none is named."""
    counts: dict[str, int] = {}
    for item in power:
        name = normal(item["department"])
        if name:
            counts[name] = counts.get(name, 0) + 1
    best = ""
    for name in sorted(counts):
        if not best or counts[name] > counts[best]:
            best = name
    return best


def is_one_approved_department(facts: Row) -> bool:
    """“D is one department and it has a 批复文号”."""
    if len(facts["D"]) != 1:
        return False
    row = find_named(facts["report"]["departments"], facts["D"][0])
    return row is not None and row["approval_no"] is not None


def check_2(facts: Row) -> Row:
    """“D → 整建制进驻; 基本到位: all 整建制 or 部分进驻; no power items”; “2: a department only named by items counts
    as not entered”; “D empty …: 2 is 不到位 with 0/0 and credit 0”."""
    if not facts["power"]:
        return without_result(NOT_APPLICABLE)
    whole, partly, outside = [], [], []
    for name in facts["D"]:
        row = find_named(facts["report"]["departments"], name)
        if row is not None and row["in_hall"] == "整建制进驻":
            whole.append(row)
        elif row is not None and row["in_hall"] == "部分进驻":
            partly.append(row)
        else:
            outside.append(row or named_by_item(facts["power"], name))
    result = SHORT
    if facts["D"] and not outside:
        result = BASIC if partly else FULL
    return finding(result, len(whole), len(facts["D"]), three_step_credit(facts["rules"], result), partly + outside)


def named_by_item(power: list[Row], name: str) -> Row:
    """Return a row for a department that only items name, as the first of them writes it."""
    return {"name": next(item["department"] for item in power if normal(item["department"]) == name)}


def check_3(facts: Row) -> Row:
    """“M → 进驻大厅=是; ≥ 90 %; M empty”."""
    if not facts["M"]:
        return without_result(NOT_APPLICABLE)
    good = [item for item in facts["M"] if item["in_hall"] == "是" and not is_inspected(facts, 3, item)]
    return judge_share(facts["rules"], 3, facts["M"], good)


def check_4(facts: Row) -> Row:
    """“M without 审核转报=是 → covered by a letter …; ≥ 80 %; none left”."""
    population = [item for item in facts["M"] if item["forwarded"] != "是"]
    if not population:
        return without_result(NOT_APPLICABLE)
    letters = [row for row in facts["report"]["authorisations"] if is_good_letter(row, facts["cutoff"])]
    good = []
    for item in population:
        covered = any(letter_covers(letter, item, facts["report"]["items"]) for letter in letters)
        if item["in_form"] and covered and not is_inspected(facts, 4, item):
            good.append(item)
    return judge_share(facts["rules"], 4, population, good)


def is_good_letter(letter: Row, cutoff: date) -> bool:
    """“a letter with 授予决定权=是, 受托人 filled, 签订日期 blank or not after the cut-off, 有效期至 blank or not
    before it (a faulty date does not satisfy …)”."""
    if letter["decides"] != "是" or letter["holder"] is None or letter["bad"] & {"signed", "valid_to"}:
        return False
    signed_in_time = letter["signed"] is None or letter["signed"] <= cutoff
    still_valid = letter["valid_to"] is None or letter["valid_to"] >= cutoff
    return signed_in_time and still_valid


def letter_covers(letter: Row, item: Row, items: list[Row]) -> bool:
    """“names that point nowhere are left out; a letter that must list items and lists none covers nothing”."""
    if letter["scope"] == "全部事项":
        return True
    named = [normal(name) for name in split_names(letter["listed"], items) if find_named(items, name) is not None]
    if not named or letter["scope"] is None:
        return False
    return (normal(item["name"]) in named) == (letter["scope"] == "所列事项")


def check_5(facts: Row) -> Row:
    """“M without the items of a 国家/省 system with 不予对接文号 → 办理系统 is one of the platform's names (rule) or a
    listed system with 对接平台=是; ≥ 90 %; none left”."""
    rules, systems = facts["rules"], facts["report"]["systems"]
    platforms = [normal(name) for name in rules["checks"]["measures"]["platforms"]]
    population, good = [], []
    for item in facts["M"]:
        system = find_named(systems, item["system"]) if item["system"] is not None else None
        if system is not None and is_excused(rules, system):
            continue
        population.append(item)
        connected = normal(item["system"]) in platforms or (system is not None and system["connected"] == "是")
        if connected and not is_inspected(facts, 5, item):
            good.append(item)
    return judge_share(rules, 5, population, good) if population else without_result(NOT_APPLICABLE)


def is_excused(rules: Row, system: Row) -> bool:
    """“a 国家/省 system with 不予对接文号”."""
    return system["level"] in rules["checks"]["measures"]["excusable_levels"] and system["refusal_no"] is not None


def check_6(facts: Row) -> Row:
    """“M → all four 地点 filled and *in*; ≥ 90 %; M empty”."""
    if not facts["M"]:
        return without_result(NOT_APPLICABLE)
    good = []
    for item in facts["M"]:
        places = [item[key] for key in ("accept_at", "review_at", "decide_at", "deliver_at")]
        inside = all(place is not None and not is_outside(facts["rules"], place) for place in places)
        if inside and not is_inspected(facts, 6, item):
            good.append(item)
    return judge_share(facts["rules"], 6, facts["M"], good)


def is_outside(rules: Row, place: str | None) -> bool:
    """“厅外 and 大厅和厅外 are *outside*; all others are *in*.”"""
    return place in rules["checks"]["measures"]["outside"]


def check_7(facts: Row) -> Row:
    """“审批人员 → 进驻大厅=是; needs a 窗口行政科长（首席代表） with 进驻大厅=是; ≥ 80 % with one; M empty”; “no staff
    listed while M is not empty: 不到位, 0/0, credit 0”; “7: at most 0.6 without a head where one is needed”; “head not
    needed in 7” (B)."""
    rules, staff = facts["rules"], facts["report"]["staff"]
    if not facts["M"]:
        return without_result(NOT_APPLICABLE)
    if not staff:
        return finding(SHORT, 0, 0, Fraction(0), [])
    outcome = judge_share(rules, 7, staff, [person for person in staff if person["in_hall"] == "是"])
    heads = [person for person in staff if person["post"] == HEAD_OF_WINDOW and person["in_hall"] == "是"]
    if facts["group"]["head_needed"] and not heads:
        outcome["result"] = SHORT
        outcome["credit"] = min(outcome["credit"], exact(rules["checks"]["measures"]["no_head_credit"]))
    return outcome


def check_8(facts: Row) -> Row:
    """“M → violation: 厅外办件量 > 0, or 受理地点 *outside*, or another 地点 *outside* while the item has cases; all
    covered; M empty”; “An item whose 厅外办件量 is blank or faulty is no violation …, but counts as one in the credit
    of 8, and 8 is then at most 基本到位.”"""
    if not facts["M"]:
        return without_result(NOT_APPLICABLE)
    violations, untold = [], 0
    for item in facts["M"]:
        if is_inspected(facts, 8, item):
            violations.append(item)
        elif item["in_form"] and item["outside_cases"] is None:
            untold += 1
        elif is_worked_outside(facts["rules"], item):
            violations.append(item)
    return judge_violations(facts, 8, violations, untold, len(facts["M"]))


def is_worked_outside(rules: Row, item: Row) -> bool:
    """“厅外办件量 > 0, or 受理地点 *outside*, or another 地点 *outside* while the item has cases”."""
    if (item["outside_cases"] or 0) > 0 or is_outside(rules, item["accept_at"]):
        return True
    others = [item["review_at"], item["decide_at"], item["deliver_at"]]
    return has_cases(item) and any(is_outside(rules, place) for place in others)


def has_cases(item: Row) -> bool:
    """“"has cases" = the three 办件量 together > 0, blank = 0.”"""
    return (item["hall_cases"] or 0) + (item["online_cases"] or 0) + (item["outside_cases"] or 0) > 0


def check_9(facts: Row) -> Row:
    """“items of the form → violation: has cases and is not in the catalogue; all covered; –”; “without catalogue
    entries for the unit → 未核验; a near name (not equal) is a 提醒, not a violation”."""
    items, listed = facts["report"]["items"], bool(facts["report"]["entries"])
    violations = []
    for item in items:
        unlisted = listed and has_cases(item) and item["entry"] is None and not has_near_name(facts, item)
        if unlisted or is_inspected(facts, 9, item):
            violations.append(item)
    if not listed and not violations:
        return without_result(UNVERIFIED)
    return judge_violations(facts, 9, violations, 0, len(items))


def has_near_name(facts: Row, item: Row) -> bool:
    """“a near name (not equal)”: as alike as the rule asks to some entry of the unit's catalogue."""
    line = facts["rules"]["checks"]["measures"]["near_name"]
    return any(fuzz.ratio(normal(item["name"]), normal(entry["name"])) >= line for entry in facts["report"]["entries"])


def judge_violations(facts: Row, number: int, violations: list[Row], untold: int, population: int) -> Row:
    """“8 and 9: no violation” is 到位, “all covered” 基本到位; “分子 of 8 and 9 = all violations, covered ones too”;
    “a covered one counts half”; “a violation found by 督查 cannot be covered”."""
    rules = facts["rules"]
    lines = facts["report"]["problems"]
    excusable = [item for item in violations if not is_inspected(facts, number, item)]
    covered = [item for item in excusable if any(line_covers(facts, line, number, item) for line in lines)]
    result = SHORT
    if len(covered) == len(violations):
        result = BASIC
    if not violations and not untold:
        result = FULL
    half = exact(rules["checks"]["measures"]["covered_counts"])
    weighed = len(violations) - len(covered) + half * len(covered) + untold
    credit = violation_credit(rules, number, weighed, population)
    return finding(result, len(violations), population, credit, violations)


def line_covers(facts: Row, line: Row, number: int, item: Row) -> bool:
    """“A line of 整改台账 covers a violation when 对应自查项 fits, 涉及事项 is the item, 责任人 is filled, 状态 is
    未开始 or 进行中, and 整改时限 is filled and neither before the cut-off nor after the check's due date.”"""
    due = deadline_of(facts["rules"], check_of(facts["rules"], number)["deadline"])
    names = [normal(name) for name in split_names(line["item"], facts["report"]["items"])]
    if line["check"] != str(number) or normal(item["name"]) not in names or line["person"] is None:
        return False
    if line["state"] not in ("未开始", "进行中") or line["due"] is None:
        return False
    return facts["cutoff"] <= line["due"] <= due


def violation_credit(rules: Row, number: int, violations: Fraction, population: int) -> Fraction:
    """“8 and 9: max(0, 1 − max(v/p, min(0.5, 2v/weight))) … p = 0 → 1”."""
    if population == 0:
        return Fraction(1)
    measures = rules["checks"]["measures"]
    points = exact(measures["violation_points"]) * violations / check_of(rules, number)["weight"]
    return max(Fraction(0), 1 - max(violations / population, min(exact(measures["violation_cap"]), points)))


def judge_checks(facts: Row) -> dict[int, Row]:
    """Return the outcome of each check by number; “Groups may exclude checks (B 公共企业: 4 …) → 不适用.”"""
    checks = [check_1, check_2, check_3, check_4, check_5, check_6, check_7, check_8, check_9]
    outcomes = {}
    for number, check in enumerate(checks, start=1):
        excluded = number in facts["group"]["excluded_checks"] or is_waived(facts, number)
        outcomes[number] = without_result(NOT_APPLICABLE) if excluded else check(facts)
        # “no item: the check is 不到位, credit 0”
        if None in inspected_names(facts, number) and outcomes[number]["result"] != NOT_APPLICABLE:
            outcomes[number] |= {"result": SHORT, "credit": Fraction(0)}
    return outcomes


# ----------------------------------------------------------------------------------------- what follows from the checks


def nine_score(rules: Row, outcomes: dict[int, Row]) -> Fraction | None:
    """“九项得分 = 100 × Σ weight·credit / Σ weight over the checks with a credit (neither 不适用 nor 未核验), rounded
    half up to 0.01; no weight at all → blank.”"""
    weight = weight_counted(rules, outcomes)
    if weight == 0:
        return None
    earned = Fraction(0)
    for number, outcome in outcomes.items():
        if outcome["credit"] is not None:
            earned += check_of(rules, number)["weight"] * outcome["credit"]
    return half_up(100 * earned / weight)


def weight_counted(rules: Row, outcomes: dict[int, Row]) -> int:
    """Return the weight of the checks with a credit."""
    return sum(
        check_of(rules, number)["weight"] for number, outcome in outcomes.items() if outcome["credit"] is not None
    )


def progress_of(result: str, due: date, cutoff: date) -> str | None:
    """“进度: 到位 → 已到位; 基本到位 and 不到位 → 推进中 until the due date, 逾期 after it; 不适用 and 未核验 have
    none”."""
    if result == FULL:
        return "已到位"
    if result in (NOT_APPLICABLE, UNVERIFIED):
        return None
    return "推进中" if cutoff <= due else "逾期"


def compare_declared(declared: str | None, good: str, result: str) -> str:
    """“Rows 不适用 → 不适用; rows 未核验, or declared blank or 不适用 → 无法核验; good declared, 不到位 found →
    自报偏高; bad declared, 到位 found → 自报偏低; else 一致.”"""
    if result == NOT_APPLICABLE:
        return NOT_APPLICABLE
    if result == UNVERIFIED or declared in (None, NOT_APPLICABLE):
        return "无法核验"
    if declared == good and result == SHORT:
        return "自报偏高"
    if declared != good and result == FULL:
        return "自报偏低"
    return "一致"


def derive(results: list[str]) -> str:
    """“实现 when all concerned are 到位 (不适用 left out; all 不适用 → 不适用), 未核验 when one is and no other falls
    short, else 未实现.”"""
    concerned = [result for result in results if result != NOT_APPLICABLE]
    if not concerned:
        return NOT_APPLICABLE
    if all(result == FULL for result in concerned):
        return "实现"
    if all(result in (FULL, UNVERIFIED) for result in concerned):
        return UNVERIFIED
    return "未实现"


def check_rows(rules: Row, facts: Row, outcomes: dict[int, Row]) -> list[Row]:
    """Return the unit's nine rows of 自查对照."""
    rows = []
    for number, outcome in outcomes.items():
        rule = check_of(rules, number)
        due = deadline_of(rules, rule["deadline"])
        declared = facts["report"]["declared"].get(str(number))
        row = {"单位名称": facts["report"]["unit"], "序号": number, "自报结论": declared, "数据结果": outcome["result"]}
        row |= {"分子": outcome["top"], "分母": outcome["bottom"], "得分率": as_number(outcome["credit"]), "时限": due}
        row["进度"] = progress_of(outcome["result"], due, facts["cutoff"])
        row["比对"] = compare_declared(declared, rule["good"], outcome["result"])
        rows.append(row | {"未达标事项": outcome["short"]})
    return rows


def derived_rows(unit: str, outcomes: dict[int, Row], concerned: dict[str, list[int]]) -> list[Row]:
    """“三个无审批 (derived)”, “三集中: 1, 2, 5. 三到位: 3, 4, 6, by the same rule.”"""
    rows = []
    for name, numbers in concerned.items():
        result = derive([outcomes[number]["result"] for number in numbers])
        rows.append({"单位名称": unit, "名称": name, "结果": result})
    return rows


def five_entries(rules: Row, judged: list[Row]) -> list[Row]:
    """“五进 (the page-one table, pooled over the units to which the check applies): 事项 = 3, 环节 = 6, 人员 = 7, 系统
    = 5, 窗口 = number of distinct (unit, 窗口号), without a target. 即办率 = 即办件 / M.”"""
    rows = []
    for name, number in rules["checks"]["derived"]["five_entries"].items():
        applying = [unit["outcomes"][number] for unit in judged if unit["outcomes"][number]["credit"] is not None]
        rows.append(share_row(name, sum(o["top"] for o in applying), sum(o["bottom"] for o in applying)))
    windows = {
        (unit["unit"], normal(item["window"]))
        for unit in judged
        for item in unit["items"]
        if item["window"] is not None
    }
    rows.append({"名称": "窗口", "目标": None, "完成": len(windows), "完成率": None})
    must_enter = [item for unit in judged for item in unit["facts"]["M"]]
    rows.append(share_row("即办率", sum(item["case_type"] == "即办件" for item in must_enter), len(must_enter)))
    return rows


def share_row(name: str, top: int, bottom: int) -> Row:
    """Return one row of 五进."""
    return {"名称": name, "目标": bottom, "完成": top, "完成率": as_number(Fraction(top, bottom)) if bottom else None}


def as_number(value: Fraction | None) -> float | None:
    """Return a fraction as the nearest number a cell can hold."""
    return None if value is None else float(value)


# ---------------------------------------------------------------------------------------------------------- four modes


def graded_rows(rules: Row, item: Row, stages: list[Row]) -> list[Row]:
    """“Rows named 受理, 收件, 送达, 发证 … (rule) are skipped”; “同上 takes the grade of the same item's previous row
    (a blank first approval stage lends it that of 设定依据), on its first row 未列明”. Returns grade and special of
    the rows kept."""
    kept: list[Row] = []
    above = UNSTATED
    for row in stages:
        if normal(row["item"]) != normal(item["name"]):
            continue
        grade = above if row["basis"] in SAME_AS_ABOVE else grade_of(row["basis"])
        is_step = normal(row["name"]) in rules["stages"]["window_steps"]
        is_first = not is_step and row["special"] is None and not any(not other["special"] for other in kept)
        above = grade_of(item["basis"]) if is_first and row["basis"] is None else grade
        if not is_step:
            kept.append({"grade": grade, "special": row["special"] is not None})
    return kept


def count_grades(rows: list[Row]) -> Row:
    """“the first approval stage is inherent. v, w, x = 有效, 待补, 未列明 among the later stages; pv, pw, px = among
    special procedures; s = 1 + v.”"""
    approval = [row["grade"] for row in rows if not row["special"]]
    special = [row["grade"] for row in rows if row["special"]]
    later = approval[1:]
    counts = {"stages": len(approval), "v": later.count(VALID), "w": later.count(PENDING), "x": later.count(UNSTATED)}
    counts |= {"pv": special.count(VALID), "pw": special.count(PENDING), "px": special.count(UNSTATED)}
    return counts | {"s": 1 + counts["v"]}


def suggest_mode(rules: Row, counts: Row) -> str | None:
    """“建议模式 = 特别程序 if pv > 0, else 审核合一 / 一审一核 / 一审两核 for s = 1 / 2 / 3+” (“blank where no
    stage”)."""
    modes = rules["stages"]["modes"]
    if counts["stages"] == 0:
        return None
    if counts["pv"] > 0:
        return modes[3]
    return modes[min(counts["s"], 3) - 1]


def conclude(rules: Row, item: Row, counts: Row, suggested: str | None) -> str:
    """Return the 结论, “first that holds” of the table in spec 4."""
    to_cut = counts["x"] + counts["px"]
    pending = counts["w"] + counts["pw"]
    if counts["stages"] == 0 or item["declared_mode"] is None:
        return "资料不全"
    if counts["s"] > rules["stages"]["max_stages"]:
        return "超出标准模式"
    if to_cut > 0 and counts["v"] + counts["w"] + counts["pv"] + counts["pw"] == 0:
        return "须无条件审核合一"
    if to_cut > 0:
        return "应压减"
    if pending > 0:
        return "需补充依据"
    return "应改报" if item["declared_mode"] != suggested else "一致"


def must_adjust(item: Row, counts: Row, verdict: str) -> str | None:
    """“需调整网上流程 = 网上环节数 (blank: the item's number of approval stages) ≠ s, or px > 0; blank where it has no
    approval stage or the 结论 is 需补充依据.”"""
    if counts["stages"] == 0 or verdict == "需补充依据":
        return None
    online = counts["stages"] if item["online_stages"] is None else item["online_stages"]
    return "是" if online != counts["s"] or counts["px"] > 0 else "否"


def mode_credit(rules: Row, verdict: str, adjust: str | None, unlisted: bool, cutoff: date) -> Fraction:
    """“credit until 10-31 | after”; 一致: “1, but 0.5 while 需调整网上流程, or where no stage is listed and 网上环节数
    is blank”."""
    rule = next(entry for entry in rules["stages"]["verdicts"] if entry["name"] == verdict)
    after = cutoff > deadline_of(rules, rules["stages"]["deadline"])
    credit = exact(rule["after"] if after else rule["credit"])
    if verdict == "一致" and (adjust == "是" or unlisted):
        return exact(rules["stages"]["unadjusted_credit"])
    return credit


def judge_mode(facts: Row, item: Row) -> Row:
    """Return the row of 环节模式 for one item; “An item declared 审核合一 without rows has one stage.”"""
    rules = facts["rules"]
    rows = graded_rows(rules, item, facts["report"]["stages"])
    counts = count_grades(rows)
    if not rows and item["declared_mode"] == rules["stages"]["modes"][0]:
        counts["stages"] = 1
    suggested = suggest_mode(rules, counts)
    verdict = conclude(rules, item, counts, suggested)
    approved = approved_mode(facts, item)
    if approved is not None:
        # “the 结论 is 一致 or 应改报 by it and nothing remains to be cut; s is the number of its stages”: 特别程序 has none.
        counts = (
            counts | {"w": 0, "x": 0, "pw": 0, "px": 0, "s": STAGES_OF.get(approved, counts["s"])} | {"told": counts}
        )
        suggested, verdict = approved, "一致" if item["declared_mode"] == approved else "应改报"
    adjust = must_adjust(item, counts, verdict)
    credit = mode_credit(rules, verdict, adjust, not rows and item["online_stages"] is None, facts["cutoff"])
    row = {"单位名称": facts["report"]["unit"], "事项名称": item["name"], "事项类型": item["item_type"]}
    told = counts.get("told", counts)
    row |= {"申报模式": item["declared_mode"], "环节数": counts["stages"], "有效": counts["v"], "待补": told["w"]}
    row |= {"审定": approved, "未列明": told["x"], "特别程序有效": counts["pv"], "建议模式": suggested, "结论": verdict}
    row |= {"可压减环节": counts["x"] + counts["px"], "待补后定": counts["w"] + counts["pw"]}
    return row | {"需调整网上流程": adjust, "得分": as_number(credit)}


def mode_score(facts: Row, modes: list[Row]) -> Fraction | None:
    """“环节模式得分 = 100 × mean credit over the form's items in M that are not 审核转报, 0.01; none, or a group to
    which modes do not apply (B) → the cell says 不适用” (here None)."""
    counted = [item["name"] for item in facts["M"] if item["in_form"] and item["forwarded"] != "是"]
    credits = [exact(row["得分"]) for row in modes if row["事项名称"] in counted]
    if not facts["group"]["modes"] or not credits:
        return None
    return half_up(100 * sum(credits, Fraction(0)) / len(credits))


# ------------------------------------------------------------------------------------------------------------- ranking


def deductions_of(rules: Row, report: Row, cutoff: date, register: Row) -> Fraction:
    """“− 2 late − 2 自查报告 signed and stamped on paper not registered though due (from 03-31) − 1 still 退回补正”."""
    points = rules["ranking"]["deductions"]
    total = Fraction(0)
    received = day_received(report, register)
    if received is not None and received > cutoff:
        total += exact(points["late"])
    if lacks_paper(rules, report["unit"], register, cutoff):
        total += exact(points["no_paper"])
    if report["faults"]:
        total += exact(points["returned"])
    return total


def total_score(rules: Row, nine: Fraction | None, modes: Fraction | None, points: Fraction) -> Fraction | None:
    """“评比得分 = 0.8 × 九项得分 + 0.2 × 环节模式得分 (both as rounded; the nine alone where modes do not apply) − … +
    …; bounded to 0–100”; “rounded half up to 0.01”. `points` are those added less those deducted."""
    if nine is None:
        return None
    score = nine
    if modes is not None:
        score = exact(rules["ranking"]["nine"]) * nine + exact(rules["ranking"]["modes"]) * modes
    return half_up(min(Fraction(100), max(Fraction(0), score + points)))


def state_of(judged: Row | None, number: int) -> str:
    """“未报送 units …, marked 沿用第N期”; “A score is 暂定 while the file is 退回补正.”"""
    if judged is None:
        return "未报送"
    if judged["period"] != number:
        return f"沿用第{judged['period']}期"
    return "暂定" if judged["facts"]["report"]["faults"] else "已接收"


def rank_units(rules: Row, number: int, standings: list[Row]) -> None:
    """“名次 within the groups of the roster, among units with at least 40 weight counted; equal scores share a rank
    (1, 1, 3); groups under five units in the roster and the first period (试填) are scored but not ranked.”"""
    rule = rules["ranking"]["rank"]
    for one in standings:
        group = [other for other in standings if other["group"] == one["group"]]
        rivals = [other for other in group if other["score"] is not None and other["weight"] >= rule["min_weight"]]
        one["rank"] = None
        if number in rule["trial_periods"] or len(group) < rule["min_group"] or one not in rivals:
            continue
        one["rank"] = 1 + sum(other["score"] > one["score"] for other in rivals)


def propose_praise(rules: Row, standings: list[Row], praised: list[str]) -> list[str]:
    """“拟表扬: units with a score and at least 40 weight, no check 逾期, not 退回补正, not proposed or praised last
    time; by 较上期 (blank = 0) descending, 评比得分 descending, the notice's order.”"""
    able = []
    for order, one in enumerate(standings):
        enough = one["score"] is not None and one["weight"] >= rules["ranking"]["rank"]["min_weight"]
        if enough and not one["overdue"] and one["state"] != "暂定" and one["unit"] not in praised:
            able.append((-(one["change"] or 0), -one["score"], order, one["unit"]))
    return [unit for *_, unit in sorted(able)][: rules["ranking"]["proposals"]["most"]]


def propose_criticism(rules: Row, number: int, standings: list[Row]) -> list[str]:
    """“拟通报: class 1 未报送; class 2 a check both 逾期 and 不到位; class 3 (not in 第1期) 评比得分 < 60 and 较上期 ≤
    0 or blank; by class, 评比得分 ascending, the notice's order.”"""
    able = []
    for order, one in enumerate(standings):
        kind = class_of_criticism(rules, number, one)
        if kind is not None:
            able.append((kind, one["score"] or Fraction(0), order, one["unit"]))
    return [unit for *_, unit in sorted(able)][: rules["ranking"]["proposals"]["most"]]


def class_of_criticism(rules: Row, number: int, one: Row) -> int | None:
    """Return the class of a unit among the 拟通报, None where it is in none."""
    if one["state"] not in ("已接收", "暂定"):
        return 1
    if one["overdue_short"]:
        return 2
    low = one["score"] is not None and one["score"] < exact(rules["ranking"]["proposals"]["low_score"])
    risen = one["change"] is not None and one["change"] > 0
    return 3 if low and not risen and number not in rules["ranking"]["rank"]["trial_periods"] else None


# ------------------------------------------------------------------------------------------------------------ a period


def counted_report(reports: list[Row], unit: str, number: int) -> Row | None:
    """“未报送 units …; the figures of their last counted form, judged at this cut-off, still count in the district's
    totals.” Returns the unit's form of the period, else its latest earlier one, else None."""
    best = None
    for report in reports:
        if (
            report["unit"] == unit
            and report["period"] <= number
            and (best is None or report["period"] > best["period"])
        ):
            best = report
    return best


def judge_unit(rules: Row, report: Row, cutoff: date, register: Row) -> Row:
    """Return everything the rows of one form and the office's register say at a cut-off."""
    facts = gather_facts(rules, report, cutoff) | {"register": register}
    outcomes = judge_checks(facts)
    judged = {
        "unit": report["unit"],
        "period": report["period"],
        "items": report["items"],
        "facts": facts,
        "outcomes": outcomes,
    }
    judged["checks"] = check_rows(rules, facts, outcomes)
    judged["modes"] = [judge_mode(facts, item) for item in report["items"]]
    return judged


def standing_of(rules: Row, unit: str, judged: Row | None, number: int, last: dict[str, Fraction | None]) -> Row:
    """Return what the ranking needs to know of a unit; a unit 未报送 has no scores."""
    state = state_of(judged, number)
    one: Row = {"unit": unit, "group": group_of(rules, unit)["name"], "state": state, "change": None, "weight": 0}
    one |= {"nine": None, "modes": None, "deducted": None, "score": None, "overdue": False, "overdue_short": False}
    one["bonus"] = Fraction(0)
    if judged is None or judged["period"] != number:
        return one
    facts, rows = judged["facts"], judged["checks"]
    one["nine"] = nine_score(rules, judged["outcomes"])
    one["modes"] = mode_score(facts, judged["modes"])
    one["deducted"] = deductions_of(rules, facts["report"], facts["cutoff"], facts["register"])
    one["bonus"] = bonus_of(rules, unit, number, facts["register"])
    one["score"] = total_score(rules, one["nine"], one["modes"], one["bonus"] - one["deducted"])
    one["weight"] = weight_counted(rules, judged["outcomes"])
    one["overdue"] = any(row["进度"] == "逾期" for row in rows)
    one["overdue_short"] = any(row["进度"] == "逾期" and row["数据结果"] == SHORT for row in rows)
    # “较上期 = difference of 评比得分 (blank without one last time)”
    before = last.get(unit)
    if one["score"] is not None and before is not None:
        one["change"] = one["score"] - before
    return one


def ranking_row(one: Row) -> Row:
    """Return the unit's row of 单位排名; 环节模式得分 is 不适用 where a counted form has no score of modes."""
    reported = one["deducted"] is not None
    modes = as_number(one["modes"]) if one["modes"] is not None or not reported else NOT_APPLICABLE
    row = {"组别": one["group"], "名次": one["rank"], "单位名称": one["unit"], "九项得分": as_number(one["nine"])}
    row |= {
        "环节模式得分": modes,
        "扣分": as_number(one["deducted"]),
        "加分": as_number(one["bonus"]) if reported else None,
    }
    return row | {"评比得分": as_number(one["score"]), "较上期": as_number(one["change"]), "状态": one["state"]}


def judge_period(rules: Row, reports: list[Row], number: int, last: Row | None, register: Row) -> Row:
    """Return the tables of one period as the current one, from forms of periods up to it, and the period before if
    there was one.

    “Later ones never influence an earlier one: period N uses forms of periods ≤ N.”"""
    cutoff = cutoff_of(rules, number)
    assert cutoff is not None
    units = [entry["name"] for entry in rules["units"]["units"]]
    found = {unit: counted_report(reports, unit, number) for unit in units}
    judged = {unit: judge_unit(rules, report, cutoff, register) for unit, report in found.items() if report is not None}
    scores = last["scores"] if last else {}
    standings = [standing_of(rules, unit, judged.get(unit), number, scores) for unit in units]
    rank_units(rules, number, standings)
    tables = tables_of(rules, list(judged.values()))
    tables["单位排名"] = [ranking_row(one) for one in standings]
    before = [row["unit"] for row in last["提名"] if row["kind"] == "表扬"] if last else []
    # “not proposed or praised last time”: what the office praised of its own, too.
    before += [
        entry["unit"]
        for entry in confirmed(register, number - 1)
        if (entry["kind"], entry["confirmed"]) == ("表扬", "是")
    ]
    praised = propose_praise(rules, standings, before)
    criticised = propose_criticism(rules, number, standings)
    tables["提名"] = proposal_rows("表扬", praised) + proposal_rows("通报", criticised)
    tables["评议"] = judgements(tables["提名"], confirmed(register, number))
    tables["错误"] = [{"单位名称": unit, "错误": one["facts"]["report"]["faults"]} for unit, one in judged.items()]
    return tables | {"period": number, "scores": {one["unit"]: one["score"] for one in standings}}


def proposal_rows(kind: str, units: list[str]) -> list[Row]:
    """Return the proposals of one kind, in their order from 1."""
    return [{"kind": kind, "unit": unit, "order": order} for order, unit in enumerate(units, start=1)]


def judgements(proposed: list[Row], decided: list[Row]) -> list[tuple[str, str, str | None]]:
    """Return (kind, unit, 确认) of the proposals, and of what the office confirmed besides."""
    answers = {(entry["kind"], entry["unit"]): entry["confirmed"] for entry in decided}
    named = {(row["kind"], row["unit"]): answers.get((row["kind"], row["unit"])) for row in proposed}
    more = {pair: answer for pair, answer in answers.items() if answer == "是" and pair not in named}
    return sorted((*pair, answer) for pair, answer in (named | more).items())


def tables_of(rules: Row, judged: list[Row]) -> Row:
    """Return the tables that only the units' rows decide."""
    derived = rules["checks"]["derived"]
    three = derived["concentrations"] | derived["in_place"]
    tables: Row = {
        "自查对照": [],
        "环节模式": [],
        "三个无审批": [],
        "三集中三到位": [],
        "五进": five_entries(rules, judged),
    }
    for unit in judged:
        tables["自查对照"] += unit["checks"]
        tables["环节模式"] += unit["modes"]
        tables["三个无审批"] += derived_rows(unit["unit"], unit["outcomes"], derived["no_approval"])
        tables["三集中三到位"] += derived_rows(unit["unit"], unit["outcomes"], three)
    return tables


def work_out(rules: Row, district: Row, period: int | None = None) -> Row:
    """Return the tables of a period as the then-current one (default: the last of the district).

    Tables, each a list of dicts: 自查对照, 三个无审批, 三集中三到位, 环节模式, 单位排名, 五进, 提名; and 错误, the
    faults found by unit. Scores and shares are floats, 未达标事项 a sorted list of names, blanks None."""
    current = max(district["periods"]) if period is None else period
    register = district.get("register", {})
    sent = [correct_by_phone(rules, form, register) for form in district["forms"] if form["period"] <= current]
    read = [read_form(rules, form, district["catalogue"]) for form in sent]
    reports = [report for report in read if not is_contact_form(report)]
    last: Row | None = None
    for number in sorted(n for n in district["periods"] if n <= current):
        before = last if last is not None and last["period"] == number - 1 else None
        last = judge_period(rules, reports, number, before, register)
    assert last is not None, f"period {current} is not among {district['periods']}"
    return last
