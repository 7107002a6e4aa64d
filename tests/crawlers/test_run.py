"""Runs of sources: children that read, die, hang and are asked to wait; what stands in the database afterwards."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers import child, children, run
from crawlers.child import ORPHANED
from crawlers.children import environment
from crawlers.run import UnknownSource, try_source
from crawlers.source import CrawlSource, spider_class
from district.settings import Settings
from tests.crawlers.crew_build import NO_WAIT, an_installation, crawl, posts_of, put_source, told
from tests.peers.serving import serving
from tests.peers.t_me import Preview, complaint, handle, load_city
from tests.peers.web import Site, news

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Scene:
    """A site and an installation that reads it."""

    site: Site
    port: int
    settings: Settings

    def put(self, source_id: str, path: str, platform: str = "feed", **given: object) -> None:
        """Put a page of the site on the list."""
        put_source(self.settings, source_id, platform, f"http://127.0.0.1:{self.port}{path}", **given)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A site with ten pieces of news and a fresh installation."""
    site = Site()
    site.publish([news(n) for n in range(1, 11)])
    with serving(site.app()) as port:
        yield Scene(site, port, an_installation(tmp_path, port))


def test_a_run_stores_posts_counts_and_cursor(scene: Scene) -> None:
    """Ten entries become ten posts; the run is ok, the cursor is kept, the source is due again after its interval."""
    scene.put("vestnik", "/feed.xml")

    (result,) = crawl(scene.settings)

    runs, _, source = told(scene.settings, "vestnik")
    assert (result.outcome, result.counts["new"], result.reason) == ("ok", 10, "")
    assert (runs[0].outcome, runs[0].counts["new"]) == ("ok", 10)
    assert len(posts_of(scene.settings, "vestnik")) == 10
    assert source["cursor"]["pages"]
    assert source["lease_owner"] is None
    assert source["next_due"] > datetime.now(UTC) + timedelta(minutes=14)


def test_a_second_run_adds_nothing(scene: Scene) -> None:
    """Requirement 4: the same page twice changes nothing, with validators and without."""
    scene.put("vestnik", "/feed.xml")
    scene.put("plain", "/hostile/lying.xml")
    crawl(scene.settings)

    again = {r.source_id: r for r in crawl(scene.settings, "vestnik", "plain")}

    assert again["vestnik"].counts.get("unchanged") == 1
    assert again["plain"].counts == {**again["plain"].counts, "same": 2}
    assert "new" not in again["plain"].counts
    assert len(posts_of(scene.settings, "vestnik")) == 10


def test_only_due_sources_are_read_unless_named(scene: Scene) -> None:
    """The timetable decides; a person who names a source outweighs it."""
    scene.put("later", "/feed.xml", next_due=datetime.now(UTC) + timedelta(minutes=10))

    assert crawl(scene.settings) == []
    assert [r.outcome for r in crawl(scene.settings, "later")] == ["ok"]


@pytest.mark.parametrize("given", [{"state": "paused"}, {"approved_at": None}, None])
def test_what_may_not_be_read_is_not(scene: Scene, given: dict[str, object] | None) -> None:
    """Requirement 1: paused, not approved or unknown sources are refused with a reason."""
    if given is not None:
        scene.put("closed", "/feed.xml", **given)

    (result,) = crawl(scene.settings, "closed")

    assert result.outcome == "busy"
    assert result.outcome_label == "занят"
    assert "не утверждён" in result.reason
    assert scene.site.asked == []


def test_a_child_reads_as_we_do(scene: Scene) -> None:
    """The same in a process of its own, with progress on the way."""
    scene.put("vestnik", "/feed.xml")
    seen: list[tuple[str, int, str]] = []

    (result,) = run.crawl_once(scene.settings, None, lambda *step: seen.append(step), **NO_WAIT)

    assert (result.outcome, result.counts["new"]) == ("ok", 10)
    assert len(posts_of(scene.settings, "vestnik")) == 10
    assert seen[0] == ("vestnik", 0, "начат")
    assert seen[-1] == ("vestnik", 10, "прочитан")


