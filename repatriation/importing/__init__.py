"""Registrations from a list that was kept on paper or in Excel.

`columns` says what the headings mean, `parsing` and `parsing_declared` read one cell, `families` joins rows,
`matching` asks the database about all of them at once, `checking` puts a verdict on every row.
`actions` moves a batch on, `commit` registers the families of its good rows.
"""
