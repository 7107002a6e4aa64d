"""Official pages of the demo: what the administration's own page wrote, what people asked under it, what others counted by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from casework import upkeep
from casework.work import Staff
from district.profile import Platform, Profile
from otklik.demo_life import DAYS, owner_of
from otklik.wiring import House
from risk.post import Post, Reach

_SEED = 8
_FIRST = 500_000
"""Numbers of these posts are far from those of the month."""
_NEWS = (
    "Приём граждан по личным вопросам пройдёт в четверг с 10 до 13 часов, кабинет 12. Записаться можно в канцелярии.",
    "В округе завершён осмотр пожарных водоёмов: указатели обновлены, подъезды расчищены.",
    "Депутаты приняли бюджет округа на следующий год. Текст и пояснения — на сайте, раздел «Документы».",
    "Расписание выездной торговли: понедельник — Озерки и Сосново, среда — Дубровка, пятница — Малые Луга.",
    "Библиотека продлила часы работы: теперь по вторникам до 20:00. Ждём читателей всех возрастов.",
    "Отдел образования напоминает: заявки на зимний лагерь принимают до конца месяца в школах.",
    "На стадионе залили каток. Прокат коньков работает с 12 до 20 часов, по понедельникам выходной.",
    "Совет ветеранов собирает воспоминания старожилов для книги об округе. Приносите фотографии, их вернут.",
    "Подведены итоги конкурса «Лучший двор»: победителей наградят в доме культуры в субботу.",
    "Пункт приёма вещей для нуждающихся переехал: теперь он в здании бывшей почты, вход со двора.",
    "Общественная баня по пятницам открыта до 22:00, для пенсионеров вход со скидкой.",
    "Школьники округа собрали полторы тонны макулатуры. Спасибо всем, кто помог её довезти!",
)
_ASKED = (
    ("А записаться по телефону можно?", "Здравствуйте! Да, по телефону канцелярии в рабочие дни с 9 до 17 часов."),
    ("До скольки работает по субботам?", "Здравствуйте! По субботам до 16:00, без перерыва."),
    ("Документы для справки какие нужны?", ""),
    ("Когда будет расписание на следующий месяц?", "Здравствуйте! Опубликуем здесь до 28 числа."),
)
_COUNTED = {"school-1": (11, 4, 4), "school-bor": (6, 2, 1), "culture": (12, 5, 5), "library": (2, 0, 0)}
"""Page → posts, questions, answered in a usual month, as its own staff count them."""


def official_posts(profile: Profile, now: datetime) -> Iterator[Post]:
    """Yield what the administration's VK page wrote in the month that ends at `now`, with questions and its answers."""
    source = next((s for s in profile.sources if s.official and s.platform is Platform.VK), None)
    if source is None:
        return
    chance, owner = random.Random(_SEED), owner_of(source.id, source.address)
    own = f"{chance.getrandbits(64):016x}"
    for number in range(DAYS - 1):
        at = now - timedelta(days=DAYS - 1 - number, hours=-chance.uniform(1, 5))
        if at.weekday() == 6:  # on Sundays nobody writes
            continue
        name, url = f"{owner}_{_FIRST + number}", f"https://example.org/demo/{source.id}/{_FIRST + number}"
        yield _post(name, "", url, _NEWS[number % len(_NEWS)], at, own, source.id, chance.randint(300, 1400))
        if number % 4 == 0:
            question, answer = _ASKED[number // 4 % len(_ASKED)]
            asked = at + timedelta(hours=1)
            yield _post(name, "1", f"{url}?c=1", question, asked, f"{chance.getrandbits(64):016x}", source.id, None)
            if answer:
                yield _post(name, "2", f"{url}?c=2", answer, asked + timedelta(hours=3), own, source.id, None)


def _post(
    name: str, comment: str, url: str, text: str, at: datetime, voice: str, source: str, views: int | None
) -> Post:
    reach = Reach(views, (views or 40) // 40, None if comment else 1, None if comment else 2)
    seen = at + timedelta(seconds=30)
    return Post(Platform.VK.value, source, name, comment, url, text, at, seen, reach, voice=voice)


def fill_pages(house: House, now: datetime, by: Staff) -> None:
    """Type in what the pages that no crawler reads counted for the last two full months."""
    work = house.work(by=by, now=now)
    today = work.today
    known = {page.id for page in work.profile.prevention.pages}
    for month in (_before(today), _before(_before(today))):
        for page, (posts, questions, answered) in _COUNTED.items():
            if page in known:
                last = month.replace(day=26 if page != "library" else 9)
                upkeep.type_in(
                    work, page, f"{month:%Y-%m}", posts=posts, questions=questions, answered=answered, last_post_on=last
                )


def _before(day: date) -> date:
    """Return the first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
