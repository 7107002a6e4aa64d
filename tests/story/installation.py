"""An installation of its own for a story: a folder, a profile whose sources are peers on loopback, the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from casework.secrets import add_account
from casework.work import MACHINE
from district.settings import Settings
from otklik.wiring import build

ROOT = Path(__file__).resolve().parents[2]
_OF_SOURCES = ("[[sources]]", "[sources", "[prevention.budgets]", "[[pages]]")
"""Sections of the demo's profile that name its own sources."""
TECHNICIAN = replace(MACHINE, roles=frozenset({"technician"}))


@contextmanager
def peer(module: str, *arguments: str) -> Iterator[dict[str, Any]]:
    """Start a peer (`tests.peers.<module>`) in a process of its own; yields the JSON line with which it says it is up."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.peers.{module}", *arguments], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@dataclass
class Installation:
    """One installation; `settings` are what its environment says."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)

    def source(self, source_id: str, platform: str, address: str, account: str | None = None) -> None:
        """Add a source to the profile (before `write_profile`)."""
        told = f'account = "{account}"\n' if account else ""
        self.sources.append(
            f'[[sources]]\nid = "{source_id}"\nname = "Страница {source_id}"\nplatform = "{platform}"\n'
            f'address = "{address}"\nevery = "1m"\nexpect = {{ posts_per_day = [0, 100000] }}\n'
            f'owner = "жители"\napprover = "Руководитель МЦУ"\n{told}\n'
        )

    def write_profile(self) -> None:
        """Write the demo district's profile with these sources instead of its own."""
        text = (ROOT / "district" / "demo.toml").read_text(encoding="utf-8")
        parts = re.split(r"(?m)^(?=\[\[?[a-z]+)", text.replace("is_demo = true", "is_demo = false"))
        kept = [p for p in parts if not p.startswith(_OF_SOURCES)]
        path = self.home / "district.toml"
        path.write_text("".join(kept) + "\n" + "\n".join(self.sources), encoding="utf-8")
        self.env |= {"OTKLIK_HOME": str(self.home / "var"), "OTKLIK_PROFILE": str(path)}

    @property
    def settings(self) -> Settings:
        """The settings as the commands will read them."""
        known = Settings.model_fields
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            **{
                k.removeprefix("OTKLIK_").lower(): v
                for k, v in self.env.items()
                if k.removeprefix("OTKLIK_").lower() in known
            },
        )

    def account(self, account_id: str, platform: str, kind: str, secret: str) -> None:
        """Keep an account; its pace is a peer's, not the platform's."""
        house = build(self.settings)
        add_account(house.work(by=TECHNICIAN), self.settings, account_id, platform, kind, secret, ("wall",), gap_s=0.0)
        house.close()

    def run(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a command of the product as a user would."""
        return subprocess.run(
            [sys.executable, "-m", "otklik", *arguments], cwd=ROOT, env={**os.environ, **self.env}, capture_output=True,
            text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def ask(self, *arguments: str, timeout: float = 300) -> Any:
        """Run a command with --json and return what it says."""
        done = self.run(*arguments, "--json", timeout=timeout)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def alert_files(self) -> Sequence[Path]:
        """Messages that the folder sender left."""
        return sorted((self.home / "var" / "exports").rglob("*.json"))
