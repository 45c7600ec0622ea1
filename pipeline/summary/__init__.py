"""Result -> the sheets of 汇总表, as plain data."""
