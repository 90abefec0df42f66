"""What `retry` sends a second time: bodies that still arrive, and requests that take long; and connections that are
there before anybody asks."""
import threading

import pytest

from admin_client import metrics
from backend import Backend, HELLO
from gateway import Gateway, eventually, free_port
from wire import Client, request

BODY = bytes(range(256)) * 200          # 51,200 bytes
PART = 20_000


def put(path, *fields, method="PUT"):
    head = request(path, f"Content-Length: {len(BODY)}", *fields, method=method)
    return head + BODY[:PART]


class Breaks:
    """Takes the first part of a body and resets the connection; once, or each time."""

    def __init__(self, times):
        self.left = times
        self.broke = threading.Event()
        self.bodies = []

    def __call__(self, connection, seen):
        if self.left > 0:
            self.left -= 1
            connection.reader.exactly(PART)
            connection.reset()
            self.broke.set()
            return False
        connection.body_of(seen)
        self.bodies.append(seen.body)
        connection.send(HELLO)
        return None


def serve(backend, retry, **more):
    route = {"path": "/", "to": backend.url}
    if retry is not None:
        route["retry"] = retry
    return Gateway({"use": ["access_log"], "routes": [route], **more})


@pytest.mark.parametrize("breaks", [1, 2])
def test_a_body_that_still_arrives_is_sent_again_whole(breaks):
    script = Breaks(breaks)
    with Backend({"/put": script}) as backend, \
            serve(backend, {"retries": breaks, "when": ["reset"], "budget": "100%"}) as gateway, \
            Client(gateway, timeout=60) as client:
        client.send(put("/put"))
        assert script.broke.wait(30)
        client.send(BODY[PART:])
        assert client.response("PUT").status == 200
        assert script.bodies == [BODY]
        line = gateway.logged(status=200)
        assert "failure" not in line


@pytest.mark.parametrize("retry, method", [(None, "PUT"), ({"when": ["reset"]}, "POST"),
                                           ({"when": ["reset"], "buffer": "10KiB"}, "PUT")])
def test_what_may_not_or_cannot_be_sent_again_goes_out_once(retry, method):
    script = Breaks(1)
    with Backend({"/put": script}) as backend, serve(backend, retry) as gateway, \
            Client(gateway, timeout=60) as client:
        client.send(put("/put", method=method))
        assert client.response(method).status == 502
        assert script.bodies == [] and len(backend.heads) == 1


def test_one_that_hangs_is_not_waited_for():
    over = threading.Event()

    def hangs(connection, _):
        over.wait(60)
        return False

    with Backend({"/": hangs}) as slow, Backend() as fast:
        config = {"admin": f"127.0.0.1:{free_port()}", "upstreams": {"up": {"endpoints": [slow.url, fast.url]}},
                  "routes": [{"path": "/", "to": "up", "retry": {"hedge": "100ms", "budget": "100%"}}]}
        with Gateway(config) as gateway:
            gateway.admin = config["admin"]
            with Client(gateway, timeout=60) as client:
                for _ in range(8):
                    client.send(request("/"))
                    assert client.response().status == 200
            assert metrics(gateway)['ferroway_upstream_hedges_total{upstream="up"}'] == len(slow.heads) > 0
        over.set()


def test_connections_are_there_before_anybody_asks():
    with Backend() as backend:
        config = {"workers": 2, "routes": [{"path": "/", "to": "up"}],
                  "upstreams": {"up": {"endpoints": [backend.url], "connections": {"warm": 3}}}}
        with Gateway(config) as gateway:
            eventually(lambda: len(backend.connections) == 6, 10, "three for each worker")
            for _ in range(4):
                with Client(gateway) as client:
                    client.send(request("/"))
                    assert client.response().status == 200
            assert len(backend.connections) == 6


def test_a_stop_does_not_wait_for_connections_that_are_not_made():
    """An address that nobody answers: the connection is under way when the process ends."""
    config = {"routes": [{"path": "/", "to": "up"}],
              "upstreams": {"up": {"endpoints": ["http://192.0.2.1:81"], "connections": {"warm": 3},
                                   "timeouts": {"connect": "1h"}}}}
    with Gateway(config) as gateway:
        gateway.stop()


def test_more_warm_connections_than_a_ring_has_room_for_hold_up_nobody():
    """Begun on the worker's own thread: an io_uring ring is his who enters it first."""
    endpoints = [f"http://127.0.0.1:{port}" for port in range(1, 25)]       # where nobody listens
    config = {"workers": 2, "routes": [{"path": "/", "to": "up"}, {"path": "/fixed", "respond": {"status": 204}}],
              "upstreams": {"up": {"endpoints": endpoints, "connections": {"warm": 64}}}}
    with Gateway(config) as gateway, Client(gateway) as client:
        client.send(request("/fixed"))
        assert client.response().status == 204
