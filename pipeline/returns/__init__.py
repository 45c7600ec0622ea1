"""退回/<单位>.xlsx: the unit's own file with every fault marked, and a sheet 退回说明 that says what to do.

notes.py chooses what is said, book.py makes the file: as it is (marks.py, cover.py, package.py), or written anew (anew.py) where
marking would lose something (carry.py).
"""
