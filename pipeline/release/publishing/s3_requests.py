"""Requests to an S3-compatible store through boto3: credentials from the variables alone, errors in words, tried again.

boto3 and not a leaner client: continuing an upload after the process was killed needs the requests that list and
complete multipart uploads, which clients of a higher level do not offer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.http import remedy, shown
from pipeline.release.publishing.model import Setting
from pipeline.release.publishing.retry import PASSING, Again, asked_wait, persist
from pipeline.release.publishing.target import is_loopback, service

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError as e:
    raise PublishingRefused("publishing to S3 needs boto3: pip install 'ogi-panel[publish]'") from e

T = TypeVar("T")

# At its loudest the library logs the headers that it signs, a session's token among them.
for _name in ("botocore", "boto3"):
    logging.getLogger(_name).setLevel(logging.INFO)

_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")
_PASSING = ("SlowDown", "RequestTimeout", "ConditionalRequestConflict", "BadDigest")
"""Codes of S3 after which the same request may succeed."""


class Bucket:
    """One bucket. Requests are named as boto3 names them."""

    def __init__(self, name: str, setting: Setting) -> None:
        self._name, self._setting = name, setting
        self._secrets = tuple(s for variable in _SECRETS if (s := setting.secret(variable)))
        self._made: Any = None

    @property
    def has_credentials(self) -> bool:
        return all(self._setting.secret(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))

    def ask(self, name: str, missing: tuple[str, ...] = (), **arguments: Any) -> Any:
        """The answer, asked for again where that helps; None for an error of a code in `missing`.

        Raises PublishingRefused, PublishingInterrupted.
        """
        return self.persist(lambda: self.ask_once(name, missing, **arguments))

    def ask_once(self, name: str, missing: tuple[str, ...] = (), **arguments: Any) -> Any:
        """As `ask`, asked for once. Raises Again, PublishingRefused."""
        with self.told(name):
            try:
                return getattr(self._client(), name)(Bucket=self._name, **arguments)
            except botocore.exceptions.ClientError as e:
                if e.response.get("Error", {}).get("Code") in missing:
                    return None
                raise

    def persist(self, do: Callable[[], T]) -> T:
        return persist(do, self._setting.patience, self._setting.progress)

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Says errors of the library in words that help, without the secrets."""
        known = service("s3")
        doing = f"{known.name}: {name} in {self._name}"
        try:
            yield
        except botocore.exceptions.ClientError as e:
            about = e.response.get("ResponseMetadata", {})
            status, error = int(about.get("HTTPStatusCode", 0)), e.response.get("Error", {})
            code = str(error.get("Code", ""))
            if status in PASSING or code in _PASSING:
                headers = {str(k).title(): str(v) for k, v in about.get("HTTPHeaders", {}).items()}
                raise Again(f"{doing}: the service answers {status}", asked_wait(headers)) from None
            text = shown(f"{code} {error.get('Message', '')}", self._secrets)
            help_ = remedy(status, known)
            raise PublishingRefused(
                f"{doing}: the service answers {status} ({text})" + (f": {help_}" if help_ else "")
            ) from None
        except botocore.exceptions.SSLError as e:
            raise PublishingRefused(f"{doing}: the certificate is not trusted: {shown(e, self._secrets)}") from None
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError, ConnectionError):
            raise Again(f"{doing}: the connection broke off") from None
        except (botocore.exceptions.BotoCoreError, ValueError) as e:
            raise PublishingRefused(f"{doing}: {shown(e, self._secrets)}: check the variables AWS_*") from None

    def _client(self) -> Any:
        if self._made is None:
            self._made = _client(self._setting)
        return self._made


def _client(setting: Setting) -> Any:
    """Neither files of the home folder nor a service of a cloud machine are asked for credentials."""
    address = setting.target.address
    session = boto3.session.Session(
        aws_access_key_id=setting.secret("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=setting.secret("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=setting.secret("AWS_SESSION_TOKEN"),
        region_name=setting.secret("AWS_REGION") or setting.secret("AWS_DEFAULT_REGION") or "us-east-1",
    )
    style = setting.secret("AWS_S3_ADDRESSING_STYLE") or ("path" if address else "auto")
    config = botocore.config.Config(
        s3={"addressing_style": style},
        # Only the address that was checked counts.
        ignore_configured_endpoint_urls=True,
        retries={"total_max_attempts": 1},
        connect_timeout=15,
        read_timeout=300,
        request_checksum_calculation="when_required",
        proxies={"http": "", "https": ""} if is_loopback(address) else None,
    )
    return session.client("s3", endpoint_url=address or None, config=config)
