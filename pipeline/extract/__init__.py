"""Finds the statutory tables, matches their labels and takes the cells as printed."""

from pipeline.extract.tables import is_open_to_statements, read_tables

__all__ = ["is_open_to_statements", "read_tables"]
