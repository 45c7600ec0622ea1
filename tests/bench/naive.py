"""The script a pandas user would write for the same job in an afternoon: the measure of tests.bench, no part of the program.

python -m tests.bench.naive 填报表文件夹 输出文件夹

It reads the form as it was sent out, with openpyxl, believes what stands in the cells, and writes the same files with the same
sheets and tables and all their rows. What it still does not do: other periods and what changed since, several copies of a form, files that are
no form or cannot be read, guessing what a cell means, why a basis is not one, what the office decided and entered by hand, most chapters of the
briefing, charts, links, formats, drop-downs, keeping what a person changed in the outputs.
"""

import hashlib
import re
import sys
from email.message import EmailMessage
from pathlib import Path

import pandas as pd
from docx import Document
from docx.document import Document as DocumentType
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

SHEETS = [
    "单位信息", "九项自查", "事项清单", "审批环节", "授权委托", "内设机构", "审批人员", "业务系统", "任务清单", "整改台账",
    "一证通办",
]  # fmt: skip
HEADER = 2  # the third line of every sheet
PLACES = ["受理地点", "审核地点", "决定地点", "送达地点"]
INSIDE = ["大厅", "网上", "分厅", "不涉及"]
CASES = ["大厅办件量", "网上办件量", "厅外办件量"]
PLATFORMS = ["一体化平台", "一体化政务服务平台", "河南政务服务网"]
CHECKS = {
    1: ("职能集中", 8, 0.8), 2: ("科室进驻", 8, 0.8), 3: ("事项进驻", 16, 0.9), 4: ("授权到位", 12, 0.8), 5: ("系统对接", 12, 0.9),
    6: ("环节进驻", 12, 0.9), 7: ("人员进驻", 10, 0.8), 8: ("厅外审批", 12, 1.0), 9: ("清单外审批", 10, 1.0),
}  # fmt: skip
MODES = ["审核合一", "一审一核", "一审两核"]
DERIVED = {"清单之外无审批": [9], "大厅之外无审批": [3, 6, 8], "平台之外无审批": [5]}
CUTOFF = pd.Timestamp("2023-03-31")

Frames = dict[str, pd.DataFrame]


def main(inputs: Path, outputs: Path) -> None:
    """Read the forms, work out checks, modes and ranking, write 汇总表, 登记表, 简报, 单位情况, returned forms and letters."""
    outputs.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for path in inputs.glob("*.xlsx") if "目录" not in path.name)
    frames = read_forms(paths)
    catalogue = pd.read_excel(inputs / "事项目录.xlsx", engine="openpyxl", dtype=str)
    items = clean_items(frames["事项清单"], catalogue, frames)
    results, shortfalls = check_units(items, frames)
    stages = grade_stages(frames["审批环节"])
    modes = classify(items, stages)
    ranking = rank(results, modes)
    leads = find_leads(items)
    problems = find_problems(items, stages, frames)
    receipts = list_files(paths, frames, problems)
    heat = results.pivot(index="单位名称", columns="自查内容", values="数据结果").reset_index()
    write_summary(outputs, ranking, heat, results, shortfalls, modes, stages, items, frames, receipts, problems)
    write_register(outputs, ranking, leads, modes)
    write_briefing(outputs, ranking, heat, modes, results)
    write_unit_pages(outputs, ranking, results, modes, shortfalls)
    returned = return_forms(inputs, outputs, receipts, problems, results, shortfalls)
    write_letters(outputs, receipts, items, problems, returned, frames["单位信息"])


