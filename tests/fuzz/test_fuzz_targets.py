"""What fuzzing holds, a little in every run: the seeds, every input that was a finding once, and some mutations of both.

No atheris here; `make fuzz` is the real thing.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutate import changed
from tests.fuzz.target import Finding, Target, examine, must, warm
from tests.fuzz.targets import TARGETS

pytestmark = [pytest.mark.xdist_group("fuzz"), pytest.mark.filterwarnings("ignore:Duplicate name")]
FINDINGS = Path(__file__).parent / "findings"
MUTATIONS = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
KEPT = sorted(p for p in FINDINGS.rglob("*") if p.is_file())


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """A hang ends the test and not the run."""
    signal.alarm(120)
    yield
    signal.alarm(0)


@pytest.fixture(scope="module", autouse=True)
def warmed() -> None:
    for name in ("whole_document", "read_docx", "read_pdf"):
        warm(TARGETS[name])


@pytest.mark.parametrize("name", TARGETS)
def test_seeds(name: str) -> None:
    for data in TARGETS[name].seeds():
        examine(TARGETS[name], data)


@pytest.mark.parametrize("path", KEPT, ids=[f"{p.parent.name}/{p.name}" for p in KEPT])
def test_what_was_found_once_is_mended(path: Path) -> None:
    examine(TARGETS[path.parent.name], path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_mutations(name: str) -> None:
    target = TARGETS[name]
    bases = sorted((s for s in target.seeds()), key=len)[:4]

    @MUTATIONS
    @given(st.sampled_from(range(len(bases))), st.integers(0, 2**32), st.booleans())
    def mutated(base: int, chance: int, as_text: bool) -> None:
        rng = Random(chance)
        if as_text and target.is_text:
            data = changed(bases[base], rng, target.words, target.most_bytes)
        else:
            data = bytes_changed(bases[base], rng)
        examine(target, data)

    mutated()


def bytes_changed(data: bytes, rng: Random) -> bytes:
    """One to four bytes set anew, and a piece cut out."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4) if out else 0):
        out[rng.randrange(len(out))] = rng.randrange(256)
    at = rng.randint(0, len(out))
    del out[at : at + rng.choice((0, 0, 1, 20))]
    return bytes(out)


# ---- that a finding is found ---------------------------------------------------------------------------------------
def _slow(data: bytes) -> None:
    end = time.process_time() + len(data) / 10
    while time.process_time() < end:
        pass


def _large(data: bytes) -> None:
    data * (600 << 20)


def _wrong(data: bytes) -> None:
    must(b"2" not in data, "a two", data)


def test_too_much_time_is_a_finding() -> None:
    target = Target("slow", _slow, list, seconds=0.2)
    examine(target, b"")
    with pytest.raises(Finding, match="for one input"):
        examine(target, b"123")


def test_too_much_memory_is_a_finding() -> None:
    target = Target("large", _large, list)
    with pytest.raises(Finding, match="512 MB for one input"):
        examine(target, b"1")


def test_a_broken_invariant_is_a_finding_with_its_name() -> None:
    with pytest.raises(Finding) as found:
        examine(Target("wrong", _wrong, list), b"12")
    assert found.value.what == "a two"


def test_every_kept_finding_belongs_to_a_target() -> None:
    assert {p.parent.name for p in KEPT} <= set(TARGETS)
    assert all(p.stat().st_size < 64_000 for p in KEPT)
