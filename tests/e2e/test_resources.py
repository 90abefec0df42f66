"""Promises 19, 20: bounded memory, whatever the other side does; nobody pays for somebody else's
slowness."""
import contextlib
import resource
import socket
import threading
import time

import pytest

from backend import HELLO, Backend
from gateway import SANITIZED, Gateway, bound, eventually
from wire import Client, request

MIB = 1 << 20
measured = pytest.mark.skipif(SANITIZED, reason="sanitizers change what memory costs")
TOTAL = (20 if SANITIZED else 200) * MIB
PIECE = b"x" * (256 * 1024)


def grew_less_than(gateway, before, limit):
    if not SANITIZED:
        grown = gateway.memory() - before
        assert grown < limit, f"{grown / MIB:.1f} MiB more"


def warm_up(gateway):
    for _ in range(3):
        with Client(gateway) as client:
            client.send(request("/", method="POST", body=b"x" * 300_000))
            assert client.response().status == 200
    return gateway.memory()


def test_promise_19_a_long_download_streams(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % TOTAL)
        for _ in range(TOTAL // len(PIECE)):
            connection.send(PIECE)

    backend.scripts["/down"] = script
    before = warm_up(gateway)
    with Client(gateway) as client:
        client.send(request("/down"))
        client.head()
        got, most = len(client.reader.buffer), 0
        buffer = bytearray(MIB)
        while got < TOTAL:
            count = client.sock.recv_into(buffer)
            assert count, "cut"
            got += count
            if got % (16 * MIB) < count:
                most = max(most, gateway.memory())
        assert got == TOTAL
    if not SANITIZED:
        assert most - before < 16 * MIB


def test_promise_19_a_long_upload_streams(gateway, backend):
    counted = []

    def script(connection, seen):
        left = int(seen.get("content-length")) - len(connection.reader.buffer)
        connection.reader.buffer = b""
        buffer = bytearray(MIB)
        while left:
            count = connection.sock.recv_into(buffer, min(left, MIB))
            if not count:
                return False
            left -= count
        counted.append(True)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    backend.scripts["/up"] = script
    before = warm_up(gateway)
    with Client(gateway) as client:
        client.send(request("/up", f"Content-Length: {TOTAL}", method="POST"))
        for _ in range(TOTAL // len(PIECE)):
            client.sock.sendall(PIECE)
        grew_less_than(gateway, before, 16 * MIB)
        assert client.response().body == b"ok"
    assert counted


def test_promise_19_a_client_that_stops_reading_stops_the_upstream(gateway, backend):
    sent = []

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                sent.append(connection.sock.send(PIECE))
        return False

    backend.scripts["/stalled"] = script
    before = warm_up(gateway)
    with Client(gateway) as client:
        client.send(request("/stalled"))
        client.head()
        settled(lambda: sum(sent))
        assert sum(sent) < 64 * MIB         # what kernels buffer on both hops
        grew_less_than(gateway, before, 16 * MIB)
        with Client(gateway) as other:
            assert other.get().status == 200


def test_promise_19_an_upstream_that_stops_reading_stops_the_client(gateway, backend):
    release = threading.Event()

    def script(_, __):
        release.wait(bound(30))
        return False

    backend.scripts["/unread"] = script
    before = warm_up(gateway)
    with Client(gateway) as client:
        client.send(request("/unread", "Content-Length: 1000000000", method="POST"))
        client.sock.settimeout(bound(0.5))
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 256 * MIB:
                sent += client.sock.send(PIECE)
        assert sent < 64 * MIB
        grew_less_than(gateway, before, 16 * MIB)
    release.set()


def settled(value):
    """Waits until a number stays the same for a while."""
    last, since = value(), time.monotonic()
    deadline = since + bound(20)
    while time.monotonic() - since < bound(0.3) and time.monotonic() < deadline:
        time.sleep(0.02)
        now = value()
        if now != last:
            last, since = now, time.monotonic()
    return last


def test_promise_19_a_server_sent_event_arrives_at_once(gateway, backend):
    go = threading.Event()

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n")
        for i in range(3):
            go.wait(bound(10))
            go.clear()
            event = b"data: %d\n\n" % i
            connection.send(b"%x\r\n%s\r\n" % (len(event), event))
        go.wait(bound(10))
        connection.send(b"0\r\n\r\n")

    backend.scripts["/events"] = script
    with Client(gateway) as client:
        client.send(request("/events"))
        client.head()                        # before any event
        for i in range(3):
            go.set()
            client.reader.until(b"data: %d\n\n" % i)   # before the next is sent
        go.set()
        client.reader.until(b"0\r\n\r\n")


@measured
def test_promise_20_idle_connections_are_cheap(gateway):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 5000
    if hard < wanted + 200:
        pytest.skip("too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 200), hard))
    before = warm_up(gateway)
    clients = []
    try:
        for i in range(wanted):
            client = gateway.connect()
            if i % 10 == 0:                  # some have had an answer
                client.sendall(request("/"))
                client.recv(65536)
            clients.append(client)
        with Client(gateway) as other:
            assert other.get().status == 200
        grown = gateway.memory() - before
        assert grown < 10 * MIB, f"{grown / wanted:.0f} bytes for each"
    finally:
        for client in clients:
            client.close()
    eventually(lambda: gateway.open_descriptors() < 200, 10, "descriptors back where they were")


def test_promise_20_slow_heads_and_stalled_readers_hurt_nobody(gateway, backend):
    def flood(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
        with contextlib.suppress(OSError):
            connection.sock.sendall(b"x" * 10_000_000)
        return False

    backend.scripts["/big"] = flood
    slow = []
    try:
        for _ in range(150):
            client = gateway.connect()
            client.sendall(b"GET / HTTP/1.1\r\nHost: a.test\r\nX-Slow: ")
            slow.append(client)
        for _ in range(50):
            client = gateway.connect()
            client.sendall(request("/big"))
            slow.append(client)
        with Client(gateway) as good:
            for _ in range(200):
                assert good.get().status == 200
        before = gateway.cpu_seconds()
        time.sleep(bound(0.5))               # what is measured is the CPU of that time
        assert gateway.cpu_seconds() - before < bound(0.5) * 0.5, "it spins on what it waits for"
    finally:
        for client in slow:
            client.close()
    with Client(gateway) as good:
        assert good.get().status == 200


@measured
def test_promise_20_memory_comes_back_after_a_flood(backend):
    with Gateway({"routes": [{"path": "/", "to": backend.url}]}) as gateway:
        before = warm_up(gateway)
        for _ in range(5):
            clients = [gateway.connect() for _ in range(200)]
            for client in clients:
                client.sendall(b"GET / HTTP/1.1\r\nHost: a.test\r\nX-A: " + b"x" * 20_000)
            for client in clients:
                client.close()
        eventually(lambda: gateway.memory() - before < 16 * MIB, 10, "memory back where it was")


def test_a_client_that_has_ended_its_side_costs_nothing_while_it_waits():
    arrived, go_on = threading.Event(), threading.Event()

    def slow(connection, _):
        arrived.set()
        go_on.wait(bound(30))
        connection.send(HELLO)

    with Backend({"/slow": slow}) as backend, Gateway({"routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            client.send(request("/slow"))
            assert arrived.wait(bound(10))
            client.sock.shutdown(socket.SHUT_WR)
            before = gateway.cpu_seconds()
            time.sleep(2)                                   # of which a loop that spins takes most
            assert gateway.cpu_seconds() - before < 0.5
            go_on.set()
            assert client.response().status == 200
