"""`dagster dev` that looks for work every second or two: `python -m assets.dev dev ...`.

"Materialize all" is a backfill of three runs, each started when Dagster's daemon looks at the backfill again. It looks
every 30 seconds, for which there is no setting: a minute and a half of waiting for fifteen seconds of work.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from dagster._cli import dev, main
from dagster._daemon import controller
from dagster._daemon.cli import main as daemon

SECONDS_BETWEEN_LOOKS = 2
_DAEMON = "dagster._daemon"
_start = dev.open_ipc_subprocess


def _start_ours(command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """Starts what `dagster dev` starts, with this module in the daemon's place."""
    return _start([__spec__.name if part == _DAEMON else part for part in command], **options)


if __name__ == "__main__":
    if sys.argv[1] == "run":
        controller.DEFAULT_DAEMON_INTERVAL_SECONDS = SECONDS_BETWEEN_LOOKS
        # In a new home the daemon of the retries warns that it begins with no events: so it does.
        logging.getLogger("dagster.daemon.EventLogConsumerDaemon").setLevel(logging.ERROR)
        daemon()
    else:
        dev.open_ipc_subprocess = _start_ours
        main()
