"""The ground: words, near copies, masks, places in Russian text."""
