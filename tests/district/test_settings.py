"""An installation is told where it runs by its environment and its .env file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from district.settings import Settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No OTKLIK_* of the machine that runs the tests, and an empty working folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OTKLIK_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_settings_the_demo_district_runs_on_loopback(tmp_path: Path) -> None:
    """Nothing has to be set: SQLite in ./var, the demo profile, 127.0.0.1."""
    settings = Settings()

    assert settings.profile.name == "demo.toml"
    assert settings.profile.exists()
    assert settings.host == "127.0.0.1"
    assert settings.database == f"sqlite:///{tmp_path / 'var' / 'otklik.sqlite3'}"
    assert settings.desk_address == "http://127.0.0.1:8000"
    for folder in (settings.exports, settings.logs, settings.key_file.parent):
        assert folder.parent == settings.home


def test_the_environment_outweighs_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A .env file is read; a variable of the environment wins over it; strangers in the file are left alone."""
    (tmp_path / ".env").write_text("OTKLIK_PORT=8001\nOTKLIK_CONTACT=Дежурный\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("OTKLIK_PORT", "8002")
    monkeypatch.setenv("OTKLIK_DATABASE_URL", "postgresql+psycopg://localhost/otklik")
    monkeypatch.setenv("OTKLIK_DESK_URL", "https://mcu.example.org/")

    settings = Settings()

    assert (settings.port, settings.contact) == (8002, "Дежурный")
    assert settings.database == "postgresql+psycopg://localhost/otklik"
    assert settings.desk_address == "https://mcu.example.org"


def test_internal_addresses_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """OTKLIK_ALLOW_INTERNAL is plain text, blanks and empty places do not matter."""
    monkeypatch.setenv("OTKLIK_ALLOW_INTERNAL", " gate.local, 10.0.0.5:8443,,")

    assert Settings().allow_internal == ("gate.local", "10.0.0.5:8443")


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are hidden wherever settings are printed."""
    monkeypatch.setenv("OTKLIK_BOT_TOKEN", "123:very-secret")

    assert "very-secret" not in repr(Settings())


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("PORT", "порт"), ("TEXT_DAYS", "0"), ("VOICE_DAYS", "-1")]
)
def test_senseless_values_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A wrong value is an error at the start, not a surprise later."""
    monkeypatch.setenv(f"OTKLIK_{name}", value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings()
