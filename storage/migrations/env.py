"""Runs the migrations inside the caller's transaction (storage.upgrade), so that a half-done upgrade cannot exist."""

from __future__ import annotations

from alembic import context

from storage.tables import meta

context.configure(connection=context.config.attributes["connection"], target_metadata=meta, render_as_batch=True)
context.run_migrations()
