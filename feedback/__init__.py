"""Rules of messages and of replies to them: pure, no clock, no network, no database."""
