"""A door: public posts are read here, and nothing is ever written back."""
