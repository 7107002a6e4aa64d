"""A pasted address becomes one public source, or is refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.addresses import identity, recognise
from casework.errors import AddressRefused
from district.profile import Platform

VK, TG, TGP, MAX, FEED, SITE = (Platform(p) for p in ("vk", "telegram", "telegram_preview", "max", "feed", "site"))

TAKEN = [
    ("https://vk.com/club123", VK, "https://vk.com/club123"),
    ("vk.com/public00123", VK, "https://vk.com/club123"),
    ("  HTTP://M.VK.COM/Event123?from=feed#top ", VK, "https://vk.com/club123"),
    ("https://vk.ru/Podslushano_Beloe/", VK, "https://vk.com/podslushano_beloe"),
    ("https://vk.com/wall-123_456?reply=7", VK, "https://vk.com/club123"),
    ("https://vk.com/podslushano?w=wall-55_9%2Fall", VK, "https://vk.com/club55"),
    ("https://vk.com/topic-55_1", VK, "https://vk.com/club55"),
    ("t.me/beloe_chat", TG, "https://t.me/beloe_chat"),
    ("@beloe_chat", TG, "https://t.me/beloe_chat"),
    ("https://beloe.t.me", TG, "https://t.me/beloe"),
    ("https://telegram.me/beloe/178?single", TG, "https://t.me/beloe"),
    ("https://t.me/s/beloe", TGP, "https://t.me/beloe"),
    ("https://t.me/s/beloe/17", TGP, "https://t.me/beloe"),
    ("https://max.ru/beloe_mcu", MAX, "https://max.ru/beloe_mcu"),
    ("https://example.ru/rss", FEED, "https://example.ru/rss"),
    ("https://example.ru/news/feed/", FEED, "https://example.ru/news/feed/"),
    ("https://example.ru/news.rss", FEED, "https://example.ru/news.rss"),
    ("https://example.ru/?feed=rss2&utm_source=x", FEED, "https://example.ru/?feed=rss2"),
    ("https://example.ru/atom.xml", FEED, "https://example.ru/atom.xml"),
    ("example.ru", SITE, "https://example.ru/"),
    ("http://example.ru:80/novosti?page=1", SITE, "http://example.ru/novosti?page=1"),
    ("https://хвойная.рф/новости", SITE, "https://xn--80advqd4bxe.xn--p1ai/новости"),
    ("https://example.ru/feedback", SITE, "https://example.ru/feedback"),
]  # fmt: skip

REFUSED = [
    ("https://vk.com/id1", "страница человека"),
    ("https://vk.com/wall1_5", "страница человека"),
    ("https://vk.com/im?sel=5", "закрытая переписка"),
    ("https://vk.com/feed", "не адрес сообщества"),
    ("https://vk.me/join/AbCd", "приглашение"),
    ("https://vk.com/", "не адрес сообщества"),
    ("https://t.me/+AbCdEf", "приглашение"),
    ("https://t.me/joinchat/AbCdEf", "приглашение"),
    ("https://t.me/addlist/AbCdEf", "приглашение"),
    ("tg://join?invite=AbCd", "приглашение"),
    ("https://t.me/c/123456/7", "закрыт"),
    ("https://t.me/+79001234567", "номер телефона"),
    ("https://t.me/somebot", "бот"),
    ("https://t.me/", "не имя канала"),
    ("https://max.ru/join/AbCd", "приглашение"),
    ("https://max.ru/u/AbCd", "страница человека"),
    ("https://127.0.0.1/", "внутренний"),
    ("https://127.1/", "внутренний"),
    ("https://2130706433/", "внутренний"),
    ("https://0x7f.1/", "внутренний"),
    ("http://[::1]/", "внутренний"),
    ("http://[::ffff:10.0.0.1]/", "внутренний"),
    ("http://169.254.169.254/latest/meta-data", "внутренний"),
    ("https://server/", "внутренний"),
    ("https://portal.local/", "внутренний"),
    ("https://localhost:8000/", "внутренний"),
    ("https://user:pass@example.ru/", "имя или пароль"),
    ("https://example.ru@127.0.0.1/", "имя или пароль"),
    ("ftp://example.ru/", "ftp"),
    ("file:///etc/passwd", "file"),
    ("javascript:alert(1)", "javascript"),
    ("https://example.ru:22/", "порт 22"),
    ("https://", "слишком короткий|нет имени"),
    ("https://exa mple.ru", "пробел"),
    ("https://example.ru\\@evil.ru", "обратная черта"),
    ("https://[::1", "не разобрать"),
    ("https://example.ru:99999/", "не разобрать"),
    ("a" * 3000, "длинный"),
    ("", "пуст"),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "platform", "address"), TAKEN)
def test_public_pages_are_recognised(pasted: str, platform: Platform, address: str) -> None:
    """Each usual way to paste a public page gives its platform and one writing, which is itself recognised the same."""
    found = recognise(pasted)

    assert (found.platform, found.address) == (platform, address)
    assert recognise(found.address).address == address


@pytest.mark.parametrize(("pasted", "said"), REFUSED)
def test_what_is_not_public_is_refused(pasted: str, said: str) -> None:
    """Persons, invitations, closed chats, internal machines, credentials and other schemes are refused with the reason."""
    with pytest.raises(AddressRefused, match=said) as caught:
        recognise(pasted)

    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("allowed", ["127.0.0.1:8000", "127.0.0.1"])
def test_the_technician_may_open_one_internal_address(allowed: str) -> None:
    """An internal address passes only when it is the very one that was opened."""
    assert recognise("http://127.0.0.1:8000/rss", (allowed,)).platform is FEED
    with pytest.raises(AddressRefused):
        recognise("http://127.0.0.2:8000/rss", (allowed,))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((TG, "https://t.me/beloe"), (TGP, "https://t.me/s/Beloe"), True),
        ((VK, "club1"), (VK, "https://vk.com/public1"), True),
        ((FEED, "https://example.ru/news/"), (SITE, "http://www.example.ru/news"), True),
        ((SITE, "https://хвойная.рф"), (SITE, "https://xn--80advqd4bxe.xn--p1ai/"), True),
        ((SITE, "не адрес"), (SITE, "не адрес"), True),
        ((VK, "beloe"), (TG, "beloe"), False),
        ((SITE, "https://example.ru/a"), (SITE, "https://example.ru/b"), False),
    ],
)
def test_the_same_source_is_found_twice(one: tuple[Platform, str], other: tuple[Platform, str], same: bool) -> None:
    """Two writings of one page are one source; pages of other platforms or paths are not."""
    assert (identity(*one) == identity(*other)) is same


@given(st.text(max_size=60))
def test_nothing_but_a_refusal_comes_of_nonsense(text: str) -> None:
    """Whatever is pasted gives a source or a refusal in words, never another error."""
    try:
        found = recognise(text)
    except AddressRefused:
        return
    assert found.address.startswith(("https://", "http://"))
