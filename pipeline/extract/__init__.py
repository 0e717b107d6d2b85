"""Finds the statutory tables, matches their labels and takes the cells as printed."""

from pipeline.extract.tables import read_tables

__all__ = ["read_tables"]
