"""The formulas of 汇总表: from the flags in the detail sheets and the numbers on 规则 to counts, credits, scores and ranks (spec 3, 5).

Each gives again, to 0.01, what the program has worked out and stored beside it. A cell that has nothing to show holds an empty text.
"""

import pandas as pd

from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, OVERDUE, SHORT, UNVERIFIED
from pipeline.run import Result
from pipeline.summary.flags import DEPARTMENT_CHECK, STAFF_CHECK, flag_title

# Half is rounded up as on paper; this much is what a sum of hundredths may come out short of a half in binary (pipeline/numbers.py).
HAIR = "1E-9"
UNIT = "[单位名称]"
# Names of the cells on 规则 that formulas use.
WEIGHT, BASIC_FROM = "权重第{}项", "基本线第{}项"
BASIC_CREDIT, NO_HEAD, POINTS, CAP, EASED = "基本到位得分率", "无首席上限", "每个问题扣分", "问题扣分上限", "整改中按"
ONE_SHORT_FROM, ONE_SHORT_TO, NINE_SHARE, MODE_SHARE = "差一个起", "差一个止", "九项占比", "环节占比"


def is_live(result: Result) -> bool:
    """Whether the workbook is small enough to be worked out again by Excel while somebody waits."""
    rows = len(result.items) + len(result.modes) + sum(len(result.details[key]) for key in ("departments", "staff"))
    return rows <= result.rules.workbook.most_formula_rows


def of_checks(checks: pd.Series, formulas: dict[int, str]) -> pd.Series:
    """The formula of each row by the number of its check."""
    return checks.map(formulas).astype("str")


# --- 自查对照 --------------------------------------------------------------------------------------------------------


def numerator_of(check: int) -> str:
    """分子: who satisfies the check; of 8 and 9, who does not."""
    return _where_counted(_count(check, 0 if check in (8, 9) else 1))


def denominator_of(check: int) -> str:
    """分母: who is looked at."""
    return _where_counted(f"{_count(check, 1)}+{_count(check, 0)}")


def result_of(check: int) -> str:
    """数据结果, from 分子, 分母 and what the program tells of the rest."""
    full, basic = _grades(check)
    graded = f'IF({full},"{FULL}",IF({basic},"{BASIC}","{SHORT}"))'
    return f'IF([督查查实]="是","{SHORT}",IF([免计]<>"",[免计],{graded}))'


def credit_of(check: int) -> str:
    """得分率, 0 to 1."""
    share = "IF([分母]>0,[分子]/[分母],0)"
    if check in (1, 2):
        value = f'IF([数据结果]="{FULL}",1,IF([数据结果]="{BASIC}",{BASIC_CREDIT},0))'
    elif check in (8, 9):
        weight = WEIGHT.format(check)
        lost = f"MAX(IF([分母]>0,{_weighed()}/[分母],0),MIN({CAP},{_weighed()}*({POINTS}/{weight})))"
        value = f"MAX(0,1-{lost})"
    else:
        value = f"IF([附加条件]=1,{share},MIN({share},{NO_HEAD}))" if check == STAFF_CHECK else share
    return f'IF([督查查实]="是",0,IF([免计]<>"","",{value}))'


def weight_of(check: int) -> str:
    """计分权重: the weight of a check with a credit."""
    return f'IF([得分率]="","",{WEIGHT.format(check)})'


def progress_of(result: Result) -> str:
    """进度, at the cut-off."""
    day = result.period.cutoff
    cutoff = f"DATE({day.year},{day.month},{day.day})"
    graded = f'OR([数据结果]="{BASIC}",[数据结果]="{SHORT}")'
    return f'IF([数据结果]="{FULL}","已到位",IF({graded},IF({cutoff}>[时限],"{OVERDUE}","推进中"),""))'


def comparison_of(good: str) -> str:
    """比对 of what was declared with what the rows say; `good`: the answer that claims the check is satisfied."""
    untold = f'OR([数据结果]="{UNVERIFIED}",AND([自报结论]<>"是",[自报结论]<>"否"))'
    high = f'AND([自报结论]="{good}",[数据结果]="{SHORT}")'
    low = f'AND([自报结论]<>"{good}",[数据结果]="{FULL}")'
    told = f'IF({high},"自报偏高",IF({low},"自报偏低","一致"))'
    return f'IF([数据结果]="{NOT_APPLICABLE}","{NOT_APPLICABLE}",IF({untold},"无法核验",{told}))'


WEIGHT_OF_UNIT = f"SUMIFS([自查对照!计分权重],[自查对照!单位名称],{UNIT})"
POINTS_WON = f'IF([得分率]="","",100*[计分权重]*[得分率]/{WEIGHT_OF_UNIT})'
POINTS_LEFT = f'IF([得分率]="","",100*[计分权重]*(1-[得分率])/{WEIGHT_OF_UNIT})'
LINES_SHORT = f"COUNTIFS([未达标明细!单位名称],{UNIT},[未达标明细!序号],[序号])"


