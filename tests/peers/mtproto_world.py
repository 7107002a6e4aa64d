"""The channels behind the Telegram peer: messages, discussion groups, and the reading requests over them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telethon import types
from telethon.tl.types.contacts import ResolvedPeer
from telethon.tl.types.messages import ChannelMessages, ChatFull, Chats
from telethon.tl.types.updates import DifferenceEmpty, State

from tests.peers.mtproto_sign_in import RpcFault, SignIn

Keep = Callable[[Any], bool]


@dataclass
class Channel:
    """A channel, or an open chat when `chat`; `linked` is its discussion group."""

    id: int
    username: str | None = None
    chat: bool = False
    linked: int | None = None
    private: bool = False
    messages: dict[int, Any] = field(default_factory=dict)

    @property
    def access_hash(self) -> int:
        """What a client must know besides the number."""
        return self.id * 7


@dataclass
class World:
    """Everything the peer knows; `plan` holds faults by request name without "Request", `calls` what was asked."""

    account: SignIn = field(default_factory=lambda: SignIn("79990000000"))
    channels: dict[int, Channel] = field(default_factory=dict)
    plan: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    calls: Counter[str] = field(default_factory=Counter)

    def channel(self, number: int, username: str | None = None, **more: Any) -> Channel:
        """Add a channel or chat and return it."""
        self.channels[number] = Channel(number, username, **more)
        return self.channels[number]

    def fault(self, request: str, code: int, message: str, times: int = 1) -> None:
        """Plan an error; code 0 with "OK" lets one pass, with "DROP" cuts the line, with "HANG" never answers."""
        self.plan[request] += [(code, message)] * times

    def post(self, channel: Channel, text: str, number: int = 0, *, date: datetime | None = None, **more: Any) -> Any:
        """Put a message into a channel and return it.

        `more`: sender, views, replies, reactions {emoji: n}, reply_to, top, copy (channel id, number), plus Message's own.
        """
        number = number or max(channel.messages, default=0) + 1
        sender, views = more.pop("sender", None), more.pop("views", None)
        message = types.Message(
            id=number,
            peer_id=types.PeerChannel(channel.id),
            date=date or datetime.fromtimestamp(time.time(), UTC),
            message=text,
            post=not channel.chat,
            from_id=types.PeerUser(sender) if sender else None,
            views=views,
            forwards=0 if views is not None else None,
            replies=_replies(more.pop("replies", None), channel),
            reply_to=_reply(more.pop("reply_to", None), more.pop("top", None)),
            fwd_from=_forward(more.pop("copy", None)),
            reactions=_reactions(more.pop("reactions", None)),
            **more,
        )
        channel.messages[number] = message
        return message

    def answer(self, request: Any, key: int) -> Any:
        """Answer one request of one session; RpcFault for an error."""
        name = type(request).__name__.removesuffix("Request")
        self.calls[name] += 1
        if self.plan[name]:
            fault = RpcFault(*self.plan[name].pop(0))
            if fault.message != "OK":
                raise fault
        if name in ("SendCode", "SignIn", "GetPassword", "CheckPassword"):
            return self._sign_in(name, request, key)
        if name == "GetConfig":
            return config()
        if key not in self.account.signed_in:
            raise RpcFault(401, "AUTH_KEY_UNREGISTERED")
        method = getattr(self, f"do_{name}", None)
        if method is None:
            raise RpcFault(400, f"METHOD_NOT_IN_TEST_PEER_{name.upper()}")
        return method(request)

    def _sign_in(self, name: str, request: Any, key: int) -> Any:
        account = self.account
        if name == "SendCode":
            return account.send_code(request)
        if name == "GetPassword":
            return account.get_password()
        return account.sign_in(request, key) if name == "SignIn" else account.check_password(request, key)

    def do_GetUsers(self, r: Any) -> Any:
        """Who am I."""
        return [self.account.user]

    def do_GetState(self, r: Any) -> Any:
        """State of updates."""
        return State(pts=1, qts=0, date=datetime.fromtimestamp(time.time(), UTC), seq=1, unread_count=0)

    def do_GetDifference(self, r: Any) -> Any:
        """No updates."""
        return DifferenceEmpty(date=datetime.fromtimestamp(time.time(), UTC), seq=1)

    def do_ResolveUsername(self, r: Any) -> Any:
        """Find a public name."""
        if r.username.lower() == "person":
            return ResolvedPeer(types.PeerUser(7), [], [types.User(id=7, access_hash=3, first_name="Житель")])
        for channel in self.channels.values():
            if (channel.username or "").lower() == r.username.lower():
                return ResolvedPeer(types.PeerChannel(channel.id), [told(channel)], [])
        raise RpcFault(400, "USERNAME_NOT_OCCUPIED")

    def do_GetFullChannel(self, r: Any) -> Any:
        """A channel with its discussion group."""
        channel = self._channel(r.channel)
        full = types.ChannelFull(
            id=channel.id, about="", read_inbox_max_id=0, read_outbox_max_id=0, unread_count=0, chat_photo=types.PhotoEmpty(0),
            notify_settings=types.PeerNotifySettings(), bot_info=[], pts=1, linked_chat_id=channel.linked,
        )  # fmt: skip
        linked = [told(self.channels[channel.linked])] if channel.linked in self.channels else []
        return ChatFull(full, [told(channel), *linked], [])

    def do_GetChannels(self, r: Any) -> Any:
        """Channels by number."""
        return Chats([told(self._channel(i)) for i in r.id])

    def do_GetHistory(self, r: Any) -> Any:
        """A page of history."""
        channel = self._channel(r.peer)
        return self._page(channel, r, lambda m: True)

    def do_GetReplies(self, r: Any) -> Any:
        """Comments under a post, also where the group itself is closed."""
        channel = self._channel(r.peer)
        group = self.channels[channel.linked] if channel.linked else channel
        root = next(
            (m.id for m in group.messages.values() if m.fwd_from and m.fwd_from.channel_post == r.msg_id), r.msg_id
        )
        return self._page(
            group, r, lambda m: bool(m.reply_to) and root in (m.reply_to.reply_to_top_id, m.reply_to.reply_to_msg_id)
        )

    def do_GetMessages(self, r: Any) -> Any:
        """Messages by number; what is no more comes empty."""
        channel = self._channel(r.channel)
        empty = types.PeerChannel(channel.id)
        return wrapped(
            channel, [channel.messages.get(i.id) or types.MessageEmpty(i.id, empty) for i in r.id], len(r.id)
        )

    def _channel(self, peer: Any) -> Channel:
        channel = self.channels.get(getattr(peer, "channel_id", -1))
        if channel is None or peer.access_hash != channel.access_hash:
            raise RpcFault(400, "CHANNEL_INVALID")
        if channel.private:
            raise RpcFault(400, "CHANNEL_PRIVATE")
        return channel

    def _page(self, channel: Channel, r: Any, keep: Keep) -> Any:
        kept = sorted((m for m in channel.messages.values() if keep(m)), key=lambda m: -m.id)
        start = next((i for i, m in enumerate(kept) if m.id < r.offset_id), len(kept)) if r.offset_id else 0
        start += r.add_offset
        return wrapped(channel, kept[max(start, 0) : max(start + r.limit, 0)], len(kept))


def told(channel: Channel) -> types.Channel:
    """Return a channel as Telegram tells it."""
    return types.Channel(
        id=channel.id, title="Канал", photo=types.ChatPhotoEmpty(), date=datetime(2020, 1, 1, tzinfo=UTC), username=channel.username,
        access_hash=channel.access_hash, broadcast=not channel.chat, megagroup=channel.chat, left=True,
    )  # fmt: skip


def wrapped(channel: Channel, messages: Iterable[Any], total: int) -> ChannelMessages:
    """Return messages with the channel and the people in them."""
    listed = list(messages)
    people = {m.from_id.user_id for m in listed if isinstance(getattr(m, "from_id", None), types.PeerUser)}
    users = [types.User(id=i, access_hash=i * 3, first_name=f"u{i}") for i in sorted(people)]
    return ChannelMessages(pts=1, count=total, messages=listed, topics=[], chats=[told(channel)], users=users)


def config() -> types.Config:
    """Return the answer to help.getConfig: whatever it asks for, as long as it has the right shape."""
    now = datetime.fromtimestamp(time.time(), UTC)
    numbers = {
        name: 100
        for name in [
            "chat_size_max",
            "megagroup_size_max",
            "forwarded_count_max",
            "online_update_period_ms",
            "offline_blur_timeout_ms",
            "offline_idle_timeout_ms",
            "online_cloud_timeout_ms",
            "notify_cloud_delay_ms",
            "notify_default_delay_ms",
            "push_chat_period_ms",
            "push_chat_limit",
            "edit_time_limit",
            "revoke_time_limit",
            "revoke_pm_time_limit",
            "rating_e_decay",
            "stickers_recent_limit",
            "channels_read_media_period",
            "call_receive_timeout_ms",
            "call_ring_timeout_ms",
            "call_connect_timeout_ms",
            "call_packet_timeout_ms",
            "caption_length_max",
            "message_length_max",
            "webfile_dc_id",
        ]
    }
    options = [types.DcOption(2, "127.0.0.1", 0)]
    return types.Config(
        date=now,
        expires=now,
        test_mode=False,
        this_dc=2,
        dc_options=options,
        dc_txt_domain_name="",
        me_url_prefix="",
        **numbers,
    )


def _replies(count: int | None, channel: Channel) -> Any:
    if count is None:
        return None
    return types.MessageReplies(replies=count, replies_pts=0, comments=True, channel_id=channel.linked)


def _reply(to: int | None, top: int | None) -> Any:
    return types.MessageReplyHeader(reply_to_msg_id=to, reply_to_top_id=top) if to else None


def _forward(copy: tuple[int, int] | None) -> Any:
    if copy is None:
        return None
    return types.MessageFwdHeader(
        date=datetime(2026, 1, 1, tzinfo=UTC), from_id=types.PeerChannel(copy[0]), channel_post=copy[1]
    )


def _reactions(counts: dict[str, int] | None) -> Any:
    if counts is None:
        return None
    return types.MessageReactions(results=[types.ReactionCount(types.ReactionEmoji(e), n) for e, n in counts.items()])
