"""Rules of preventive campaigns: pure (its work begins with the issue of the year ahead)."""
