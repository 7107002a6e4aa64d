"""Rules of risks: pure, no clock, no network, no database."""
