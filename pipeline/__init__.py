"""The library: documents in, tables out. Imports neither Dagster nor Great Expectations."""

__version__ = "0.1.0"
