"""Federal media are told from regional ones: they alone are a criterion of level 4 (DOMAIN 1)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("source", sa.Column("federal", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("grp", sa.Column("federal", sa.Integer(), server_default="0", nullable=False))
