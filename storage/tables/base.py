"""What all tables share: one MetaData, names of constraints, and the few column types."""

from __future__ import annotations

import sqlalchemy as sa

meta = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives ascending row ids only to a column called exactly INTEGER PRIMARY KEY.
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
