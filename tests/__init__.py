"""All that is checked of the house, room by room."""
