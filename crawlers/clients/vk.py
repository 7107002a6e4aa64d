"""VK API through vk-api: reading methods only, one answer or one Refusal, an address that can be a gateway's."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jconfig.memory
import requests
import vk_api
from requests.adapters import HTTPAdapter

from crawlers.clients.vk_refusals import broken, refusal_of, unreachable
from crawlers.readonly import check_method
from crawlers.refusal import Refusal

API_VERSION = "5.199"
OFFICIAL_BASE = "https://api.vk.ru/method/"
"""What vk-api has built in; the adapter below leads it to the address of the settings."""
CONNECT_S, READ_S = 10.0, 30.0
MOST_BYTES = 24 * 1024 * 1024
"""An answer bigger than this is cut off: execute itself gives no more than 5 MB, a page of 100 posts about 0.5 MB."""
MOST_CALLS = 25
"""VK runs no more calls in one execute."""

logging.getLogger("vk_api").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Call:
    """One reading call inside an execute; `key` is what its answer is found by."""

    key: str
    method: str
    params: Mapping[str, Any]


class _Gateway(HTTPAdapter):
    """Leads the built-in address to the one of the settings, and sets limits of time and size that vk-api lacks."""

    def __init__(self, base: str, connect_s: float, read_s: float) -> None:
        super().__init__()
        self._base, self._timeout = base, (connect_s, read_s)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace(OFFICIAL_BASE, self._base, 1)
        return super().send(request, *args, **{**kwargs, "timeout": self._timeout})

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        response = super().build_response(req, resp)
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > MOST_BYTES:
                response.close()
                raise requests.exceptions.ContentDecodingError("answer too large")
        response._content = bytes(body)  # requests has no public way to hand over a body that was read with a limit
        return response


class VkClient:
    """One key of VK; `read` and `read_many` block, so call them in a thread."""

    def __init__(
        self, token: str, *, base: str = OFFICIAL_BASE, ca_bundle: Path | None = None,
        connect_s: float = CONNECT_S, read_s: float = READ_S,
    ) -> None:  # fmt: skip
        http = requests.Session()
        http.trust_env = False  # neither .netrc nor a proxy from the environment: the address is a setting of ours
        http.max_redirects = 0
        http.verify = str(ca_bundle) if ca_bundle else True
        http.headers["User-Agent"] = "otklik (read-only)"
        http.mount("https://api.vk.ru/", _Gateway(base if base.endswith("/") else base + "/", connect_s, read_s))
        self._http = http
        self._api = vk_api.VkApi(token=token, session=http, api_version=API_VERSION, config=jconfig.memory.MemoryConfig)
        # vk-api answers error 6 by calling itself without limit and 14 and 17 by asking a person; here each is a refusal.
        self._api.error_handlers.clear()
        self._api.RPS_DELAY = 0  # the account's row in the database keeps the pace, over all processes

    def read(self, method: str, params: Mapping[str, Any]) -> Any:
        """Return the `response` of one reading method; Refusal otherwise, WritingRefused for any other method."""
        check_method(method)
        return self._ask(method, params)["response"]

    def read_many(self, calls: Sequence[Call]) -> dict[str, Any]:
        """Run up to 25 reading calls in one request (user keys only); an answer or a Refusal for each key."""
        answer = self._ask("execute", {"code": script(calls)})
        found = answer["response"]
        if not isinstance(found, dict):
            raise broken("ответ на пакет запросов не того вида")
        return _sorted_out(calls, found, answer.get("execute_errors") or [])

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self._api.method(method, {k: v for k, v in params.items() if v is not None}, raw=True)
        except vk_api.ApiError as e:
            raise refusal_of(e.error) from None
        except vk_api.ApiHttpError as e:
            raise _of_status(e.response.status_code) from None
        except requests.exceptions.RequestException as e:
            raise _of_network(e) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise broken("ответ не похож на ответ API") from None
        if not isinstance(answer, dict) or "response" not in answer:
            raise broken("ответ не похож на ответ API")
        return answer


def script(calls: Sequence[Call]) -> str:
    """Return the VKScript of several reading calls; WritingRefused if any of them does not read."""
    if len(calls) > MOST_CALLS:
        raise ValueError(f"VK выполняет не больше {MOST_CALLS} вызовов за раз, получено {len(calls)}")
    for call in calls:
        check_method(call.method)
    parts = (f"{json.dumps(c.key)}:API.{c.method}({json.dumps(dict(c.params), ensure_ascii=False)})" for c in calls)
    return "return {" + ",".join(parts) + "};"


def _sorted_out(calls: Sequence[Call], found: Mapping[str, Any], errors: Sequence[Any]) -> dict[str, Any]:
    """Give each call its answer: a failed one is `false`, and the errors stand in the order of the failed calls."""
    waiting = iter(errors)
    out: dict[str, Any] = {}
    for call in calls:
        value = found.get(call.key, False)
        if value is False:
            error = next(waiting, None)
            out[call.key] = refusal_of(error if isinstance(error, dict) else {"error_code": 1})
        else:
            out[call.key] = value
    return out


def _of_status(status: int) -> Refusal:
    if status == 429:
        return unreachable("просит обращаться реже (429)", 429)
    if status >= 500:
        return unreachable(f"ошибка на стороне сервера ({status})", 503)
    return broken(f"неожиданный ответ {status}")


def _of_network(error: requests.exceptions.RequestException) -> Refusal:
    kinds: tuple[tuple[type[Exception], Refusal], ...] = (
        (requests.exceptions.SSLError, unreachable("не проверен сертификат; укажите OTKLIK_CA_BUNDLE", 502)),
        (requests.exceptions.Timeout, unreachable("ответ не пришёл вовремя")),
        (requests.exceptions.TooManyRedirects, broken("адрес перенаправляет в другое место")),
        (requests.exceptions.JSONDecodeError, broken("вместо JSON пришло что-то другое (страница провайдера?)")),
        (requests.exceptions.ChunkedEncodingError, broken("ответ оборвался на середине")),
        (requests.exceptions.ContentDecodingError, broken("ответ слишком велик или испорчен")),
    )
    return next((refusal for kind, refusal in kinds if isinstance(error, kind)), unreachable("нет соединения"))
