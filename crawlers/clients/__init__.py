"""Clients: one file per platform API, read-only, with the platform's refusals told in one form."""
