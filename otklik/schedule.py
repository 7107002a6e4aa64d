"""What runs when in one process: the crawl, the alerts, the chores — each a loop of its own that a fault cannot stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial

import structlog

from casework import (
    alerts,
    chat_edits,
    chat_presses,
    escalating,
    forgetting,
    heartbeat,
    reminding,
    runs,
    secrets,
    silences,
    term_warnings,
    watching,
    weather_reading,
    weeks,
    yearly,
)
from crawlers.links import check_links
from crawlers.run import CHILDREN, LEASE_S, RunResult, run_claimed, stop_children
from crawlers.weather_feed import read_feed
from district.profile import ChatKind
from otklik.wiring import House
from reports.send import SendFailed, SendRefused, ears_for, senders_for

log = structlog.get_logger(__name__)

_ALERTS_EVERY = 1.0  # seconds; the promise is post seen -> alert handed over within 5 s at p95
_CRAWLS_EVERY = 2.0
_CHORES_EVERY = 600.0
_TERMS_EVERY = 30.0  # the shortest warning is five minutes ahead: half a minute late is nothing
_WATCH_EVERY = 30.0  # a watch is looked at every ten minutes: half a minute late is nothing
_LINKS_EVERY = 5.0  # a fresh answer is looked at half a minute after its recording
_CHAT_EVERY = 3.0  # silences, escalations, edits of sent alerts: nothing of it is counted in seconds
_YEAR_EVERY = 300.0  # tasks of campaigns are due by day: five minutes are nothing
_WEATHER_EVERY = 600.0  # a file is looked at again, a feed is asked once a day: ten minutes are nothing
_EARS_EVERY = 0.05  # the asking itself waits; a press is answered within a second
_EARS_WAIT = 3.0  # how long one question waits: short, for at the end of the process nobody waits for it longer
_EARS_REST = 15.0  # after a failure
_BEAT_EVERY = 10.0  # a heartbeat is a small write: often enough for a supervisor, too seldom to matter


@dataclass
class Worker:
    """The loops of one installation; `start` and `stop` may each be called once."""

    house: House
    crawl: bool = True
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _all_timed: bool = False
    _reading: set[Future[RunResult]] = field(default_factory=set)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(CHILDREN, thread_name_prefix="otklik-crawl")
    )

    def start(self) -> None:
        """Release what a dead predecessor held, then start the loops."""
        runs.release_dead(self.house.work())
        loops = {"alerts": (self._alerts, _ALERTS_EVERY), "chores": (self._chores, _CHORES_EVERY)}
        loops["terms"] = (self._terms, _TERMS_EVERY)
        loops["watch"] = (self._watch, _WATCH_EVERY)
        loops["chat"] = (self._chat, _CHAT_EVERY)
        loops["year"] = (self._year, _YEAR_EVERY)
        if self.house.profile.prevention.weather is not None:
            loops["weather"] = (self._weather, _WEATHER_EVERY)
        for kind in ears_for(self.house.settings):
            loops[f"chat-{kind}"] = (partial(self._listen, kind), _EARS_EVERY)
        if self.crawl:
            loops["crawls"] = (self._crawls, _CRAWLS_EVERY)
            if not self.house.profile.is_demo:  # its pages are invented: nothing is looked for on the Internet
                loops["links"] = (self._links, _LINKS_EVERY)
        for name, (body, every) in loops.items():
            thread = threading.Thread(target=self._loop, args=(name, body, every), name=f"otklik-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, patience: float = 8.0) -> None:
        """Ask the loops to end, put down what is being read, and wait for all of it, `patience` seconds at most."""
        end = time.monotonic() + patience
        self._stopping.set()
        for thread in self._threads:
            if thread.name == "otklik-crawls":  # first: it may be handing a claimed source to the pool
                thread.join(patience)
        self._pool.shutdown(wait=False, cancel_futures=True)
        # What a child has stored stays, the rest is read next time; again and again, for one may be just starting.
        stop_children()
        while self._busy() and time.monotonic() < end:
            wait(self._reading, timeout=0.2)
            stop_children()
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _busy(self) -> bool:
        return any(not reading.done() for reading in self._reading)

    def _loop(self, name: str, body: Callable[[], None], every: float) -> None:
        """Run the body again and again; a fault is written down and the loop goes on (this is a door)."""
        beaten = -_BEAT_EVERY
        while not self._stopping.is_set():
            try:
                body()
                if time.monotonic() - beaten >= _BEAT_EVERY:
                    heartbeat.beat(self.house.work(), name)
                    beaten = time.monotonic()
            except Exception as e:
                log.error("loop failed", loop=name, error=type(e).__name__, exc_info=True)
            self._stopping.wait(every)

    def _alerts(self) -> None:
        delivered = alerts.deliver_once(
            self.house.work(), senders_for(self.house.settings), self.house.settings.desk_address
        )
        if delivered.sent or delivered.failed:
            log.info("alerts", sent=delivered.sent, failed=delivered.failed)

    def _crawls(self) -> None:
        """Claim what is due, as much as there are free hands, and let each source be read in its own child process."""
        self._reading = {f for f in self._reading if not f.done()}
        free = CHILDREN - len(self._reading)
        if free:
            for claim in runs.claim_due_sources(self.house.work(), free, runs.owner_name(), LEASE_S):
                reading = self._pool.submit(run_claimed, self.house.settings, claim)
                reading.add_done_callback(_tell_fault)
                self._reading.add(reading)

    def _terms(self) -> None:
        """Warn of terms; first give clocks to the risks of earlier versions, which is soon done for good."""
        work = self.house.work()
        if not self._all_timed:
            self._all_timed = term_warnings.start_untimed(work) == 0
        told = term_warnings.warn_terms(work)
        if told:
            log.info("terms", told=told)

    def _watch(self) -> None:
        """Look again at how people take the answers."""
        looked = watching.look(self.house.work())
        if looked:
            log.info("watch", looked=looked)

    def _links(self) -> None:
        """Look at where official answers should stand; the pages are read in a child process."""
        checked = check_links(self.house.settings, self.house.work())
        if checked:
            log.info("links", checked=checked)

    def _chat(self) -> None:
        """Let silences end, tell again what nobody took, ask the next person, bring sent alerts up to date."""
        work, settings = self.house.work(), self.house.settings
        ended = silences.end_due(work)
        repeated = escalating.repeat_untaken(work)
        asked = escalating.escalate(work, settings.desk_address)
        chat_edits.notice_changes(work)
        edited = chat_edits.edit_due(work, senders_for(settings), settings.desk_address)
        if ended or repeated or asked or edited:
            log.info("chat", silences_ended=ended, repeated=repeated, escalated=asked, edited=edited)

    def _year(self) -> None:
        """Prevention: what is due is told once, closed weeks are counted, weather is read."""
        done = yearly.go_round(self.house.work())
        if any(done.values()):
            log.info("year", **done)

    def _weather(self) -> None:
        """Read the weather from the file, or once a day from the feed, that the profile names."""
        work, settings = self.house.work(), self.house.settings
        days = weather_reading.read_file_due(work, settings.home)
        fed = read_feed(settings, work) if self.crawl else None
        if days or fed is not None:
            log.info("weather", days=days + (fed.written if fed else 0), ok=fed.ok if fed else True)

    def _listen(self, kind: ChatKind) -> None:
        """Hear what was pressed and written to one bot; a bot that does not answer is left alone for a while."""
        try:
            came = chat_presses.listen_once(self.house.work, kind, ears_for(self.house.settings)[kind], _EARS_WAIT)
        except (SendFailed, SendRefused) as failure:
            log.warning("bot does not answer", bot=str(kind), reason=failure.reason)
            self._stopping.wait(_EARS_REST)
            return
        if came.done or came.refused or came.codes:
            log.info("presses", bot=str(kind), done=came.done, refused=came.refused, codes=came.codes)

    def _chores(self) -> None:
        work = self.house.work()
        secrets.renew_voice_key(work, self.house.settings)
        try:
            weeks.count_weeks(work)  # what is forgotten uncounted is lost to the history of the year
        except Exception as e:  # … but whatever befalls the counting, texts are forgotten in time
            log.error("weeks not counted", error=type(e).__name__, exc_info=True)
        forgotten = forgetting.forget_old(work, self.house.settings.text_days)
        reminded = reminding.remind_measures(work)  # last: whatever befalls it, texts are forgotten in time
        log.info("chores", forgotten=forgotten.posts, reminded=reminded)


def _tell_fault(reading: Future[RunResult]) -> None:
    if not reading.cancelled() and (fault := reading.exception()) is not None:
        log.error("crawl failed", error=type(fault).__name__, exc_info=fault)
