"""The ledger of cells: of every file, how much was read and how much of it counts."""

import pandas as pd

from pipeline.findings import ERROR

# Findings after which the cell they speak of counts as blank.
REFUSED_CELLS = ("not_a_choice", "choice_not_here", "not_a_date", "not_a_count", "date_impossible")


def count_cells(files: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """`files` with cells_refused and cells_counted beside rows_read and cells_read (missing for what is no form or catalogue).

    For a form that counts, cells_read = cells_counted + cells_refused; of one that does not count, all cells are refused.
    """
    faulty = findings[findings["level"].eq(ERROR) & findings["code"].isin(REFUSED_CELLS)]
    refused = faulty.drop_duplicates(["file", "sheet", "cell"]).groupby("file").size()
    read = files["cells_read"].astype("Int64")
    counts = files["outcome"].isin(["采用", "目录"])
    of_file = files["file"].map(refused).fillna(0).astype("Int64")
    cells_refused = of_file.where(counts, read).where(read.notna())
    return files.assign(cells_read=read, cells_refused=cells_refused, cells_counted=read - cells_refused)
