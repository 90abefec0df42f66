"""Promise 18: every wait has its own timeout. 200 ms here, looked at with generous bounds."""
import socket
import time

import pytest

from gateway import Gateway, SLOW, bound, eventually, free_port
from wire import Client, Closed, request

SHORT = int(200 * SLOW)
TIMEOUT = f"{SHORT}ms"


def configure(backend):
    return {
        "listeners": [{"name": "l", "address": f"127.0.0.1:{free_port()}",
                       "timeouts": {"head": TIMEOUT, "body": TIMEOUT, "send": TIMEOUT,
                                    "keep_alive": TIMEOUT}}],
        "routes": [
            {"path": "/response", "to": backend.url, "timeouts": {"response": TIMEOUT}},
            {"path": "/idle", "to": backend.url, "timeouts": {"idle": TIMEOUT}},
            {"path": "/request", "to": backend.url, "timeouts": {"request": TIMEOUT}},
            {"path": "/", "to": backend.url},
        ],
    }


def problem(client):
    reply = client.response()
    assert reply.get("content-type") == "application/problem+json"
    return reply.status


def stall(connection, _):
    connection.reader.more()     # until the gateway ends it
    return False


def test_half_a_head_is_408(gateway):
    with Client(gateway) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a.t")
        assert problem(client) == 408
        assert client.is_closed()


def test_a_head_that_drips_is_408(gateway):
    """Progress does not help: the head as a whole has a deadline."""
    with Client(gateway) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a.test\r\n")
        client.sock.settimeout(SHORT / 1000 / 10)
        deadline = time.monotonic() + bound(5)
        while True:
            assert time.monotonic() < deadline
            client.send(b"X: 1\r\n")
            try:
                client.reader.more()
                break
            except TimeoutError:
                continue
        assert problem(client) == 408


def test_an_idle_connection_ends_without_a_word(gateway):
    with Client(gateway) as client:
        assert client.get().status == 200
        assert client.is_closed(5)
    with Client(gateway) as client:      # one that never spoke
        assert client.is_closed(5)
        assert client.reader.all == b""


def test_a_body_without_progress_is_408(gateway, backend):
    with Client(gateway) as client:
        client.send(request("/upload", "Content-Length: 100", method="POST") + b"x" * 10)
        assert problem(client) == 408
        assert client.is_closed()
    assert not any(r.target == "/upload" for r in backend.requests)


def test_an_upstream_without_answer_is_504(gateway, backend):
    backend.scripts["/response"] = stall
    with Client(gateway) as client:
        client.send(request("/response"))
        assert problem(client) == 504
        assert client.get().status == 200


def test_a_slow_upload_is_not_a_slow_upstream(gateway, backend):
    """`response` counts from the last byte of the request."""
    with Client(gateway) as client:
        client.send(request("/response/upload", "Content-Length: 12", method="POST"))
        client.sock.settimeout(SHORT / 1000 / 6)
        for _ in range(12):              # 2 timeouts in all
            with pytest.raises(TimeoutError):
                client.sock.recv(1)
            client.send(b"x")
        client.sock.settimeout(bound(10))
        assert client.response().status == 200
    assert backend.last.body == b"x" * 12


def test_a_download_without_progress_is_cut(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
        return stall(connection, None)

    backend.scripts["/idle"] = script
    with Client(gateway) as client:
        with pytest.raises(Closed):
            client.get("/idle")


def test_the_whole_exchange_has_a_deadline(gateway, backend):
    backend.scripts["/request"] = stall
    with Client(gateway) as client:
        client.send(request("/request"))
        assert problem(client) == 504


def test_a_client_that_does_not_read_is_cut(gateway, backend):
    ended = []

    def script(connection, _):
        try:
            connection.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            while True:
                connection.sock.sendall(b"x" * 1_000_000)
        except OSError:
            ended.append(True)
        return False

    backend.scripts["/flood"] = script
    with Client(gateway) as client:
        client.send(request("/flood"))
        eventually(lambda: ended, 10, "the end of the download")


def test_a_connection_that_is_never_accepted_is_504_or_502():
    """An upstream whose backlog is full: connect() itself times out."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = []
        for _ in range(8):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        config = {"upstreams": {"full": {"endpoints": [f"http://127.0.0.1:{port}"],
                                         "timeouts": {"connect": TIMEOUT}}},
                  "routes": [{"path": "/", "to": "full"}]}
        with Gateway(config) as gateway, Client(gateway) as client:
            assert client.get().status in (502, 504)
        for filler in fillers:
            filler.close()


def test_a_refused_connection_is_502():
    with Gateway({"routes": [{"path": "/", "to": f"http://127.0.0.1:{free_port()}"}]}) as gateway:
        with Client(gateway) as client:
            assert client.get().status == 502
            assert client.get().status == 502
