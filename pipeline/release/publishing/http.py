"""Requests to one service: a token in the header and for this host alone, tried again where that helps, answers bounded."""

from __future__ import annotations

import json as json_text
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.auth import AuthBase

from pipeline.data_files import table_rows
from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.retry import PASSING, Again, Patience, asked_wait, persist
from pipeline.release.publishing.target import Service, is_loopback, origin

_MOST_BYTES = 32 * 1024**2
_MOST_SAID = 600
_CONNECT, _READ = 15, 300
"""Seconds. A service may take its time to sum up a large file before it answers."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: its length, and its pieces, which can be had anew for another attempt."""

    size: int
    pieces: Callable[[], Iterator[bytes]]

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces()


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what the body says in JSON; None where it is none."""

    status: int
    said: Any


class _Bearer(AuthBase):
    """Unlike a header of the session, this is not overruled by a `.netrc`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client:
    """Speaks with the service at one address, and with no other host: redirects are not followed."""

    def __init__(
        self, service: Service, address: str, token: str, patience: Patience, progress: Callable[[str], None]
    ) -> None:
        self._service, self._address, self._token = service, address, token
        self._patience, self._progress = patience, progress
        self._session = requests.Session()
        # What goes to this machine goes through no proxy, which would see the token.
        self._session.trust_env = not is_loopback(address)
        self._session.auth = _Bearer(token)

    def request(
        self,
        method: str,
        place: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        body: Body | None = None,
        accepted: tuple[int, ...] = (200, 201, 202, 204),
        again: bool = True,
    ) -> Answer:
        """The answer, when its status is accepted. `place` is a path below the address, or a link that the service gave.

        With `again` false, a broken connection raises Again at once: what the service has done is not known then, and
        the caller looks. Raises PublishingRefused, PublishingInterrupted.
        """
        url = place if "://" in place else f"{self._address}/{place}"
        self._require_same_host(url)

        def once() -> Answer:
            return self._once(method, url, query, json, body, accepted)

        return persist(once, self._patience, self._progress) if again else once()

    def _once(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None,
        json: Any,
        body: Body | None,
        accepted: tuple[int, ...],
    ) -> Answer:
        # A body of no bytes would be sent in chunks: its length is not told apart from an unknown one.
        data = body if body else (b"" if body is not None else None)
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/octet-stream"
        doing = f"{self._service.name}: {method} {urllib.parse.urlsplit(url).path}"
        try:
            with self._session.request(
                method,
                url,
                params=query,
                json=json,
                data=data,
                headers=headers,
                timeout=(_CONNECT, _READ),
                allow_redirects=False,
                stream=True,
            ) as response:
                status, said = response.status_code, _json(response)
                wait = asked_wait(response.headers)
        except requests.exceptions.SSLError as e:
            raise PublishingRefused(
                f"{doing}: the certificate of {self._address} is not trusted: {self._safe(e)}"
            ) from None
        except (
            requests.exceptions.ConnectionError,
            requests.exceptions.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ):
            raise Again(f"{doing}: the connection broke off") from None
        except requests.exceptions.RequestException as e:
            raise PublishingRefused(f"{doing}: {self._safe(e)}") from None
        if status in accepted:
            return Answer(status, said)
        if status in PASSING:
            raise Again(f"{doing}: the service answers {status}", wait)
        raise PublishingRefused(f"{doing}: {self._explained(status, said)}")

    def _require_same_host(self, url: str) -> None:
        try:
            is_same = origin(url) == origin(self._address) and not urllib.parse.urlsplit(url).username
        except ValueError:
            is_same = False
        if not is_same:
            raise PublishingRefused(
                f"{self._service.name} at {self._address} gives a link to another host, where the token does not go: "
                f"check {self._service.address_variable}"
            )

    def _explained(self, status: int, said: Any) -> str:
        if 300 <= status < 400:
            return (
                f"the service answers {status} and sends elsewhere, where the token does not go: "
                f"check {self._service.address_variable}"
            )
        text = f"the service answers {status}"
        if message := self._safe(_message(said)):
            text += f" ({message})"
        return text + "".join(f": {r}" for r in (remedy(status, self._service),) if r)

    def _safe(self, what: object) -> str:
        return shown(what, (self._token,))


def remedy(status: int, service: Service) -> str:
    """What helps against a status of HTTP; blank where nothing is known to."""
    for row in table_rows(__package__, "statuses.csv"):
        if row["status"] == str(status):
            return row["remedy"].format(token=service.token_variable, address=service.address_variable)
    return ""


def shown(what: object, secrets: tuple[str, ...]) -> str:
    """What a service said, fit to be shown: one line, not long, and without any of the secrets that it may echo."""
    text = str(what)
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    text = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _MOST_SAID]).split())
    return text if len(text) <= _MOST_SAID else text[:_MOST_SAID] + " …"


def _json(response: requests.Response) -> Any:
    """What the body says; None for one that is no JSON, or longer than any answer of such a service."""
    data = b""
    for piece in response.iter_content(65536):
        data += piece
        if len(data) > _MOST_BYTES:
            return None
    try:
        return json_text.loads(data)
    except (ValueError, RecursionError):
        return None


def _message(said: Any) -> str:
    """`message` and `errors` of an answer, as Zenodo documents them."""
    if not isinstance(said, dict):
        return ""
    parts = [str(said.get("message", ""))]
    errors = said.get("errors")
    for error in errors[:10] if isinstance(errors, list) else []:
        if isinstance(error, dict):
            parts.append(f"{error.get('field', '')}: {error.get('message', error.get('messages', ''))}")
    return "; ".join(p for p in parts if p)
