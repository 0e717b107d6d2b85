"""The registry of fuzz targets."""

from tests.fuzz import chain, numbers, readers, store
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {t.name: t for t in (*readers.TARGETS, *chain.TARGETS, *numbers.TARGETS, *store.TARGETS)}
