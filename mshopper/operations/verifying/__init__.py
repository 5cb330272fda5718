"""Verifying: visits of a data folder, exported files, PDFs, and what a head office merged, recomputed and compared."""

from mshopper.operations.verifying.files import verify, verify_file
from mshopper.operations.verifying.store import verify_visit, verify_visits

__all__ = ["verify", "verify_file", "verify_visit", "verify_visits"]