def _count(check: int, flag: int) -> str:
    sheet = "机构人员" if check in (DEPARTMENT_CHECK, STAFF_CHECK) else "事项明细"
    return f"COUNTIFS([{sheet}!单位名称],{UNIT},[{sheet}!{flag_title(check)}],{flag})"


def _where_counted(formula: str) -> str:
    return f'IF([免计]<>"","",{formula})'


def _grades(check: int) -> tuple[str, str]:
    """When a check is 到位, and when it is 基本到位."""
    whole = "AND([分母]>0,[分子]=[分母])"
    if check in (8, 9):
        return f"AND([分子]=0,{_weighed()}=0)", "[折半违规数]=[分子]"
    if check == DEPARTMENT_CHECK:
        return whole, "AND([分母]>0,[附加条件]=1)"
    one_short = f"AND([分母]-[分子]=1,[分母]>={ONE_SHORT_FROM},[分母]<={ONE_SHORT_TO})"
    enough = f"OR(AND([分母]>0,[分子]>=[分母]*{BASIC_FROM.format(check)}-{HAIR}),{one_short})"
    if check == 1:
        return "AND([分母]>0,[分子]=[分母],[附加条件]=1)", enough
    if check == STAFF_CHECK:
        return "AND([分母]>0,[分子]=[分母],[附加条件]=1)", f"AND({enough},[附加条件]=1)"
    return whole, enough


def _weighed() -> str:
    """The violations, those in 整改台账 in part, and the items that do not tell their cases outside."""
    return f"([分子]-[折半违规数]*(1-{EASED})+[未填厅外办件数])"


# --- 单位排名 --------------------------------------------------------------------------------------------------------

_POINTS_OF_UNIT = f"SUMIFS([自查对照!得分],[自查对照!单位名称],{UNIT})"
_SCORED = f'[环节模式!单位名称],{UNIT},[环节模式!计分],"是"'
_MEAN_MODE = f"SUMIFS([环节模式!得分率],{_SCORED})/COUNTIFS({_SCORED})"
_BASE = f"IF(ISNUMBER([环节模式得分]),{NINE_SHARE}*[九项得分]+{MODE_SHARE}*[环节模式得分],[九项得分])"
RANKING = {
    "九项得分": f'IF(OR([参评]<>"是",{WEIGHT_OF_UNIT}=0),"",ROUND({_POINTS_OF_UNIT}+{HAIR},2))',
    "环节模式得分": f'IF([参评]<>"是","",IF(COUNTIFS({_SCORED})=0,"{NOT_APPLICABLE}",ROUND(100*{_MEAN_MODE}+{HAIR},2)))',
    "评比得分": f'IF([九项得分]="","",ROUND(MIN(100,MAX(0,{_BASE}-[扣分]+[加分]))+{HAIR},2))',
    "较上期": f'IF(OR([评比得分]="",[上期得分]=""),"",ROUND([评比得分]-[上期得分]+{HAIR},2))',
    "名次": 'IF([参加排名]<>"是","",1+COUNTIFS([单位排名!组别],[组别],[单位排名!参加排名],"是",[单位排名!评比得分],">"&[评比得分]))',
    "计分权重": f'IF([参评]<>"是","",IF({WEIGHT_OF_UNIT}=0,"",{WEIGHT_OF_UNIT}))',
}


# --- 九项自查, 三个无审批 ---------------------------------------------------------------------------------------------


def cell_of(check: int, otherwise: str) -> str:
    """The result of the row's unit in a check; `otherwise` where the unit never reported."""
    return f'IFERROR(INDEX([自查对照!数据结果],MATCH({UNIT}&"-{check}",[自查对照!索引],0)),"{otherwise}")'


def count_of(first: str, last: str, word: str, otherwise: str) -> str:
    """How often a word stands in the columns from `first` to `last`."""
    return f'IF([{first}]="{otherwise}","",COUNTIF([{first}]:[{last}],"{word}"))'


def overdue_of(first: str, otherwise: str) -> str:
    """How many checks of the row's unit are overdue."""
    late = f'COUNTIFS([自查对照!单位名称],{UNIT},[自查对照!进度],"{OVERDUE}")'
    return f'IF([{first}]="{otherwise}","",{late})'


def conclusion_of(checks: tuple[int, ...], otherwise: str) -> str:
    """What follows from several checks together (pipeline/checks.py, conclude)."""
    numbers = "{" + ",".join(map(str, checks)) + "}"

    def count(word: str) -> str:
        return (
            f'SUMPRODUCT(COUNTIFS([自查对照!单位名称],{UNIT},[自查对照!序号],{numbers},[自查对照!数据结果],"{word}"))'
        )

    many = len(checks)
    none, full, unknown = count(NOT_APPLICABLE), count(FULL), count(UNVERIFIED)
    told = f'IF({none}={many},"{NOT_APPLICABLE}",IF({none}+{full}={many},"实现",IF({none}+{full}+{unknown}={many},"{UNVERIFIED}","未实现")))'
    return f'IF(COUNTIFS([自查对照!单位名称],{UNIT})=0,"{otherwise}",{told})'
