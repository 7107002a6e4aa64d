"""The year ahead: own threats, weather, documents, campaigns, weekly counts, calendar feeds, official pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('campaign',
        sa.Column('id', ID, nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('goal', sa.Text(), nullable=False),
        sa.Column('threat_id', sa.Text(), nullable=True),
        sa.Column('template', sa.Text(), server_default='', nullable=False),
        sa.Column('copied_from', sa.BigInteger(), nullable=True),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('topics', sa.JSON(), nullable=False),
        sa.Column('territories', sa.JSON(), nullable=False),
        sa.Column('audiences', sa.JSON(), nullable=False),
        sa.Column('channels', sa.JSON(), nullable=False),
        sa.Column('inform_only', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('prepare_from', sa.Text(), nullable=False),
        sa.Column('starts_on', sa.Text(), nullable=False),
        sa.Column('ends_on', sa.Text(), nullable=False),
        sa.Column('owner_staff', sa.BigInteger(), nullable=True),
        sa.Column('block', sa.Text(), nullable=True),
        sa.Column('lessons', sa.Text(), server_default='', nullable=False),
        sa.Column('last_lessons', sa.Text(), server_default='', nullable=False),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.Column('effect', sa.JSON(), nullable=True),
        sa.Column('evaluated_at', sa.BigInteger(), nullable=True),
        sa.Column('told_at', sa.BigInteger(), nullable=True),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=True),
        sa.Column('changed_at', sa.BigInteger(), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    op.create_index(op.f('ix_campaign_block'), 'campaign', ['block'], unique=False)
    op.create_index('ix_campaign_days', 'campaign', ['starts_on', 'ends_on'], unique=False)
    op.create_index(op.f('ix_campaign_owner_staff'), 'campaign', ['owner_staff'], unique=False)
    op.create_index(op.f('ix_campaign_threat_id'), 'campaign', ['threat_id'], unique=False)
    op.create_table('campaign_event',
        sa.Column('id', ID, nullable=False),
        sa.Column('campaign_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('by_name', sa.Text(), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('detail', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_event'))
    )
    op.create_index(op.f('ix_campaign_event_campaign_id'), 'campaign_event', ['campaign_id'], unique=False)
    op.create_table('campaign_material',
        sa.Column('id', ID, nullable=False),
        sa.Column('campaign_id', sa.BigInteger(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=True),
        sa.Column('decided_at', sa.BigInteger(), nullable=True),
        sa.Column('decided_by', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_material')),
        sa.UniqueConstraint('campaign_id', 'title', 'number', name=op.f('uq_campaign_material_campaign_id_title_number'))
    )
    op.create_index(op.f('ix_campaign_material_campaign_id'), 'campaign_material', ['campaign_id'], unique=False)
    op.create_table('campaign_message',
        sa.Column('id', ID, nullable=False),
        sa.Column('campaign_id', sa.BigInteger(), nullable=False),
        sa.Column('audience', sa.Text(), nullable=False),
        sa.Column('channel', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('post_on', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), server_default='', nullable=False),
        sa.Column('published_on', sa.Text(), nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=True),
        sa.Column('changed_at', sa.BigInteger(), nullable=False),
        sa.Column('decided_at', sa.BigInteger(), nullable=True),
        sa.Column('decided_by', sa.BigInteger(), nullable=True),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_message'))
    )
    op.create_index(op.f('ix_campaign_message_campaign_id'), 'campaign_message', ['campaign_id'], unique=False)
    op.create_index('ix_campaign_message_days', 'campaign_message', ['post_on', 'channel'], unique=False)
    op.create_table('campaign_partner',
        sa.Column('id', ID, nullable=False),
        sa.Column('campaign_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('does', sa.Text(), nullable=False),
        sa.Column('agreed_on', sa.Text(), nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=True),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_partner'))
    )
    op.create_index(op.f('ix_campaign_partner_campaign_id'), 'campaign_partner', ['campaign_id'], unique=False)
    op.create_table('campaign_task',
        sa.Column('id', ID, nullable=False),
        sa.Column('campaign_id', sa.BigInteger(), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('owner_staff', sa.BigInteger(), nullable=True),
        sa.Column('block', sa.Text(), nullable=True),
        sa.Column('partner', sa.Text(), server_default='', nullable=False),
        sa.Column('due_on', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('result', sa.Text(), server_default='', nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=True),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('ended_by', sa.BigInteger(), nullable=True),
        sa.Column('reminded_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_task'))
    )
    op.create_index(op.f('ix_campaign_task_campaign_id'), 'campaign_task', ['campaign_id'], unique=False)
    op.create_index('ix_campaign_task_due', 'campaign_task', ['state', 'due_on'], unique=False)
    op.create_table('decree',
        sa.Column('id', ID, nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), server_default='', nullable=False),
        sa.Column('issued_on', sa.Text(), nullable=False),
        sa.Column('opens_on', sa.Text(), nullable=False),
        sa.Column('closes_on', sa.Text(), nullable=True),
        sa.Column('closed_by', sa.Text(), server_default='', nullable=False),
        sa.Column('territories', sa.JSON(), nullable=False),
        sa.Column('origin', sa.Text(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_decree'))
    )
    op.create_index(op.f('ix_decree_subject'), 'decree', ['subject'], unique=False)
    op.create_table('feed_key',
        sa.Column('id', ID, nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=False),
        sa.Column('block', sa.Text(), server_default='', nullable=False),
        sa.Column('secret_hash', sa.Text(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('used_at', sa.BigInteger(), nullable=True),
        sa.Column('revoked_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_key')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_feed_key_secret_hash'))
    )
    op.create_index(op.f('ix_feed_key_staff_id'), 'feed_key', ['staff_id'], unique=False)
    op.create_table('page_figure',
        sa.Column('page_id', sa.Text(), nullable=False),
        sa.Column('month', sa.Text(), nullable=False),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('questions', sa.Integer(), nullable=False),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('last_post_on', sa.Text(), nullable=True),
        sa.Column('by_staff', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('page_id', 'month', name=op.f('pk_page_figure'))
    )
    op.create_table('threat',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('body', sa.JSON(), nullable=False),
        sa.Column('is_on', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.BigInteger(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_threat'))
    )
    op.create_table('weather_day',
        sa.Column('day', sa.Text(), nullable=False),
        sa.Column('mean', sa.Float(), nullable=True),
        sa.Column('low', sa.Float(), nullable=True),
        sa.Column('high', sa.Float(), nullable=True),
        sa.Column('rain_mm', sa.Float(), nullable=True),
        sa.Column('snow_cm', sa.Float(), nullable=True),
        sa.Column('origin', sa.Text(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_weather_day'))
    )
    op.create_table('week_count',
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('territory', sa.Text(), nullable=False),
        sa.Column('week', sa.Text(), nullable=False),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('voices', sa.Integer(), nullable=False),
        sa.Column('risks', sa.Integer(), nullable=False),
        sa.Column('counted_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('subject', 'territory', 'week', name=op.f('pk_week_count')),
        sqlite_with_rowid=False
    )
