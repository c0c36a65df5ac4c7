"""The demo city Alder Bay: everything in it is invented, and a run makes the same city every time.

`city`, `staff` and `publications` are a few rows, written one by one; `stories` invents cases without touching the
database; `rows` turns them into table rows, and `copy` streams those into PostgreSQL. `load` holds it together.
"""
