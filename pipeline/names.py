"""How names are compared: in one normal form, without white space, bracket signs and width."""

import hashlib
import re
import unicodedata
from functools import lru_cache

import pandas as pd

_IGNORED = re.compile(r"[\s（）()\[\]【】〔〕《》<>〈〉「」『』“”\"'‘’\u200b\ufeff]")
# Names stand on lines of their own or between semicolons; 、 may be part of a name and is looked at later.
SEPARATORS = r"[\n\r；;]+"


@lru_cache(maxsize=2**15)  # the same names are compared sheet by sheet and check by check
def normal_name(text: str) -> str:
    """A name without what people write differently: width, white space, brackets."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


def normal_names(texts: pd.Series) -> pd.Series:
    """The normal forms of a column of names; missing stays missing, and so does a name of nothing but brackets."""
    known = {text: normal_name(text) or None for text in texts.dropna().unique()}
    return texts.map(known).astype("str")


def stable_number(prefix: str, *parts: str) -> str:
    """A number that is the same whenever the same things are told, whatever else there is: XS-3F2A10."""
    return prefix + hashlib.sha256("|".join(parts).encode()).hexdigest()[:6].upper()
