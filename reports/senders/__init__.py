"""How a message reaches a chat of each kind."""
