"""Dagster: assets, checks, jobs, sensors, resources. Thin: each asset calls the library.

Modules that define assets do without `from __future__ import annotations`: Dagster reads the annotations as objects.
"""

import warnings

# Dagster 1.13 calls the backfill policy "beta" on every use; it has been in place since 1.3. Only these messages.
warnings.filterwarnings("ignore", message=r"Parameter `backfill_policy`")
