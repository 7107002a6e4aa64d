"""The usual way to do the same work, for comparison: razdel, pymorphy3, datasketch, rapidfuzz, scikit-learn, SQLAlchemy's ORM.

Written as one would write it well: lemmas cached, predictions and commits by the page, one look at the stored posts a
page. It does less than ours: no counters as moments, no history, no full-text index, no alerts, no places and streets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from crawlers.items import PostItem

ALIKE = 80.0
THRESHOLD = 0.5
"""Jaccard likeness from which datasketch proposes: lower proposes too much, higher misses typos."""
TRAINED_ON = 2000
_PERSONAL = [
    (re.compile(r"(?:\+7|8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]?\d{2}[\s-]?\d{2}"), "[телефон]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[почта]"),
    (re.compile(r"\b(?:\d{4}[ -]?){4}\b"), "[карта]"),
    (re.compile(r"\[(?:id|club)\d+\|([^\]]+)\]"), "[имя]"),
    (re.compile(r"@\w+"), "[имя]"),
    (re.compile(r"\bкв(?:артира|\.)?\s*\d+", re.I), "[квартира]"),
]
_DANGER = frozenset(
    [
        "пожар",
        "гореть",
        "взрыв",
        "газ",
        "утонуть",
        "обрушение",
        "авария",
        "погибнуть",
        "отравление",
        "угроза",
        "дым",
        "эвакуация",
    ]
)
_TROUBLE = frozenset(
    [
        "яма",
        "мусор",
        "отключить",
        "вода",
        "свет",
        "отопление",
        "крыша",
        "снег",
        "автобус",
        "очередь",
        "свалка",
        "грязь",
        "холод",
    ]
)


class _Base(DeclarativeBase):
    pass


class _StoredPost(_Base):
    __tablename__ = "post"
    __table_args__ = (sa.UniqueConstraint("source_id", "external_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str]
    external_id: Mapped[str]
    url: Mapped[str]
    text: Mapped[str]
    views: Mapped[int | None]
    published_at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(index=True)
    tone: Mapped[str]
    points: Mapped[int]
    copies: Mapped[int]


class Usual:
    """Takes pages of items the usual way."""

    def __init__(self, folder: Path, sample: Sequence[PostItem], topics: Sequence[str]) -> None:
        import pymorphy3
        from datasketch import MinHashLSH
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_union
        from sklearn.svm import LinearSVC

        morph = pymorphy3.MorphAnalyzer()
        self._lemma = lru_cache(maxsize=200_000)(lambda word: str(morph.parse(word)[0].normal_form))
        self._lsh = MinHashLSH(threshold=THRESHOLD, num_perm=128)
        self._texts: dict[str, str] = {}
        # Words and characters, as the published baselines for Russian appeals have it.
        self._features = make_union(
            TfidfVectorizer(min_df=2, ngram_range=(1, 2)),
            TfidfVectorizer(min_df=2, analyzer="char_wb", ngram_range=(3, 5), max_features=200_000),
        )
        known = self._features.fit_transform([self._lemmas(i.text) for i in sample[:TRAINED_ON]])
        count = known.shape[0]
        self._topic = LinearSVC().fit(known, [topics[n % len(topics)] for n in range(count)])
        self._tone = LinearSVC().fit(known, [("negative", "neutral")[n % 2] for n in range(count)])
        engine = sa.create_engine(f"sqlite:///{folder / 'usual.sqlite3'}")
        _Base.metadata.create_all(engine)
        self._session = sessionmaker(engine)

    def _lemmas(self, text: str) -> str:
        from razdel import tokenize

        return " ".join(self._lemma(token.text.lower()) for token in tokenize(text))

    def _copies(self, key: str, lemmas: str) -> int:
        from datasketch import MinHash
        from rapidfuzz import fuzz

        words = lemmas.split()
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(words[n : n + 3]).encode() for n in range(max(1, len(words) - 2))])
        found = sum(fuzz.ratio(lemmas, self._texts[other]) >= ALIKE for other in self._lsh.query(sketch))
        if key not in self._texts:
            self._lsh.insert(key, sketch)
            self._texts[key] = lemmas
        return found

    def take(self, items: Sequence[PostItem]) -> int:
        """Take in one page; return how many posts have a near copy."""
        texts = [_masked(i.text) for i in items]
        lemmas = [self._lemmas(text) for text in texts]
        features = self._features.transform(lemmas)
        topics, tones = self._topic.predict(features), self._tone.predict(features)
        copies = [self._copies(f"{i.source_id}/{i.external_id}", told) for i, told in zip(items, lemmas, strict=True)]
        with self._session() as session:
            known = session.scalars(
                sa.select(_StoredPost.external_id).where(_StoredPost.external_id.in_([i.external_id for i in items]))
            ).all()
            session.add_all(
                _StoredPost(
                    source_id=item.source_id, external_id=item.external_id, url=item.url, text=text, views=item.views,
                    published_at=item.published_at, topic=str(topic), tone=str(tone), points=_points(told, found),
                    copies=found,
                )
                for item, text, told, topic, tone, found in zip(items, texts, lemmas, topics, tones, copies, strict=True)
                if item.external_id not in known
            )  # fmt: skip
            session.commit()
        return sum(map(bool, copies))


def _masked(text: str) -> str:
    for pattern, mask in _PERSONAL:
        text = pattern.sub(mask, text)
    return text


def _points(lemmas: str, copies: int) -> int:
    words = set(lemmas.split())
    return 70 * bool(words & _DANGER) + 12 * len(words & _TROUBLE) + 3 * copies
