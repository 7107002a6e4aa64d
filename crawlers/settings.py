"""Scrapy settings: polite, identified, bounded; `scrapy_settings` adds what this installation says."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from district.settings import Settings

try:
    _VERSION = version("otklik")
except PackageNotFoundError:  # a checkout that was never installed
    _VERSION = "0"

BOT_NAME = "otklik"
SPIDER_MODULES = ["crawlers.spiders"]
# A municipal reader of public pages says who it is; the contact comes from OTKLIK_CONTACT.
USER_AGENT = f"Otklik/{_VERSION}"

# Polite: one page at a time from a host, a second between pages, robots.txt obeyed (crawlers.robots).
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.25
COOKIES_ENABLED = False
REFERER_ENABLED = True
REFERRER_POLICY = "no-referrer"

# Bounded: what one page, one answer, one chain of redirects may cost (crawlers.pages says why so much).
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_FAIL_ON_DATALOSS = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
DEPTH_LIMIT = 60
URLLENGTH_LIMIT = 2083
RETRY_TIMES = 1
# 429 and 503 are not retried: their Retry-After ends the visit instead (crawlers.reasons).
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]

# Closed: Scrapy 2.19 switches on by default a server that runs Python, a telnet console, cookies and proxies.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
HTTPPROXY_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
# No HTTP cache on disk: validators travel in the source's cursor, stored in the transaction that stores the posts.
# With a cache, a crash between download and storing would turn the page into «304, nothing new» and lose its posts.
HTTPCACHE_ENABLED = False

TWISTED_REACTOR_ENABLED = False
_HTTP = "crawlers.guard.GuardedDownloadHandler"
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": _HTTP, "https": _HTTP, "file": None, "ftp": None, "s3": None, "data": None,
}  # fmt: skip
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawlers.pages.StayOnSource": 40,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.robots.PoliteRobots": 100,
    "crawlers.pages.ReadableOnly": 585,
}
ITEM_PIPELINES = {"crawlers.pipelines.Door": 100}
# Items must reach the pipeline in the order of the page, or a cursor could be stored before a post it covers.
CONCURRENT_ITEMS = 1
MEMUSAGE_ENABLED = False

# Logs carry ids and never texts of people.
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawlers.pages.WordlessLog"
STATS_DUMP = False
LOGSTATS_INTERVAL = 0


def scrapy_settings(settings: Settings, **changes: Any) -> dict[str, Any]:
    """Return the settings of one crawl: this module's, what the installation says, then `changes` (tests: shorter waits)."""
    own = {name: value for name, value in globals().items() if name.isupper() and not name.startswith("_")}
    if settings.contact:
        own["USER_AGENT"] = f"{USER_AGENT} (+{settings.contact})"
    # The spider is given by its class: Scrapy's loader would import every platform's libraries to find it by name.
    own["SPIDER_MODULES"] = []
    own["OTKLIK_ALLOW_INTERNAL"] = list(settings.allow_internal)
    own["OTKLIK_CA_BUNDLE"] = str(settings.ca_bundle) if settings.ca_bundle else None
    return {**own, **changes}
