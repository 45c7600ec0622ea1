"""定稿: the 汇总表 of a period whose briefing has been printed -> its published figures, which stay as they are (spec 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from pipeline.book import Book
from pipeline.findings import text_of
from pipeline.periods import period_in
from pipeline.raw import clean, plain
from pipeline.rules import Rules

# Sheet -> the column by which its header is known.
SHEETS = {"单位排名": "评比得分", "自查对照": "数据结果", "报送情况": "sha256", "趋势": "进驻率"}
STAMP_SHEET, STAMP_PERIOD = "_汇总", "期号"
HEADER_WITHIN = 30


class RawFinal(NamedTuple):
    """What stands in a printed 汇总表: its period, its tables by sheet (columns by title, objects), and the pairs of its hidden stamp."""

    period: int | None
    tables: dict[str, pd.DataFrame]
    stamp: list[tuple[str, str]]


def final_in(book: Book) -> RawFinal:
    """The tables of an opened 汇总表; the period is that of its stamp, else of the title of 单位排名."""
    pages = {name: book.page(name).rows for name in SHEETS if name in book.sheets}
    stamp = book.page(STAMP_SHEET).rows if STAMP_SHEET in book.sheets else []
    pairs = [(text_of(row[0]), text_of(row[1])) for row in stamp if len(row) > 1]
    return RawFinal(_period(pairs, pages), {name: _table(rows, SHEETS[name]) for name, rows in pages.items()}, pairs)


def _period(pairs: list[tuple[str, str]], pages: dict[str, list[list[Any]]]) -> int | None:
    stamped = next((period_in(value) for name, value in pairs if name == STAMP_PERIOD), None)
    titles = [text_of(row[0]) for rows in pages.values() for row in rows[:1] if row]
    return stamped or next((period for title in titles if (period := period_in(title))), None)


def _table(rows: list[list[Any]], known_by: str) -> pd.DataFrame:
    """The table below the header in which a title stands; without any row where there is none."""
    at = next((place for place, row in enumerate(rows[:HEADER_WITHIN]) if known_by in map(plain, row)), None)
    if at is None:
        return pd.DataFrame()
    titles = [plain(title) for title in rows[at]]
    body = [[clean(value) for value in row] for row in rows[at + 1 :]]
    table = pd.DataFrame(body, columns=titles, dtype="object")
    return table.loc[:, [title for title in dict.fromkeys(titles) if title]].dropna(how="all").reset_index(drop=True)


@dataclass(frozen=True)
class Published:
    """The published figures of the periods whose 汇总表 is final.

    scores: unit, period, nine, mode, deduction, bonus, score, rank. results: as checks.run_checks makes them. trend: as history.trend makes it.
    windows: period and the district's number of windows. proposals: period, kind, unit (one row with both blank where nobody was proposed). forms: period, sha256, outcome of every form it lists.
    """

    scores: pd.DataFrame
    results: pd.DataFrame
    trend: pd.DataFrame
    windows: pd.DataFrame
    proposals: pd.DataFrame
    forms: pd.DataFrame

    def before(self, period: int) -> "Published":
        """What was published for the periods before one."""
        return Published(*(frame[frame["period"].lt(period)] for frame in vars(self).values()))

    @property
    def periods(self) -> list[int]:
        """The periods that are final."""
        return sorted(
            {int(period) for period in self.forms["period"]} | {int(period) for period in self.scores["period"]}
        )


_NUMBERS = {
    "九项得分": "nine", "环节模式得分": "mode", "扣分": "deduction", "加分": "bonus", "评比得分": "score", "名次": "rank",
}  # fmt: skip
_RESULTS = {"分子": "numerator", "分母": "denominator", "得分率": "credit"}
_TREND = {"评比得分": "score", "进驻率": "entered", "授权率": "authorised", "对接率": "connected"}
_TREND_COUNTS = {"名次": "rank", "可压减环节": "cut", "未完成整改": "problems_open"}
_COLUMNS = {
    "scores": ["unit", "period", *_NUMBERS.values()],
    "results": ["unit", "period", "check", "result", *_RESULTS.values()],
    "trend": ["unit", "period", "state", *_TREND.values(), *_TREND_COUNTS.values()],
    "windows": ["period", "windows"],
    "proposals": ["period", "kind", "unit"],
    "forms": ["period", "sha256", "outcome", "own"],
}
WINDOWS, PROPOSED = "窗口数", {"拟表扬": "表扬", "拟通报": "通报"}


def publish_finals(finals: Mapping[str, RawFinal], files: pd.DataFrame, rules: Rules) -> Published:
    """The published figures of some 定稿 (by file); of two for one period the one whose path comes last counts.

    files: file, written_period and folder_period as intake tells them.
    """
    told = files.assign(period=files["written_period"].astype("Int64").fillna(files["folder_period"].astype("Int64")))
    listed = told[told["file"].isin(finals) & told["period"].isin(rules.calendar.by_number)].sort_values("file")
    latest = listed.drop_duplicates("period", keep="last").sort_values("period")
    pairs = [(int(period), finals[file]) for file, period in zip(latest["file"], latest["period"], strict=True)]
    return Published(
        scores=_stack([_scores(raw, period, rules) for period, raw in pairs], _COLUMNS["scores"]),
        results=_stack([_results(raw, period, rules) for period, raw in pairs], _COLUMNS["results"]),
        trend=_stack([_trend(raw, period) for period, raw in pairs], _COLUMNS["trend"]),
        windows=_stack([_windows(raw, period) for period, raw in pairs], _COLUMNS["windows"]),
        proposals=_stack([_proposals(raw, period) for period, raw in pairs], _COLUMNS["proposals"]),
        forms=_stack([_forms(raw, period) for period, raw in pairs], _COLUMNS["forms"]),
    )


def nothing_published() -> Published:
    """The published figures where no period is final."""
    return Published(*(_stack([], columns) for columns in _COLUMNS.values()))


def _stack(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def _numbers(values: pd.Series) -> pd.Series:
    """The numbers of a column; a word among them (不适用) is missing."""
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _column(table: pd.DataFrame, title: str) -> pd.Series:
    return table[title] if title in table else pd.Series(None, index=table.index, dtype="object")


def _scores(raw: RawFinal, period: int, rules: Rules) -> pd.DataFrame:
    table = raw.tables.get("单位排名", pd.DataFrame())
    told = {key: _numbers(_column(table, title)) for title, key in _NUMBERS.items()}
    frame = pd.DataFrame({"unit": _column(table, "单位名称").map(text_of).astype("str"), "period": period, **told})
    frame["rank"] = frame["rank"].round().astype("Int64")
    return frame[frame["unit"].isin(rules.roster.names)]


def _results(raw: RawFinal, period: int, rules: Rules) -> pd.DataFrame:
    table = raw.tables.get("自查对照", pd.DataFrame())
    told = {key: _numbers(_column(table, title)) for title, key in _RESULTS.items()}
    frame = pd.DataFrame(
        {
            "unit": _column(table, "单位名称").map(text_of).astype("str"), "period": period, "check": _numbers(_column(table, "序号")),
            "result": _column(table, "数据结果").map(text_of).astype("str"), "progress": _column(table, "进度").map(text_of).astype("str"),
            "due": pd.to_datetime(_column(table, "时限"), errors="coerce").astype("datetime64[s]"), "note": "", **told,
        }
    )  # fmt: skip
    frame = frame[frame["unit"].isin(rules.roster.names) & frame["check"].between(1, 9)]
    whole = {key: frame[key].round().astype("Int64") for key in ("numerator", "denominator")}
    return frame.assign(**whole, check=frame["check"].astype("int64"))


def _trend(raw: RawFinal, period: int) -> pd.DataFrame:
    table = raw.tables.get("趋势", pd.DataFrame())
    told = {key: _numbers(_column(table, title)) for title, key in (_TREND | _TREND_COUNTS).items()}
    frame = pd.DataFrame(
        {
            "unit": _column(table, "单位名称").map(text_of).astype("str"), "state": _column(table, "状态").map(lambda s: text_of(s) or None).astype("str"),
            "period": _column(table, "期号").map(lambda text: period_in(text_of(text))), **told,
        }
    )  # fmt: skip
    own = frame[frame["period"].eq(period)]
    counts = {key: own[key].round().astype("Int64") for key in _TREND_COUNTS.values()}
    return own.assign(period=period, **counts)


def _windows(raw: RawFinal, period: int) -> pd.DataFrame:
    told = [int(value) for name, value in raw.stamp if name == WINDOWS and value.isdigit()]
    return pd.DataFrame({"period": period, "windows": told[:1]})


def _proposals(raw: RawFinal, period: int) -> pd.DataFrame:
    told = [(period, PROPOSED[name], unit) for name, unit in raw.stamp if name in PROPOSED]
    # One row without a name tells “nobody” from “not known”, which is what a workbook without a stamp says.
    nobody = [(period, "", "")] if raw.stamp and not told else []
    return pd.DataFrame([*told, *nobody], columns=["period", "kind", "unit"])


def _forms(raw: RawFinal, period: int) -> pd.DataFrame:
    table = raw.tables.get("报送情况", pd.DataFrame())
    frame = pd.DataFrame(
        {
            "period": period, "sha256": _column(table, "sha256").map(text_of).astype("str"), "outcome": _column(table, "处理结果").map(text_of).astype("str"),
            "own": _column(table, "期号").map(lambda text: period_in(text_of(text))),
        }
    )  # fmt: skip
    return frame[frame["sha256"].ne("")]


# --- beside what is computed ------------------------------------------------------------------------------------------


def instead(computed: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The computed rows of all periods in their order, but those of a period that is final as they were published."""
    if published.empty:
        return computed
    rest = computed[~computed["period"].isin(published["period"])]
    known = published.reindex(columns=computed.columns)
    typed = {name: dtype for name, dtype in computed.dtypes.items() if dtype != known[name].dtype}
    whole = pd.concat([rest, known.astype(typed)], ignore_index=True)
    keys = [key for key in ("unit", "period", "check") if key in computed.columns]
    places = pd.MultiIndex.from_frame(computed[keys]).get_indexer(pd.MultiIndex.from_frame(whole[keys]))
    last = len(computed)  # what only the printed table lists
    return whole.iloc[pd.Series(places).replace(-1, last).argsort(kind="stable")].reset_index(drop=True)
