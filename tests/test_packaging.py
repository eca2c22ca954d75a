"""What a fresh clone installs: everything pinned, everything hashed, from wherever the machine's own pip looks."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PINS = [pin for pin in CONSTRAINTS.replace("\\\n", " ").splitlines() if pin.strip()]


def plain_name(requirement: str) -> str:
    """The package's name as registries compare it: `Foo_Bar[extra]>=1` gives `foo-bar`."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def declared() -> list[str]:
    project = PROJECT["project"]
    groups = project.get("optional-dependencies", {}).values()
    return [*PROJECT["build-system"]["requires"], *project["dependencies"], *(one for group in groups for one in group)]


def test_every_requirement_is_pinned_to_one_version_with_its_hashes() -> None:
    loose = [pin for pin in PINS if not re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", pin)]
    assert loose == []


def test_the_constraints_name_no_address_no_option_and_no_path() -> None:
    allowed = r"[a-z0-9.-]+==\S+( ;( (and|or|[a-z_]+|[<>=!]+|'[\w.]+'))+)?( +--hash=sha256:[0-9a-f]{64})+ *"
    assert [pin[:80] for pin in PINS if not re.fullmatch(allowed, pin)] == []


@pytest.mark.parametrize("requirement", declared())
def test_a_declared_dependency_is_pinned(requirement: str) -> None:
    assert plain_name(requirement) in {plain_name(pin) for pin in PINS}


def test_the_wheel_carries_exactly_the_five_packages() -> None:
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(packages) == ["bots", "core", "narratives", "points", "storage"]


def test_the_command_huying_is_declared_and_exists() -> None:
    assert PROJECT["project"]["scripts"] == {"huying": "bots.cli:main"}
    module, _, function = PROJECT["project"]["scripts"]["huying"].partition(":")
    assert callable(getattr(import_module(module), function))
