"""Hosts of a network for tests: network namespaces of this machine on one bridge, each with files of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_NETWORK = "10.203.{}.{}"


@dataclass(frozen=True)
class Host:
    """A namespace; `link` is its end of the cable on this machine."""

    name: str
    address: str
    link: str

    def within(self, *hidden: Path) -> Sequence[str]:
        """What a command is run with to run on this host, which does not see these folders of the machine."""
        mounts = "".join(f"mount -t tmpfs none '{folder}' && " for folder in hidden)
        return ("ip", "netns", "exec", self.name, "unshare", "-m", "sh", "-c", f'{mounts}exec "$@"', "sh")

    def cut_off(self) -> None:
        _run("ip", "link", "set", self.link, "down")

    def come_back(self) -> None:
        _run("ip", "link", "set", self.link, "up")

    def runs(self, process: int) -> bool:
        return _run("ip", "netns", "identify", str(process)).strip() == self.name


@dataclass(frozen=True)
class Network:
    """`address` is that of this machine in it."""

    address: str
    hosts: tuple[Host, ...]


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def network(count: int) -> Iterator[Network]:
    """So many hosts beside this machine. Skips the test where they cannot be made."""
    mark = f"{os.getpid() % 100_000:05}"
    bridge, third = f"ogi-{mark}", os.getpid() % 250
    hosts = tuple(Host(f"ogi-{mark}-{i}", _NETWORK.format(third, i + 2), f"ogi{mark}h{i}") for i in range(count))
    made: list[tuple[str, ...]] = []
    try:
        try:
            if shutil.which("ip") is None or shutil.which("unshare") is None:
                raise OSError("there is no ip or no unshare")
            _run("ip", "link", "add", bridge, "type", "bridge")
            made.append(("ip", "link", "del", bridge))
            _run("ip", "address", "add", f"{_NETWORK.format(third, 1)}/24", "dev", bridge)
            _run("ip", "link", "set", bridge, "up")
            for host in hosts:
                _run("ip", "netns", "add", host.name)
                made.append(("ip", "netns", "del", host.name))
                _run("ip", "link", "add", host.link, "type", "veth", "peer", "name", "eth0", "netns", host.name)
                _run("ip", "link", "set", host.link, "master", bridge, "up")
                inside = ("ip", "-n", host.name)
                _run(*inside, "address", "add", f"{host.address}/24", "dev", "eth0")
                _run(*inside, "link", "set", "lo", "up")
                _run(*inside, "link", "set", "eth0", "up")
            _run(*hosts[0].within(), "true")
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("skipped: network namespaces cannot be made here")
        yield Network(_NETWORK.format(third, 1), hosts)
    finally:
        for command in reversed(made):
            subprocess.run(command, check=False, capture_output=True)
