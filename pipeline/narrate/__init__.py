"""Narrative features: word tokens, the dictionaries of disclosure practice, counts and rates per section."""

from pipeline.narrate.dictionary import (
    Dictionaries,
    default_dictionaries,
    dictionary_folder,
    dictionary_hash,
    load_dictionaries,
)
from pipeline.narrate.features import practice_counts, section_features
from pipeline.narrate.practice_tables import DictionaryError
from pipeline.narrate.terms import section_terms
from pipeline.narrate.tokens import tokenize

__all__ = [
    "Dictionaries",
    "DictionaryError",
    "default_dictionaries",
    "dictionary_folder",
    "dictionary_hash",
    "load_dictionaries",
    "practice_counts",
    "section_features",
    "section_terms",
    "tokenize",
]
