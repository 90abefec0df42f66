"""body_limit: 413 before anything is sent on, or as soon as a body of unknown length is too long."""
import threading

import pytest

from backend import Backend
from gateway import Gateway, bound, eventually, free_port
from wire import Client, Closed, request


def configure(backend, limit, listener_limit=None):
    listener = {"name": "l", "address": f"127.0.0.1:{free_port()}"}
    if listener_limit:
        listener["limits"] = {"body_bytes": listener_limit}
    return {"listeners": [listener], "middlewares": {"small": {"body_limit": limit}},
            "use": ["access_log"],
            "routes": [{"path": "/", "to": backend.url, "use": ["small"]},
                       {"path": "/free", "to": backend.url}]}


def chunk(size):
    return b"%x\r\n%s\r\n" % (size, b"x" * size)


def chunked(path, *sizes, end=True):
    head = request(path, "Transfer-Encoding: chunked", method="POST")
    return head + b"".join(map(chunk, sizes)) + (b"0\r\n\r\n" if end else b"")


def test_a_told_length_is_refused_before_anything_is_sent_on():
    with Backend() as backend, Gateway(configure(backend, "1KiB")) as gateway:
        with Client(gateway) as client:
            client.send(request("/fits", method="POST", body=b"x" * 1024))
            assert client.response().status == 200
            client.send(request("/long", "Content-Length: 1025", method="POST"))
            reply = client.response()
            assert reply.status == 413 and b"problems/body-too-large" in reply.body
        assert gateway.logged(status=413)["rejected_by"] == "small"
        assert [each.target for each in backend.heads] == ["/fits"]


def test_a_refused_body_that_has_come_is_no_next_request():
    with Backend() as backend, Gateway(configure(backend, "10B")) as gateway:
        with Client(gateway) as client:
            client.send(request("/long", method="POST", body=b"GET /smuggled HTTP/1.1\r\n\r\n"))
            assert client.response().status == 413
            client.send(request("/next"))
            try:
                assert client.response().status == 200
            except Closed:
                pass
        assert b"smuggled" not in backend.received()


def test_a_body_of_unknown_length_ends_at_the_limit():
    with Backend() as backend, Gateway(configure(backend, "1KiB")) as gateway:
        with Client(gateway) as client:
            client.send(chunked("/fits", 512, 512))
            assert client.response().status == 200
        with Client(gateway) as client:
            client.send(chunked("/long", 1000, 1000))
            assert client.response().status == 413
        assert gateway.logged(status=413)["rejected_by"] == "small"
        with Client(gateway) as client:
            client.send(chunked("/free", 1000, 1000))
            assert client.response().status == 200
        whole = [each.target for each in backend.requests]
        assert whole == ["/fits", "/free"], "the backend took a part for the whole"


def test_bytes_behind_the_limit_are_not_sent_on():
    seen = {}

    def script(connection, _):
        seen["first"] = connection.reader.until(b"x" * 600 + b"\r\n")
        connection.reader.to_the_end()
        seen["all"] = connection.reader.all
        return False

    with Backend({"/slow": script}) as backend, Gateway(configure(backend, "1KiB")) as gateway:
        with Client(gateway) as client:
            client.send(chunked("/slow", 600, end=False))
            eventually(lambda: "first" in seen, 10, "the first chunk at the backend")
            client.send(b"%x\r\n%s\r\n" % (600, b"y" * 600))
            assert client.response().status == 413
            assert client.is_closed()
        assert gateway.logged(status=413)["rejected_by"] == "small"
        assert b"y" not in backend.received().split(b"\r\n\r\n", 1)[1]


@pytest.mark.parametrize("route_limit,listener_limit", [("1KiB", "1MiB"), ("1MiB", "1KiB")])
def test_the_smaller_limit_counts(route_limit, listener_limit):
    with Backend() as backend, \
            Gateway(configure(backend, route_limit, listener_limit)) as gateway:
        for sent in (request("/a", "Content-Length: 1025", method="POST"),
                     chunked("/b", 512, 513)):
            with Client(gateway) as client:
                client.send(sent)
                assert client.response().status == 413
        assert not backend.requests


def test_in_shadow_mode_bodies_pass_and_are_told():
    with Backend() as backend, \
            Gateway(configure(backend, {"size": "1KiB", "shadow": True})) as gateway:
        with Client(gateway) as client:
            client.send(request("/told", method="POST", body=b"x" * 2000))
            assert client.response().status == 200
            client.send(chunked("/chunks", 1000, 1000))
            assert client.response().status == 200
            client.send(chunked("/small", 10))
            assert client.response().status == 200
        assert gateway.logged(target="/told")["would_reject"] == "small"
        assert gateway.logged(target="/chunks")["would_reject"] == "small"
        assert "would_reject" not in gateway.logged(target="/small")
        assert [len(each.body) for each in backend.requests] == [2000, 2000, 10]


def test_an_answer_that_has_begun_goes_on_without_the_rest_of_the_body():
    too_much = threading.Event()

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(5))
        too_much.wait(bound(20))
        for _ in range(10):
            connection.send(chunk(100))
        connection.send(b"0\r\n\r\n")
        return False

    with Backend({"/stream": script}) as backend, Gateway(configure(backend, "1KiB")) as gateway:
        with Client(gateway) as client:
            client.send(chunked("/stream", 100, end=False))
            assert client.head().status == 200
            client.send(chunk(2000))
            too_much.set()
            assert b"0\r\n\r\n" in client.reader.until(b"0\r\n\r\n")
