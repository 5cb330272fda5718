"""The words that a comparison is asked in; apart from its values, which a command needn't load to know its own options."""

KEYS = ("store", "region", "format", "auditor", "form", "channel", "weekday", "hour", "month", "quarter", "year")
"""What visits can be grouped by. Weekdays are 1 (Monday) to 7, hours 0-23 of the visit's own clock."""

IN_TIME = ("weekday", "hour", "month", "quarter", "year")
"""The keys whose groups stand in the order of time."""

PERIODS = ("month", "quarter", "year")

MEASURES = ("percent", "dimension", "section", "touchpoint", "phase")
