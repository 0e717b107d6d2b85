"""The files under deploy/ fit each other and what they name: no Docker engine is needed to see that."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_every_variable_of_the_services_is_explained(compose: dict[str, Any]) -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    explained = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert used - explained == {"OGI_CORRECTIONS"}, "that one is in docs/operations.md"
    assert explained <= used


def test_the_services_find_each_other(compose: dict[str, Any]) -> None:
    services = compose["services"]
    (server,) = yaml.safe_load((DEPLOY / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    place = server["grpc_server"]
    command = services[place["host"]]["command"]
    assert command[command.index("--port") + 1] == str(place["port"])
    assert command[command.index("--module-name") + 1] == place["location_name"], "as `ogi ui` calls it"
    for name in ("webserver", "daemon"):
        assert services[name]["command"][-1] == "/app/deploy/workspace.yaml"
        assert services[name]["depends_on"] == {place["host"]: {"condition": "service_healthy"}}
    for service in services.values():
        assert {v["target"] for v in service["volumes"]} == {"/in", "/out"}
        assert service["environment"]["DAGSTER_HOME"] == "/out/.dagster", "that of `ogi ui` on the same folder"
    assert services["webserver"]["ports"][0].startswith("127.0.0.1:"), "the UI knows of no password"


def test_the_image_takes_what_is_there_and_comes_from_a_plain_name() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)$", text, re.MULTILINE) == ["python:3.12-slim"]
    taken = [w for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for w in line.split()[:-1] if w[0] != "-"]
    left = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").split("\n")
    for name in taken:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in left, f"{name} is kept out of the build"


def test_a_service_starts_with_dagsters_settings(tmp_path: Path) -> None:
    """The script that every container begins with, on this machine: it looks for the settings in /app."""
    script = (DEPLOY / "start").read_text(encoding="utf-8").replace("/app/", f"{ROOT}/")
    home = tmp_path / "out" / ".dagster"
    for _ in range(2):
        ran = subprocess.run(
            ["sh", "-c", script, "start", "echo", "it runs"],
            env={**os.environ, "DAGSTER_HOME": str(home)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout == "it runs\n"
    assert [p.name for p in home.iterdir()] == ["dagster.yaml"]
    assert (home / "dagster.yaml").read_bytes() == (ROOT / "assets" / "dagster.yaml").read_bytes()
    assert os.access(DEPLOY / "start", os.X_OK)
