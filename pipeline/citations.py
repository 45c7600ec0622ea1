"""The text of a legal basis -> the citations in it: names with what is written around them. Judges nothing."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True)
class Citation:
    """One name and what belongs to it; the title of a name without 《》 is the name itself."""

    title: str
    remarks: str = ""  # in brackets in or right after the name: （2019年修正）
    numbers: str = ""  # where its 令 or 文号 may stand
    locators: str = ""  # where its 条 or 项 may stand

    @property
    def marked(self) -> bool:
        """Whether the name stands in 《》."""
        return self.title.startswith("《")

    @cached_property
    def name(self) -> str:
        """The name without remarks, and without 中华人民共和国 at its start."""
        return plain_name(self.title)


# ---- normal form ----

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("<〈«‹⟨≪", "《"),
        **dict.fromkeys(">〉»›⟩≫", "》"),
        **dict.fromkeys("[【〔", "("),
        **dict.fromkeys("]】〕", ")"),
        **dict.fromkeys("–—―−", "-"),
        **dict.fromkeys("“”\"'‘’「」『』", None),
        "○": "〇",
    }
)
# Zero-width signs come along when text is copied from a web page.
_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_YEAR = re.compile(r"\((\d{4})年?\)")


def normalise(text: str) -> str:
    """The normal form of a cell: NFKC, no white space, 《》 for titles, 〔〕 around a year alone, () for other brackets."""
    flat = _BLANK.sub("", unicodedata.normalize("NFKC", _BLANK.sub("", text)))
    return _YEAR.sub(r"〔\1〕", flat.translate(_SIGNS))


# ---- locators and numbers ----

# The counts below are bounded so that no text, however odd, takes long.
_NUMERAL = r"(?:0{0,3}[1-9]\d{0,5}|[一二三四五六七八九十百千零〇两]{1,9})"
_SEVERAL = rf"{_NUMERAL}(?:[、,~至到和及-]第?{_NUMERAL}){{0,20}}"
# 34条 without 第 is an article too, but 条例, 共34条 and 十条措施 are not.
_ARTICLE = (
    rf"(?:第{_SEVERAL}条(?!例)|(?<![\d.一二三四五六七八九十百千零〇两章共计有等]){_SEVERAL}条(?!例|措施|意见|政策|禁令))"
    rf"(?:之{_NUMERAL})?(?:第{_SEVERAL}款)?(?:第\(?{_NUMERAL}\)?项)?"
)
_ANNEX = rf"附件[^《》]{{0,12}}?第?{_SEVERAL}项"
_ITEM = rf"第{_SEVERAL}项"
LOCATOR = re.compile(rf"{_ANNEX}|{_ARTICLE}")
# A State Council decision lists items, so 第N项 alone points to a place in it.
LOCATOR_OR_ITEM = re.compile(rf"{_ANNEX}|{_ARTICLE}|{_ITEM}")
ANY_PLACE = re.compile(rf"{_ANNEX}|{_ARTICLE}|第\(?{_NUMERAL}\)?[款项]")

_ORDER_YEAR = r"(?:〔\d{4}〕|\d{4}年?)?"
_ORDER = re.compile(rf"令[(:]?{_ORDER_YEAR}第?{_NUMERAL}号|{_ORDER_YEAR}第?{_NUMERAL}号令")
# 〔2022〕5号 after 令 numbers an order, and without letters before it nobody knows whose it is.
_DOCUMENT = re.compile(
    rf"[一-龥A-Za-z]{{0,20}}[^\W\d_令]〔\d{{4}}〕(?:字?第)?{_NUMERAL}号(?!令)"
    rf"|[一-龥]{{0,20}}[公通]告{_ORDER_YEAR}第?{_NUMERAL}号|{_ORDER_YEAR}第{_NUMERAL}号[公通]告"
)


def issuers_of_orders(text: str) -> tuple[str, ...]:
    """What stands before the 令 of each numbered order in a text in normal form: 国务院, 住房和城乡建设部 …"""
    before = (text[max(0, order.start() - 30) : order.start()] for order in _ORDER.finditer(text))
    return tuple(re.split(r"[^一-龥]", words)[-1] for words in before)


def document_number(text: str) -> str:
    """The first 文号 in a text in normal form, such as 豫政办〔2022〕5号; empty where there is none."""
    found = _DOCUMENT.search(text)
    return found[0] if found else ""


def issue_number(text: str) -> str:
    """The first number of the kind 2021年第3号, as 公告 carry it; empty where there is none."""
    found = re.search(rf"\d{{4}}年第{_NUMERAL}号", text)
    return found[0] if found else ""


# ---- names ----


def _title(depth: int) -> str:
    """《…》 with up to `depth` levels of names nested inside it."""
    return rf"《(?:[^《》]|{_title(depth - 1)})*》" if depth else r"《[^《》]*》"


# 《关于修改〈某省实施〈某法〉办法〉的决定》 has three levels; <<某省实施<<某法>>办法>> has four.
_TITLE = re.compile(_title(3))
_REMARK = r"(?:\((?:[^()]|\([^()]*\))*\)|〔\d{4}〕)"
_BRACKET_AFTER = re.compile(r"(?<=》)\([^()]*\)")
_AMENDED = re.compile(r"修正|修订|修改|通过|公布|发布")

# What a text without 《》 must end in to be taken for the name of a document.
ENDINGS = ("法典", "法", "条例", "规定", "办法", "细则", "规则", "决定")
_ENDING = "|".join(ENDINGS)
_BARE_NAME = re.compile(rf"([一-龥]{{0,40}}(?:{_ENDING})){_REMARK}*[,:、]?[的之中]?$")
# 某省实施《某法》办法第五条 without 《》 around the whole: the article is not the law's.
_CONTINUED_NAME = ("办法", "细则", "条例")
_OWN_REFERENCE = re.compile(rf"(?:(?<!基)本|该|其|上述)(?:{_ENDING})$")
# In 《A》第三条，国务院令第279号《B》 the order is B's: a number after a separator or a locator leads on to the next name.
_LEAD = re.compile(r"(?<=[,、。:条款项])[^,、。:()条款项]*$")


@lru_cache(maxsize=2**12)  # the same laws are cited for item after item
def plain_name(title: str) -> str:
    """A name in normal form as it is compared: without 《》, nested ones too, remarks in brackets and 中华人民共和国 at its start."""
    return re.sub(r"[《》]", "", re.sub(_REMARK, "", title)).removeprefix("中华人民共和国")


def parse_citations(piece: str, introduction: re.Pattern[str]) -> tuple[Citation, ...]:
    """The citations in a text in normal form; `introduction` are the words that may lead a name without 《》.

    A locator after a name belongs to it; where the first one stands before the first name and none after the last, each belongs
    to the name after it.
    """
    text = _BRACKET_AFTER.sub(_without_amendment, piece)
    titles = [found[0] for found in _TITLE.finditer(text)]
    gaps = _TITLE.split(text)
    cut = [_cut_at_bare_name(gap, introduction, after_title=number > 0) for number, gap in enumerate(gaps)]
    places = _places_of_locators([own for own, _ in cut])
    # The text between two names is the tail of the one and the lead of the other; after the last name all is its tail.
    leads = [gaps[0], *map(_lead_of, gaps[1:-1])]
    tails = [*(gap.removesuffix(_lead_of(gap)) for gap in gaps[1:-1]), gaps[-1]]
    marked = map(_citation, titles, leads, tails, places)
    return (*marked, *(Citation(name) for _, name in cut if name))


def _without_amendment(bracket: re.Match[str]) -> str:
    """Nothing for （根据……《关于修改〈某法〉的决定》修正） after a name: a remark on it, not another citation."""
    return "" if "《" in bracket[0] and _AMENDED.search(bracket[0]) else bracket[0]


def _cut_at_bare_name(gap: str, introduction: re.Pattern[str], *, after_title: bool) -> tuple[str, str]:
    """The text up to a locator that belongs to a name without 《》, and that name (empty where there is none)."""
    end = 0
    for locator in LOCATOR.finditer(gap):
        start = max(end, locator.start() - 60)
        found = _BARE_NAME.search(gap[start : locator.start()])
        continued = after_title and start == 0 and found and found[1] in _CONTINUED_NAME
        if found and (continued or _is_name(found[1], introduction)):
            return gap[: start + found.start()], found[1]
        end = locator.end()
    return gap, ""


def _is_name(text: str, introduction: re.Pattern[str]) -> bool:
    """Whether a text names something: 有关规定 and 本条例 do not."""
    return introduction.sub("", text) not in ("", *ENDINGS) and not _OWN_REFERENCE.search(text)


def _places_of_locators(owns: Sequence[str]) -> Sequence[str]:
    """For each name the text that holds its locators."""
    first_before = LOCATOR_OR_ITEM.search(owns[0]) and not LOCATOR_OR_ITEM.search(owns[-1])
    return owns[:-1] if first_before else owns[1:]


def _citation(title: str, lead: str, tail: str, place: str) -> Citation:
    inside = " ".join(re.findall(_REMARK, title))
    right_after = re.match(rf"{_REMARK}*", tail)
    return Citation(title, f"{inside} {right_after[0] if right_after else ''}", f"{lead} {inside} {tail}", place)


def _lead_of(gap: str) -> str:
    found = _LEAD.search(gap)
    return found[0] if found else ""
