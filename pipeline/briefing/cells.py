"""The cells of 汇总表 that the figures of a 工作简报 come from, and figures made with them."""

from pipeline.briefing.phrases import percent_of, points_changed, rate_of, score_changed
from pipeline.history import DISTRICT
from pipeline.passages import Figure, Passage, say
from pipeline.run import Result
from pipeline.sources import Cells, Elsewhere, Less, Share, Source, Where
from pipeline.tables import period_name

RANKING, COMPARISON, MODES, TREND, ITEMS = "单位排名", "自查对照", "环节模式", "趋势", "事项明细"
SYSTEMS, ONE_CARD, DERIVED = "业务系统", "一证通办", "三个无审批"
REPORTED = Where("状态", "为", ("已接收", "暂定"))
LATE = Where("说明", "含", "逾期报送")
MODE_ITEMS = Cells(MODES, "行数")
TREND_COLUMNS = {"score": "评比得分", "entered": "进驻率", "authorised": "授权率", "connected": "对接率"}


def rows(sheet: str, *where: Where) -> Cells:
    """How many rows satisfy the conditions."""
    return Cells(sheet, "行数", "", where)


def total(sheet: str, column: str, *where: Where) -> Cells:
    """The sum of a column over the rows that do."""
    return Cells(sheet, "合计", column, where)


def value(sheet: str, column: str, *where: Where) -> Cells:
    """The one cell of a column in the row that does."""
    return Cells(sheet, "数值", column, where)


def of_check(number: int, column: str, *where: Where) -> Cells:
    """The sum of 分子 or 分母 of a check over all units."""
    return total(COMPARISON, column, Where("序号", "为", number), *where)


def short_of(number: int, *where: Where) -> Less:
    """What a check lacks: 分母 less 分子."""
    return Less(of_check(number, "分母", *where), of_check(number, "分子", *where))


def share_of(number: int) -> Share:
    """The rate of a check over all units."""
    return Share(of_check(number, "分子"), of_check(number, "分母"))


def of_unit(name: str) -> Where:
    """The rows of a unit."""
    return Where("单位名称", "为", name)


def count(name: str, number: int, source: Source) -> Figure:
    """A figure that counts."""
    return Figure(name, str(number), source)


def rate(name: str, part: float, whole: float, source: Source) -> Figure:
    """A share as a percentage."""
    return Figure(name, rate_of(part, whole), source)


def share(name: str, part: float | None, source: Source) -> Figure:
    """A share that is known as such."""
    return Figure(name, percent_of(part), source)


def in_trend(result: Result, column: str, unit: str = DISTRICT, back: int = 0) -> Cells:
    """A figure of a unit, or the district, in 趋势, some periods back."""
    period = period_name(result.period.number - back)
    return value(TREND, TREND_COLUMNS[column], of_unit(unit), Where("期号", "为", period))


def against_last(result: Result, column: str, unit: str = DISTRICT) -> Less:
    """A figure in 趋势 less that of the period before."""
    return Less(in_trend(result, column, unit), in_trend(result, column, unit, back=1))


def compared_points(name: str, change: float | None, source: Source, result: Result) -> Passage:
    """The clause for a difference of shares, empty where there is none: ，较上期提高8.7个百分点."""
    return _compared(name, points_changed(change, result.rules.briefing.sentences.phrases), source, result)


def compared_score(name: str, change: float | None, source: Source, result: Result) -> Passage:
    """The clause for a difference of scores, empty where there is none: ，较上期提高2.70分."""
    return _compared(name, score_changed(change, result.rules.briefing.sentences.phrases), source, result)


def _compared(name: str, told: str, source: Source, result: Result) -> Passage:
    return (
        say(result.rules.briefing.sentences.phrases.compared, change=Figure(name, told, source)) if told else Passage()
    )


def elsewhere(words: str) -> Elsewhere:
    """A source in words."""
    return Elsewhere(words)
