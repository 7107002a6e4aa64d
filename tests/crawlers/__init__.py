"""Real clients against peers on loopback."""
