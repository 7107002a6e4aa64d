"""A door: exports of other systems (its work begins with the issue of messages)."""
