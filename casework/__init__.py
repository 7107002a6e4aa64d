"""The work: what is done with a post, a risk, a source; the only room that writes."""
