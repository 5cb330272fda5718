"""Verifying: visits of a data folder, exported files, PDFs, and what a head office merged, recomputed and compared."""
