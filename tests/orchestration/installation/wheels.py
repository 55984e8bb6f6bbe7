"""Wheels of this repository, and an empty environment outside of it to install them into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.warm import ROOT

PACKAGES = (
    "activations",
    "orchestration",
    "models",
    "linkage",
    "scorecards",
    "experiments",
    "content",
    "examples",
)
FILES = ("pyproject.toml", "README.md", "LICENSE")
NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", "dbt_packages", ".sluice", "target", "logs", "*.egg-info"
)
BUILD = "import sys, setuptools.build_meta as b; print(b.build_wheel(sys.argv[1]))"
VERSION_FILES = {
    "src/sluice/_version.py": '__version__ = "{}"',
    "dbt_project/dbt_project.yml": 'version: "{}"',
}


def build_wheel(folder: Path, version: str = "") -> Path:
    """A wheel of the repository as it stands, built from a copy; ``version``: another number."""
    from sluice import __version__

    copy = folder / "clone"
    for name in (*PACKAGES, "dbt_project"):
        shutil.copytree(ROOT / name, copy / name, ignore=NOT_COPIED)
    shutil.copytree(ROOT / "src", copy / "src", symlinks=True, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy(ROOT / name, copy)
    for name, line in VERSION_FILES.items() if version else ():
        text = (copy / name).read_text(encoding="utf-8")
        assert line.format(__version__) in text
        (copy / name).write_text(text.replace(line.format(__version__), line.format(version)))
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)], cwd=copy, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(copy)
    return folder / done.stdout.split()[-1]


@dataclass(frozen=True)
class Installed:
    """An environment with nothing but a wheel of ours; what it needs is that of the tests."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Installed:
        """Make it: `python -m venv`, and a path to the packages we need."""
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        (site,) = folder.glob("lib/python*/site-packages")
        (site / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
        return cls(folder)

    def install(self, wheel: Path) -> None:
        """As `pip install --upgrade` does, without the network."""
        pip = [str(self.folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        flags = ["--no-deps", "--no-index", "--force-reinstall", "--disable-pip-version-check"]
        subprocess.run([*pip, *flags, str(wheel)], check=True)

    def run(
        self, *arguments: str, cwd: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """The installed command line, in a folder of the user's."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SLUICE_", "PYTHON", "VIRTUAL_ENV"))
        }
        command = [str(self.folder / "bin" / "sluice"), *arguments]
        return subprocess.run(
            command, cwd=cwd, env={**clean, **environment}, capture_output=True, text=True
        )
