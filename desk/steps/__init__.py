"""The steps of the work on one card, each with what its section shows."""
