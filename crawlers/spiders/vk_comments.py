"""Comments of VK posts: pages of a post's comments, threads beyond their first ten, 25 calls in one where the key may."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crawlers.items import PostItem
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.vk_post import comment_item
from crawlers.visit import Visit

PAGE = 100
THREAD_ITEMS = 10
"""VK gives no more answers of a thread beside its comment."""
BATCH = 25
MOST_A_POST = 3000
"""Newest comments of one post in one visit, 30 calls: a post with a million comments must not hold a whole district."""

Ask = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """One page to read: of a post's comments (newest first), or of one thread (oldest first)."""

    post: int
    comment: int | None = None
    offset: int = 0

    @property
    def key(self) -> str:
        """What the answer of this page is found by in a batch."""
        return f"{self.post}_{self.comment or 0}_{self.offset}"

    def params(self, owner: int) -> dict[str, Any]:
        """Parameters of wall.getComments."""
        # preview_length: VK would otherwise cut a comment after 90 characters.
        common = {
            "owner_id": owner,
            "post_id": self.post,
            "count": PAGE,
            "offset": self.offset,
            "need_likes": 1,
            "preview_length": 0,
        }
        if self.comment is not None:
            return {**common, "comment_id": self.comment, "sort": "asc"}
        return {**common, "sort": "desc", "thread_items_count": THREAD_ITEMS}


class Comments:
    """Reads the comments of some posts of one wall."""

    def __init__(self, visit: Visit, ask: Ask, owner: int, *, batched: bool) -> None:
        self._visit, self._ask, self._owner, self._batched = visit, ask, owner, batched
        self._seen: Counter[int] = Counter()
        self._known: set[tuple[int, int]] = set()
        self._open: Counter[int] = Counter()
        self._failed: set[int] = set()
        self.done: set[int] = set()
        """Posts whose comments have been read to the end: only of these the cursor may say so."""

    async def read(self, posts: list[int]) -> AsyncIterator[list[PostItem]]:
        """Yield the comments of the posts, an answer's worth at a time."""
        todo = deque(Job(post) for post in posts)
        self._open.update(posts)
        while todo:
            jobs = [todo.popleft() for _ in range(min(len(todo), BATCH if self._batched else 1))]
            items: list[PostItem] = []
            for job, answer in await self._answers(jobs):
                if isinstance(answer, Refusal):
                    self._refused(job, answer)
                else:
                    items += self._take(job, answer, todo)
                self._close(job)
            self._visit.count("comment_pages", len(jobs))
            yield items

    def _close(self, job: Job) -> None:
        self._open[job.post] -= 1
        if not self._open[job.post] and job.post not in self._failed:
            self.done.add(job.post)

    def _add(self, todo: deque[Job], job: Job) -> None:
        self._open[job.post] += 1
        todo.append(job)

    async def _answers(self, jobs: list[Job]) -> list[tuple[Job, Any]]:
        if len(jobs) > 1:
            try:
                return await self._batch(jobs)
            except Refusal as refusal:
                if refusal.status != 413 and refusal.code not in ("vk-12", "vk-28"):
                    raise
                self._batched = False  # the answer was too big, or this key may not run execute: one by one, then
        return [(job, await self._single(job)) for job in jobs]

    async def _batch(self, jobs: list[Job]) -> list[tuple[Job, Any]]:
        calls = [{"key": job.key, "method": "wall.getComments", "params": job.params(self._owner)} for job in jobs]
        found = (await self._ask("execute", calls=json.dumps(calls, separators=(",", ":"))))["response"]
        return [(job, _answer(found.get(job.key) or {})) for job in jobs]

    async def _single(self, job: Job) -> Any:
        try:
            return (await self._ask("wall.getComments", **job.params(self._owner)))["response"]
        except Refusal as refusal:
            if refusal.scope is Scope.ACCOUNT:
                raise
            return refusal

    def _refused(self, job: Job, refusal: Refusal) -> None:
        if refusal.scope is Scope.ACCOUNT:
            raise refusal
        if refusal.scope is Scope.MOMENT:
            self._failed.add(job.post)
            self._visit.trouble(f"Комментарии прочитаны не все: {refusal.reason}")
        else:
            self._visit.count("comments_closed")

    def _take(self, job: Job, answer: Any, todo: deque[Job]) -> list[PostItem]:
        if not isinstance(answer, Mapping) or not isinstance(answer.get("items"), list):
            self._failed.add(job.post)
            self._visit.trouble("ВКонтакте: список комментариев не похож на ответ API")
            return []
        raws = [r for r in answer["items"] if isinstance(r, Mapping)]
        items = [item for raw in raws for item in self._with_thread(job, raw, todo)]
        self._seen[job.post] += len(items)
        if len(answer["items"]) == PAGE:
            self._go_on(job, answer, todo)
        return items

    def _with_thread(self, job: Job, raw: Mapping[str, Any], todo: deque[Job]) -> list[PostItem]:
        thread = raw.get("thread")
        answers = (
            [r for r in (thread.get("items") or []) if isinstance(r, Mapping)] if isinstance(thread, Mapping) else []
        )
        total = thread.get("count") if isinstance(thread, Mapping) else 0
        if job.comment is None and isinstance(total, int) and total > len(answers) and isinstance(raw.get("id"), int):
            self._add(
                todo, Job(job.post, raw["id"])
            )  # from the start: in which order the first ten come is not promised
        found = [comment_item(r, self._visit.source.id, self._owner, job.post) for r in (raw, *answers)]
        return [item for item in found if self._is_new(job.post, item)]

    def _is_new(self, post: int, item: PostItem) -> bool:
        key = (post, int(item.comment_id or 0))
        if not item.comment_id or key in self._known:
            return not item.comment_id
        self._known.add(key)
        return True

    def _go_on(self, job: Job, answer: Mapping[str, Any], todo: deque[Job]) -> None:
        if self._seen[job.post] < MOST_A_POST:
            self._add(todo, Job(job.post, job.comment, job.offset + PAGE))
        else:
            total = answer.get("count")
            self._visit.trouble(
                f"У записи {self._owner}_{job.post} очень много комментариев ({total}): прочитаны {self._seen[job.post]} самых новых"
            )


def _answer(told: Mapping[str, Any]) -> Any:
    error = told.get("error")
    if isinstance(error, Mapping):
        return Refusal(502, error["code"], error["reason"], Scope(error["scope"]), error["wait_s"])
    return told.get("response")
