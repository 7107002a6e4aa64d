"""Only public pages may be sources: no person, no closed chat, no internal machine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from district.addresses import is_inner, plain, refusal
from district.profile import Platform

VK, TG, FEED, MAX = Platform.VK, Platform.TELEGRAM, Platform.FEED, Platform.MAX

TAKEN = [
    (VK, "club1"), (VK, "public42"), (VK, "event7"), (VK, "-123"), (VK, "https://vk.com/club1"), (VK, "vk.com/typical_town"),
    (VK, "https://m.vk.ru/typical.town?from=x"), (VK, "@typical_town"), (VK, "identity_town"), (VK, "https://vk.com/-5"),
    (TG, "@town_news"), (TG, "town_news"), (TG, "https://t.me/town_news"), (TG, "t.me/s/town_news"), (TG, "town_news.t.me"),
    (TG, "https://telegram.me/town_news?x=1"), (Platform.TELEGRAM_PREVIEW, "https://t.me/s/town_news/"),
    (MAX, "https://max.ru/town"),
    (FEED, "https://example.org/rss.xml"), (FEED, "http://town.example:8080/a?b=c"), (FEED, "https://округ.рф/новости"),
    (FEED, "https://8.8.8.8/rss"), (FEED, "https://[2606:4700:4700::1111]/rss"), (Platform.SITE, "https://a.b.gosuslugi.ru/"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "address"), TAKEN, ids=[a for _, a in TAKEN])
def test_public_pages_are_taken(platform: Platform, address: str) -> None:
    """Communities, channels and sites are taken in every usual writing."""
    assert refusal(platform, address) is None


REFUSED = [
    (VK, "id123", "человека"), (VK, "123", "человека"), (VK, "https://vk.com/id1", "человека"), (VK, "wall5_1", "человека"),
    (VK, "https://vk.com/im?sel=c12", "закрытая"), (VK, "https://vk.me/join/AbC=", "приглашение"), (VK, "vk.com/gim1", "закрытая"),
    (VK, "https://vk.com/wall-1_2", "отдельная запись"), (VK, "https://vk.com/feed", "не адрес сообщества"),
    (VK, "https://example.org/club1", "не адрес ВКонтакте"), (VK, "https://vk.com/", "не адрес сообщества"), (VK, "две группы", "пробелы"),
    (TG, "https://t.me/+AbCdEf", "приглашение"), (TG, "https://t.me/joinchat/AbC", "приглашение"), (TG, "t.me/c/12/3", "закрытый"),
    (TG, "tg://join?invite=AbC", "приглашение"), (TG, "https://t.me/addlist/x", "приглашение"), (TG, "-100123456", "номер"),
    (TG, "+79110000000", "номер"), (TG, "https://t.me/+79110000000", "номер"), (TG, "@helper_bot", "бот"),
    (TG, "https://t.me/town/15", "отдельная запись"), (TG, "https://t.me/share/url", "не имя"), (TG, "https://t.me/", "не имя"),
    (TG, "https://example.org/town", "не адрес Telegram"), (TG, "abc", "не имя"),
    (MAX, "https://max.ru/join/AbC", "приглашение"), (MAX, "https://max.ru/u/x", "человека"), (MAX, "town", "не адрес MAX"), (MAX, "https://max.ru/", "нет имени"),
    (FEED, "ftp://example.org/", "http"), (FEED, "example.org/rss", "http"), (FEED, "file:///etc/passwd", "http"),
    (FEED, "javascript:alert(1)", "http"), (FEED, "https://", "нет имени сайта"), (FEED, "http://[::1", "с ошибкой"),
    (FEED, "https://example.org:99999/", "с ошибкой"), (FEED, "https://user@example.org/", "пароль"),
    (FEED, "https://user:secret@example.org/", "пароль"), (FEED, "https://vk.com/club1", "социальной сети"), (FEED, "https://t.me/x", "социальной сети"),
    (FEED, "", "пуст"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "address", "reason"), REFUSED, ids=[f"{p}:{a}" for p, a, _ in REFUSED])
def test_private_and_foreign_addresses_are_refused(platform: Platform, address: str, reason: str) -> None:
    """Persons, dialogs, invitations, phone numbers and foreign addresses are refused with the mend."""
    refused = refusal(platform, address)

    assert refused is not None
    assert reason in refused.reason
    assert refused.mend


INNER = [
    "localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0.0.0.0",
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "::1", "[::1]", "fe80::1%eth0", "fd00::1",
    "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b:1::1", "64:ff9b::7f00:1", "printer", "nas.local", "db.internal", "srv.corp", "box.home.arpa", "x.localhost",
]  # fmt: skip


@pytest.mark.parametrize("host", INNER)
def test_internal_hosts_are_known_in_every_writing(host: str) -> None:
    """Private addresses are recognised as names, numbers, hexadecimal, IPv6 and wrapped IPv4."""
    assert is_inner(host)
    assert refusal(FEED, f"http://{f'[{host}]' if ':' in host and '[' not in host else host}/") is not None


def test_full_width_digits_do_not_hide_a_private_address() -> None:
    """Look-alike digits are read as digits before judging."""
    assert refusal(FEED, "http://１２７.0.0.1/") is not None
    assert refusal(VK, "ｉｄ５") is not None


def test_an_opened_internal_address_is_taken_with_its_port_only() -> None:
    """What the technician opened is open; the port counts when it was named."""
    assert refusal(FEED, "http://127.0.0.1:8099/x", {"127.0.0.1:8099"}) is None
    assert refusal(FEED, "http://127.0.0.1/x", {"127.0.0.1:80"}) is None
    assert refusal(FEED, "http://gate.local:1/x", {"gate.local"}) is None
    assert refusal(FEED, "http://127.0.0.1:8098/x", {"127.0.0.1:8099"}) is not None


@pytest.mark.parametrize(
    ("platform", "writings"),
    [
        (VK, ["club12", "public12", "-12", "https://vk.com/club12", "VK.com/public12?w=1", "event12"]),
        (VK, ["town", "@town", "https://m.vk.com/Town/", "vk.ru/town#x"]),
        (TG, ["@town_x", "town_x", "https://t.me/s/town_x/", "t.me/Town_X", "town_x.t.me"]),
        (FEED, ["https://example.org/a/", "http://www.example.org/a", "https://EXAMPLE.org/a"]),
    ],
)
def test_one_page_has_one_plain_writing(platform: Platform, writings: list[str]) -> None:
    """All writings of one page are the same source."""
    assert len({plain(platform, w) for w in writings}) == 1


@given(st.sampled_from(list(Platform)), st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_judged_without_an_exception(platform: Platform, text: str) -> None:
    """Whatever is pasted is taken or refused."""
    refused = refusal(platform, text)

    assert refused is None or (refused.reason and refused.mend)
    assert isinstance(plain(platform, text), str)


@given(st.ip_addresses(v=4).filter(lambda a: not a.is_global))
@settings(deadline=None)
def test_no_private_ipv4_is_ever_taken(address: object) -> None:
    """Every address that is not of the public internet is refused."""
    assert refusal(FEED, f"http://{address}/") is not None
