"""Registrations from a list that was kept on paper or in Excel.

`columns` says what the headings mean, `parsing` and `parsing_declared` read one cell, `families` joins rows,
`matching` looks up all of them in the database at once, `checking` gives every row a verdict. `actions` moves
a batch on, `commit` registers its good families.
"""
