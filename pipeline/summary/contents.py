"""目录: a line and a link for each sheet."""

from collections.abc import Sequence

import pandas as pd

from pipeline.sheets import Column, PageSheet, Sheet, TableSheet

PURPOSE = {
    "总览": "一页看全：主要数字、图、今天要处理的，后面是时限、拟表扬拟通报和各期对比。",
    "会议材料": "例会用的材料。",
    "单位排名": "各单位得分、名次、较上期和走势。",
    "九项自查": "33个单位×9项的结果一张图，点格子往下查。",
    "自查对照": "每个单位每一项：自报、数据结果、分子分母、得分、还能提高几分。",
    "未达标明细": "差在哪里：一条一行，到单位那份表的单元格。",
    "三个无审批": "由九项推出的三个无审批、三集中、三到位。",
    "环节模式": "每个事项的申报模式、建议模式、结论和理由。",
    "环节压减": "按单位和模式合计：各种模式多少、要压减多少。",
    "同类事项对比": "名称相同的事项在不同单位的模式、时限、依据。",
    "环节明细": "逐条环节及其法律依据的形式等级。",
    "事项明细": "事项清单逐条，和它在各项自查中是否达标。",
    "事项变化": "与上一份表相比新增、减少、更名、新进驻、退出的事项。",
    "机构人员": "内设机构、审批人员、授权委托。",
    "业务系统": "单位自己的业务系统及对接情况。",
    "任务清单": "各单位任务及变化。",
    "整改台账": "各单位整改事项及变化。",
    "一证通办": "一证通办和四电（选填）。",
    "督办清单": "没有办结的督办派发，逾期、重新打开、不再列出的整改。",
    "报送情况": "收到的每个文件怎样处理，未报送的单位。",
    "数据问题": "逐格列出的错误和提醒。",
    "趋势": "全区和各单位逐期对比。",
    "规则": "本期执行的规则；浅黄格子的数可以试改。",
    "核对": "应当相等的数是否相等。",
    "简报索引": "简报中每个数字出自哪里。",
}


def contents_sheet(sheets: Sequence[Sheet]) -> TableSheet:
    """目录 of the sheets that are shown, in their order."""
    shown = [sheet for sheet in sheets if isinstance(sheet, PageSheet) or not sheet.hidden]
    names = pd.Series([sheet.name for sheet in shown], dtype="str")
    counts = [len(sheet.rows) if isinstance(sheet, TableSheet) else None for sheet in shown]
    rows = pd.DataFrame(
        {
            "number": range(1, len(shown) + 1),
            "name": names,
            "words": names.map(lambda name: PURPOSE.get(name.split("（")[0], "")),
            "rows": pd.array(counts, dtype="Int64"),
        }
    )
    columns = (
        Column("序号", "integer", width=8, centre=True),
        Column("工作表", width=22, linked=True),
        Column("内容", width=76),
        Column("行数", "integer", width=9),
    )
    return TableSheet(
        "目录", columns, rows, note="点工作表名称即可跳到该表。", freeze=0, landscape=False, links={"工作表": "[" + names + "!]"}
    )  # fmt: skip
