"""Arrivals that were written down while the line was down: a form to print, and an Excel sheet that is read later.

`form` prints the form, blank or with a trip's families. `columns`, `reading` and `matching` put a verdict on each
row of a sheet, `commit` records the good ones; the steps of a sheet are those of `repatriation.importing`.
"""
