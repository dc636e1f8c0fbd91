"""The public address of the real build: what Next.js must not take from the gateway before it."""

import contextlib
import http.client
import re
import urllib.request
from urllib.parse import urlsplit

import pytest


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
@pytest.mark.parametrize("path", ["/sign-in", "/ui-config", "/health/live"])
def test_a_request_for_another_protocol_is_answered_in_this_one(address: str, protocol: str, path: str) -> None:
    """Next listens for upgrades once it has served a page, and answers none."""
    urllib.request.urlopen(f"{address}/sign-in", timeout=60).read()
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Connection": "upgrade", "Upgrade": protocol})
        assert connection.getresponse().status == 200


def test_files_that_next_serves_have_the_site_s_headers(address: str) -> None:
    page = urllib.request.urlopen(f"{address}/sign-in", timeout=60).read().decode()
    script = re.search(r'/_next/static/[^"]+\.js', page)
    assert script
    with urllib.request.urlopen(address + script[0], timeout=60) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
