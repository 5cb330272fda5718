"""Questions over the merged tables, asked of DuckDB and answered as values of `model.comparison`.

`source` opens the tables, `selection` turns filters into conditions, the other modules ask. Nothing here knows where the
tables come from: `operations` hands over the files of a head-office folder, or the rows of the laptop's own visits.
"""
