"""A month of invented life of a district, made by rule: the same seed and hour give the same posts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from district.profile import Profile, Source
from otklik.demo_texts import CHATTER, COMMENTS_ANGRY, COMMENTS_CALM, COMPLAINTS, POLITICAL, TAILS, THANKS
from risk.post import Post, Reach

DAYS = 30
_SEED = 20261121
_STREETS = ("улице Ленина", "улице Советской", "улице Школьной", "Заводской улице", "улице Мира", "Набережной улице")
_CHATTER_A_DAY = (22, 34)
_COMPLAINTS_A_DAY = (3, 5)
_SPAM = "Внимание, перешлите всем! В округе скоро отключат мобильную связь, это точно, знакомая из конторы сказала."
BUS = "третий день не ходит вечерний автобус"
"""Words of the risk whose answer stands on a page that does not open."""
ICE = "провалился под лёд"
"""Words of the risk one of whose answers vanishes."""
_SPAM_COPIES = 480  # the Lipetsk case of DOMAIN 1: many copies, five views each


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: who wrote it where, how many saw it, which comments followed."""

    at: datetime
    source: Source
    text: str
    views: int
    comments: tuple[str, ...] = ()


class Month:
    """Writes the month that ends at `now`; `posts()` gives it in the order in which it was seen."""

    def __init__(self, profile: Profile, now: datetime) -> None:
        self.now = now
        self.random = random.Random(_SEED)
        self.places = [s for t in profile.territories for s in t.settlements]
        self.pages = [
            s for s in profile.sources if not s.official and s.platform in ("vk", "telegram", "telegram_preview")
        ]
        self.official = [s for s in profile.sources if s.official] or self.pages
        self.pack: list[str] = []
        self.next_id = {s.id: 1000 for s in profile.sources}

    def posts(self) -> Iterator[Post]:
        """Yield every post and comment of the month by the time of publication (UTC)."""
        made = [p for e in self._events() if e.at < self.now for p in self._publish(e)]
        yield from sorted((p for p in made if p.published_at < self.now), key=lambda p: p.published_at)

    def _events(self) -> Iterator[Event]:
        for day in range(DAYS, -1, -1):
            start = (self.now - timedelta(days=day)).replace(hour=4, minute=0, second=0, microsecond=0)
            yield from self._ordinary_day(start)
        yield from self._stories()

    def _ordinary_day(self, start: datetime) -> Iterator[Event]:
        for _ in range(self.random.randint(*_CHATTER_A_DAY)):
            yield self._event(start, self.random.choice(CHATTER), (20, 900))
        if self.random.random() < 0.3:
            yield self._event(start, self.random.choice(POLITICAL), (40, 600), angry=1)
        for _ in range(self.random.randint(*_COMPLAINTS_A_DAY)):
            event = self._event(start, self._next_complaint(), (60, 1500), angry=self.random.randint(0, 3))
            yield event
            if self.random.random() < 0.35:
                yield from self._copies(event, self.random.randint(1, 3))

    def _next_complaint(self) -> str:
        """Draw from a shuffled pack: the same trouble does not come back before all others have been told."""
        if not self.pack:
            self.pack = [text for texts in COMPLAINTS.values() for text in texts]
            self.random.shuffle(self.pack)
        return self.pack.pop()

    def _event(self, start: datetime, text: str, views: tuple[int, int], angry: int = 0) -> Event:
        at = start + timedelta(minutes=self.random.uniform(60, 17 * 60))
        comments = self._choose(COMMENTS_ANGRY, angry) + self._choose(COMMENTS_CALM, self.random.randint(0, 2))
        return Event(at, self.random.choice(self.pages), self._fill(text), self.random.randint(*views), comments)

    def _choose(self, texts: Sequence[str], count: int) -> tuple[str, ...]:
        return tuple(self._fill(t) for t in self.random.sample(list(texts), min(count, len(texts))))

    def _fill(self, text: str) -> str:
        return text.format(
            place=self.random.choice(self.places), street=self.random.choice(_STREETS), n=self.random.randint(1, 48)
        )

    def _copies(self, event: Event, count: int, gap_minutes: float = 90) -> Iterator[Event]:
        others = [s for s in self.pages if s.id != event.source.id]
        for source in self.random.sample(others, min(count, len(others))):
            at = event.at + timedelta(minutes=self.random.uniform(5, gap_minutes))
            text = event.text + self.random.choice(TAILS).format(n=self.random.randint(100, 999))
            yield Event(at, source, text, self.random.randint(30, 900))

    def _stories(self) -> Iterator[Event]:
        yield from self._heating()
        yield from self._rumour()
        yield from self._spam()
        yield from self._gas()
        yield from self._ice()
        yield from self._school()
        yield from self._bridge()
        yield from self._bus()

    def _story(self, ago: timedelta, text: str, views: int, comments: Sequence[str] = (), page: int = 0) -> Event:
        return Event(
            self.now - ago, self.pages[page % len(self.pages)], text, views, tuple(self._fill(c) for c in comments)
        )

    def _heating(self) -> Iterator[Event]:
        place = self.places[1]
        text = (
            f"Третий день нет отопления в посёлке {place}, в квартирах двенадцать градусов, у всех маленькие дети. "
            "В управляющей компании трубку не берут, аварийная говорит «ждите». Сколько ещё мёрзнуть всему посёлку?"
        )
        first = self._story(
            timedelta(hours=9), text, 2400, (*COMMENTS_ANGRY, "В садике тоже холодно, детей разобрали по домам.")
        )
        yield first
        yield from self._copies(first, 4, gap_minutes=400)
        again = f"Посёлок {place}, батареи ледяные уже третьи сутки. Обещали к утру дать тепло и опять обманули!"
        yield self._story(timedelta(hours=3), again, 1300, COMMENTS_ANGRY[:3], page=1)

    def _rumour(self) -> Iterator[Event]:
        text = (
            f"Срочно! Говорят, в посёлке {self.places[2]} отравлена вода в колонках, несколько человек увезли в больницу. "
            "Из-под крана не пейте, предупредите соседей и родных!"
        )
        first = self._story(timedelta(days=9, hours=6), text, 5200, COMMENTS_ANGRY[1:4], page=2)
        yield first
        yield from self._copies(first, 5, gap_minutes=240)
        official = Event(
            first.at + timedelta(hours=4), self.official[0],
            f"Сообщения об отравлении воды в посёлке {self.places[2]} не подтвердились: пробы в норме, в больницу никто не обращался.",
            3900, THANKS,
        )  # fmt: skip
        yield official

    def _spam(self) -> Iterator[Event]:
        start = self.now - timedelta(days=12)
        for i in range(_SPAM_COPIES):
            tail = self.random.choice(("", "!", " ⚠️", " Передайте дальше"))
            yield Event(start + timedelta(minutes=2 * i), self.pages[i % len(self.pages)], _SPAM + tail, 5)

    def _gas(self) -> Iterator[Event]:
        text = f"В подъезде на улице Школьной, 7, посёлок {self.places[0]}, сильный запах газа, люди выходят на улицу! Кто вызвал аварийку?"
        first = self._story(
            timedelta(minutes=26), text, 310, ("Мы на третьем этаже, тоже пахнет!", "104 вызвали, едут.")
        )
        yield first
        yield from self._copies(first, 1, gap_minutes=12)

    def _ice(self) -> Iterator[Event]:
        """Answered in three places yesterday; this night one of the answers vanished."""
        text = (
            f"У посёлка {self.places[3]} рыбак {ICE}, вытащить не могут, лёд ломается! Где спасатели? У берега промоины, там же "
            "каждый день играют дети."
        )
        first = self._story(timedelta(days=1, hours=9), text, 1700, COMMENTS_CALM[:2], page=3)
        yield first
        yield from self._copies(first, 2, gap_minutes=100)

    def _school(self) -> Iterator[Event]:
        """Serious and of this night: by the morning its answer waits for the head's approval."""
        text = (
            f"В школе посёлка {self.places[5]} со вчерашнего вечера нет тепла, в классах одиннадцать градусов, дети сидят в "
            "куртках. Директор говорит, котельная стоит. Куда обращаться родителям?"
        )
        first = self._story(timedelta(hours=15, minutes=40), text, 1900, COMMENTS_ANGRY[:2], page=1)
        yield first
        yield from self._copies(first, 3, gap_minutes=60)

    def _bridge(self) -> Iterator[Event]:
        """Worked off a week ago, and the same words go round again this morning: the same risk opens anew."""
        text = (
            f"Мост через речку у посёлка {self.places[9]} разваливается: провалились две доски, школьный автобус едет в объезд "
            "сорок минут, скорая не проедет вовсе. Обещали починить ещё весной, и ничего не сделано."
        )
        yield self._story(timedelta(days=10, hours=3), text, 1400, COMMENTS_ANGRY[1:3], page=0)
        yield self._story(timedelta(days=10, hours=1), text, 700, page=1)
        yield self._story(timedelta(hours=2, minutes=10), text, 950, COMMENTS_ANGRY[:1], page=2)

    def _bus(self) -> Iterator[Event]:
        """Answered, but the page on which the answer stands does not open: it cannot be checked yet."""
        text = (
            f"Из посёлка {self.places[11]} {BUS}, люди после смены идут восемь километров "
            "пешком по трассе в темноте. Перевозчик не отвечает, расписание висит старое."
        )
        yield self._story(timedelta(hours=25), text, 880, COMMENTS_ANGRY[2:4], page=0)
        yield self._story(timedelta(hours=24), text, 410, page=3)

    def _publish(self, event: Event) -> Iterator[Post]:
        number = self.next_id[event.source.id] = self.next_id[event.source.id] + 1
        url = f"https://example.org/demo/{event.source.id}/{number}"
        name = (
            f"{owner_of(event.source.id, event.source.address)}_{number}"
            if event.source.platform == "vk"
            else str(number)
        )
        yield Post(
            platform=event.source.platform.value, source_id=event.source.id, external_id=name, comment_id="", url=url,
            text=event.text, published_at=event.at, seen_at=event.at + timedelta(seconds=self.random.uniform(5, 55)),
            reach=Reach(event.views, event.views // 40, event.views // 120, len(event.comments)), voice=self._voice(),
        )  # fmt: skip
        for i, text in enumerate(event.comments, start=1):
            at = event.at + timedelta(minutes=self.random.uniform(2, 18) * i)
            yield Post(
                platform=event.source.platform.value, source_id=event.source.id, external_id=name, comment_id=str(i),
                url=f"{url}?c={i}", text=text, published_at=at, seen_at=at + timedelta(seconds=40),
                reach=Reach(None, self.random.randint(0, 9), None, None), voice=self._voice(),
            )  # fmt: skip

    def _voice(self) -> str:
        return f"{self.random.getrandbits(64):016x}"


def owner_of(source_id: str, address: str) -> str:
    """Return the number of a VK community of the demo: what its address says, else one far above any that was given out."""
    number = address.removeprefix("club")
    return f"-{number}" if number.isdecimal() else f"-99{sum(source_id.encode()):07d}"
