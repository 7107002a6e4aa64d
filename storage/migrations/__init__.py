"""Migrations of the database, forward only."""
