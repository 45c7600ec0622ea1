"""Cells that name items -> links to the items they mean, and findings about names that point nowhere."""

import pandas as pd

from pipeline.findings import found, gather
from pipeline.frames import Frames
from pipeline.names import SEPARATORS, normal_names


def link_rows(frames: Frames) -> tuple[Frames, pd.DataFrame]:
    """Links from the rows that name items, by sheet key, and findings about names that point nowhere."""
    items, refused = frames["items"], frames["refused_items"]
    columns = {
        "stages": ("item", True),
        "one_card": ("item", True),
        "authorisations": ("listed", False),
        "problems": ("item", False),
    }
    links = {sheet: link_items(frames[sheet], column, items, single) for sheet, (column, single) in columns.items()}
    unknown = [unknown_names(links[sheet], refused, sheet, column) for sheet, (column, _) in columns.items()]
    return links, gather(unknown)


def linked_stages(frames: Frames, links: Frames) -> pd.DataFrame:
    """The rows of 审批环节 with the item each means."""
    return frames["stages"].merge(links["stages"][["file", "row", "key", "known"]], on=["file", "row"], how="inner")


def link_items(rows: pd.DataFrame, column: str, items: pd.DataFrame, single: bool) -> pd.DataFrame:
    """One row for each item named in `rows[column]`: file, row, piece (as written), key, known (points to an item of the form).

    A cell holds one name (`single`) or several: on lines of their own, between ；, or between 、 where every piece is an item's name.
    """
    names = rows.loc[rows[column].notna(), ["file", "row", column]].rename(columns={column: "piece"})
    if not single:
        names = _explode(names, SEPARATORS)
    names = _mark_known(names, items)
    if single or not names["piece"].str.contains("、", na=False).any():
        return names
    return _split_lists(names, items)


def unknown_names(links: pd.DataFrame, others: pd.DataFrame, sheet: str, column: str) -> pd.DataFrame:
    """A finding for each name that points nowhere; a name that means a refused row (`others`: file, key) has its finding there."""
    known_fault = _pairs(links).isin(_pairs(others))
    return found("item_unknown", links[~links["known"] & ~known_fault], sheet, column, value="piece")


def _explode(names: pd.DataFrame, separators: str) -> pd.DataFrame:
    pieces = names.assign(piece=names["piece"].str.split(separators, regex=True)).explode("piece", ignore_index=True)
    pieces["piece"] = pieces["piece"].astype("str").str.strip()
    return pieces[pieces["piece"] != ""].reset_index(drop=True)


def _mark_known(names: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    names = names.assign(key=normal_names(names["piece"]))
    return names.assign(known=_pairs(names).isin(_pairs(items)))


def _split_lists(names: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The names with “甲、乙” taken apart where 甲 and 乙 are both items and “甲、乙” is none."""
    lists = names[~names["known"] & names["piece"].str.contains("、", na=False)]
    parts = _mark_known(_explode(lists[["file", "row", "piece"]].assign(list=lists.index), "、"), items)
    whole = parts.groupby("list")["known"].transform("all")
    taken = parts[whole]
    rest = names[~names.index.isin(taken["list"])]
    return pd.concat([rest, taken.drop(columns="list")], ignore_index=True)


def _pairs(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["file", "key"]])