def test_a_killed_child_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Kill -9 in the middle: the run is «killed» with a reason, what was stored stays, the next run completes it."""
    peer = Preview()
    peer.post("gorod_news", *(complaint(n) for n in range(1, 301)))
    with serving(peer.app()) as port:
        settings = an_installation(tmp_path, port)
        put_source(settings, "gorod", "telegram_preview", "https://t.me/s/gorod_news")
        killer = _kill_child_when(lambda: len(peer.asked) >= 3)

        (first,) = crawl(settings, in_process=False, DOWNLOAD_DELAY=0.3)
        killer.join()
        kept = len(posts_of(settings, "gorod"))
        (second,) = crawl(settings, "gorod")

    runs, _, source = told(settings, "gorod")
    numbers = [number for number, _ in posts_of(settings, "gorod")]
    assert (first.outcome, runs[1].outcome) == ("killed", "killed")
    assert "SIGKILL" in first.reason
    assert second.outcome == "ok"
    assert second.counts["new"] == 100 - kept
    assert sorted(map(int, numbers)) == list(range(201, 301))
    assert source["cursor"]["last"] == 300


def _kill_child_when(ready: object) -> threading.Thread:
    """Kill this process's child with SIGKILL as soon as the condition holds."""

    def watch() -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end and not ready():  # type: ignore[operator]
            time.sleep(0.02)
        for task in Path("/proc/self/task").iterdir():
            for pid in (task / "children").read_text().split():
                if b"crawlers.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(int(pid), signal.SIGKILL)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_a_run_that_hangs_is_ended(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the time limit the child is killed and the reason says so."""
    monkeypatch.setattr(children, "WALL_S", 3.0)
    scene.put("slow", "/hostile/slow")

    (result,) = crawl(scene.settings, in_process=False)

    assert result.outcome == "killed"
    assert "дольше" in result.reason
    assert told(scene.settings, "slow")[2]["lease_owner"] is None


def test_children_can_be_stopped_at_once(scene: Scene) -> None:
    """A house that closes need not wait for pages to end."""
    scene.put("slow", "/hostile/slow")
    stopped: list[int] = []

    def stop() -> None:
        end = time.monotonic() + 30
        while "/hostile/slow" not in scene.site.asked and time.monotonic() < end:
            time.sleep(0.05)
        stopped.append(run.stop_children())

    thread = threading.Thread(target=stop)
    thread.start()
    (result,) = crawl(scene.settings, in_process=False)
    thread.join()

    assert stopped == [1]
    assert result.outcome == "killed"


def test_a_source_without_its_account_says_so(scene: Scene) -> None:
    """A wall with no key to read it: the run fails with what to do, nothing is asked."""
    put_source(scene.settings, "wall", "vk", "https://vk.com/club1")

    (result,) = crawl(scene.settings)

    assert result.outcome == "failed"
    assert "нет учётной записи" in result.reason


