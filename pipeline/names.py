"""How names are compared: in one normal form, without white space, bracket signs and width."""

import re
import unicodedata

import pandas as pd

_IGNORED = re.compile(r"[\s（）()\[\]【】〔〕《》<>〈〉「」『』“”\"'‘’\u200b\ufeff]")
# Names stand on lines of their own or between semicolons; 、 may be part of a name and is looked at later.
SEPARATORS = r"[\n\r；;]+"


def normal_name(text: str) -> str:
    """A name without what people write differently: width, white space, brackets."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


def normal_names(texts: pd.Series) -> pd.Series:
    """The normal forms of a column of names; missing stays missing, and so does a name of nothing but brackets."""
    known = {text: normal_name(text) or None for text in texts.dropna().unique()}
    return texts.map(known).astype("str")
