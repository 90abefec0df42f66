"""One line of JSON on standard output for each exchange, after its last byte."""
import json
import re
import threading

from gateway import Gateway, bound, eventually
from wire import Client, Closed, request


def configure(backend):
    return {"use": ["request_id", "access_log"],
            "routes": [{"name": "the-route", "path": "/", "to": backend.url},
                       {"name": "fixed", "path": "/fixed", "respond": {"body": "fixed"}}]}


def test_a_line_says_what_happened(gateway, backend):
    with Client(gateway) as client:
        client.send(request("/what?a=b", method="POST", body=b"hello"))
        client.response()
    line = gateway.logged(target="/what?a=b")
    assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line["time"])
    assert line["request_id"] == backend.last.get("x-request-id")
    assert (line["client"], line["host"]) == ("127.0.0.1", "a.test")
    assert (line["method"], line["status"]) == ("POST", 200)
    assert line["route"] == "the-route" and line["listener"]
    assert line["duration_ms"] >= 0
    assert line["bytes_received"] >= 5 and line["bytes_sent"] >= 6
    assert backend.authority in line["endpoint"] and line["upstream"]
    assert not line.get("failure")


def test_an_exchange_without_upstream_has_a_line(gateway):
    with Client(gateway) as client:
        client.get("/fixed")
    assert gateway.logged(target="/fixed")["route"] == "fixed"


def test_failures_are_named(gateway, backend):
    backend.scripts["/failing"] = b"garbage\r\n\r\n"
    with Client(gateway) as client:
        client.get("/failing")
    line = gateway.logged(target="/failing")
    assert line["status"] == 502 and "malformed" in json.dumps(line["failure"])


def test_the_line_comes_after_the_last_byte(gateway, backend):
    go = threading.Event()

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        go.wait(bound(10))
        connection.send(b"world")

    backend.scripts["/in-two"] = script
    with Client(gateway) as client:
        client.send(request("/in-two"))
        client.head()
        assert client.reader.exactly(5) == b"hello"
        with Client(gateway) as other:
            other.get("/marker-before-the-end")
        gateway.logged(target="/marker-before-the-end")
        assert not any(line.get("target") == "/in-two" for line in gateway.log())
        go.set()
        assert client.reader.exactly(5) == b"world"
    assert gateway.logged(target="/in-two")["bytes_sent"] >= 10


def test_a_client_that_leaves_in_the_middle_has_a_line(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        try:
            while True:
                connection.sock.sendall(b"x" * 100_000)
        except OSError:
            return False

    backend.scripts["/left"] = script
    client = Client(gateway)
    client.send(request("/left"))
    client.head()
    client.sock.close()
    line = gateway.logged(target="/left")
    assert line["failure"] and line["bytes_sent"] < 100_000_000


def test_an_upstream_that_stops_in_the_middle_has_a_line(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
        return False

    backend.scripts["/stopped"] = script
    with Client(gateway) as client:
        try:
            client.get("/stopped")
        except Closed:
            pass
    line = gateway.logged(target="/stopped")
    assert line["failure"]


def test_malformed_requests_have_a_line(gateway):
    before = len(gateway.log())
    with Client(gateway) as client:
        client.send(b"GET / HTTP/1.1\r\nBad Name: 1\r\n\r\n")
        client.response()
    eventually(lambda: any(line["status"] == 400 for line in gateway.log()[before:]), 5, "a line")


def test_hostile_bytes_cannot_forge_a_line(gateway):
    hostile = '/"},{"status":999}\\\'%0a%1b[31m?\x22\x7d'
    with Client(gateway) as client:
        client.send(b"GET " + hostile.encode() + b" HTTP/1.1\r\nHost: a.test\r\n"
                    b"User-Agent: \"\xff\xfe\r\n\r\n")
        client.response()
        client.send(b"GET /\xff\x00\n HTTP/1.1\r\nHost: \"\\\r\n\r\n")
        client.reader.to_the_end()
        with Client(gateway) as other:
            other.get("/after-the-hostile")
    gateway.logged(target="/after-the-hostile")
    for raw in gateway.output().splitlines():
        json.loads(raw)                  # every line is one object
        assert not any(byte < 0x20 or byte == 0x7f for byte in raw)


def test_no_value_pushes_the_status_out_of_its_line():
    with Gateway({"use": ["access_log"], "routes": [{"name": "q", "path": "/", "respond": {}}]}) as gateway:
        for target, host in (("/?" + '"' * 2100, "a.test"), ("/?" + "\\" * 3000, "a.test"),
                             ("/?long", "h" * 6000)):
            with Client(gateway) as client:
                client.send(request(target, host=host))
                status = client.response().status
            line = gateway.logged(status=status, truncated=True)
            assert line["route"] == "q" and "duration_ms" in line and line["bytes_sent"] == 0
            assert line["target"].startswith("/?")