def test_an_orphan_ends_by_itself(scene: Scene) -> None:
    """A child whose parent is gone (its standard input closes) stops at once."""
    spec = {
        "run_id": None,
        "source": {"id": "x", "platform": "feed", "address": f"http://127.0.0.1:{scene.port}/hostile/slow"},
    }
    orphan = subprocess.Popen(
        [sys.executable, "-m", "crawlers.child", "x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        env={**os.environ, **environment(scene.settings)}, text=True,
    )  # fmt: skip
    assert orphan.stdin is not None
    orphan.stdin.write(json.dumps(spec) + "\n")
    orphan.stdin.flush()
    end = time.monotonic() + 30
    while "/hostile/slow" not in scene.site.asked and time.monotonic() < end:
        time.sleep(0.05)

    out, _ = orphan.communicate(timeout=10)  # closes its standard input

    assert orphan.returncode == ORPHANED
    assert out == ""


@pytest.mark.parametrize("preview", [False, True])
def test_a_child_says_its_end_in_one_line(
    scene: Scene, preview: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line on standard output is the result; in a preview it carries the items."""
    scene.put("vestnik", "/feed.xml")
    source = {"id": "vestnik", "platform": "feed", "address": f"http://127.0.0.1:{scene.port}/feed.xml"}
    for name, value in environment(scene.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(child, "limit", lambda: None)
    monkeypatch.setattr(child, "leave_with_parent", lambda: None)
    monkeypatch.setattr(
        "sys.stdin", io.StringIO(json.dumps({"run_id": None, "source": source, "preview": preview, "changes": NO_WAIT}))
    )

    code = child.main()

    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (code, said["outcome"]) == (0, "ok")
    assert said["counts"]["found" if preview else "new"] == 10
    assert ("items" in said) == preview
    assert len(posts_of(scene.settings, "vestnik")) == (0 if preview else 10)


def test_a_child_is_bounded() -> None:
    """Memory, processor time and core dumps have limits before anything else is imported."""
    code = "from crawlers.child import limit; limit(); import resource as r; print([r.getrlimit(x)[0] for x in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE)])"

    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert json.loads(out) == [3 << 30, 300, 0]


def test_being_asked_to_wait_moves_the_next_turn(scene: Scene) -> None:
    """429 with Retry-After: the run is «stopped» and the source is due when the other side allows."""
    scene.put("busy", "/hostile/later")

    (result,) = crawl(scene.settings)

    _, _, source = told(scene.settings, "busy")
    assert result.outcome == "stopped"
    assert source["state"] == "active"
    assert timedelta(seconds=100) < source["next_due"] - datetime.now(UTC) < timedelta(seconds=125)


def test_max_says_that_it_is_not_read_yet(scene: Scene) -> None:
    """A MAX source is stopped with its reason instead of looking calm."""
    put_source(scene.settings, "kanal", "max", "https://max.ru/kanal")

    (result,) = crawl(scene.settings)

    _, _, source = told(scene.settings, "kanal")
    assert result.outcome == "stopped"
    assert "в следующем выпуске" in result.reason
    assert (source["state"], source["state_reason"]) == ("stopped", result.reason)


def test_a_refused_item_is_quarantined_once(scene: Scene) -> None:
    """However often its page is read, the row stands once; the run says each time that something was not accepted."""
    scene.put("future", "/hostile/future.xml")

    first, second = (crawl(scene.settings, "future")[0] for _ in range(2))

    _, refused, _ = told(scene.settings, "future")
    assert [r.reason for r in refused] == ["у записи нет даты", "дата в будущем: 20.11.2099 10:00"]
    assert (first.outcome, second.outcome) == ("partial", "partial")
    assert "не принято записей: 2" in second.reason
    assert first.counts["new"] == 2


def test_failures_in_a_row_are_told(scene: Scene) -> None:
    """The third run in a row that reads nothing says how many there were."""
    scene.put("dead", "/nothing")

    results = [crawl(scene.settings, "dead")[0] for _ in range(3)]

    assert ["подряд не прочитан" in told(scene.settings, "dead")[0][i].reason for i in range(3)] == [True, False, False]
    assert {r.outcome for r in results} == {"failed"}


def test_a_broken_district_is_told_before_anything_is_asked(scene: Scene, tmp_path: Path) -> None:
    """A profile with mistakes raises its own error; no run is begun."""
    bad = tmp_path / "bad.toml"
    bad.write_text("nonsense = 1\n", encoding="utf-8")

    with pytest.raises(Exception, match=r"bad\.toml"):
        crawl(scene.settings.model_copy(update={"profile": bad}))
    assert scene.site.asked == []


def test_try_now_shows_masked_items_and_stores_nothing(scene: Scene) -> None:
    """A child reads one page; what would be collected and refused comes back, the database stays as it was."""
    scene.put("future", "/hostile/marks.xml")

    preview = try_source(scene.settings, "future", **NO_WAIT)

    assert preview.outcome == "ok"
    assert len(preview.items) == 2
    assert any("[телефон]" in item["text"] for item in preview.items)
    assert posts_of(scene.settings, "future") == []
    assert told(scene.settings, "future")[0] == ()
    assert preview.counts["found"] == 2


def test_try_now_takes_a_pasted_address_too(scene: Scene) -> None:
    """A source that is not on the list yet is tried by its address; an unknown id is an error."""
    source = CrawlSource("new", "feed", f"http://127.0.0.1:{scene.port}/hostile/future.xml")

    preview = try_source(scene.settings, source, in_process=True, **NO_WAIT)

    assert len(preview.items) == 2
    assert [r["reason"] for r in preview.refused] == ["дата в будущем: 20.11.2099 10:00", "у записи нет даты"]
    with pytest.raises(UnknownSource, match="nobody"):
        try_source(scene.settings, "nobody")


def test_every_platform_has_its_spider() -> None:
    """A source of the profile always finds a reader, and an unknown platform says which there are."""
    from district.profile import Platform

    assert {spider_class(p).name for p in Platform} == {"vk", "telegram", "telegram_preview", "feed", "site", "max"}
    with pytest.raises(ValueError, match="укажите одну из vk"):
        spider_class("odnoklassniki")


def test_settings_reach_the_child_whole(tmp_path: Path) -> None:
    """What the parent runs with is what its child runs with, secrets and lists included."""
    before = Settings(home=tmp_path, allow_internal=("a", "b:1"), contact="x@example.org", vk_token="t", _env_file=None)  # type: ignore[arg-type]
    code = "from district.settings import Settings as S; s = S(_env_file=None); print(s.home, s.allow_internal, s.contact, s.vk_token.get_secret_value())"

    out = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment(before)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert out.strip() == f"{tmp_path} ('a', 'b:1') x@example.org t"


def test_real_channels_become_posts(tmp_path: Path, shared_data: Path) -> None:
    """The first pages of two real channels are read, masked and stored without a refusal."""
    peer = load_city(shared_data / "city-channels")
    names = sorted(peer.channels)[:2]
    with serving(peer.app()) as port:
        settings = an_installation(tmp_path, port)
        for name in names:
            put_source(settings, name, "telegram_preview", f"https://t.me/s/{name}")
        results = crawl(settings)

    assert {r.outcome for r in results} == {"ok"}
    assert all(r.counts["new"] >= 90 for r in results)
    assert handle("Москва Live") in peer.channels
