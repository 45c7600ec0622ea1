"""Rows told at two times -> which of them mean the same thing: by what they share, else by how alike they are."""

import re

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

# 第1批 and 第2批 are nearly the same text and two different things.
_COUNTING = re.compile(r"[0-9一二三四五六七八九十]")


def pair_shared(now: pd.DataFrame, before: pd.DataFrame, keys: list[str]) -> pd.Series:
    """For each row of `now` the index of the row of `before` with the same `keys`.

    Missing where a key is missing, or more than one row of either side has the same.
    """
    left = now[keys].dropna().drop_duplicates(keep=False).rename_axis("row").reset_index()
    right = before[keys].dropna().drop_duplicates(keep=False).rename_axis("partner").reset_index()
    found = left.merge(right, on=keys).set_index("row")["partner"]
    return found.reindex(now.index).astype("Int64")


def pair_alike(now: pd.DataFrame, before: pd.DataFrame, by: list[str], from_score: int) -> pd.Series:
    """For each row of `now` the index of the row of `before` whose `key` is most alike (0–100), one to one, the best first.

    Only rows that agree in the columns `by` and in the numbers within `key` are compared; missing where none is alike enough.
    """
    columns = [*by, "counting"]
    left, right = _with_counting(now, by), _with_counting(before, by)
    others = dict(list(right.groupby(columns)))
    pairs = [_scores(rows, others[group], from_score) for group, rows in left.groupby(columns) if group in others]
    return _best_first(pairs).reindex(now.index).astype("Int64")


def _with_counting(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    named = rows.loc[rows["key"].notna(), [*by, "key"]]
    return named.assign(counting=["".join(_COUNTING.findall(key)) for key in named["key"]])


def _scores(now: pd.DataFrame, before: pd.DataFrame, from_score: int) -> pd.DataFrame:
    """row, partner and score of all pairs that are alike enough."""
    scores = process.cdist(now["key"].tolist(), before["key"].tolist(), scorer=fuzz.ratio, score_cutoff=from_score)
    rows, partners = np.nonzero(scores)
    return pd.DataFrame(
        {
            "row": now.index.to_numpy()[rows],
            "partner": before.index.to_numpy()[partners],
            "score": scores[rows, partners],
        }
    )


def _best_first(pairs: list[pd.DataFrame]) -> pd.Series:
    """row -> partner, each used once: a pair is taken when it is the best that is left for both."""
    if not pairs:
        return pd.Series(dtype="Int64")
    left = pd.concat(pairs, ignore_index=True)
    left = left.sort_values(["score", "row", "partner"], ascending=[False, True, True], kind="stable")
    taken = []
    while len(left):
        best = left[~left.duplicated("row") & ~left.duplicated("partner")]
        taken.append(best)
        left = left[~left["row"].isin(best["row"]) & ~left["partner"].isin(best["partner"])]
    return pd.concat(taken).set_index("row")["partner"] if taken else pd.Series(dtype="Int64")
