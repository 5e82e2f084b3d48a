"""Helpers of the notebooks: rounding, ledger, audit, charts, tables, and the workspace they run in."""
