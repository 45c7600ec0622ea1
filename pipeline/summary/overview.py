"""总览: the one page of 汇总表 that the office and a leader read first."""

from collections.abc import Sequence

import pandas as pd

from pipeline import intake
from pipeline.history import DISTRICT
from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, OVERDUE, SHORT, UNVERIFIED
from pipeline.run import Result
from pipeline.sheets import (
    Chart,
    ChartsPart,
    Column,
    Figure,
    KeyFigures,
    LinksPart,
    PageBreak,
    PageSheet,
    Part,
    Series,
    TablePart,
)
from pipeline.submissions import REFUSED, UNSURE
from pipeline.summary.live import is_live
from pipeline.summary.overview_tables import (
    FIVE,
    NINE,
    PERIODS,
    deadline_part,
    five_part,
    nine_part,
    period_part,
    proposal_part,
    request_part,
)
from pipeline.summary.sums import sums_agree
from pipeline.tables import Told, centred, changed_words, day_words, lay_out, name_some, period_name
from pipeline.words import ACCEPTED, RETURNED

# As many files as fit into a cell of a page.
MOST_FILES = 6
MOST_SILENT = 12
# The page is printed a little smaller, so that what matters stands on one sheet of paper.
SCALE = 0.72


def overview_page(result: Result, names: Sequence[str], remarks: Sequence[str]) -> PageSheet:
    """The page 总览: key figures, charts, what needs a person today and links; overleaf the tables behind.

    names: the sheets to link to. remarks: what is to be said of the workbook itself.
    """
    parts: list[Part] = [
        _reporting(result),
        _entering(result),
        _mending(result),
        _charts(result),
        _to_do(result),
        LinksPart(tuple((name, f"[{name}!]") for name in names), title="各工作表"),
        PageBreak(),
        five_part(result),
        deadline_part(result),
        proposal_part(result),
        nine_part(result),
        request_part(result),
        period_part(result),
    ]
    period = result.period
    told = f"截至{day_words(period.cutoff)}　例会{day_words(period.meeting)}　未报送单位以前报过的，全区合计沿用其最近一期数据。"
    return PageSheet(
        "总览",
        tuple(parts),
        title=f"石龙区政务服务“应进必进”汇总表（{period_name(period.number)}）",
        note="\n".join([told, *remarks]),
        scale=SCALE,
    )


# --- key figures -----------------------------------------------------------------------------------------------------


def _reporting(result: Result) -> KeyFigures:
    units = result.units
    reported = units["state"].isin([ACCEPTED, RETURNED])
    late = int((reported & units["late"]).sum())
    silent, carried = units[~reported], int(units.loc[~reported, "own_period"].notna().sum())
    returned = int(units["state"].eq(RETURNED).sum())
    names = units.loc[reported & units["late"], "unit"].tolist()
    before = _reported_before(result)
    more = "" if before is None else changed_words(int(reported.sum()) - before, "个", 0)
    return KeyFigures(
        (
            Figure("应报单位", len(units), note=f"已报{int(reported.sum())}个" + (f"，{more}" if more else ""), link="[报送情况!]"),
            Figure("按时报送", int(reported.sum()) - late, tone="good", link="[单位排名!]"),
            Figure("逾期报送", late, note=name_some(names, 2), tone="fair" if late else None, link="[单位排名!]"),
            Figure("未报送", len(silent), note=f"其中沿用以前数据{carried}个", tone="bad" if len(silent) else None, link="[报送情况!]"),
            Figure("退回补正", returned, note="已报送，得分暂定", tone="fair" if returned else None, link="[数据问题!]"),
            _mean_score(result),
        ),
        title="报送与评比",
    )  # fmt: skip


def _reported_before(result: Result) -> int | None:
    """How many units reported last period; None where there is none."""
    last = result.trend[result.trend["period"].eq(result.period.number - 1) & result.trend["unit"].ne(DISTRICT)]
    return int(last["state"].isin([ACCEPTED, RETURNED]).sum()) if len(last) else None


