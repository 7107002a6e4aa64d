"""Rules of prevention: when threats come, what a campaign may do next, what was expected and what came of it."""
