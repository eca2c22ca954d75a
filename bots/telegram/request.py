"""The library's requests over aiohttp, which the house uses anyway: faster, and it tells what was never sent from what was cut off."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_S, READ_S = 10.0, 25.0
KEEP_S = 10.0  # shorter than the platform's own, so that no request goes into a connection it has just closed


class Unsent(NetworkError):
    """No connection: nothing was sent."""


class Cut(NetworkError):
    """The request was sent, and what came back, if anything, is no answer: nobody knows what was done."""


class AiohttpRequest(BaseRequest):
    """`proxy`: an http:// address for where the platform cannot be reached directly."""

    def __init__(self, connections: int = 32, proxy: str = "") -> None:
        self._connections, self._proxy = connections, proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return READ_S

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_S)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Raises Unsent, Cut, TimedOut."""
        assert self._session is not None, "initialize first"
        read = READ_S if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        timeout = aiohttp.ClientTimeout(sock_connect=CONNECT_S, sock_read=read)
        try:
            async with self._session.request(
                method, url, **_body(request_data), timeout=timeout, proxy=self._proxy, allow_redirects=False
            ) as response:
                payload = await response.read()
        except aiohttp.ClientConnectorError as error:
            raise Unsent(f"no connection: {error.os_error}") from None
        except aiohttp.ConnectionTimeoutError:
            raise Unsent("no connection in time") from None
        except (TimeoutError, asyncio.TimeoutError):  # noqa: UP041 the library's own on 3.10 and before
            raise TimedOut("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Cut(f"cut off: {type(error).__name__}") from None
        if "/file/" not in url and not payload.lstrip().startswith(b"{"):
            raise Cut(f"no answer of the platform's, but {response.status}")
        return response.status, payload


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": json.dumps(data.parameters).encode(), "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}
