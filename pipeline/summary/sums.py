"""核对: sums that must agree, worked out from two sides, and whether they do."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from pipeline.history import DISTRICT
from pipeline.run import Result
from pipeline.sheets import Column, TableSheet
from pipeline.summary.live import is_live
from pipeline.words import ACCEPTED, RETURNED

AGREES, DIFFERS = "一致", "不一致"
OUTCOMES = ("采用", "被替代", "更正", "期号待确认", "拒收", "忽略", "附件", "登记表", "目录", "定稿")


class Sum(NamedTuple):
    """Two ways to the same number: in words, as values of the program, and as formulas over the sheets."""

    what: str
    left: float
    right: float
    left_formula: str
    right_formula: str
    words: str


def sums_sheet(result: Result) -> TableSheet:
    """核对: a row for each pair of sums."""
    rows = pd.DataFrame(list(_sums(result)))
    left, right = rows["left"].astype("float64"), rows["right"].astype("float64")
    shown = pd.DataFrame(
        {
            "number": range(1, len(rows) + 1), "what": rows["what"], "left": left, "right": right, "gap": left - right,
            "same": pd.Series(AGREES, index=rows.index, dtype="str").where(left.eq(right), DIFFERS), "words": rows["words"],
        }
    )  # fmt: skip
    columns = (
        Column("序号", "integer", width=8, centre=True),
        Column("核对内容", width=54, wrap=True),
        Column("左边", "number", width=12),
        Column("右边", "number", width=12),
        Column("相差", "number", width=10),
        Column("是否一致", width=12, centre=True, words={AGREES: "good", DIFFERS: "bad"}),
        Column("怎样数的", width=70, wrap=True),
    )
    formulas = {
        "左边": rows["left_formula"], "右边": rows["right_formula"],
        "相差": pd.Series("[左边]-[右边]", index=rows.index),
        "是否一致": pd.Series(f'IF([左边]=[右边],"{AGREES}","{DIFFERS}")', index=rows.index),
    }  # fmt: skip
    return TableSheet(
        "核对", columns, shown, note="每一行从两处各数一遍，应当相等；不一致的请把本表和运行日志发给程序维护人员。",
        freeze=2, formulas=formulas if is_live(result) else {},
    )  # fmt: skip


def sums_agree(result: Result) -> bool:
    """Whether all of the sums agree."""
    return all(one.left == one.right for one in _sums(result))


def _sums(result: Result) -> Iterator[Sum]:
    yield from _of_files(result)
    yield from _of_units(result)
    yield from _of_items(result)
    yield from _of_modes(result)


def _of_files(result: Result) -> Iterator[Sum]:
    files = result.files
    counts = files["outcome"].value_counts()
    told = "+".join(f'COUNTIF([报送情况!处理结果],"{word}")' for word in OUTCOMES)
    yield Sum(
        "收到的文件＝" + "＋".join(OUTCOMES), files["file"].notna().sum(), sum(counts.get(word, 0) for word in OUTCOMES),
        "COUNTA([报送情况!文件])", told, "“报送情况”有文件的行数；“处理结果”各词的行数相加。",
    )  # fmt: skip
    read, counted, refused = (files[name].fillna(0).sum() for name in ("cells_read", "cells_counted", "cells_refused"))
    yield Sum(
        "读取的格＝计入的格＋未计的格", read, counted + refused, "SUM([报送情况!读取格数])", "SUM([报送情况!计入格数])+SUM([报送情况!未计格数])",
        "“报送情况”读取格数合计；计入格数、未计格数合计（不采用的文件全部未计）。",
    )  # fmt: skip


def _of_units(result: Result) -> Iterator[Sum]:
    units = result.units
    reported = units["state"].isin([ACCEPTED, RETURNED])
    late = (reported & units["late"]).sum()
    states = ",".join(f'"{word}"' for word in ("按时", "逾期", "未报送"))
    yield Sum(
        "应报单位＝按时＋逾期＋未报送", len(result.rules.roster.names), (reported.sum() - late) + late + (~reported).sum(),
        "COUNTA([九项自查!单位名称])", f"SUMPRODUCT(COUNTIF([单位排名!报送],{{{states}}}))", "“九项自查”的行数；“单位排名”中“报送”各词的行数相加。",
    )  # fmt: skip
    words = result.checks["result"].value_counts()
    listed = ("到位", "基本到位", "不到位", "不适用", "未核验")
    told = ",".join(f'"{word}"' for word in listed)
    yield Sum(
        "自查对照的行数＝五种结果相加", len(result.checks), sum(words.get(word, 0) for word in listed),
        "COUNTA([自查对照!单位名称])", f"SUMPRODUCT(COUNTIF([自查对照!数据结果],{{{told}}}))", "每个有数据的单位九行。",
    )  # fmt: skip
    weights = sum(check.weight for check in result.rules.checks.checks)
    named = "+".join(f"权重第{check.number}项" for check in result.rules.checks.checks)
    yield Sum("九项权重合计＝100", weights, 100, named, "100", "“规则”九项自查的权重。")
    mean = result.trend.loc[
        result.trend["unit"].eq(DISTRICT) & result.trend["period"].eq(result.period.number), "score"
    ]
    if len(mean) and mean.notna().all():
        yield Sum(
            "全区平均评比得分（趋势）＝各单位评比得分的平均", mean.iloc[0], _rounded(units["score"].mean()),
            f"INDEX([趋势!评比得分],{int(result.trend['unit'].eq(DISTRICT).sum())})", "ROUND(AVERAGE([单位排名!评比得分])+1E-9,2)",
            "“趋势”中全区本期一行；“单位排名”有评比得分的单位的平均。",
        )  # fmt: skip


def _rounded(value: float) -> float:
    return float(int(value * 100 + 0.5 + 1e-7)) / 100


def _of_items(result: Result) -> Iterator[Sum]:
    units, checks = result.units, result.checks[result.checks["check"].eq(3)]
    yield Sum(
        "事项明细的行数＝各单位事项数之和", len(result.items), units["items"].fillna(0).sum(),
        "COUNTA([事项明细!单位名称])", "SUM([单位排名!事项数])", "“事项明细”的行数；“单位排名”事项数合计。",
    )  # fmt: skip
    done = checks["numerator"].fillna(0).sum()
    short = checks["denominator"].fillna(0).sum() - done
    # Where check 3 does not apply (豁免), its items are in no 分子 and no 分母.
    exempt = checks.loc[checks["denominator"].isna(), "unit"]
    more = int(units.loc[units["unit"].isin(exempt), "must"].fillna(0).sum())
    added, words = (f"+{more}", f"，另加第3项免计的单位{more}项") if more else ("", "")
    yield Sum(
        "应进驻事项＝已进驻＋未进驻", units["must"].fillna(0).sum(), done + short + more,
        "SUM([单位排名!应进驻])", f"COUNTIF([事项明细!第3项],1)+COUNTIF([事项明细!第3项],0){added}", f"“单位排名”应进驻合计；“事项明细”第3项为1、为0的行数相加{words}。",
    )  # fmt: skip
    yield Sum(
        "应进驻事项＝第3项自查的分母之和", result.items["must"].sum(), checks["denominator"].fillna(0).sum() + more,
        'COUNTIF([事项明细!是否应进驻],"是")', f"SUMIFS([自查对照!分母],[自查对照!序号],3){added}", f"“事项明细”是否应进驻为“是”的行数；“自查对照”第3项分母合计{words}。",
    )  # fmt: skip


def _of_modes(result: Result) -> Iterator[Sum]:
    modes, rules = result.modes, result.rules.stages
    reported = result.items["reported"].sum()
    yield Sum(
        "环节模式的行数＝填报表中的事项", len(modes), reported, "COUNTA([环节模式!单位名称])", 'COUNTIF([事项明细!未填报],"否")',
        "“环节模式”的行数；“事项明细”中未填报为“否”的行数。",
    )  # fmt: skip
    words = ",".join(f'"{name}"' for name in rules.modes)
    told = modes["declared_mode"].isin(rules.modes).sum()
    yield Sum(
        "环节模式的行数＝四种申报模式＋未填", len(modes), told + modes["declared_mode"].isna().sum(),
        "COUNTA([环节模式!单位名称])", f"SUMPRODUCT(COUNTIF([环节模式!申报模式],{{{words}}}))+COUNTA([环节模式!单位名称])-COUNTA([环节模式!申报模式])", "“环节模式”申报模式各词的行数与空白相加。",
    )  # fmt: skip
    verdicts = [verdict.name for verdict in rules.verdicts]
    words = ",".join(f'"{name}"' for name in verdicts)
    yield Sum(
        "环节模式的行数＝各种结论相加", len(modes), modes["verdict"].isin(verdicts).sum(),
        "COUNTA([环节模式!单位名称])", f"SUMPRODUCT(COUNTIF([环节模式!结论],{{{words}}}))", "“环节模式”结论各词的行数相加。",
    )  # fmt: skip
