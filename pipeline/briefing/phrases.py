"""Numbers, dates and lists as a 工作简报 says them."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pipeline.passages import Passage, Said, join, say
from pipeline.rules import Rules
from pipeline.sentences import Phrases

NOTHING = "—"
ORDINALS = "一二三四五六七八九十"
# What is computed in binary lies a hair beside the half; nothing real is closer to one.
_EXACT = 9


def day_of(day: date) -> str:
    """A date without its year and without leading zeros: 3月31日."""
    return f"{day.month}月{day.day}日"


def rate_of(part: float, whole: float) -> str:
    """A share with one decimal, 91.7%; — where there is no whole."""
    return percent_of(part / whole) if whole else NOTHING


def percent_of(share: float | None) -> str:
    """A share that is known as such: 91.7%; — where there is none."""
    return NOTHING if share is None or share != share else f"{_rounded(100 * share, 1)}%"


def score_of(score: float) -> str:
    """A score with two decimals: 87.40."""
    return str(_rounded(score, 2))


def names_of(names: Iterable[str]) -> str:
    """An enumeration: 区发改委、区教体局."""
    return "、".join(names)


def points_changed(change: float | None, words: Phrases) -> str:
    """The difference of two shares in 百分点: 提高8.7个百分点, 下降…, 持平; empty where there is none."""
    if change is None:
        return ""
    points = _rounded(100 * change, 1)
    if not points:
        return words.same
    return (words.rate_up if points > 0 else words.rate_down).format(points=abs(points))


def score_changed(change: float | None, words: Phrases) -> str:
    """The difference of two scores: 提高2.70分, 下降…, 持平; empty where there is none."""
    if change is None:
        return ""
    points = _rounded(change, 2)
    if not points:
        return words.same
    return (words.score_up if points > 0 else words.score_down).format(points=abs(points))


def count_changed(change: float | None, measure: str, words: Phrases) -> str:
    """The difference of two numbers of things: 增加2个, 减少…, 持平; empty where there is none."""
    if change is None:
        return ""
    if not change:
        return words.same
    return (words.count_up if change > 0 else words.count_down).format(count=int(abs(change)), measure=measure)


def counted(counts: Iterable[tuple[str, int]], measure: str, words: Phrases) -> str:
    """Names with their numbers: 区公安局13项、区商务局8项."""
    return names_of(words.counted.format(name=name, count=count, measure=measure) for name, count in counts)


def listed(units: Sequence[str], rules: Rules) -> str:
    """How many units there are and, unless they are too many, which: 2个单位（区科技局、区档案局）."""
    words = rules.briefing.sentences.phrases
    if len(units) > rules.briefing.limits.names:
        return words.unlisted.format(count=len(units))
    return words.listed.format(names=names_of(units), count=len(units))


def bracketed(units: Sequence[str], rules: Rules) -> str:
    """The units in brackets, （区科技局、区档案局）; nothing where there are none or too many."""
    told = 0 < len(units) <= rules.briefing.limits.names
    return rules.briefing.sentences.phrases.bracketed.format(names=names_of(units)) if told else ""


def numbered(texts: Iterable[Said], words: Phrases) -> list[Passage]:
    """The texts that say something, with 一是, 二是 … before them where there are several."""
    told = [passage for passage in (join([text]) for text in texts) if passage]
    if len(told) < 2:
        return told
    return [say(words.numbered, ordinal=ordinal_of(place), text=text) for place, text in enumerate(told)]


def ordinal_of(place: int) -> str:
    """The Chinese number of the first (0), second … up to the nineteenth thing."""
    return ORDINALS[place] if place < len(ORDINALS) else "十" + ORDINALS[place - len(ORDINALS)]


def _rounded(value: float, digits: int) -> Decimal:
    """The value rounded half up, as people do it."""
    return Decimal(str(round(float(value), _EXACT))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
