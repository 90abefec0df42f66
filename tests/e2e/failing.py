"""Endpoints that fail as they are told, clients that ask all the while, and what the gateway says of it."""
import threading
import time

from admin_client import document
from backend import Backend
from gateway import Gateway, SLOW, bound, eventually, free_port
from wire import Client, Closed

PATIENCE = f"{int(500 * SLOW)}ms"     # with endpoints, which are threads of this process
CHECKS = {"path": "/healthz", "interval": "500ms", "timeout": PATIENCE, "unhealthy_after": 2}
RETRY = {"retries": 2, "when": ["connect", "reset", "timeout", "502", "503"], "per_try": PATIENCE, "budget": "50%"}


class Endpoint:
    """A backend on a port of its own that can be killed and brought back there."""

    def __init__(self):
        self.port = free_port()
        self.backend = Backend(port=self.port)
        self.url = self.backend.url

    def kill(self):
        self.backend.close()

    def bring_back(self):
        self.backend = Backend(port=self.port)

    def hang(self):
        """Accepts, never answers; its health path too."""
        release = threading.Event()
        self.backend.scripts.update({path: lambda *_: release.wait(bound(30)) and False
                                     for path in ("/", "/healthz")})


class Load:
    """Clients that ask one after the other until they are told to stop, on connections that they keep or (without
    `keep`) each time on a new one; `failed` has what was no whole 200, `slowest` the seconds of the slowest answer."""

    def __init__(self, gateway, clients=4, keep=False):
        self.gateway, self.keep = gateway, keep
        self.stop = threading.Event()
        self.asked = 0
        self.slowest = 0.0
        self.failed = []
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        client = None
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                client = client or Client(self.gateway)
                status = client.get("/").status
            except (OSError, Closed) as error:
                status = repr(error)
            if client and (not self.keep or status != 200):
                client.sock.close()
                client = None
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.asked += 1
            if status != 200:
                self.failed.append(status)
            time.sleep(0.005)
        if client:
            client.sock.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def more(self, count):
        """Waits for so many more answers."""
        wanted = self.asked + count
        eventually(lambda: self.asked >= wanted, 60, f"{count} more answers")


def serving(endpoints, *, retry=RETRY, **upstream):
    return Gateway({"workers": 2, "admin": f"127.0.0.1:{free_port()}",
                    "upstreams": {"service": {"endpoints": [each.url for each in endpoints], **upstream}},
                    "routes": [{"path": "/", "to": "service", "retry": retry}]})


def states(gateway):
    shown = document(gateway.config["admin"], "/v1/upstreams")["upstreams"][0]["endpoints"]
    return [each["state"] for each in shown]


def wait_for(gateway, wanted, within=10):
    eventually(lambda: states(gateway) == wanted, within, f"the states {wanted}")
