"""Download handlers: a platform API as a scheme of its own, so that every source is a plain Scrapy spider."""
