"""Two services on one home hold one limit together, and a restart does not forget it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sluice.activations.sandbox.server import free_port
from tests.activations.inbox.process import PROJECT, Served, served

FORM = """version: 1
languages: [en]
title: {en: Contact us}
per_minute: 0.1 # one in ten minutes
fields:
  email: {type: email, required: true, label: {en: E-mail}}
"""


@contextmanager
def two_of_them(folder: Path) -> Iterator[tuple[Served, Served]]:
    """Two processes on one home, behind a proxy that says where calls come from."""
    (folder / "content" / "forms").mkdir(parents=True)
    (folder / "content" / "forms" / "contact.yml").write_text(FORM, encoding="utf-8")
    project = PROJECT.replace("serve:\n", "serve:\n  trusted_proxies: ['127.0.0.1']\n")
    with served(folder, project) as one:
        two = Served(folder, free_port())
        two.start()
        try:
            yield one, two
        finally:
            two.stop()


def post(service: Served, address: str) -> int:
    """The status that a visitor with this address gets."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    headers = {"content-type": "application/json", "x-forwarded-for": address}
    try:
        connection.request("POST", "/f/contact", json.dumps({"email": "x"}), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_limit_of_a_form_holds_for_both_and_over_a_restart(tmp_path: Path) -> None:
    with two_of_them(tmp_path / "shop") as (one, two):
        assert [post(service, "198.51.100.7") for service in (one, two, one)] == [422, 429, 429]
        assert post(two, "198.51.100.8") == 422
        one.kill()
        one.start()
        assert post(one, "198.51.100.7") == 429
        assert post(one, "198.51.100.9") == 422
