"""Names and contacts live in officials.local.toml beside the profile, outside git, and are never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from district.load import Contact, ProfileErrors, load_contacts

PROFILE = "profile.toml"


def _write(folder: Path, text: str) -> Path:
    (folder / "officials.local.toml").write_text(text, encoding="utf-8")
    return folder / PROFILE


def test_no_file_means_no_contacts(tmp_path: Path) -> None:
    """Contacts are not obligatory."""
    assert load_contacts(tmp_path / PROFILE) == {}


def test_contacts_are_read_by_the_code_of_the_post(tmp_path: Path) -> None:
    """Each section is a post; what is not written stays empty."""
    path = _write(
        tmp_path, '[edds]\nname = "Дежурный"\nphone = "112"\n[deputy]\nemail = "d@example.org"\nnote = "до 18:00"\n'
    )

    contacts = load_contacts(path, {"edds", "deputy"})

    assert contacts == {"edds": Contact("Дежурный", "112"), "deputy": Contact(email="d@example.org", note="до 18:00")}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[eds]\nname = "Секрет"\n', "eds"),
        ('[edds]\nnom = "Секрет"\n', "edds.nom"),
        ('[edds]\nphone = ["Секрет"]\n', "edds.phone"),
        ('edds = "Секрет"\n', "edds"),
        ('[edds]\nname = "Секрет\n', "строка 2"),
    ],
)
def test_mistakes_are_told_without_repeating_a_value(tmp_path: Path, text: str, key: str) -> None:
    """A mistake is told by its key; the value, which is personal, is not repeated."""
    path = _write(tmp_path, text)

    with pytest.raises(ProfileErrors) as caught:
        load_contacts(path, {"edds"})

    assert key in str(caught.value)
    assert "Секрет" not in str(caught.value)
    assert all(p.value == "" for p in caught.value.problems)
