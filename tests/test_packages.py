"""The packages: what is asked for, what is locked, and how a container gets them."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NAMES = ("requirements", "requirements-dev")


def asked(name: str) -> dict[str, str]:
    """The version of each package of a requirements file, and of those that it includes."""
    found: dict[str, str] = {}
    for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= asked(line[3:].removesuffix(".txt"))
        elif line and not line.startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            found[canonicalize_name(requirement.name)] = pin.version
    return found


def locked(name: str) -> dict[str, str]:
    """The version of each package of a lock, every one with a hash."""
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    blocks = re.findall(r"^([\w.\[\]-]+)==(\S+)(.*(?:\n .*)*)", text, re.MULTILINE)
    assert all("--hash=sha256:" in rest for *_, rest in blocks)
    return {canonicalize_name(package.partition("[")[0]): version for package, version, _ in blocks}


@pytest.mark.parametrize("name", NAMES)
def test_the_lock_holds_what_is_asked_for(name: str) -> None:
    assert asked(name).items() <= locked(name).items()


def test_the_tests_run_with_the_packages_that_the_app_runs_with() -> None:
    app, tests = locked("requirements"), locked("requirements-dev")
    assert {package: tests.get(package) for package in app} == app


def test_the_container_is_described_without_a_fault() -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    said = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")
