"""The walls behind the VK peer: communities, posts, comments with threads, and the reading methods over them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Raw = dict[str, Any]


class VkError(Exception):
    """An error code that the API answers."""

    def __init__(self, code: int) -> None:
        self.code = code


@dataclass
class Group:
    """A community."""

    id: int
    screen_name: str
    name: str = "Сообщество"
    closed: int = 0
    """Error code that reading its wall gives: 15 closed, 18 banned, 203 no access; 0 when it is open."""
    posts: dict[int, Raw] = field(default_factory=dict)
    comments: dict[int, list[Raw]] = field(default_factory=dict)
    no_comments: set[int] = field(default_factory=set)


@dataclass
class VkWorld:
    """All communities; times are seconds since 1970."""

    groups: dict[int, Group] = field(default_factory=dict)
    last_comment: int = 0

    def group(self, screen_name: str, number: int = 0, **more: Any) -> Group:
        """Add a community and return it."""
        number = number or next(i for i in range(1, 10**6) if i not in self.groups)
        self.groups[number] = Group(number, screen_name, **more)
        return self.groups[number]

    def post(self, group: Group, text: str, *, date: int = 0, number: int = 0, **more: Any) -> Raw:
        """Put a post on a wall and return it."""
        number = number or max(group.posts, default=0) + 1
        counts = {k: more.pop(k, 0) for k in ("likes", "reposts")}
        views = more.pop("views", 10)
        raw: Raw = {
            "inner_type": "wall_wallpost",
            "id": number,
            "owner_id": -group.id,
            "from_id": -group.id,
            "date": date or int(time.time()),
            "type": "post",
            "post_type": "post",
            "text": text,
            "attachments": [],
            "marked_as_ads": 0,
            "hash": "h",
            "comments": {"count": 0, "can_post": 1, "groups_can_post": True},
            "likes": {"count": counts["likes"], "user_likes": 0, "can_like": 1, "can_publish": 1},
            "reposts": {"count": counts["reposts"], "user_reposted": 0},
            **({"views": {"count": views}} if views is not None else {}),
            **more,
        }
        group.posts[number] = raw
        return raw

    def comment(self, group: Group, post: int, text: str, *, under: int = 0, answers: int = 0, **more: Any) -> Raw:
        """Put a comment under a post; `under` is the comment whose thread it joins, `answers` the one it answers there."""
        self.last_comment += 1
        raw: Raw = {
            "id": self.last_comment,
            "from_id": 1000 + self.last_comment,
            "date": group.posts[post]["date"] + 60,
            "text": text,
            "post_id": post,
            "owner_id": -group.id,
            "parents_stack": [under] if under else [],
            "likes": {"count": 0, "user_likes": 0, "can_like": 1},
            **({"reply_to_comment": answers or under} if under else {}),
            **more,
        }
        group.comments.setdefault(post, []).append(raw)
        group.posts[post]["comments"]["count"] += 1
        return raw

    def edit(self, group: Group, post: int, text: str) -> None:
        """Change the text of a post."""
        group.posts[post] |= {"text": text, "edited": int(time.time())}

    def delete(self, group: Group, post: int) -> None:
        """Take a post off its wall."""
        del group.posts[post]

    # The reading methods; names follow the API: wall.get is wall_get.

    def wall_get(self, p: Mapping[str, Any]) -> Raw:
        """Posts of a wall, newest first, a pinned one before all others."""
        group = self._wall(p)
        count, offset = min(int(p.get("count", 20)), 100), int(p.get("offset", 0))
        standing = [r for r in group.posts.values() if not r.get("is_deleted")]
        ordered = sorted(standing, key=lambda r: (not r.get("is_pinned"), -r["id"]))
        return {"count": len(ordered), "items": ordered[offset : offset + count]}

    def wall_getById(self, p: Mapping[str, Any]) -> Raw:
        """Posts by owner and number; what is no more is left out, or comes with is_deleted."""
        wanted = [tuple(map(int, part.split("_"))) for part in str(p["posts"]).split(",")][:100]
        found = [(self.groups.get(-owner), number) for owner, number in wanted]
        return {"items": [g.posts[n] for g, n in found if g is not None and n in g.posts]}

    def wall_getComments(self, p: Mapping[str, Any]) -> Raw:
        """Comments of a post, or of one thread."""
        group, post = self._wall(p), int(p["post_id"])
        if post not in group.posts or post in group.no_comments:
            raise VkError(212)
        every = group.comments.get(post, [])
        thread = int(p.get("comment_id", 0) or 0)
        level = [c for c in every if (c["parents_stack"] == [thread] if thread else not c["parents_stack"])]
        level.sort(key=lambda c: c["id"], reverse=p.get("sort") == "desc")
        count, offset = min(int(p.get("count", 10)), 100), int(p.get("offset", 0))
        shown = min(int(p.get("thread_items_count", 0)), 10)
        items = level[offset : offset + count]
        if not thread:
            items = [{**c, "thread": self._thread(every, c["id"], shown)} for c in items]
        flags = {"can_post": True, "show_reply_button": True, "groups_can_post": True}
        return {"count": len(every), "items": items, "current_level_count": len(level), **flags}

    def utils_resolveScreenName(self, p: Mapping[str, Any]) -> Any:
        """Number of a community by its short name."""
        found = next((g for g in self.groups.values() if g.screen_name == p["screen_name"]), None)
        return {"type": "group", "object_id": found.id} if found else []

    def utils_getServerTime(self, p: Mapping[str, Any]) -> int:
        """The peer's clock."""
        return int(time.time())

    def account_getAppPermissions(self, p: Mapping[str, Any]) -> int:
        """Mask of a user's key: wall and groups."""
        return 8192 + 262144

    def groups_getTokenPermissions(self, p: Mapping[str, Any]) -> Raw:
        """Mask of a community's key: messages."""
        return {"mask": 4096, "permissions": [{"name": "messages", "setting": 4096}]}

    def _thread(self, every: list[Raw], root: int, shown: int) -> Raw:
        answers = [c for c in every if c["parents_stack"] == [root]]
        flags = {"can_post": True, "show_reply_button": True, "groups_can_post": True}
        return {"count": len(answers), "items": answers[:shown], **flags}

    def _wall(self, p: Mapping[str, Any]) -> Group:
        if p.get("owner_id") is not None:
            group = self.groups.get(-int(p["owner_id"]))
        else:
            group = next((g for g in self.groups.values() if g.screen_name == p.get("domain")), None)
        if group is None:
            raise VkError(100)
        if group.closed:
            raise VkError(group.closed)
        return group
