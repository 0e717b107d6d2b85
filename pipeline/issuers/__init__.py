"""Issuers: what kind of organ reports, which division it belongs to, and what it is called over the years."""

from pipeline.issuers.divisions import Division, division, valid_in
from pipeline.issuers.evidence import Evidence
from pipeline.issuers.kind import issuer_kind
from pipeline.issuers.lineage import lineage, lineage_of
from pipeline.issuers.naming import issuer_key, normalised_name
from pipeline.issuers.resolve import Resolved, resolve

__all__ = [
    "Division",
    "Evidence",
    "Resolved",
    "division",
    "issuer_key",
    "issuer_kind",
    "lineage",
    "lineage_of",
    "normalised_name",
    "resolve",
    "valid_in",
]
