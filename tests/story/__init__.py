"""Stories: the whole product, as its users run it, against peers on loopback."""
