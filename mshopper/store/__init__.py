"""What a laptop knows, in one SQLite file: forms, shops, plan, visits, photos, journal, devices, settings.

`open_store(folder)` gives a Database, whose attributes are the parts.
"""

from mshopper.store.database import Database, hold_folder, open_store
from mshopper.store.visit_list import VisitFilter, VisitRow

__all__ = ["Database", "VisitFilter", "VisitRow", "hold_folder", "open_store"]
