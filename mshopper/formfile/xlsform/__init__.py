"""XLSForm, the form standard of ODK and KoboToolbox: workbook -> Form, leniently, and a Form as sheets again.

`workbook` makes texts of any spreadsheet, `columns` and `types` know the standard's spellings, `outline` the nesting of
groups, `choices` the lists, `questions` and `scores` what a row says; `reader` puts it all together. `writer` is the way
back.
"""