def read_forms(paths: list[Path]) -> Frames:
    """Every sheet of every form, below each other."""
    read: dict[str, list[pd.DataFrame]] = {sheet: [] for sheet in SHEETS}
    for path in paths:
        book = pd.read_excel(path, sheet_name=SHEETS, header=HEADER, engine="openpyxl", dtype=str)
        info = book["单位信息"]
        info.columns = ["项目", "填报内容", *info.columns[2:]]
        told = dict(zip(info["项目"].str.strip("*°"), info["填报内容"], strict=True))
        read["单位信息"].append(pd.DataFrame([told]))
        for sheet in SHEETS[1:]:
            rows = book[sheet].rename(columns=lambda title: str(title).strip("*°"))
            rows = rows[rows.iloc[:, 0] != "示例"].dropna(how="all")
            rows.insert(0, "单位名称", told["单位名称"])
            rows["Excel行"] = rows.index + HEADER + 2
            read[sheet].append(rows)
    return {sheet: pd.concat(parts, ignore_index=True) for sheet, parts in read.items()}


def clean_items(items: pd.DataFrame, catalogue: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """The items with numbers as numbers, and what the checks ask of each."""
    items = items.copy()
    for column in [*CASES, "法定时限", "承诺时限", "网上环节数"]:
        items[column] = pd.to_numeric(items[column], errors="coerce")
    for column in items.select_dtypes(["object", "str"]):
        items[column] = items[column].str.strip()
    systems = frames["业务系统"]
    items["应进驻"] = ~((items["负面清单"] == "是") & items["负面清单批准文号"].notna())
    items["权力事项"] = items["事项类型"] != "公共服务"
    items["已进驻"] = items["进驻大厅"] == "是"
    items["已授权"] = items.apply(is_authorised, axis=1, letters=letters_by_unit(frames["授权委托"]))
    good = systems[(systems["对接平台"] == "是") | systems["不予对接文号"].notna()]
    connected = set(zip(good["单位名称"], good["系统名称"], strict=True))
    items["已对接"] = [
        system in PLATFORMS or (unit, system) in connected
        for unit, system in zip(items["单位名称"], items["办理系统"], strict=True)
    ]
    items["环节在厅内"] = items[PLACES].isin(INSIDE).all(axis=1)
    items["有办件"] = items[CASES].sum(axis=1) > 0
    items["厅外审批"] = (
        (items["厅外办件量"] > 0)
        | items["受理地点"].isin(["厅外", "大厅和厅外"])
        | (items["有办件"] & ~items[PLACES].isin(INSIDE).all(axis=1))
    )
    listed = catalogue[["单位名称", "事项名称"]].drop_duplicates().assign(在目录中="是")
    items = items.merge(listed, on=["单位名称", "事项名称"], how="left")
    items["在目录中"] = items["在目录中"].fillna("否")
    return items


def letters_by_unit(letters: pd.DataFrame) -> dict[str, set[str]]:
    """The items each unit's letters name."""
    valid = letters[(letters["授予决定权"] == "是") & letters["受托人"].notna()]
    valid = valid[pd.to_datetime(valid["有效期至"], errors="coerce").fillna(CUTOFF) >= CUTOFF]
    return (
        valid.groupby("单位名称")["所列事项"].apply(lambda texts: set(re.split("[\n；;]", "\n".join(texts)))).to_dict()
    )


def is_authorised(item: pd.Series, letters: dict[str, set[str]]) -> bool:
    """Whether a letter names the item."""
    return item["事项名称"] in letters.get(item["单位名称"], set())


def check_units(items: pd.DataFrame, frames: Frames) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The nine checks of each unit, and who falls short of them."""
    rows, shortfalls = [], []
    for unit, own in items.groupby("单位名称", sort=False):
        departments = frames["内设机构"][frames["内设机构"]["单位名称"] == unit]
        staff = frames["审批人员"][frames["审批人员"]["单位名称"] == unit]
        declared = frames["九项自查"][frames["九项自查"]["单位名称"] == unit].set_index("序号")["自查结论"]
        for check, good, population, short in nine_checks(own, departments, staff):
            rows.append(one_result(unit, check, good, population, short["名称"], declared.get(str(check))))
            shortfalls.append(short.assign(序号=check, 自查内容=CHECKS[check][0]))
    return pd.DataFrame(rows), pd.concat(shortfalls, ignore_index=True)


def nine_checks(items: pd.DataFrame, departments: pd.DataFrame, staff: pd.DataFrame) -> list[tuple]:
    """Number, numerator, denominator and who falls short, of each check."""
    must = items[items["应进驻"]]
    power = must[must["权力事项"]]
    main = power["承办科室"].mode()
    same = power["承办科室"] == (main.iloc[0] if len(main) else "")
    approving = departments[departments["承担审批职能"] == "是"]
    whole, entered = approving["进驻大厅"] == "整建制进驻", staff["进驻大厅"] == "是"
    outside, unlisted = must["厅外审批"], items["有办件"] & (items["在目录中"] == "否")
    return [
        (1, same.sum(), len(power), falling_short(power[~same], "事项清单", "事项名称", "承办科室")),
        (2, whole.sum(), len(approving), falling_short(approving[~whole], "内设机构", "科室名称", "进驻大厅")),
        *(
            (number, must[column].sum(), len(must), falling_short(must[~must[column]], "事项清单", "事项名称", shown))
            for number, column, shown in (
                (3, "已进驻", "进驻大厅"), (4, "已授权", "事项名称"), (5, "已对接", "办理系统"), (6, "环节在厅内", "决定地点"),
            )
        ),
        (7, entered.sum(), len(staff), falling_short(staff[~entered], "审批人员", "姓名", "进驻大厅")),
        (8, outside.sum(), len(must), falling_short(must[outside], "事项清单", "事项名称", "厅外办件量")),
        (9, unlisted.sum(), len(items), falling_short(items[unlisted], "事项清单", "事项名称", "事项名称")),
    ]  # fmt: skip


def falling_short(rows: pd.DataFrame, sheet: str, name: str, shown: str) -> pd.DataFrame:
    """Lines of 未达标明细: who falls short, where that stands in the form, and what stands there."""
    return pd.DataFrame(
        {"单位名称": rows["单位名称"], "名称": rows[name], "工作表": sheet, "列": shown, "Excel行": rows["Excel行"], "现在填的": rows[shown]}
    )  # fmt: skip


def one_result(unit: str, check: int, good: int, population: int, short: pd.Series, declared: str | None) -> dict:
    """A line of 自查对照."""
    topic, weight, basic = CHECKS[check]
    ratio = good / population if population else 0
    if check in (8, 9):
        ratio = max(0, 1 - max(ratio, min(0.5, 2 * good / weight)))
    result = "到位" if ratio == 1 else "基本到位" if ratio >= basic else "不到位"
    claimed = declared == ("否" if check in (8, 9) else "是")
    compared = (
        "自报偏高" if claimed and result == "不到位" else "自报偏低" if not claimed and result == "到位" else "一致"
    )
    return {
        "单位名称": unit, "序号": check, "自查内容": topic, "自报结论": declared, "数据结果": result, "分子": good, "分母": population,
        "得分率": ratio, "权重": weight, "可提升分": round(weight * (1 - ratio), 2), "进度": "已到位" if result == "到位" else "推进中",
        "比对": compared, "未达标事项": "、".join(short.dropna()),
    }  # fmt: skip


def grade_stages(stages: pd.DataFrame) -> pd.DataFrame:
    """The stages with the grade of their basis."""
    stages = stages.copy()
    stages["形式等级"] = stages["法律依据"].fillna("").apply(grade)
    stages["特别程序"] = stages["特别程序种类"].notna()
    stages["位次"] = stages.groupby(["单位名称", "事项名称", "特别程序"]).cumcount()
    return stages


def grade(basis: str) -> str:
    """有效, 待补 or 未列明, by the form of the citation."""
    if not re.search("《.+》", basis):
        return "未列明"
    if re.search(r"〔\d{4}〕\d+号", basis) or re.search(r"》第[零一二三四五六七八九十百\d]+条", basis):
        return "有效"
    return "待补"


def classify(items: pd.DataFrame, stages: pd.DataFrame) -> pd.DataFrame:
    """The mode of each item."""
    later = stages[stages["特别程序"] | (stages["位次"] > 0)]
    keys = ["单位名称", "事项名称"]
    counts = later.groupby([*keys, "特别程序", "形式等级"]).size().unstack(["特别程序", "形式等级"], fill_value=0)
    counts.columns = [("特别程序" if column[0] else "") + column[1] for column in counts.columns]
    all_stages = stages[~stages["特别程序"]].groupby(keys).size().rename("环节数")
    modes = items[[*keys, "事项类型", "申报模式", "网上环节数"]].merge(counts.reset_index(), on=keys, how="left")
    modes = modes.merge(all_stages.reset_index(), on=keys, how="left").fillna({"环节数": 0})
    columns = ["有效", "待补", "未列明", "特别程序有效", "特别程序待补", "特别程序未列明"]
    modes = modes.reindex(columns=[*keys, "事项类型", "申报模式", "网上环节数", "环节数", *columns])
    modes[columns] = modes[columns].fillna(0).astype(int)
    modes["可压减环节"] = modes["未列明"] + modes["特别程序未列明"]
    modes["待补后定"] = modes["待补"] + modes["特别程序待补"]
    modes["建议模式"] = modes.apply(proposed_mode, axis=1)
    modes["结论"] = modes.apply(verdict, axis=1)
    changed = (modes["网上环节数"] != 1 + modes["有效"]) | (modes["特别程序未列明"] > 0)
    modes["需调整网上流程"] = changed.map({True: "是", False: "否"})
    modes["说明"] = modes.apply(
        lambda m: (
            f"{m['环节数']:.0f}个环节，有效{m['有效']}、待补{m['待补']}、未列明{m['未列明']}，建议{m['建议模式']}"
        ),
        axis=1,
    )
    return modes


def proposed_mode(item: pd.Series) -> str:
    """The mode the valid stages of an item call for."""
    return "特别程序" if item["特别程序有效"] else MODES[min(item["有效"], 2)]


def verdict(item: pd.Series) -> str:
    """What has to be done about the stages of an item."""
    if item["环节数"] == 0 or pd.isna(item["申报模式"]):
        return "资料不全"
    if item["有效"] > 2:
        return "超出标准模式"
    if item["可压减环节"] and not item["有效"] and not item["待补后定"] and not item["特别程序有效"]:
        return "须无条件审核合一"
    if item["可压减环节"]:
        return "应压减"
    if item["待补后定"]:
        return "需补充依据"
    return "一致" if item["申报模式"] == item["建议模式"] else "应改报"


def rank(results: pd.DataFrame, modes: pd.DataFrame) -> pd.DataFrame:
    """The units by score."""
    scores = results.groupby("单位名称", sort=False).apply(
        lambda own: 100 * (own["权重"] * own["得分率"]).sum() / own["权重"].sum()
    )
    credit = modes["结论"].map({"一致": 1.0, "资料不全": 0.0}).fillna(0.5)
    mode_scores = 100 * credit.groupby(modes["单位名称"]).mean()
    ranking = pd.DataFrame({"九项得分": scores.round(2), "环节模式得分": mode_scores.round(2)})
    ranking["评比得分"] = (0.8 * ranking["九项得分"] + 0.2 * ranking["环节模式得分"]).round(2)
    ranking["名次"] = ranking["评比得分"].rank(ascending=False, method="min").astype(int)
    return ranking.sort_values("名次").reset_index(names="单位名称")


def find_leads(items: pd.DataFrame) -> pd.DataFrame:
    """The items the office should look into."""
    inside = items["进驻大厅"] == "是"
    hidden = inside & items[["审核地点", "决定地点"]].isin(["厅外", "大厅和厅外"]).any(axis=1)
    around = inside & (items["厅外办件量"] > 0)
    both = items["受理地点"] == "大厅和厅外"
    unlisted = items["有办件"] & (items["在目录中"] == "否")
    named = {"疑似明进暗不进": hidden, "疑似体外循环": around, "疑似两头受理": both, "疑似清单外审批": unlisted}
    shown = ["单位名称", "事项名称", *PLACES, *CASES, "Excel行"]
    return pd.concat([items.loc[which, shown].assign(线索=lead) for lead, which in named.items()], ignore_index=True)


def find_problems(items: pd.DataFrame, stages: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Cells that are blank or not in the list, and names that point nowhere."""
    parts = []
    for column in ["事项类型", "承办科室", "设定依据", "进驻大厅", *PLACES, "办件类型", "厅外办件量", "申报模式"]:
        asked = items[items["权力事项"]] if column in ("承办科室", "设定依据") else items
        blank = asked[asked[column].isna()]
        parts.append(one_problem(blank, "事项清单", column, "错误", f"{column}没有填写或不对"))
    odd = items[~items["进驻大厅"].isin(["是", "否"])]
    parts.append(one_problem(odd, "事项清单", "进驻大厅", "错误", "进驻大厅不对"))
    known = set(zip(items["单位名称"], items["事项名称"], strict=True))
    for sheet, rows in (("审批环节", stages), ("一证通办", frames["一证通办"])):
        lost = rows[[pair not in known for pair in zip(rows["单位名称"], rows["事项名称"], strict=True)]]
        parts.append(one_problem(lost, sheet, "事项名称", "错误", "不在事项清单中"))
    vague = stages[stages["形式等级"] == "未列明"]
    parts.append(one_problem(vague, "审批环节", "法律依据", "提醒", "依据未列明"))
    return pd.concat(parts, ignore_index=True).sort_values(["单位名称", "工作表", "Excel行"])


def one_problem(rows: pd.DataFrame, sheet: str, column: str, level: str, words: str) -> pd.DataFrame:
    """Lines of 数据问题, one for each of the rows."""
    return pd.DataFrame(
        {"单位名称": rows["单位名称"], "工作表": sheet, "Excel行": rows["Excel行"], "列": column, "级别": level, "问题": words, "原值": rows[column]}
    )  # fmt: skip


def list_files(paths: list[Path], frames: Frames, problems: pd.DataFrame) -> pd.DataFrame:
    """The files that came in, with the number of their problems."""
    info = frames["单位信息"]
    errors = problems[problems["级别"] == "错误"].groupby("单位名称").size()
    return pd.DataFrame(
        {
            "单位名称": info["单位名称"],
            "期号": info["期号"],
            "填报日期": info["填报日期"],
            "文件": [path.name for path in paths],
            "sha256": [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths],
            "错误数": info["单位名称"].map(errors).fillna(0).astype(int),
        }
    )


def write_summary(
    outputs: Path,
    ranking: pd.DataFrame,
    heat: pd.DataFrame,
    results: pd.DataFrame,
    shortfalls: pd.DataFrame,
    modes: pd.DataFrame,
    stages: pd.DataFrame,
    items: pd.DataFrame,
    frames: Frames,
    receipts: pd.DataFrame,
    problems: pd.DataFrame,
) -> None:
    """Write 汇总表.xlsx with all rows."""
    people = pd.concat(
        [frames[sheet].assign(类别=sheet) for sheet in ("内设机构", "审批人员", "授权委托")], ignore_index=True
    )
    sheets = {
        "总览": results.groupby("自查内容")[["分子", "分母"]].sum().reset_index(),
        "单位排名": ranking,
        "九项自查": heat,
        "自查对照": results,
        "未达标明细": shortfalls,
        "三个无审批": derive(results),
        "环节模式": modes,
        "环节压减": sum_cuts(modes),
        "同类事项对比": compare_items(items),
        "环节明细": stages,
        "事项明细": items,
        "机构人员": people,
        **{sheet: frames[sheet] for sheet in ("业务系统", "任务清单", "整改台账", "一证通办")},
        "报送情况": receipts,
        "数据问题": problems,
        "趋势": score_line(ranking, results),
        "规则": pd.DataFrame(CHECKS.values(), index=list(CHECKS), columns=["自查内容", "权重", "基本到位"]).reset_index(
            names="序号"
        ),
        "核对": compare_sums(items, modes, stages, frames, receipts),
    }
    with pd.ExcelWriter(outputs / "汇总表.xlsx") as book:
        for name, rows in sheets.items():
            rows.to_excel(book, sheet_name=name, index=False)


def derive(results: pd.DataFrame) -> pd.DataFrame:
    """三个无审批 by unit."""
    wide = results.pivot(index="单位名称", columns="序号", values="数据结果")
    columns = {
        name: (wide[checks] == "到位").all(axis=1).map({True: "实现", False: "未实现"})
        for name, checks in DERIVED.items()
    }
    return pd.DataFrame(columns).reset_index()


def sum_cuts(modes: pd.DataFrame) -> pd.DataFrame:
    """The stages to cut by unit and mode."""
    cuts = modes.pivot_table(index="单位名称", columns="建议模式", values="可压减环节", aggfunc="sum", fill_value=0)
    return cuts.assign(合计=cuts.sum(axis=1)).reset_index()


def compare_items(items: pd.DataFrame) -> pd.DataFrame:
    """The items that several units list with another mode, term or basis."""
    told = items.groupby("事项名称")[["申报模式", "承诺时限", "设定依据"]].nunique()
    differing = told[(told > 1).any(axis=1)].index
    shown = ["事项名称", "单位名称", "申报模式", "承诺时限", "设定依据", "Excel行"]
    return items.loc[items["事项名称"].isin(differing), shown].sort_values(["事项名称", "单位名称"])


def score_line(ranking: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """What 趋势 shows of this period."""
    done = results[results["序号"].isin([3, 4, 5])].pivot(index="单位名称", columns="自查内容", values="得分率")
    return ranking.merge(done.reset_index(), on="单位名称").assign(期号="第2期")


def compare_sums(
    items: pd.DataFrame, modes: pd.DataFrame, stages: pd.DataFrame, frames: Frames, receipts: pd.DataFrame
) -> pd.DataFrame:
    """The sums that must agree."""
    sums = [
        ("报送文件与单位", len(receipts), items["单位名称"].nunique()),
        ("事项清单与事项明细", len(frames["事项清单"]), len(items)),
        ("事项与环节模式", len(items), len(modes)),
        ("审批环节与环节明细", len(frames["审批环节"]), len(stages)),
    ]
    return pd.DataFrame([(*one, "一致" if one[1] == one[2] else "不一致") for one in sums], columns=["内容", "左", "右", "结果"])  # fmt: skip


def write_register(outputs: Path, ranking: pd.DataFrame, leads: pd.DataFrame, modes: pd.DataFrame) -> None:
    """Write 办公室登记表.xlsx."""
    proposed = pd.concat([ranking.head(3).assign(拟定="表扬"), ranking.tail(3).assign(拟定="通报")])
    reviewed = modes[["单位名称", "事项名称", "建议模式"]].assign(审定模式="", 审定人="")
    with pd.ExcelWriter(outputs / "办公室登记表.xlsx") as book:
        proposed.to_excel(book, sheet_name="评议确认", index=False)
        leads.to_excel(book, sheet_name="线索核查", index=False)
        reviewed.to_excel(book, sheet_name="环节审定", index=False)


def write_briefing(
    outputs: Path, ranking: pd.DataFrame, heat: pd.DataFrame, modes: pd.DataFrame, results: pd.DataFrame
) -> None:
    """Write 工作简报.docx: a few sentences, the ranking, the heat map and the items whose stages have to change."""
    document = Document()
    document.add_heading("工作简报", level=0)
    entered = results[results["序号"] == 3]
    document.add_paragraph(
        f"本期应报{len(ranking)}个单位。应进驻事项{entered['分母'].sum()}项，已进驻{entered['分子'].sum()}项。"
        f"平均得分{ranking['评比得分'].mean():.2f}分，可压减环节{modes['可压减环节'].sum()}个。"
    )
    columns = ["单位名称", "事项名称", "申报模式", "建议模式", "结论", "可压减环节", "待补后定"]
    changing = modes[modes["结论"] != "一致"][columns]
    for title, rows in (("评比结果一览表", ranking), ("九项自查结果矩阵", heat), ("环节梳理清单", changing)):
        document.add_heading(title, level=1)
        add_table(document, rows)
    document.save(str(outputs / "工作简报.docx"))


def add_table(document: DocumentType, rows: pd.DataFrame) -> None:
    """Add a table the way the handbook of python-docx shows."""
    table = document.add_table(rows=1, cols=len(rows.columns))
    table.style = "Table Grid"
    for cell, title in zip(table.rows[0].cells, rows.columns, strict=True):
        cell.text = str(title)
    for row in rows.itertuples(index=False):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = "" if pd.isna(value) else str(value)


def write_unit_pages(
    outputs: Path, ranking: pd.DataFrame, results: pd.DataFrame, modes: pd.DataFrame, shortfalls: pd.DataFrame
) -> None:
    """Write 单位情况.docx: a page for each unit with its scores, its checks and the first of those that fall short."""
    document = Document()
    columns = ["序号", "自查内容", "自报结论", "数据结果", "分子", "分母", "可提升分", "比对"]
    for place, own in enumerate(ranking.itertuples(index=False)):
        if place:
            document.add_page_break()
        document.add_heading(own.单位名称, level=1)
        mine = modes[modes["单位名称"] == own.单位名称]
        document.add_paragraph(
            f"评比得分{own.评比得分}分，第{own.名次}名；九项得分{own.九项得分}分，环节模式得分{own.环节模式得分}分。"
            f"事项{len(mine)}项，可压减环节{mine['可压减环节'].sum()}个，需补充依据{mine['待补后定'].sum()}个。"
        )
        add_table(document, results.loc[results["单位名称"] == own.单位名称, columns])
        for short in shortfalls[shortfalls["单位名称"] == own.单位名称].groupby("序号").head(1).itertuples(index=False):
            document.add_paragraph(
                f"{short.自查内容}：{short.名称}（{short.工作表}第{short.Excel行}行）", style="List Bullet"
            )
    document.save(str(outputs / "单位情况.docx"))


def return_forms(
    inputs: Path,
    outputs: Path,
    receipts: pd.DataFrame,
    problems: pd.DataFrame,
    results: pd.DataFrame,
    shortfalls: pd.DataFrame,
) -> dict[str, Path]:
    """Write the form of each unit with errors to 退回, its cells marked, and say where it lies."""
    (outputs / "退回").mkdir(exist_ok=True)
    returned = {}
    for unit, file in receipts.loc[receipts["错误数"] > 0, ["单位名称", "文件"]].itertuples(index=False):
        book = load_workbook(inputs / file)
        own = problems[problems["单位名称"] == unit]
        mark_cells(book, own[own["级别"] == "错误"])
        page, mine = book.create_sheet("退回说明", 0), results["单位名称"] == unit
        list_problems(page, own, results[mine], shortfalls[shortfalls["单位名称"] == unit])
        book.active = 0
        returned[unit] = outputs / "退回" / f"{unit}.xlsx"
        book.save(returned[unit])
    return returned


def mark_cells(book: Workbook, problems: pd.DataFrame) -> None:
    """Colour the cells that are meant and write the problem beside each as a comment."""
    for sheet, own in problems.groupby("工作表"):
        page = book[sheet]
        titles = [str(cell.value).strip("*°") for cell in page[HEADER + 1]]
        for problem in own.itertuples(index=False):
            cell = page.cell(problem.Excel行, titles.index(problem.列) + 1)
            cell.fill = PatternFill("solid", fgColor="FF9C9C")
            cell.comment = Comment(problem.问题, "专班办公室")


def list_problems(page: Worksheet, problems: pd.DataFrame, results: pd.DataFrame, shortfalls: pd.DataFrame) -> None:
    """Fill 退回说明: the problems of a unit, each with a link to its cell, and below what would raise its score."""
    write_line(page, 1, ["级别", "工作表", "行", "列", "问题", "原值"], bold=True)
    row = 2
    for problem in problems.itertuples(index=False):
        told = [problem.级别, problem.工作表, problem.Excel行, problem.列, problem.问题, problem.原值]
        write_line(page, row, told)
        page.cell(row, 3).hyperlink = f"#'{problem.工作表}'!A{problem.Excel行}"
        row += 1
    write_line(page, row + 1, ["可提升分", "自查内容", "数据结果"], bold=True)
    row += 2
    for check in results[results["可提升分"] > 0].sort_values("可提升分", ascending=False).itertuples(index=False):
        write_line(page, row, [check.可提升分, check.自查内容, check.数据结果], bold=True)
        row += 1
        for short in shortfalls[shortfalls["序号"] == check.序号].itertuples(index=False):
            write_line(page, row, ["", short.名称, short.Excel行, short.列, short.工作表, short.现在填的])
            row += 1
    for letter, width in zip("ABCDEF", (10, 30, 12, 16, 24, 40), strict=True):
        page.column_dimensions[letter].width = width


def write_line(page: Worksheet, row: int, values: list, bold: bool = False) -> None:
    """Write a line into a sheet."""
    for column, value in enumerate(values, 1):
        cell = page.cell(row, column, None if pd.isna(value) else value)
        cell.font = Font(name="宋体", bold=bold)
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def write_letters(
    outputs: Path,
    receipts: pd.DataFrame,
    items: pd.DataFrame,
    problems: pd.DataFrame,
    returned: dict[str, Path],
    info: pd.DataFrame,
) -> None:
    """Write a draft to each unit to 通知, a returned form with it, and all texts to 通知文字.xlsx."""
    (outputs / "通知").mkdir(exist_ok=True)
    addresses = info.set_index("单位名称")["对接人员邮箱"]
    texts = []
    for receipt in receipts.itertuples(index=False):
        unit = receipt.单位名称
        kind = "退回补正" if unit in returned else "接收回执"
        count = (items["单位名称"] == unit).sum()
        text = f"{unit}：\n贵单位第2期填报表（{receipt.文件}，填报日期{receipt.填报日期}）已收到，共{count}项事项。\n文件校验值：{receipt.sha256}\n"
        if unit in returned:
            own = problems[(problems["单位名称"] == unit) & (problems["级别"] == "错误")]
            text += f"表中有{len(own)}处错误，请在所附表格中改正后发回：\n"
            text += "\n".join(
                f"{p.工作表}第{p.Excel行}行{p.列}：{p.问题}" for p in own.head(10).itertuples(index=False)
            )
        mail = EmailMessage()
        mail["To"], mail["Subject"] = addresses[unit], f"第2期填报表{kind}"
        mail.set_content(text)
        if unit in returned:
            mail.add_attachment(
                returned[unit].read_bytes(), maintype="application", subtype="octet-stream", filename=f"{unit}.xlsx"
            )
        (outputs / "通知" / f"{unit}.eml").write_bytes(mail.as_bytes())
        texts.append((unit, kind, addresses[unit], mail["Subject"], text))
    columns = ["单位名称", "通知", "收件邮箱", "主题", "正文"]
    pd.DataFrame(texts, columns=columns).to_excel(outputs / "通知文字.xlsx", sheet_name="通知文字", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
