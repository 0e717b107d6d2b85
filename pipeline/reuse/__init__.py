"""Reuse of text: which report's section stands in which other's, and how much of it is its own."""

from pipeline.reuse.find import find_reuse
from pipeline.reuse.mask import Masked, mask

__all__ = ["Masked", "find_reuse", "mask"]
