"""Narrative features: word tokens, the dictionaries of disclosure practice, counts and rates per section."""

from pipeline.narrate.dictionary import (
    Dictionaries,
    DictionaryError,
    default_dictionaries,
    dictionary_folder,
    dictionary_hash,
    load_dictionaries,
)
from pipeline.narrate.features import practice_counts, section_features
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
    "tokenize",
]
