"""Tables that people send: read from Excel and CSV files of any origin, and given back with remarks.

`reading.read_table` takes the bytes of a file and gives its rows, or raises `FileRefused` with a sentence
that says what to do. Nothing in a file is ever run: formulas stay text, links are not followed.

What is true of every list is here, whatever it is a list of: `letters` (fonts and broken UTF-8), `delimited` (text
files), `headings` (of one row or two, and rows that hold nobody), `cells`, `days` (a column of them), `numbers`,
`nothing` (words for none).
"""
