"""Registrations from a list that was kept on paper or in Excel.

`columns` and `meanings` say what the headings mean, `parsing`, `parsing_declared` and `parsing_days` read one
cell, `lines` a row, `families` joins rows, `matching` asks the database about all of them at once, `checking` puts a verdict on every row.
`actions` moves a batch on, `commit` registers the families of its good rows. `kinds` lets lists of something else take the
same steps.
"""
