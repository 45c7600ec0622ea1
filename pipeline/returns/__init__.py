"""退回/<单位>.xlsx: the unit's own file with every fault marked, and a sheet 退回说明 that says what to do.

notes.py chooses what is said, book.py makes the file: as it is (marks.py and comments.py, cover.py, looks.py, all on the
parts of package.py), or written anew (anew.py) where it cannot be marked (carry.py).
"""
