"""What leaves the house: alert lines and their senders."""
