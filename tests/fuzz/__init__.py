"""Fuzzing: what takes bytes from outside, each with what has to hold whatever they are, driven by coverage.

`python -m tests.fuzz.run --seconds 60` (needs atheris, see `make fuzz`); `test_fuzz_targets.py` does a little of it in
every run of the tests, without atheris.
"""
