"""What staff and the machine do, on real databases."""
