"""Posts by the moment of their publication: what people write of more than usual is counted every minute."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_post_published", "post", ["published_at", "group_id"])
