"""Signals: small named reasons, each one function whose docstring the staff read on the card."""
