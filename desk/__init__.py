"""A door: the pages of the staff."""
