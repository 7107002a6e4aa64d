"""The second half of the work: facts, parts, measures, answers, publications, watch, clocks, chats for people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('answer',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('template', sa.Text(), nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('platforms', sa.JSON(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('findings', sa.JSON(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.BigInteger(), nullable=False),
        sa.Column('decided_at', sa.BigInteger(), nullable=True),
        sa.Column('decided_by', sa.BigInteger(), nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_answer'))
    )
    op.create_index(op.f('ix_answer_risk_id'), 'answer', ['risk_id'], unique=False)
    op.create_index('ix_answer_state', 'answer', ['state', 'risk_id'], unique=False)
    op.create_table('assignment',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('part', sa.Text(), nullable=False),
        sa.Column('block', sa.Text(), nullable=True),
        sa.Column('official', sa.Text(), nullable=True),
        sa.Column('staff_id', sa.BigInteger(), nullable=True),
        sa.Column('outside', sa.Text(), nullable=True),
        sa.Column('is_owner', sa.Boolean(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=True),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('ended_by', sa.BigInteger(), nullable=True),
        sa.Column('result', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    op.create_index(op.f('ix_assignment_risk_id'), 'assignment', ['risk_id'], unique=False)
    op.create_index(op.f('ix_assignment_staff_id'), 'assignment', ['staff_id'], unique=False)
    op.create_table('chat_message',
        sa.Column('id', ID, nullable=False),
        sa.Column('chat', sa.Text(), nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('remote_id', sa.Text(), nullable=False),
        sa.Column('sent_at', sa.BigInteger(), nullable=False),
        sa.Column('shown', sa.Text(), nullable=False),
        sa.Column('edit_due', sa.BigInteger(), nullable=True),
        sa.Column('edited_at', sa.BigInteger(), nullable=True),
        sa.Column('error', sa.Text(), server_default='', nullable=False),
        sa.Column('lease_until', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_message')),
        sa.UniqueConstraint('chat', 'remote_id', name=op.f('uq_chat_message_chat_remote_id'))
    )
    op.create_index('ix_chat_message_edit_due', 'chat_message', ['edit_due'], unique=False)
    op.create_index(op.f('ix_chat_message_risk_id'), 'chat_message', ['risk_id'], unique=False)
    op.create_table('contact',
        sa.Column('id', ID, nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('address', sa.Text(), nullable=False),
        sa.Column('code', sa.Text(), nullable=True),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
        sa.Column('checked_at', sa.BigInteger(), nullable=True),
        sa.Column('error', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
        sa.UniqueConstraint('kind', 'address', name=op.f('uq_contact_kind_address'))
    )
    op.create_index(op.f('ix_contact_staff_id'), 'contact', ['staff_id'], unique=False)
    op.create_table('deadline',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('level', sa.SmallInteger(), nullable=False),
        sa.Column('started_at', sa.BigInteger(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('warned_at', sa.BigInteger(), nullable=True),
        sa.Column('missed_at', sa.BigInteger(), nullable=True),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('paused_at', sa.BigInteger(), nullable=True),
        sa.Column('pauses', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deadline'))
    )
    op.create_index(op.f('ix_deadline_risk_id'), 'deadline', ['risk_id'], unique=False)
    op.create_index('ix_deadline_running', 'deadline', ['state', 'due_at'], unique=False)
    op.create_table('duty',
        sa.Column('id', ID, nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=False),
        sa.Column('from_at', sa.BigInteger(), nullable=False),
        sa.Column('until_at', sa.BigInteger(), nullable=False),
        sa.Column('instead_of', sa.BigInteger(), nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty'))
    )
    op.create_index('ix_duty_until_at', 'duty', ['until_at'], unique=False)
    op.create_table('escalation',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('level', sa.SmallInteger(), nullable=False),
        sa.Column('step', sa.SmallInteger(), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('why', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation'))
    )
    op.create_index('ix_escalation_open', 'escalation', ['ended_at', 'due_at'], unique=False)
    op.create_index(op.f('ix_escalation_risk_id'), 'escalation', ['risk_id'], unique=False)
    op.create_table('fact',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('question', sa.Text(), nullable=False),
        sa.Column('whom', sa.Text(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('heard_at', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('by_staff', sa.BigInteger(), nullable=False),
        sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fact'))
    )
    op.create_index(op.f('ix_fact_risk_id'), 'fact', ['risk_id'], unique=False)
    op.create_table('measure',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('answer_id', sa.BigInteger(), nullable=True),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('due_on', sa.Text(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('ended_by', sa.BigInteger(), nullable=True),
        sa.Column('result', sa.Text(), server_default='', nullable=False),
        sa.Column('reminded_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_measure'))
    )
    op.create_index('ix_measure_control', 'measure', ['state', 'due_on'], unique=False)
    op.create_index(op.f('ix_measure_risk_id'), 'measure', ['risk_id'], unique=False)
    op.create_table('press',
        sa.Column('id', ID, nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('chat', sa.Text(), nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=True),
        sa.Column('staff_id', sa.BigInteger(), nullable=True),
        sa.Column('act', sa.Text(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('outcome', sa.Text(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_press')),
        sa.UniqueConstraint('key', name=op.f('uq_press_key'))
    )
    op.create_index(op.f('ix_press_risk_id'), 'press', ['risk_id'], unique=False)
    op.create_table('publication',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=False),
        sa.Column('answer_id', sa.BigInteger(), nullable=False),
        sa.Column('source_id', sa.Text(), nullable=True),
        sa.Column('place', sa.Text(), nullable=False),
        sa.Column('place_kind', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.Column('likeness', sa.Float(), nullable=True),
        sa.Column('views', sa.BigInteger(), nullable=True),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('stood_at', sa.BigInteger(), nullable=True),
        sa.Column('checked_at', sa.BigInteger(), nullable=True),
        sa.Column('next_check', sa.BigInteger(), nullable=True),
        sa.Column('checks', sa.Integer(), server_default='0', nullable=False),
        sa.Column('lease_until', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
        sa.UniqueConstraint('risk_id', 'url', name=op.f('uq_publication_risk_id_url'))
    )
    op.create_index('ix_publication_next_check', 'publication', ['next_check'], unique=False)
    op.create_index(op.f('ix_publication_risk_id'), 'publication', ['risk_id'], unique=False)
    op.create_table('publication_check',
        sa.Column('id', ID, nullable=False),
        sa.Column('publication_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('likeness', sa.Float(), nullable=True),
        sa.Column('views', sa.BigInteger(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_publication_check'))
    )
    op.create_index(op.f('ix_publication_check_publication_id'), 'publication_check', ['publication_id'], unique=False)
    op.create_table('silence',
        sa.Column('id', ID, nullable=False),
        sa.Column('risk_id', sa.BigInteger(), nullable=True),
        sa.Column('topic', sa.Text(), nullable=True),
        sa.Column('chat', sa.Text(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('made_at', sa.BigInteger(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=False),
        sa.Column('until_at', sa.BigInteger(), nullable=True),
        sa.Column('until_grows', sa.Boolean(), nullable=False),
        sa.Column('base', sa.JSON(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.Column('ended_by', sa.BigInteger(), nullable=True),
        sa.Column('ended_why', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_silence'))
    )
    op.create_index('ix_silence_ended_at', 'silence', ['ended_at'], unique=False)
    op.create_index(op.f('ix_silence_risk_id'), 'silence', ['risk_id'], unique=False)
    op.create_table('watch',
        sa.Column('risk_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('started_at', sa.BigInteger(), nullable=False),
        sa.Column('quiet_since', sa.BigInteger(), nullable=False),
        sa.Column('base', sa.JSON(), nullable=False),
        sa.Column('proposal', sa.Text(), nullable=False),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('figures', sa.JSON(), nullable=False),
        sa.Column('looked_at', sa.BigInteger(), nullable=False),
        sa.Column('next_look', sa.BigInteger(), nullable=False),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('risk_id', name=op.f('pk_watch'))
    )
    op.create_index('ix_watch_next_look', 'watch', ['ended_at', 'next_look'], unique=False)
    op.add_column('risk', sa.Column('closed_at', sa.BigInteger(), nullable=True))
    op.add_column('risk', sa.Column('reopened', sa.Integer(), server_default='0', nullable=False))
    op.add_column('risk', sa.Column('follows', sa.BigInteger(), nullable=True))
    op.add_column('risk', sa.Column('needs_cause', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('risk', sa.Column('cause', sa.Text(), server_default='', nullable=False))
    op.add_column('risk', sa.Column('forecast', sa.Text(), server_default='', nullable=False))
    op.drop_index(op.f('ix_risk_queue'), table_name='risk')
    op.create_index('ix_risk_queue', 'risk', ['is_open', sa.text('level DESC'), sa.text('emergency DESC'), 'due_at', 'id', 'state', 'topic', 'territory', 'block', 'last_seen', 'updated_at', 'owner_staff', 'taken_by', 'taken_until', 'merged_into'], unique=False)

    # What was closed before had no moment of closing: its last change is the nearest thing known.
    op.execute("UPDATE risk SET closed_at = updated_at WHERE NOT is_open")
