"""The main job from end to end: public posts of real protocols become grouped, rated risks in the queue and alert lines."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.story.installation import Installation, peer

pytestmark = pytest.mark.slow


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation in a folder of its own, allowed to ask loopback."""
    return Installation(
        tmp_path, {"OTKLIK_ALLOW_INTERNAL": "127.0.0.1", "OTKLIK_TELEGRAM_API_ID": "1", "OTKLIK_TELEGRAM_API_HASH": "h"}
    )


def _use_vk(home: Installation, told: dict[str, str]) -> None:
    home.env["OTKLIK_VK_BASE"] = told["OTKLIK_VK_BASE"]


def _use_telegram(home: Installation, told: dict[str, str]) -> None:
    home.env |= {k: v for k, v in told.items() if k.startswith("OTKLIK_")}


def test_one_crawl_brings_risks_and_alerts(installation: Installation) -> None:
    """`otklik crawl --once` over VK and Telegram ends with risks in the queue and alert lines in the folder."""
    files = installation.home / "peer"
    with peer("vk_api", "--demo") as vk, peer("mtproto", "--files", str(files)) as telegram:
        _use_vk(installation, vk)
        _use_telegram(installation, telegram)
        installation.source("wall", "vk", "https://vk.com/demo_wall", "vk-main")
        installation.source("channel", "telegram", "https://t.me/demo_channel", "tg-main")
        installation.write_profile()
        installation.account("vk-main", "vk", "user", vk["token"])
        installation.account("tg-main", "telegram", "session", (files / "session.txt").read_text())

        first = installation.ask("crawl", "--once")
        again = installation.ask("crawl", "--once", "--source", "wall", "--source", "channel")

    assert {r["source_id"]: (r["outcome"], r["counts"]["new"]) for r in first["runs"]} == {
        "wall": ("ok", 100),
        "channel": ("ok", 100),
    }
    assert all(r["outcome"] == "ok" and r["counts"].get("new", 0) == 0 for r in again["runs"])
    queue = installation.ask("queue", "--limit", "1000")
    assert queue["total"] > 0
    assert all(row["top_reason"] for row in queue["rows"])
    lines = [json.loads(f.read_text(encoding="utf-8")) for f in installation.alert_files()]
    assert lines
    assert first["alerts"]["failed"] == 0


def test_real_streams_end_in_the_queue(installation: Installation, shared_data: Path) -> None:
    """Walls of small towns and city channels, served by the peers, end as grouped, rated risks and alert lines."""
    files = installation.home / "peer"
    city = shared_data / "city-channels" / "moscow_city_subset.jsonl.gz"
    karelia = shared_data / "karelia-vk-posts"
    with (
        peer("vk_api", "--karelia", str(karelia)) as vk,
        peer("mtproto", "--city", str(city), "--files", str(files)) as telegram,
    ):
        _use_vk(installation, vk)
        _use_telegram(installation, telegram)
        walls = sorted(vk["walls"], key=lambda name: vk["walls"][name])[:4]
        for number, name in enumerate(walls):
            installation.source(f"wall-{number}", "vk", f"https://vk.com/{name}", "vk-main")
        channels = sorted(telegram["channels"], key=lambda name: telegram["channels"][name])[:3]
        for number, name in enumerate(channels):
            installation.source(f"channel-{number}", "telegram", f"https://t.me/{name}", "tg-main")
        installation.write_profile()
        installation.account("vk-main", "vk", "user", vk["token"])
        installation.account("tg-main", "telegram", "session", (files / "session.txt").read_text())

        told = installation.ask("crawl", "--once")

    outcomes = Counter(r["outcome"] for r in told["runs"])
    assert outcomes.keys() <= {"ok", "partial"}, told["runs"]
    assert sum(r["counts"].get("new", 0) for r in told["runs"]) > 300
    queue = installation.ask("queue", "--limit", "1000", "--all")
    assert queue["total"] > 0
    assert all(1 <= row["level"] <= 4 and row["top_reason"] for row in queue["rows"])
    assert any(row["posts"] > 1 for row in queue["rows"]) or queue["total"] < 20
    wanted = [row for row in queue["rows"] if row["level"] >= 2]
    assert not wanted or installation.alert_files()
