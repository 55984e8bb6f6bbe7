"""``kill -9`` of the service under load: what was acknowledged is kept, once."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from pathlib import Path

from tests.activations.inbox.process import KEY, Served, served

CLIENTS = 8
WANTED = 200
SECONDS = 30.0


class Client(threading.Thread):
    """Sends one event after the other, each until it is acknowledged."""

    def __init__(self, service: Served, name: str, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.service, self.mark, self.enough = service, name, enough
        self.acknowledged: list[str] = []
        self.sent_again = 0

    def run(self) -> None:
        for number in itertools.count():
            event = {"messageId": f"{self.mark}-{number}", "writeKey": KEY, "userId": "u"}
            while not self._send(event):
                self.sent_again += 1
                if self.enough.wait(0.02):
                    return
            self.acknowledged.append(event["messageId"])
            if self.enough.is_set():
                return

    def _send(self, event: dict[str, str]) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=5)
        try:
            line.request("POST", "/v1/track", json.dumps(event))
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()


def test_no_acknowledged_event_is_lost_or_doubled_by_a_kill(tmp_path: Path) -> None:
    enough = threading.Event()
    with served(tmp_path / "p") as service:
        clients = [Client(service, f"c{number}", enough) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        _wait_for(clients, WANTED)
        service.kill()
        service.start()
        _wait_for(clients, 2 * WANTED)
        enough.set()
        for client in clients:
            client.join(20)
        kept = Counter(row["body"]["messageId"] for row in service.rows())
    acknowledged = [name for client in clients for name in client.acknowledged]
    assert len(acknowledged) >= 2 * WANTED
    assert sum(client.sent_again for client in clients) > 0
    assert [name for name in acknowledged if kept[name] != 1] == []
    assert {*kept.values()} == {1}


def _wait_for(clients: list[Client], wanted: int) -> None:
    until = time.monotonic() + SECONDS
    while sum(len(one.acknowledged) for one in clients) < wanted:
        assert time.monotonic() < until
        time.sleep(0.02)
