"""Finds the statutory tables, matches their labels and takes the cells as printed."""

from pipeline.extract.tables import find_tables, is_open_to_statements, read_again

__all__ = ["find_tables", "is_open_to_statements", "read_again"]
