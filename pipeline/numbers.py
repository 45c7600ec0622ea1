"""Rounding as people do it."""

import numpy as np
import pandas as pd

# Sums of exact hundredths come out a hair beside the half in binary; nothing real is closer to a half than this.
_HAIR = 1e-7


def round_half_up(values: pd.Series, digits: int = 2) -> pd.Series:
    """The values rounded half up; missing stays missing."""
    scale = 10**digits
    return np.floor(values.astype("float64") * scale + 0.5 + _HAIR) / scale