def _mean_score(result: Result) -> Figure:
    now, change = _district(result, "score")
    counted = int(result.units["score"].notna().sum())
    live = is_live(result) and now is not None
    return Figure(
        "平均评比得分",
        now,
        "score",
        note="；".join(filter(None, (f"{counted}个单位", changed_words(change, "分", 2)))),
        formula="ROUND(AVERAGE([单位排名!评比得分])+1E-9,2)" if live else "",
        link="[单位排名!]",
    )


def _district(result: Result, name: str) -> tuple[float | None, float | None]:
    """A figure of the district in this period, and its change from the last."""
    row = result.trend[result.trend["unit"].eq(DISTRICT)].set_index("period")[name].astype("float64")
    now, before = row.get(result.period.number), row.get(result.period.number - 1, float("nan"))
    return (None, None) if now is None or pd.isna(now) else (float(now), float(now - before))


def _entering(result: Result) -> KeyFigures:
    units, items = result.units, _five_of(result, "事项")
    must, done = items["target"], items["done"]
    total, exempt, must_all = (int(units[name].sum()) for name in ("items", "exempt", "must"))
    instant = units["instant"].sum() / must_all if must_all else None
    left_out = int(units["left_out"].sum())
    done_more = changed_words(items["done"] - items["done_before"], "项", 0) if pd.notna(items["done_before"]) else ""
    lacking = "" if pd.isna(must) else f"未进驻{int(must - done)}项"
    sums = "SUMIFS([自查对照!{}],[自查对照!序号],3)"
    live = is_live(result) and pd.notna(must)
    return KeyFigures(
        (
            Figure("事项总数", total, note=f"其中目录中有而未填报{left_out}项", link="[事项明细!]"),
            Figure("负面清单", exempt, note="经批准不进驻", link="[事项明细!]"),
            Figure("应进驻事项", _told(must), formula=sums.format("分母") if live else "", link="[事项明细!]"),
            Figure("已进驻事项", _told(done), note="，".join(filter(None, (lacking, done_more))), formula=sums.format("分子") if live else "", link="[未达标明细!]"),
            Figure("进驻率", _told(items["rate"]), "percent", note=changed_words(100 * items["change"], "个百分点", 1), formula=f"{sums.format('分子')}/{sums.format('分母')}" if live else "", link="[趋势!]"),
            Figure("即办率", instant, "percent", note="即办件占应进驻事项", link="[事项明细!]"),
        ),
        title="事项进驻",
    )  # fmt: skip


def _mending(result: Result) -> KeyFigures:
    checks = result.checks["result"]
    judged = checks.isin([FULL, BASIC, SHORT])
    full = int(checks.eq(FULL).sum())
    overdue = int(result.checks["progress"].eq(OVERDUE).sum())
    rates = {name: _district(result, name) for name in ("authorised", "connected", "cut", "problems_open")}

    def figure(label: str, name: str, unit: str, link: str) -> Figure:
        now, change = rates[name]
        share = unit == "个百分点"
        told = changed_words(None if change is None else change * (100 if share else 1), unit, 1 if share else 0)
        return Figure(label, now, "percent" if share else "integer", note=told, link=link)

    return KeyFigures(
        (
            Figure("自查到位", full, note=f"共{int(judged.sum())}项次，单位×九项", tone="good", link="[九项自查!]"),
            Figure("自查逾期", overdue, note="过了时限没有到位", tone="bad" if overdue else None, link="[自查对照!]"),
            figure("授权率", "authorised", "个百分点", "[自查对照!]"),
            figure("对接率", "connected", "个百分点", "[自查对照!]"),
            figure("可压减环节", "cut", "个", "[环节压减!]"),
            figure("未完成整改", "problems_open", "件", "[整改台账!]"),
        ),
        title="九项自查与整改",
    )


def _five_of(result: Result, name: str) -> pd.Series:
    """The line of 五进 with this name; all missing where nobody reported."""
    return result.five.set_index("name").reindex([name]).iloc[0]


