"""What is deployed fits the programs: ports, credentials, environment and options are those they know."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Role
from songtor_hub.cli.founding import init
from songtor_node.cli.console import CREDENTIAL
from tests.docs.pages import ROOT
from tests.docs.terminal import PROGRAMS

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
PORTS = Listen.parse(inspect.signature(init).parameters["listen"].default).ports
KNOWN = {
    name
    for side in ("node", "hub")
    for file in (ROOT / side).rglob("*.py")
    for name in re.findall(r"SONGTOR_[A-Z_]+", file.read_text(encoding="utf-8"))
}


def settings(unit: Path) -> dict[str, str]:
    lines = unit.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_what_there_is_with_the_credential_that_it_asks_for(unit: Path) -> None:
    """The name of a credential is how the program finds it."""
    said = settings(unit)
    program, *words = said["ExecStart"].split()
    assert program == f"/opt/songtor/bin/{unit.stem}"
    assert PROGRAMS[unit.stem]([*words, "--help"]) == 0
    asked = {"songtor-node": CREDENTIAL, "songtor-hub": str(Role.EXCHANGE)}
    assert said["LoadCredentialEncrypted"].split(":")[0] == asked[unit.stem]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path) -> None:
    """Each of its settings is known, and fits."""
    text = unit.read_text(encoding="utf-8")
    installed = Path(sys.executable).with_name(unit.stem)
    (tmp_path / unit.name).write_text(
        text.replace(f"/opt/songtor/bin/{unit.stem}", str(installed)), encoding="utf-8"
    )
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / unit.name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])


def test_containers_open_the_ports_of_a_hub_and_name_what_it_reads() -> None:
    """Three ports to the world; health stays on loopback, where the probes ask it."""
    world, health = list(PORTS[:3]), f"http://127.0.0.1:{PORTS[3]}/ready"
    hub = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))["services"][
        "hub"
    ]
    assert hub["ports"] == [f"{port}:{port}" for port in world]
    assert health in hub["healthcheck"]["test"][-1]
    deployment, front = yaml.safe_load_all((DEPLOY / "kubernetes" / "hub.yaml").read_text(encoding="utf-8"))
    (pod,) = deployment["spec"]["template"]["spec"]["containers"]
    assert [port["containerPort"] for port in pod["ports"]] == world
    assert [port["port"] for port in front["spec"]["ports"]] == world
    assert health in pod["readinessProbe"]["exec"]["command"][-1]
    given = {*hub["environment"], *(one["name"] for one in pod["env"])}
    assert {name for name in given if name.startswith("SONGTOR_")} <= KNOWN


def test_secrets_in_containers_are_where_the_hub_looks() -> None:
    """A path that is told to the hub lies below a mount of its own."""
    deployment = next(yaml.safe_load_all((DEPLOY / "kubernetes" / "hub.yaml").read_text(encoding="utf-8")))
    (pod,) = deployment["spec"]["template"]["spec"]["containers"]
    mounts = [mount["mountPath"] for mount in pod["volumeMounts"]]
    assert all(_below(one["value"], mounts) for one in pod["env"] if "value" in one)
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))
    hub = compose["services"]["hub"]
    files = [value for value in hub["environment"].values() if value.startswith("/")]
    assert files
    assert {Path(file) for file in files} == {Path("/run/secrets", name) for name in hub["secrets"]}
    assert set(hub["secrets"]) <= set(compose["secrets"])


def _below(path: Any, folders: list[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)
