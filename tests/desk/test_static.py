"""What is sent to the browser obeys the strict policy, is small, and agrees with the table of keys."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from desk.keys import KEYS
from tests.desk.conftest import House

DESK = Path(__file__).resolve().parents[2] / "desk"
TEMPLATES = sorted((DESK / "templates").glob("*.html"))
PAGES = ("/", "/risk/1", "/risk/3/split", "/sources", "/sources/vk-typical", "/me", "/?q=нет такого", "/?level=4")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_hold_nothing_inline(path: Path) -> None:
    """No style attribute, no handler, no script text: the policy would refuse them."""
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style|\|safe", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_scripts_are_few_and_fetch_nothing_foreign() -> None:
    """Our own JavaScript is two files of at most 300 lines together, without addresses of others."""
    files = sorted((DESK / "static").glob("*.js"))

    assert [f.name for f in files] == ["desk.js", "keys.js"]
    assert sum(len(f.read_text(encoding="utf-8").splitlines()) for f in files) <= 300
    for file in [*files, *(DESK / "static").glob("*.css")]:
        text = file.read_text(encoding="utf-8")
        assert "http" not in text.replace("http://www.w3.org", "")
        assert "@import" not in text


def test_every_key_of_the_help_presses_something() -> None:
    """Each key of the help sheet is marked on a page or handled by the script, and no page marks an unknown key."""
    pages = "".join(p.read_text(encoding="utf-8") for p in TEMPLATES)
    code = "".join((DESK / name).read_text(encoding="utf-8") for name in ("static/keys.js", "queue.py", "card.py"))
    marked = set(re.findall(r'data-key="(\w+)"', pages)) | set(re.findall(r'"(Key[A-Z])"', code))

    known = {key.code for key in KEYS}
    assert marked - known == set()
    assert known - marked - {"Enter", "Escape", "Help"} == set()


class Labels(HTMLParser):
    """Finds fields without a label."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.fields, self.labelled = 0, list[tuple[str, bool]](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "label":
            self.inside += 1
            self.labelled.add(known.get("for") or "")
        if (
            tag in ("input", "select", "textarea")
            and known.get("type") != "hidden"
            and known.get("aria-hidden") != "true"
        ):
            self.fields.append((known.get("id") or "", self.inside > 0))

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "label"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_sound_without_a_browser(house: House, path: str) -> None:
    """Each page speaks Russian, has one h1, a way past its header, and a label for every field."""
    page = house.by("head").get(path)
    labels = Labels()
    labels.feed(page.text)

    assert page.status_code == 200
    assert '<html lang="ru">' in page.text
    assert page.text.count("<h1") == 1
    assert 'class="skip" href="#main"' in page.text
    assert [name for name, inside in labels.fields if not inside and name not in labels.labelled] == []
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))


def test_the_first_page_is_small(house: House) -> None:
    """The queue with its style and scripts is far below 150 KiB as it travels."""
    page = house.by("head").get("/", headers={"Accept-Encoding": "gzip"})
    parts = [gzip.compress((DESK / "static" / name).read_bytes(), 5) for name in ("desk.css", "desk.js", "keys.js")]

    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) + sum(len(p) for p in parts) < 60 * 1024


def test_static_files_are_kept_by_the_browser(house: House) -> None:
    """The address of a file changes with its content, so a browser keeps it for a year."""
    page = house.by("head").get("/").text
    found = re.search(r'href="(/static/desk\.css\?v=[0-9a-f]{12})"', page)
    assert found

    answer = house.stranger().get(found[1])

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
