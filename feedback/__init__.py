"""Rules of messages: pure (its work begins with the issue of messages)."""
