"""Columns of `reuse_pairs` and `reuse`, and the thresholds that decide what is published."""

from pipeline import schema

ENOUGH_SHINGLES = 30
"""Different shingles of a masked text below which it is compared with none: some 35 characters. What is left of
headings and of a formula is shorter."""

PUBLISHED_FROM = 0.5
"""Containment, either way, from which a pair is published; last year's report always is."""

MOST_OTHERS = 10
"""Pairs beside those with last year's report and the superior's that one section of a report may bring in, those with
most of its text."""

ALL_FELLOWS = 64
"""Fellows of one year that are all compared with one another; of more, those that the candidate search links."""

COMMON_SHARE, COMMON_AT_LEAST, PARENTS_NEEDED = 0.02, 5, 20
"""Common wording stands in texts of organs under at least 2 % of the parent divisions that have such texts, and under
five at least. With fewer than 20 parent divisions nothing is said."""

PAIRS, REUSE = (schema.table(t).polars_schema for t in ("reuse_pairs", "reuse"))
