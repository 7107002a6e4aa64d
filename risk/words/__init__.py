"""Words: tables of phrases that staff can read and correct; how a phrase is written is told in risk/phrases.py."""
