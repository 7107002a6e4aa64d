"""Tables of prevention: own threats, weather, documents, campaigns with all that belongs to them, weekly counts, calendar feeds."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

# Days are "YYYY-MM-DD" of the district: they have no hour and no time zone.

threat = sa.Table(
    "threat",
    meta,
    sa.Column("id", sa.Text, primary_key=True),  # of a profile's threat too: then the row outweighs it
    sa.Column("body", sa.JSON, nullable=False),  # the keys of [[threats]]; {} when it is only switched off
    sa.Column("is_on", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),  # why it was added, changed or switched off
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("by_staff", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

weather_day = sa.Table(
    "weather_day",
    meta,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("mean", sa.Float),
    sa.Column("low", sa.Float),
    sa.Column("high", sa.Float),
    sa.Column("rain_mm", sa.Float),
    sa.Column("snow_cm", sa.Float),
    sa.Column("origin", sa.Text, nullable=False),  # hand | file | feed
    sa.Column("by_staff", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
)

decree = sa.Table(
    "decree",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("issued_on", sa.Text, nullable=False),
    sa.Column("opens_on", sa.Text, nullable=False),
    sa.Column("closes_on", sa.Text),  # NULL: until another document closes it
    sa.Column("closed_by", sa.Text, nullable=False, server_default=""),  # number of the closing document
    sa.Column("territories", sa.JSON, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),  # hand | file | feed
    sa.Column("by_staff", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),  # a mistake is struck out, never erased
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

campaign = sa.Table(
    "campaign",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("goal", sa.Text, nullable=False),
    sa.Column("threat_id", sa.Text, index=True),
    sa.Column("template", sa.Text, nullable=False, server_default=""),
    sa.Column("copied_from", sa.BigInteger),
    sa.Column("subject", sa.Text, nullable=False),  # whose weekly counts show the effect: a topic, or threat:<id>
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("territories", sa.JSON, nullable=False),
    sa.Column("audiences", sa.JSON, nullable=False),
    sa.Column("channels", sa.JSON, nullable=False),  # ids of official sources and names of other places
    sa.Column("inform_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", sa.Text, nullable=False),  # preventive.campaign.CampaignState
    sa.Column("prepare_from", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Text, nullable=False),
    sa.Column("ends_on", sa.Text, nullable=False),
    sa.Column("owner_staff", sa.BigInteger, index=True),
    sa.Column("block", sa.Text, index=True),
    sa.Column("lessons", sa.Text, nullable=False, server_default=""),
    sa.Column("last_lessons", sa.Text, nullable=False, server_default=""),  # of the one it was copied from
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # why it was cancelled
    sa.Column("effect", sa.JSON),  # what preventive.effect said when it was evaluated
    sa.Column("evaluated_at", Moment),
    sa.Column("told_at", Moment),  # its plan went to the alert chat
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_campaign_days", "starts_on", "ends_on"),
)

campaign_event = sa.Table(
    "campaign_event",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_staff", sa.BigInteger),  # NULL: the machine
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.JSON, nullable=False),
)

campaign_task = sa.Table(
    "campaign_task",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("owner_staff", sa.BigInteger),
    sa.Column("block", sa.Text),
    sa.Column("partner", sa.Text, nullable=False, server_default=""),  # a partner who does it
    sa.Column("due_on", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # open | done | cancelled
    sa.Column("result", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", sa.BigInteger),
    sa.Column("reminded_at", Moment),
    sa.Index("ix_campaign_task_due", "state", "due_on"),
)

campaign_message = sa.Table(
    "campaign_message",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("post_on", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # draft | waiting | approved | returned | published | withdrawn
    sa.Column("url", sa.Text, nullable=False, server_default=""),  # where a person published it
    sa.Column("published_on", sa.Text),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_campaign_message_days", "post_on", "channel"),
)

campaign_material = sa.Table(
    "campaign_material",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # 1, 2, 3 …: versions of one title
    sa.Column("body", sa.Text, nullable=False),  # text, or where the file lies
    sa.Column("state", sa.Text, nullable=False),  # draft | approved | returned | replaced
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.BigInteger),
    sa.UniqueConstraint("campaign_id", "title", "number"),
)

campaign_partner = sa.Table(
    "campaign_partner",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("campaign_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),  # school, edds, gims, network, media, leader, other
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("does", sa.Text, nullable=False),  # what it does in the campaign
    sa.Column("agreed_on", sa.Text),  # NULL: not agreed yet
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("ended_at", Moment),
)

week_count = sa.Table(
    "week_count",
    meta,
    sa.Column("subject", sa.Text, primary_key=True),  # a topic, or threat:<id>
    sa.Column("territory", sa.Text, primary_key=True),  # "" is the whole district
    sa.Column("week", sa.Text, primary_key=True),  # its Monday
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("voices", sa.Integer, nullable=False),
    sa.Column("risks", sa.Integer, nullable=False),
    sa.Column("counted_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

feed_key = sa.Table(
    "feed_key",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("staff_id", sa.BigInteger, nullable=False, index=True),  # whose calendar, or who asked for a block's
    sa.Column("block", sa.Text, nullable=False, server_default=""),  # "" is the person's own
    sa.Column("secret_hash", sa.Text, nullable=False, unique=True),  # the address itself is shown once
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("revoked_at", Moment),
)

page_figure = sa.Table(
    "page_figure",
    meta,
    sa.Column("page_id", sa.Text, primary_key=True),  # an official page that no crawler reads
    sa.Column("month", sa.Text, primary_key=True),  # YYYY-MM
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("questions", sa.Integer, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("last_post_on", sa.Text),
    sa.Column("by_staff", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
