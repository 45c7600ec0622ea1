"""rules/basis.toml as data: the words and names by which a legal basis is graded, and the patterns they make."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from pipeline.citations import normalise, plain_name
from pipeline.rule import Many, Rule


def _as_compared(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words in the normal form of the texts they are looked for in; an empty one would be found everywhere."""
    if not all(normalise(word) for word in words):
        raise ValueError('词表里有空的词 ""；请删去')
    return tuple(normalise(word) for word in words)


Words = Annotated[Many[str], AfterValidator(_as_compared)]
Ranked = Literal["法律", "国务院决定", "行政法规", "地方性法规", "部门规章", "政府规章", "规范性文件"]


class Known(Rule):
    """A name of the dictionary: its rank, and whether it is in force."""

    name: str
    rank: Ranked
    state: Literal["现行", "废止"]
    reason: str = ""

    @cached_property
    def key(self) -> str:
        """The name as it is compared."""
        return plain_name(normalise(self.name))

    @model_validator(mode="after")
    def _repeal_has_reason(self) -> Self:
        if self.state == "废止" and not self.reason:
            raise ValueError(f"“{self.name}”已废止，须写明 reason，如 2021年1月1日起由《民法典》代替")
        return self


class BasisRules(Rule):
    """rules/basis.toml."""

    policy_grade: Literal["有效", "待补"]
    placeholders: Words
    citing_words: Words
    ditto: Words
    internal: Words
    not_laws: Words
    not_in_force: Words
    unfilled: Words
    home_regions: Words
    districts: Words
    ministries: Words
    judicial: Words
    standards: Words
    known: Many[Known]

    @cached_property
    def by_name(self) -> dict[str, Known]:
        """The dictionary by the names as they are compared."""
        return {known.key: known for known in self.known}

    @cached_property
    def empty_talk(self) -> re.Pattern[str]:
        """What is left out of a text to see whether it says anything: placeholders (附件一 too) and all signs."""
        return re.compile(rf"{_any_of(self.placeholders)}[\d一二三四五六七八九十]{{0,2}}|[\W_]", re.IGNORECASE)

    @cached_property
    def introduction(self) -> re.Pattern[str]:
        """The words that introduce a citation, at the start of a text."""
        return re.compile(rf"^{_any_of(self.citing_words)}+")

    @cached_property
    def conclusion(self) -> re.Pattern[str]:
        """The same words at the end of a text."""
        return re.compile(rf"{_any_of(self.citing_words)}{{1,10}}+$")

    @cached_property
    def same_as_above(self) -> re.Pattern[str]:
        """A whole piece, signs and places aside, that points to the row above."""
        citing = _any_of(self.citing_words)
        return re.compile(rf"{citing}*+{_any_of(self.ditto)}{citing}*+")

    @cached_property
    def standard_number(self) -> re.Pattern[str]:
        """The number of a standard, such as GB/T33358."""
        return re.compile(rf"(?<![a-z]){_any_of(self.standards)}(?:\d\d)?(?:/[tz])?-?\d", re.IGNORECASE)

    @cached_property
    def implementation(self) -> re.Pattern[str]:
        """The whole of a name such as 河南省实施土地管理法办法 or 河南省土地管理法实施办法; the groups hold the law."""
        return re.compile(rf"{_any_of(self.home_regions)}(?:实施(.+法)办法|(.+法)实施办法)")

    @cached_property
    def split_title(self) -> re.Pattern[str]:
        """河南省实施《…法》办法 and 河南省《…法》实施办法, written without 《》 around the whole."""
        return re.compile(rf"(?<!《){_any_of(self.home_regions)}(?:实施《+[^《》]*》+办法|《+[^《》]*》+实施办法)")

    @model_validator(mode="after")
    def _no_twins(self) -> Self:
        keys = [known.key for known in self.known]
        twins = sorted({key for key in keys if keys.count(key) > 1})
        if twins:
            raise ValueError(f"known 中名称重复：{'、'.join(twins)}；每个名称只写一次")
        return self


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; for nothing where there are none."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, longest_first))})" if longest_first else r"(?!)"
