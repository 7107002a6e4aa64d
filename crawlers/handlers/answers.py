"""Answers of our own schemes: a platform's answer or refusal in the form of an HTTP response."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy.http import JsonResponse, Request

from crawlers.refusal import Refusal, Scope

HELLO = "hello"
"""A request that the handler answers itself: spiders begin with it, so that what they yield is held back by the pipeline."""
CODE_HEADER = "X-Otklik-Code"


def asked(request: Request) -> tuple[str, str, dict[str, str]]:
    """Return host, path without slashes, and parameters of a request like vk://api/wall.get?count=100."""
    parts = urlsplit(request.url)
    return parts.netloc, parts.path.strip("/"), dict(parse_qsl(parts.query, keep_blank_values=True))


def answered(request: Request, body: Any) -> JsonResponse:
    """Return a platform's answer as a 200."""
    return JsonResponse(request.url, status=200, body=json.dumps(body, ensure_ascii=False).encode(), request=request)


def refused(request: Request, refusal: Refusal) -> JsonResponse:
    """Return a refusal as its HTTP status, with our code in a header and the reason in the body."""
    headers = {CODE_HEADER: refusal.code}
    if refusal.wait_s is not None:
        headers["Retry-After"] = str(round(refusal.wait_s))
    body = {
        "error": {
            "code": refusal.code,
            "reason": refusal.reason,
            "scope": refusal.scope.value,
            "wait_s": refusal.wait_s,
        }
    }
    return JsonResponse(
        request.url,
        status=refusal.status,
        headers=headers,
        body=json.dumps(body, ensure_ascii=False).encode(),
        request=request,
    )


def refusal_in(response: JsonResponse) -> Refusal | None:
    """Return the refusal that a response of our schemes carries, or None when it is an answer."""
    if response.status == 200:
        return None
    error = response.json()["error"]
    return Refusal(response.status, error["code"], error["reason"], Scope(error["scope"]), error["wait_s"])
