"""Grading of a legal basis by its form: the text of a cell -> its citations -> 有效, 待补 or 未列明 (rules/basis.toml).

Only how a basis is written is judged, never what the article says.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from pipeline.basis_rules import BasisRules, Known
from pipeline.citations import (
    ANY_PLACE,
    ENDINGS,
    LOCATOR,
    LOCATOR_OR_ITEM,
    Citation,
    document_number,
    issue_number,
    issuers_of_orders,
    normalise,
    parse_citations,
    plain_name,
)

__all__ = ["BasisRules", "Grade", "grade_bases", "grade_basis", "PENDING", "UNSTATED", "VALID"]

VALID, PENDING, UNSTATED = "有效", "待补", "未列明"
LAW, DECISION, REGULATION, LOCAL_REGULATION = "法律", "国务院决定", "行政法规", "地方性法规"
MINISTRY_RULE, GOVERNMENT_RULE, POLICY = "部门规章", "政府规章", "规范性文件"
# What stands in the place of a rank where there is none.
UNCLEAR, INTERNAL, PLACEHOLDER, DITTO, UNKNOWN = "不明", "内部文件", "未写依据", "同上", "写法不认识"

_WORTH = {VALID: 2, PENDING: 1, UNSTATED: 0}


class Grade(NamedTuple):
    """What the form of a text proves."""

    grade: str
    rank: str
    reason: str
    unrecognised: bool = False
    ditto: bool = False


_NOTHING = Grade(UNSTATED, PLACEHOLDER, "没有写明依据")


def grade_bases(texts: pd.Series, rules: BasisRules) -> pd.DataFrame:
    """The grades of legal bases, with the index of `texts`.

    Columns: grade (有效, 待补, 未列明), rank (位阶, or what the text is instead), reason (in a few words), unrecognised (nothing the
    rules know: 未列明, to be looked at), ditto (同上 and nothing better in the cell: 未列明 until the caller resolves it).
    A blank is 未列明.
    """
    codes, distinct = pd.factorize(texts)
    grades = [grade_basis(text, rules) for text in distinct]
    table = pd.DataFrame([*grades, _NOTHING], columns=list(Grade._fields))
    # A blank has the code -1: the last row.
    return table.iloc[codes].set_axis(texts.index)


def grade_basis(text: str, rules: BasisRules) -> Grade:
    """The best grade among the citations of a cell (pieces are separated by ；); the first of several equally good."""
    grades = [grade for piece in normalise(text).split(";") for grade in _grade_piece(piece, rules)]
    return max(grades, key=lambda grade: (_WORTH[grade.grade], grade.ditto, grade.unrecognised))


def _grade_piece(piece: str, rules: BasisRules) -> list[Grade]:
    whole = rules.split_title.sub(r"《\g<0>》", piece)
    citations = parse_citations(whole, rules.introduction)
    return [_grade_citation(citation, rules) for citation in citations] or [_grade_words(piece, rules)]


# ---- a citation ----


def _grade_citation(citation: Citation, rules: BasisRules) -> Grade:
    known = _look_up(citation.name, rules)
    if known and known.state == "废止":
        return Grade(UNSTATED, known.rank, f"已废止：{_shown(citation)}{known.reason}")
    if _mentions(citation.remarks, rules.not_in_force):
        return Grade(UNSTATED, UNCLEAR, f"{_shown(citation)}注明不是现行有效的文件")
    if not citation.marked:
        return Grade(PENDING, UNCLEAR, f"缺书名号：{_shown(citation)}")
    if known:
        return _grade_ranked(citation, known.rank, rules)
    if refusal := _refuse(citation, rules):
        return refusal
    rank = _rank_of(citation, rules)
    return _grade_ranked(citation, rank, rules) if rank else Grade(PENDING, UNCLEAR, _why_unclear(citation, rules))


def _grade_ranked(citation: Citation, rank: str, rules: BasisRules) -> Grade:
    if rank == POLICY:
        told = f"{_shown(citation)}{_number_of(citation)}"
        advice = "" if rules.policy_grade == VALID else "是规范性文件，请补充法律法规依据"
        return Grade(rules.policy_grade, rank, f"{told}{advice}")
    locator = (LOCATOR_OR_ITEM if rank == DECISION else LOCATOR).search(citation.locators)
    if locator:
        return Grade(VALID, rank, f"{_shown(citation)}{_wide(locator[0])}")
    return Grade(PENDING, rank, f"{_shown(citation)}未写条款")


def _refuse(citation: Citation, rules: BasisRules) -> Grade | None:
    """The grade of a name that is no basis, or no full name, whatever article is written beside it."""
    if not rules.empty_talk.sub("", citation.name) and not _number_of(citation):
        return _NOTHING
    if _mentions(citation.name, rules.unfilled):
        return Grade(PENDING, UNCLEAR, f"{_shown(citation)}名称没有写全")
    if citation.name.endswith(rules.internal):
        return Grade(UNSTATED, INTERNAL, f"{_shown(citation)}是内部文件")
    return None


def _rank_of(citation: Citation, rules: BasisRules) -> str | None:
    """The rank that name and number speak for; None where they leave it open."""
    name, is_regulation = citation.name, citation.name.endswith("条例")
    if _mentions(name, rules.judicial):
        return None
    if _is_law(name, rules):
        return LAW
    if name.endswith("决定") and (name.startswith("国务院") or "国务院" in citation.numbers):
        return DECISION
    if _is_of_home(name, rules) and (is_regulation or _implements_law(name, rules)):
        return LOCAL_REGULATION
    if _has_state_council_order(citation) or (is_regulation and not _is_of_region(name, rules)):
        return REGULATION
    if is_regulation:
        return None
    if _has_government_order(citation, rules):
        return GOVERNMENT_RULE
    if _has_ministry_order(citation, rules):
        return MINISTRY_RULE
    return POLICY if _is_policy(citation, rules) else None


def _why_unclear(citation: Citation, rules: BasisRules) -> str:
    shown = _shown(citation)
    if _mentions(f"{citation.name} {_number_of(citation)}", rules.judicial):
        return f"{shown}是司法解释，请补充法律法规依据"
    if citation.name.endswith("条例"):
        return f"{shown}不是本省本市的条例"
    if rules.standard_number.search(f"{citation.title} {citation.numbers}"):
        return f"{shown}是标准，请补充法律法规依据"
    if LOCATOR.search(citation.name):
        return f"{shown}条款应写在书名号外"
    return f"{shown}无令号、文号" if citation.name.endswith(ENDINGS) else f"{shown}无文号"


# ---- what speaks for a rank ----

# Names such as 城市供水条例, 集市… and 市场… speak of no region.
_REGION = re.compile(
    r"[一-龥]{2,3}省|[一-龥]{2,5}自治[区州县]|[一-龥]{2,4}(?:经济特区|特别行政区)"
    r"|[一-龥]{2,4}(?<![城都超集股上门夜辖的])市(?![场政容])"
)
_LOCAL_BODY = re.compile(r"省|市(?!场)|县|区")


def _is_law(name: str, rules: BasisRules) -> bool:
    shaped = len(name) > 1 and name.endswith(("法", "法典", "修正案")) and not name.endswith(rules.not_laws)
    return shaped and "关于" not in name and not name.startswith(rules.home_regions)


def _is_of_home(name: str, rules: BasisRules) -> bool:
    return name.startswith(rules.home_regions) and not _mentions(name, rules.districts)


def _is_of_region(name: str, rules: BasisRules) -> bool:
    return name.startswith(rules.home_regions) or _mentions(name, rules.districts) or bool(_REGION.match(name))


def _implements_law(name: str, rules: BasisRules) -> bool:
    found = rules.implementation.fullmatch(name)
    return found is not None and _is_law(found[1] or found[2], rules)


def _has_state_council_order(citation: Citation) -> bool:
    named = (issuer.endswith(("国务院", "国")) for issuer in issuers_of_orders(citation.numbers))
    return "国务院令" in citation.numbers or any(named)


def _has_government_order(citation: Citation, rules: BasisRules) -> bool:
    """Whether 河南省 or 平顶山市 issued it by a 政府令; a district has no power to."""
    governments = [body for body in issuers_of_orders(citation.numbers) if body.endswith("政府")]
    own = [body for body in governments if not _mentions(body, rules.districts)]
    return any(_is_of_home(citation.name, rules) or _mentions(body, rules.home_regions) for body in own)


def _has_ministry_order(citation: Citation, rules: BasisRules) -> bool:
    issuers = issuers_of_orders(citation.numbers)
    return any(body.endswith(rules.ministries) and not _LOCAL_BODY.search(body) for body in issuers)


def _is_policy(citation: Citation, rules: BasisRules) -> bool:
    number = _number_of(citation)
    is_standard = rules.standard_number.search(f"{citation.title} {citation.remarks}")
    return bool(number) and not is_standard and not _mentions(number, rules.judicial)


def _number_of(citation: Citation) -> str:
    """The 文号; a 公告 may be numbered by year alone, and some documents have no other name than their number."""
    if number := document_number(citation.numbers):
        return number
    if citation.name.endswith(("公告", "通告")):
        return issue_number(citation.numbers)
    inside = citation.title.strip("《》")
    return inside if document_number(inside) == inside else ""


# ---- words without a citation ----


def _grade_words(piece: str, rules: BasisRules) -> Grade:
    """The grade of a piece in which no citation was found."""
    text = re.sub(r"[《》]", "", piece)
    words = re.sub(r"[\W_]", "", ANY_PLACE.sub("", text))
    if not rules.empty_talk.sub("", text):
        return _NOTHING
    if rules.same_as_above.fullmatch(words):
        return Grade(UNSTATED, DITTO, "同上一环节", ditto=True)
    if name := _bare_law(text, rules):
        return _grade_citation(Citation(name), rules)
    if _mentions(words, rules.internal):
        return Grade(UNSTATED, INTERNAL, f"{_shorten(piece)}：内部文件")
    if rules.standard_number.search(text):
        return Grade(PENDING, UNCLEAR, f"{_shorten(piece)}是标准，请补充法律法规依据")
    if document_number(text) or issuers_of_orders(text):
        return Grade(PENDING, UNCLEAR, f"缺书名号：{_shorten(piece)}")
    return Grade(UNSTATED, UNKNOWN, f"认不出是哪类依据：{_shorten(piece)}", unrecognised=True)


def _bare_law(text: str, rules: BasisRules) -> str:
    """The first part of a text that is the name of a law, of a 条例 or of something in the dictionary; empty if none is."""
    parts = (rules.conclusion.sub("", part) for part in re.split(r"[\W_]+", LOCATOR.sub(" ", text)))
    names = (rules.introduction.sub("", part) for part in parts)
    return next((name for name in names if _is_bare_law(name, rules)), "")


def _is_bare_law(name: str, rules: BasisRules) -> bool:
    shaped = _is_law(name, rules) or name.endswith("条例")
    return _look_up(name, rules) is not None or (2 < len(name) <= 40 and shaped)


# ---- small helps ----


def _look_up(name: str, rules: BasisRules) -> Known | None:
    """The entry of the dictionary for a name, which may begin with words such as 根据."""
    return rules.by_name.get(name) or rules.by_name.get(plain_name(rules.introduction.sub("", name)))


def _mentions(text: str, words: Iterable[str]) -> bool:
    return any(map(text.__contains__, words))


def _shown(citation: Citation) -> str:
    """The name as people write it: 《…〈…〉…》."""
    if not citation.marked:
        return _shorten(citation.title)
    inside = citation.title[1:-1].replace("《", "〈").replace("》", "〉")
    return f"《{_shorten(inside)}》"


def _shorten(text: str) -> str:
    return _wide(text if len(text) <= 40 else f"{text[:39]}…")


def _wide(text: str) -> str:
    """Brackets as a Chinese text has them."""
    return text.replace("(", "（").replace(")", "）")