def _told(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


# --- charts ----------------------------------------------------------------------------------------------------------


def _charts(result: Result) -> ChartsPart:
    words = {FULL: "good", BASIC: "fair", SHORT: "bad", NOT_APPLICABLE: "muted", UNVERIFIED: "note"}
    nine = Chart(
        "九项自查：各项单位数",
        "stacked",
        f"[{NINE}!序号]",
        tuple(Series(word, f"[{NINE}!{word}]", tone) for word, tone in words.items()),  # type: ignore[arg-type]
    )
    rates = Chart(
        "全区各期：进驻率、授权率、对接率",
        "line",
        f"[{PERIODS}!期号]",
        tuple(Series(name, f"[{PERIODS}!{name}]") for name in ("进驻率", "授权率", "对接率")),
        "percent",
    )
    five = Chart("五进完成率", "bar", f"[{FIVE}!五进]", (Series("完成率", f"[{FIVE}!完成率]"),), "percent")
    return ChartsPart((nine, rates, five), title="图", height=200)


# --- what needs a person ---------------------------------------------------------------------------------------------


def _to_do(result: Result) -> TablePart:
    units, files = result.units, result.files
    silent = units.loc[~units["state"].isin([ACCEPTED, RETURNED]), "unit"].tolist()
    returned = units[units["state"].eq(RETURNED)]
    errors = (returned["unit"] + "（" + returned["errors"].astype("str") + "处）").tolist()
    open_files = files[files["period"].isna() | files["period"].eq(result.period.number).fillna(False)]
    unsure = open_files[open_files["outcome"].eq(UNSURE)]
    refused = open_files[open_files["outcome"].eq(REFUSED)]
    unknown = refused["kind"].isin([intake.FORM, intake.CONTACT]) & refused["unit"].isna()
    lines = [
        ("未报送单位", len(silent), name_some(silent, MOST_SILENT), "催报"),
        ("退回补正单位", len(errors), name_some(errors, len(errors)), "请单位按“数据问题”更正后重报"),
        ("期号待确认的文件", len(unsure), _list_files(unsure), "移到“第N期”文件夹后重新运行"),
        ("认不出单位的文件", int(unknown.sum()), _list_files(refused[unknown]), "请按附件1写单位名称后重报"),
        ("其他拒收的文件", int((~unknown).sum()), _list_files(refused[~unknown]), "请按原因处理后重报"),
    ]
    lines += _decisions(result)
    rows = pd.DataFrame([line for line in lines if line[1]], columns=["what", "number", "names", "action"])
    told: list[Told] = [
        (Column("事项", width=18), rows["what"].astype("str")),
        (centred("数量", 8, "integer"), rows["number"]),
        (Column("单位或文件", width=56), rows["names"].astype("str")),
        (Column("怎么办", width=22), rows["action"].astype("str")),
    ]
    return TablePart(**lay_out(told), title="需要处理的", empty="没有需要处理的。")


def _decisions(result: Result) -> list[tuple[str, int, str, str]]:
    """What waits for the office itself: proposals, dispatched matters, sums that do not agree."""
    waiting = result.proposals[result.proposals["confirmed"].isna()]
    late = result.dispatches[result.dispatches["overdue"].eq(True).fillna(False)]
    told = waiting["unit"].astype("str").tolist()
    concerned = list(dict.fromkeys(late["unit"].astype("str")))
    return [
        ("拟表扬、拟通报待确认", len(told), name_some(told, len(told)), "在登记表“评议确认”中确认"),
        ("督办事项逾期", len(late), name_some(concerned, len(concerned)), "见登记表“督办派发”"),
        ("核对不一致", 0 if sums_agree(result) else 1, "见“核对”", "发给程序维护人员"),
    ]


def _list_files(files: pd.DataFrame) -> str:
    """The files with the reason, a line each."""
    lines = (files["file"] + "：" + files["reason"]).tolist()
    rest = len(lines) - MOST_FILES
    return "\n".join([*lines[:MOST_FILES], *([f"另有{rest}个，见“报送情况”"] if rest > 0 else [])])
