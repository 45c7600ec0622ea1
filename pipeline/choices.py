"""A choice with a small slip -> the one that is meant, if that is beyond doubt; else those it may be."""

import re
import unicodedata
from collections.abc import Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from pipeline.form import Column, Form

SHORTEST = 4  # characters a choice must have for one wrong character to be a slip
MAYBE_FROM = 50  # likeness (0 to 100) from which a choice is suggested
MOST_SUGGESTED = 3
# Characters that turn a choice into another one: a text that differs in one of them is no slip.
TELLING = set("是否未不无非没已有全部整一二两三四五六七八九十0123456789内外上下网分大国省市区县前后")
_SIGNS = re.compile(r"[\s，。；;、,.:：!！?？“”‘’\"'`~（）()\[\]【】〔〕《》<>·•*_+=|…-]")


def mean_choice(
    text: str, column: Column, spellings: Mapping[str, tuple[str, bool]], form: Form
) -> tuple[str, tuple[str, ...]]:
    """The choice of the column that is meant beyond doubt ("" if none is), and else the choices it may be.

    Beyond doubt: nothing but signs differ, or one character of a long choice does, which tells no other choice apart,
    and no other known word is as near.
    """
    bare = _bare(text)
    known = {_bare(word): choice for word, (choice, _) in spellings.items() if _bare(word)}
    if bare in known:
        return known[bare], ()
    others = {_bare(word): "" for word in form.out_of_scope}
    near = [word for word in (*known, *others) if DamerauLevenshtein.distance(bare, word, score_cutoff=1) <= 1]
    meant = {known.get(word, "") for word in near}
    if len(meant) == 1 and any(meant) and any(_is_slip(bare, word) for word in near):
        return meant.pop(), ()
    return "", _suggest(bare, known)


def _is_slip(bare: str, word: str) -> bool:
    """Whether a word of some length was meant, and what differs tells nothing."""
    return len(word) >= SHORTEST and not (set(bare) ^ set(word)) & TELLING


def _suggest(bare: str, known: Mapping[str, str]) -> tuple[str, ...]:
    hits = process.extract(bare, list(known), scorer=fuzz.ratio, score_cutoff=MAYBE_FROM, limit=MOST_SUGGESTED)
    return tuple(dict.fromkeys(known[word] for word, _, _ in hits))


def _bare(text: str) -> str:
    """The text without white space and signs, in one width."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text))
