"""Tables of posts: the post, its revisions, its counters as moments, judgements about pairs, groups of copies."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

post = sa.Table(
    "post",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("comment_id", sa.Text, nullable=False),
    sa.Column("reply_to", sa.Text, nullable=False, server_default=""),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # masked at the door; "" once forgotten
    sa.Column(
        "text_sha", sa.LargeBinary, nullable=False
    ),  # blake2b-128 of the masked text: an edit is seen without the text
    sa.Column("norm", sa.LargeBinary, nullable=False),  # the text as risk.group compares it
    sa.Column("norm_hash", sa.BigInteger, nullable=False),
    sa.Column("words", sa.SmallInteger, nullable=False),
    sa.Column("published_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("edited_at", Moment),
    sa.Column("gone_at", Moment),
    sa.Column("voice", sa.Text),
    sa.Column("attachments", sa.JSON, nullable=False),
    sa.Column("copy_of", sa.Text, nullable=False, server_default=""),
    sa.Column("group_id", sa.BigInteger, nullable=False),
    sa.Column("negative", sa.Boolean, nullable=False),
    # The latest known counters stand beside the post (their history is `reach`); NULL is unknown and never 0.
    sa.Column("views", sa.BigInteger),
    sa.Column("likes", sa.BigInteger),
    sa.Column("reposts", sa.BigInteger),
    sa.Column("comments", sa.BigInteger),
    sa.Column("forgotten_at", Moment),
    sa.UniqueConstraint("platform", "source_id", "external_id", "comment_id"),
    sa.Index("ix_post_norm_hash", "norm_hash"),
    # Is this source, or this voice, already in the group? Answered from the index alone.
    sa.Index("ix_post_group_source", "group_id", "source_id"),
    sa.Index(
        "ix_post_group_voice",
        "group_id",
        "voice",
        sqlite_where=sa.text("voice IS NOT NULL"),
        postgresql_where=sa.text("voice IS NOT NULL"),
    ),
    sa.Index("ix_post_source_seen", "source_id", "seen_at"),
    # What people wrote of in the last days, topic by topic (storage.find.growth): without it a walk through all posts.
    sa.Index("ix_post_published", "published_at", "group_id"),
)

revision = sa.Table(
    "revision",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("post_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("old_sha", sa.LargeBinary, nullable=False),
    sa.Column("old_seen_at", Moment, nullable=False),
    sa.Column("edited_at", Moment),
    sa.Column("noticed_at", Moment, nullable=False),
)

reach = sa.Table(
    "reach",
    meta,
    sa.Column("post_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, primary_key=True, autoincrement=False),
    sa.Column("views", sa.BigInteger),
    sa.Column("likes", sa.BigInteger),
    sa.Column("reposts", sa.BigInteger),
    sa.Column("comments", sa.BigInteger),
    sqlite_with_rowid=False,
)

judgement = sa.Table(
    "judgement",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("left_id", sa.BigInteger, nullable=False),
    sa.Column("right_id", sa.BigInteger, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),  # same | different | suggest | quote
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by_staff", sa.BigInteger),  # NULL: the machine
    sa.Column("at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),
    sa.Column("withdrawn_by", sa.BigInteger),
    sa.Index("ix_judgement_left_id", "left_id"),
    sa.Index("ix_judgement_right_id", "right_id"),
)

grp = sa.Table(
    "grp",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("first_post_id", sa.BigInteger, nullable=False),
    sa.Column("risk_id", sa.BigInteger),
    sa.Column("facts", sa.Text, nullable=False),  # TextFacts.pack of the most telling text
    sa.Column("facts_post_id", sa.BigInteger, nullable=False),
    sa.Column("facts_points", sa.Float, nullable=False),
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("sources", sa.Integer, nullable=False),  # official pages are not counted
    sa.Column("media", sa.Integer, nullable=False),  # posts in regional or federal media
    sa.Column("federal", sa.Integer, nullable=False, server_default="0"),  # posts in federal media alone
    sa.Column("official", sa.Integer, nullable=False),  # posts on the administration's own pages
    sa.Column("voices", sa.Integer),  # NULL: no author is known
    sa.Column("views", sa.BigInteger),  # sum of the latest known counters; NULL: none is known
    sa.Column("with_views", sa.Integer, nullable=False),  # posts whose counter of views is known
    sa.Column("comments", sa.Integer, nullable=False),
    sa.Column("negative_comments", sa.Integer, nullable=False),
    sa.Column("answered_at", Moment),  # first official post of the group
    sa.Column("after_answer", sa.Integer, nullable=False),  # complaints (posts, comments) published after it
    sa.Column("first_published", Moment, nullable=False),
    sa.Column("last_published", Moment, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    # Two remembered sums of views, so that growth is told against a moment at least an hour back.
    sa.Column("mark_at", Moment, nullable=False),
    sa.Column("mark_views", sa.BigInteger),
    sa.Column("before_at", Moment),
    sa.Column("before_views", sa.BigInteger),
    sa.Column("judged", sa.Boolean, nullable=False),  # a person has said something about its posts
    sa.Column("points", sa.Float, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("rule_set", sa.Text, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("emergency", sa.Boolean, nullable=False),
    sa.Column("topic", sa.Text),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("settlement", sa.Text),
    sa.Column("territory", sa.Text),
    sa.Column("block", sa.Text),
    sa.Column("official_post", sa.Text),  # id of the responsible official post
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("scored_at", Moment, nullable=False),
    sa.Index(
        "ix_grp_risk_id",
        "risk_id",
        sqlite_where=sa.text("risk_id IS NOT NULL"),
        postgresql_where=sa.text("risk_id IS NOT NULL"),
    ),
    sa.Index("ix_grp_judged", "id", sqlite_where=sa.text("judged"), postgresql_where=sa.text("judged")),
)
