"""The first tables: sources, posts and their groups, risks and their events, staff, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('account',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('platform', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('can', sa.JSON(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.Column('next_slot', sa.Float(), server_default='0', nullable=False),
        sa.Column('gap', sa.Float(), nullable=False),
        sa.Column('stopped_until', sa.BigInteger(), nullable=True),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('checked_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account'))
    )
    op.create_table('grp',
        sa.Column('id', ID, nullable=False),
        sa.Column('first_post_id', sa.BigInteger(), nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=True),
        sa.Column('facts', sa.Text(), nullable=False),
        sa.Column('facts_post_id', sa.BigInteger(), nullable=False),
        sa.Column('facts_points', sa.Float(), nullable=False),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('sources', sa.Integer(), nullable=False),
        sa.Column('media', sa.Integer(), nullable=False),
        sa.Column('official', sa.Integer(), nullable=False),
        sa.Column('voices', sa.Integer(), nullable=True),
        sa.Column('views', sa.BigInteger(), nullable=True),
        sa.Column('with_views', sa.Integer(), nullable=False),
        sa.Column('comments', sa.Integer(), nullable=False),
        sa.Column('negative_comments', sa.Integer(), nullable=False),
        sa.Column('answered_at', sa.BigInteger(), nullable=True),
        sa.Column('after_answer', sa.Integer(), nullable=False),
        sa.Column('first_published', sa.BigInteger(), nullable=False),
        sa.Column('last_published', sa.BigInteger(), nullable=False),
        sa.Column('first_seen', sa.BigInteger(), nullable=False),
        sa.Column('last_seen', sa.BigInteger(), nullable=False),
        sa.Column('mark_at', sa.BigInteger(), nullable=False),
        sa.Column('mark_views', sa.BigInteger(), nullable=True),
        sa.Column('before_at', sa.BigInteger(), nullable=True),
        sa.Column('before_views', sa.BigInteger(), nullable=True),
        sa.Column('judged', sa.Boolean(), nullable=False),
        sa.Column('points', sa.Float(), nullable=False),
        sa.Column('level', sa.SmallInteger(), nullable=False),
        sa.Column('rule_set', sa.Text(), nullable=False),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('emergency', sa.Boolean(), nullable=False),
        sa.Column('topic', sa.Text(), nullable=True),
        sa.Column('topics', sa.JSON(), nullable=False),
        sa.Column('settlement', sa.Text(), nullable=True),
        sa.Column('territory', sa.Text(), nullable=True),
        sa.Column('block', sa.Text(), nullable=True),
        sa.Column('official_post', sa.Text(), nullable=True),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('scored_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_grp'))
    )
    op.create_index('ix_grp_judged', 'grp', ['id'], unique=False, sqlite_where=sa.text('judged'), postgresql_where=sa.text('judged'))
    op.create_index('ix_grp_risk_id', 'grp', ['risk_id'], unique=False, sqlite_where=sa.text('risk_id IS NOT NULL'), postgresql_where=sa.text('risk_id IS NOT NULL'))
    op.create_table('journal',
        sa.Column('id', ID, nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('after', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_journal'))
    )
    op.create_index('ix_journal_subject', 'journal', ['subject', 'id'], unique=False)
    op.create_table('judgement',
        sa.Column('id', ID, nullable=False),
        sa.Column('left_id', sa.BigInteger(), nullable=False),
        sa.Column('right_id', sa.BigInteger(), nullable=False),
        sa.Column('verdict', sa.Text(), nullable=False),
        sa.Column('method', sa.Text(), nullable=False),
        sa.Column('score', sa.Float(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
        sa.Column('withdrawn_by', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_judgement'))
    )
    op.create_index('ix_judgement_left_id', 'judgement', ['left_id'], unique=False)
    op.create_index('ix_judgement_right_id', 'judgement', ['right_id'], unique=False)
    op.create_table('numbering',
        sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('year', name=op.f('pk_numbering'))
    )
    op.create_table('outbox',
        sa.Column('id', ID, nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('chat', sa.Text(), nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=True),
        sa.Column('level', sa.SmallInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('body', sa.JSON(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=False),
        sa.Column('sent_at', sa.BigInteger(), nullable=True),
        sa.Column('refused_at', sa.BigInteger(), nullable=True),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('lease_until', sa.BigInteger(), nullable=True),
        sa.Column('lease_owner', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
        sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index(op.f('ix_outbox_risk_id'), 'outbox', ['risk_id'], unique=False)
    op.create_index('ix_outbox_sent', 'outbox', ['chat', 'sent_at'], unique=False)
    op.create_index('ix_outbox_unsent', 'outbox', ['chat', 'due_at'], unique=False, sqlite_where=sa.text('sent_at IS NULL'), postgresql_where=sa.text('sent_at IS NULL'))
    op.create_table('post',
        sa.Column('id', ID, nullable=False),
        sa.Column('platform', sa.Text(), nullable=False),
        sa.Column('source_id', sa.Text(), nullable=False),
        sa.Column('external_id', sa.Text(), nullable=False),
        sa.Column('comment_id', sa.Text(), nullable=False),
        sa.Column('reply_to', sa.Text(), server_default='', nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('text_sha', sa.LargeBinary(), nullable=False),
        sa.Column('norm', sa.LargeBinary(), nullable=False),
        sa.Column('norm_hash', sa.BigInteger(), nullable=False),
        sa.Column('words', sa.SmallInteger(), nullable=False),
        sa.Column('published_at', sa.BigInteger(), nullable=False),
        sa.Column('seen_at', sa.BigInteger(), nullable=False),
        sa.Column('edited_at', sa.BigInteger(), nullable=True),
        sa.Column('gone_at', sa.BigInteger(), nullable=True),
        sa.Column('voice', sa.Text(), nullable=True),
        sa.Column('attachments', sa.JSON(), nullable=False),
        sa.Column('copy_of', sa.Text(), server_default='', nullable=False),
        sa.Column('group_id', sa.BigInteger(), nullable=False),
        sa.Column('negative', sa.Boolean(), nullable=False),
        sa.Column('views', sa.BigInteger(), nullable=True),
        sa.Column('likes', sa.BigInteger(), nullable=True),
        sa.Column('reposts', sa.BigInteger(), nullable=True),
        sa.Column('comments', sa.BigInteger(), nullable=True),
        sa.Column('forgotten_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
        sa.UniqueConstraint('platform', 'source_id', 'external_id', 'comment_id', name=op.f('uq_post_platform_source_id_external_id_comment_id'))
    )
    op.create_index('ix_post_group_source', 'post', ['group_id', 'source_id'], unique=False)
    op.create_index('ix_post_group_voice', 'post', ['group_id', 'voice'], unique=False, sqlite_where=sa.text('voice IS NOT NULL'), postgresql_where=sa.text('voice IS NOT NULL'))
    op.create_index('ix_post_norm_hash', 'post', ['norm_hash'], unique=False)
    op.create_index('ix_post_source_seen', 'post', ['source_id', 'seen_at'], unique=False)
    op.create_table('post_key',
        sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('posting', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint('key', 'posting', name=op.f('pk_post_key')),
        sqlite_with_rowid=False
    )
    op.create_table('post_key_fresh',
        sa.Column('id', ID, nullable=False),
        sa.Column('stamp', sa.BigInteger(), nullable=False),
        sa.Column('pairs', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_post_key_fresh'))
    )
    op.create_table('post_key_move',
        sa.Column('upto_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('upto_posting', sa.BigInteger(), nullable=False),
        sa.Column('below_key', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('upto_id', name=op.f('pk_post_key_move'))
    )
    op.create_table('quarantine',
        sa.Column('id', ID, nullable=False),
        sa.Column('source_id', sa.Text(), nullable=False),
        sa.Column('run_id', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('item', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine'))
    )
    op.create_index('ix_quarantine_source_id', 'quarantine', ['source_id', 'id'], unique=False)
    op.create_table('reach',
        sa.Column('post_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('at', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('views', sa.BigInteger(), nullable=True),
        sa.Column('likes', sa.BigInteger(), nullable=True),
        sa.Column('reposts', sa.BigInteger(), nullable=True),
        sa.Column('comments', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('post_id', 'at', name=op.f('pk_reach')),
        sqlite_with_rowid=False
    )
    op.create_table('revision',
        sa.Column('id', ID, nullable=False),
        sa.Column('post_id', sa.BigInteger(), nullable=False),
        sa.Column('old_sha', sa.LargeBinary(), nullable=False),
        sa.Column('old_seen_at', sa.BigInteger(), nullable=False),
        sa.Column('edited_at', sa.BigInteger(), nullable=True),
        sa.Column('noticed_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_revision'))
    )
    op.create_index(op.f('ix_revision_post_id'), 'revision', ['post_id'], unique=False)
    op.create_table('risk',
        sa.Column('id', ID, nullable=False),
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('veracity', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('level_machine', sa.SmallInteger(), nullable=False),
        sa.Column('level_person', sa.SmallInteger(), nullable=True),
        sa.Column('level_then', sa.SmallInteger(), nullable=True),
        sa.Column('level', sa.SmallInteger(), nullable=False),
        sa.Column('points', sa.Float(), nullable=False),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('rule_set', sa.Text(), nullable=False),
        sa.Column('topic', sa.Text(), nullable=True),
        sa.Column('topics', sa.JSON(), nullable=False),
        sa.Column('settlement', sa.Text(), nullable=True),
        sa.Column('territory', sa.Text(), nullable=True),
        sa.Column('block', sa.Text(), nullable=True),
        sa.Column('official', sa.Text(), nullable=True),
        sa.Column('route_by_person', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('emergency', sa.Boolean(), nullable=False),
        sa.Column('opened_at', sa.BigInteger(), nullable=False),
        sa.Column('first_seen', sa.BigInteger(), nullable=False),
        sa.Column('last_seen', sa.BigInteger(), nullable=False),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('sources', sa.Integer(), nullable=False),
        sa.Column('voices', sa.Integer(), nullable=True),
        sa.Column('views', sa.BigInteger(), nullable=True),
        sa.Column('growth', sa.Float(), nullable=True),
        sa.Column('due_at', sa.BigInteger(), nullable=False),
        sa.Column('taken_by', sa.BigInteger(), nullable=True),
        sa.Column('taken_until', sa.BigInteger(), nullable=True),
        sa.Column('owner_staff', sa.BigInteger(), nullable=True),
        sa.Column('merged_into', sa.BigInteger(), nullable=True),
        sa.Column('is_open', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('updated_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_risk')),
        sa.UniqueConstraint('number', name=op.f('uq_risk_number'))
    )
    op.create_index('ix_risk_facets', 'risk', ['is_open', 'level', 'state', 'topic', 'territory', 'block', 'last_seen', 'updated_at', 'owner_staff', 'taken_by', 'taken_until', 'merged_into'], unique=False)
    op.create_index('ix_risk_queue', 'risk', ['is_open', sa.text('level DESC'), 'due_at', 'id', 'state', 'topic', 'territory', 'block', 'last_seen', 'updated_at', 'owner_staff', 'taken_by', 'taken_until', 'merged_into'])
    op.create_index('ix_risk_counts', 'risk', ['is_open', 'level', 'state'], unique=False)
    op.create_index('ix_risk_updated_at', 'risk', ['updated_at'], unique=False)
    op.create_index('ix_risk_last_seen', 'risk', ['is_open', 'last_seen', 'merged_into'], unique=False)
    op.create_index('ix_risk_owner_staff', 'risk', ['owner_staff'], unique=False, sqlite_where=sa.text('owner_staff IS NOT NULL'), postgresql_where=sa.text('owner_staff IS NOT NULL'))
    op.create_index('ix_risk_taken_by', 'risk', ['taken_by'], unique=False, sqlite_where=sa.text('taken_by IS NOT NULL'), postgresql_where=sa.text('taken_by IS NOT NULL'))
    op.create_table('risk_event',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=True),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('after', sa.JSON(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('prev_hash', sa.Text(), nullable=False),
        sa.Column('hash', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_event'))
    )
    op.create_index(op.f('ix_risk_event_risk_id'), 'risk_event', ['risk_id'], unique=False)
    op.create_table('risk_source',
        sa.Column('source_id', sa.Text(), nullable=False),
        sa.Column('risk_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint('source_id', 'risk_id', name=op.f('pk_risk_source')),
        sqlite_with_rowid=False
    )
    op.create_index('ix_risk_source_risk_id', 'risk_source', ['risk_id'], unique=False)
    op.create_table('run',
        sa.Column('id', ID, nullable=False),
        sa.Column('source_id', sa.Text(), nullable=False),
        sa.Column('started_at', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('outcome', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.Column('counts', sa.JSON(), nullable=False),
        sa.Column('owner', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_run'))
    )
    op.create_index('ix_run_running', 'run', ['outcome'], unique=False, sqlite_where=sa.text("outcome = 'running'"), postgresql_where=sa.text("outcome = 'running'"))
    op.create_index('ix_run_source_id', 'run', ['source_id', 'id'], unique=False)
    op.create_table('saved_filter',
        sa.Column('id', ID, nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
        sa.UniqueConstraint('staff_id', 'name', name=op.f('uq_saved_filter_staff_id_name'))
    )
    op.create_table('session',
        sa.Column('token_hash', sa.Text(), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=False),
        sa.Column('csrf', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('seen_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_session'))
    )
    op.create_index(op.f('ix_session_expires_at'), 'session', ['expires_at'], unique=False)
    op.create_index(op.f('ix_session_staff_id'), 'session', ['staff_id'], unique=False)
    op.create_table('setting',
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('value', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('sign_in_try',
        sa.Column('id', ID, nullable=False),
        sa.Column('login', sa.Text(), nullable=False),
        sa.Column('address_hash', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('ok', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_try'))
    )
    op.create_index('ix_sign_in_try_address_hash', 'sign_in_try', ['address_hash', 'at'], unique=False)
    op.create_index('ix_sign_in_try_login', 'sign_in_try', ['login', 'at'], unique=False)
    op.create_table('source',
        sa.Column('id', sa.Text(), nullable=False),
        sa.Column('platform', sa.Text(), nullable=False),
        sa.Column('address', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('every_s', sa.Float(), nullable=False),
        sa.Column('expect_low', sa.Float(), nullable=True),
        sa.Column('expect_high', sa.Float(), nullable=True),
        sa.Column('owner', sa.Text(), nullable=False),
        sa.Column('approver', sa.Text(), nullable=False),
        sa.Column('approved_at', sa.BigInteger(), nullable=True),
        sa.Column('account', sa.Text(), nullable=True),
        sa.Column('territory', sa.Text(), nullable=True),
        sa.Column('official', sa.Boolean(), nullable=False),
        sa.Column('media', sa.Boolean(), nullable=False),
        sa.Column('comments', sa.Boolean(), nullable=False),
        sa.Column('options', sa.JSON(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('state_reason', sa.Text(), server_default='', nullable=False),
        sa.Column('state_by', sa.BigInteger(), nullable=True),
        sa.Column('cursor', sa.JSON(), nullable=False),
        sa.Column('next_due', sa.BigInteger(), nullable=False),
        sa.Column('lease_until', sa.BigInteger(), nullable=True),
        sa.Column('lease_owner', sa.Text(), nullable=True),
        sa.Column('lease_token', sa.BigInteger(), server_default='0', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_source'))
    )
    op.create_table('staff',
        sa.Column('id', ID, nullable=False),
        sa.Column('login', sa.Text(), nullable=False),
        sa.Column('name_shown', sa.Text(), nullable=False),
        sa.Column('password_hash', sa.Text(), nullable=False),
        sa.Column('roles', sa.JSON(), nullable=False),
        sa.Column('blocks', sa.JSON(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('must_change', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('created_by', sa.BigInteger(), nullable=True),
        sa.Column('last_shift_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
        sa.UniqueConstraint('login', name=op.f('uq_staff_login'))
    )
    op.create_table('voice_key',
        sa.Column('id', ID, nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=True),
        sa.Column('from_at', sa.BigInteger(), nullable=False),
        sa.Column('until_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_key'))
    )
    _words(op.get_bind())


def _words(connection: sa.Connection) -> None:
    """Make the full-text index; alembic has no word for it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("CREATE TABLE post_words (post_id BIGINT PRIMARY KEY, stems TSVECTOR NOT NULL)")
        connection.exec_driver_sql("CREATE INDEX ix_post_words_stems ON post_words USING gin (stems)")
        return
    modern = connection.dialect.dbapi.sqlite_version_info >= (3, 43)
    options = ", content='', contentless_delete=1" if modern else ""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE post_words USING fts5(stems{options}, detail='none', tokenize='ascii')"
    )
