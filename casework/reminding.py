"""Reminds the chats of promised days: what is promised for tomorrow, what is overdue; once a day."""

from __future__ import annotations

from casework.work import Work


def remind_measures(work: Work) -> int:
    """Tell the chats of promised days that come or have passed; return how many lines were written."""
    raise NotImplementedError
