"""What stands on loopback in place of the platforms."""
