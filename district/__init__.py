"""The ground: who we serve (profile) and where we run (settings)."""
