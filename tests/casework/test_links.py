"""A pasted link becomes one writing of one address, whatever way it was copied; anything else is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import AddressRefused
from casework.links import Link, belongs, link_of
from district.profile import Platform

VK, TG, SITE = Platform.VK, Platform.TELEGRAM, Platform.SITE
CASES: list[tuple[str, Link]] = [
    ("https://vk.com/wall-1_77", Link(VK, "https://vk.com/wall-1_77", "-1", 77)),
    ("vk.com/wall-1_77", Link(VK, "https://vk.com/wall-1_77", "-1", 77)),
    ("https://m.vk.com/wall-1_77?from=feed", Link(VK, "https://vk.com/wall-1_77", "-1", 77)),
    ("https://vk.ru/beloe?w=wall-1_77", Link(VK, "https://vk.com/wall-1_77", "-1", 77)),
    ("https://vk.com/wall-1_77?reply=9", Link(VK, "https://vk.com/wall-1_77?reply=9", "-1", 77, 9)),
    ("https://vk.com/beloe?w=wall-1_77_r9", Link(VK, "https://vk.com/wall-1_77?reply=9", "-1", 77, 9)),
    (
        "https://vk.com/wall-1_77?reply=9&thread=5#comment",
        Link(VK, "https://vk.com/wall-1_77?reply=9&thread=5", "-1", 77, 9, 5),
    ),
    ("https://vk.com/wall-1_77?thread=5", Link(VK, "https://vk.com/wall-1_77", "-1", 77)),
    ("https://vk.com/wall15_2", Link(VK, "https://vk.com/wall15_2", "15", 2)),
    ("t.me/Beloe/25", Link(TG, "https://t.me/beloe/25", "beloe", 25)),
    ("https://t.me/s/beloe/25?q=вода", Link(TG, "https://t.me/beloe/25", "beloe", 25)),
    ("https://telegram.me/beloe/25?single", Link(TG, "https://t.me/beloe/25", "beloe", 25)),
    ("https://t.me/beloe/25?comment=7", Link(TG, "https://t.me/beloe/25?comment=7", "beloe", 25, 7)),
    ("https://t.me/beloe_chat/3/25", Link(TG, "https://t.me/beloe_chat/25", "beloe_chat", 25)),
    (
        "https://www.beloe.example.ru/news/5/?utm_source=vk&id=7",
        Link(SITE, "https://www.beloe.example.ru/news/5/?id=7", "beloe.example.ru"),
    ),
    ("vestnik.example.ru/rss/5-otvet", Link(SITE, "https://vestnik.example.ru/rss/5-otvet", "vestnik.example.ru")),
    ("max.ru/beloe/AZ1", Link(Platform.MAX, "https://max.ru/beloe/AZ1", "max.ru/beloe")),
]


@pytest.mark.parametrize(("pasted", "link"), CASES, ids=[pasted for pasted, _ in CASES])
def test_the_table_of_links(pasted: str, link: Link) -> None:
    """Phone, browser and «copy link» write one address in many ways: all of them are one."""
    assert link_of(pasted) == link
    assert link_of(link.url) == link


REFUSED = [
    "", " ", "https://", "вот ответ", "https://vk.com/", "https://vk.com/im?sel=5", "https://vk.com/feed", "vk.me/join/AbC",
    "https://vk.com/topic-1_2?post=3", "tg://join?invite=x", "t.me/joinchat/AbC", "t.me/beloe_bot", "t.me/+79001234567",
    "http://192.168.0.7/otvet", "http://127.0.0.1:8000/risk/1", "http://2130706433/x", "https://intranet/otvet",
    "file:///etc/hostname", "javascript:alert(1)", "https://beloe.example.ru", "https://beloe.example.ru:8443/otvet", "max.ru/join/AbC",
]  # fmt: skip


@pytest.mark.parametrize("pasted", REFUSED)
def test_what_is_no_answer_is_refused(pasted: str) -> None:
    """Each refusal names the reason and what to paste instead."""
    with pytest.raises(AddressRefused) as refused:
        link_of(pasted)
    assert refused.value.why
    assert refused.value.mend[:1].isupper()


def test_the_technician_may_open_an_internal_address() -> None:
    """A gateway on the inner network is taken when it is allowed by name, and only then."""
    url = "http://10.0.0.5:8080/otvet/1"
    with pytest.raises(AddressRefused, match="внутренний"):
        link_of(url)
    assert link_of(url, ("10.0.0.5:8080",)).owner == "10.0.0.5:8080"


@given(
    st.text(max_size=120)
    | st.from_regex(r"(https?://)?(vk\.com|t\.me|max\.ru|[a-z]{1,9}\.ru)/[!-~]{0,60}", fullmatch=True)
)
def test_any_text_is_a_link_or_refused(pasted: str) -> None:
    """Nothing that can be pasted breaks the form; what is taken is written the same way when it is read again."""
    try:
        link = link_of(pasted)
    except AddressRefused:
        return
    assert link_of(link.url) == link
    assert link.url.startswith(("https://", "http://"))
    assert not any(c.isspace() for c in link.url)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_wall_belongs_to_its_own_community(one: int, other: int) -> None:
    """A post fits the community on whose wall it stands, by its address or by any post read there, and no other."""
    link = link_of(f"https://vk.com/wall-{one}_5")
    for address, sample in ((f"club{other}", ""), ("https://vk.com/beloe_online", f"-{other}_7")):
        assert (belongs(link, "vk", address, sample) == "") == (one == other)
    assert belongs(link, "vk", "https://vk.com/beloe_online", "demo-17") == ""
