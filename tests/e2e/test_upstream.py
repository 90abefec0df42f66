"""Promises 10, 11: a malformed, truncated or talkative upstream harms nobody but its own
connection."""
import threading

import pytest

from backend import HELLO, Backend, answer
from gateway import Gateway, bound, eventually
from wire import Client, Closed, request

OK = b"HTTP/1.1 200 OK\r\n"
MALFORMED = [
    b"garbage\r\n\r\n", b"\r\n\r\n", b"HTTP/1.1\r\n\r\n",
    b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n",
    b"ICY 200 OK\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 O\x00K\r\nContent-Length: 0\r\n\r\n",
    OK + b"Content-Length: 5, 5\r\n\r\nhello",
    OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    OK + b"Content-Length: -1\r\n\r\n", OK + b"Content-Length: x\r\n\r\n",
    OK + b"Content-Length:\r\n\r\n",
    OK + b"Content-Length: 99999999999999999999\r\n\r\n",
    OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    OK + b"Transfer-Encoding: gzip\r\n\r\nhello",
    OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    OK + b"Bad Name: 1\r\nContent-Length: 0\r\n\r\n", OK + b"X-A : 1\r\nContent-Length: 0\r\n\r\n",
    OK + b"X-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
    OK + b"X-A\r\nContent-Length: 0\r\n\r\n",
    OK + b"X-A: \x00\r\nContent-Length: 0\r\n\r\n", OK + b"X-A: a\rb\r\nContent-Length: 0\r\n\r\n",
    OK + b"X-A: a\nX-B: b\r\nContent-Length: 0\r\n\r\n", OK + b": 1\r\nContent-Length: 0\r\n\r\n",
    OK + b"X-A: " + b"a" * 200_000 + b"\r\nContent-Length: 0\r\n\r\n",
    OK + b"X-A: 1\r\n" * 5000 + b"\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("sent", MALFORMED, ids=[repr(sent[:60])[2:-1] for sent in MALFORMED])
def test_promise_10_malformed_answers_become_502(gateway, backend, sent):
    def script(connection, _):
        connection.send(sent)
        return False

    backend.scripts["/malformed"] = script
    with Client(gateway) as client:
        reply = client.get("/malformed")
        assert reply.status == 502
        assert reply.get("content-type") == "application/problem+json"
        assert client.get().status == 200, "the client's connection is fine"


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200", OK, OK + b"Content-Length: 5\r\n"],
                         ids=["nothing", "half a status line", "a status line", "half a head"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_promise_10_an_answer_that_ends_in_its_head_is_502(gateway, backend, sent, how):
    def script(connection, seen):
        connection.body_of(seen)
        connection.send(sent)
        connection.reset() if how == "reset" else connection.close()
        return False

    backend.scripts["/cut"] = script
    with Client(gateway) as client:
        client.send(request("/cut", method="POST", body=b"once"))
        assert client.response().status == 502


@pytest.mark.parametrize("sent", [
    OK + b"Content-Length: 17\r\n\r\nhello",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nXYZ\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nBad Name: x\r\n\r\n",
], ids=["length", "chunks", "within a chunk", "before the end of the trailers", "a bad chunk size",
        "a bad trailer"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_promise_10_a_truncated_answer_never_looks_complete(gateway, backend, sent, how):
    def script(connection, _):
        connection.send(sent)
        connection.reset() if how == "reset" else connection.close()
        return False

    backend.scripts["/truncated"] = script
    with Client(gateway) as client:
        client.send(request("/truncated"))
        head = client.head()
        if head.status == 502:      # known before anything was passed on
            return
        rest = client.reader.to_the_end()
        assert not rest.endswith(b"0\r\n\r\n") and len(rest) != 17


def test_promise_10_a_body_until_close_that_is_reset_is_not_complete(gateway, backend):
    go = threading.Event()

    def resetting(connection, _):
        connection.send(OK + b"\r\nhello")
        go.wait(bound(10))   # the client has the beginning
        connection.reset()
        return False

    backend.scripts["/reset-in-body"] = resetting
    with Client(gateway) as client:
        client.send(request("/reset-in-body"))
        head = client.head()
        client.reader.until(b"hello")
        go.set()
        rest = client.reader.to_the_end()
        if "chunked" in head.get("transfer-encoding", ""):
            assert b"0\r\n\r\n" not in rest


def test_promise_11_surplus_bytes_reach_no_client(gateway, backend):
    evil = answer("200 OK", "X-Evil: 1", body=b"evil")
    backend.scripts["/surplus"] = HELLO + evil
    with Client(gateway) as client:
        for _ in range(3):
            assert client.get("/surplus").body == b"hello\n"
            reply = client.get("/after-surplus")
            assert reply.body == b"hello\n" and not reply.has("x-evil")


def test_promise_11_unasked_bytes_close_the_pooled_connection(gateway, backend):
    connections = []

    def script(connection, _):
        connections.append(connection)
        connection.send(HELLO)

    backend.scripts["/then-unasked"] = script
    with Client(gateway) as client:
        assert client.get("/then-unasked").body == b"hello\n"
        connections[0].send(answer("200 OK", "X-Evil: 1", body=b"evil"))
        eventually(lambda: connections[0].sock.fileno() == -1, 5, "the end of the connection")
        reply = client.get()
        assert reply.body == b"hello\n" and not reply.has("x-evil")


def test_promise_11_a_connection_with_a_malformed_trailer_is_not_used_again():
    go = threading.Event()

    def script(connection, _):
        connection.send(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        go.wait(bound(10))
        connection.send(b"0\r\nBad Name: x\r\n\r\n")

    with Backend({"/late": script}) as backend, \
            Gateway({"workers": 1, "routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            client.send(request("/late"))
            client.reader.until(b"hello")
            go.set()
            assert not client.reader.to_the_end().endswith(b"0\r\n\r\n")
        with Client(gateway) as client:
            assert client.get("/next").status == 200
        assert [connection.requests for connection in backend.connections] == [1, 1]


BODILESS = [
    ("HEAD", answer(body=b""), 200),
    ("HEAD", OK + b"Content-Length: 1000\r\n\r\n", 200),
    ("HEAD", OK + b"Transfer-Encoding: chunked\r\n\r\n", 200),
    ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204),
    ("GET", b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", 204),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", 304),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n", 304),
]


@pytest.mark.parametrize("method, sent, status", BODILESS)
def test_promise_11_answers_without_body_keep_step(gateway, backend, method, sent, status):
    backend.scripts["/bodiless"] = sent
    with Client(gateway) as client:
        for _ in range(3):
            client.send(request("/bodiless", method=method))
            assert client.response(method).status == status
            assert client.get().body == b"hello\n"


def test_promise_11_a_head_answer_keeps_its_length(gateway, backend):
    backend.scripts["/length-of-head"] = OK + b"Content-Length: 1234\r\n\r\n"
    with Client(gateway) as client:
        assert client.get("/length-of-head", method="HEAD").get("content-length") == "1234"


@pytest.mark.parametrize("method, status", [("HEAD", b"200 OK"), ("GET", b"204 No Content"),
                                            ("GET", b"304 Not Modified")])
def test_promise_11_a_body_where_none_may_be_reaches_nobody(gateway, backend, method, status):
    evil = answer("200 OK", "X-Evil: 1")
    backend.scripts["/with-body"] = b"HTTP/1.1 " + status + b"\r\nX-A: 1\r\n\r\n" + evil
    with Client(gateway) as client:
        client.send(request("/with-body", method=method))
        client.response(method)
        reply = client.get("/clean")
        assert reply.status == 200 and not reply.has("x-evil")


def test_promise_1_the_answer_is_written_anew(gateway, backend):
    backend.scripts["/anew"] = (b"HTTP/1.1 299 Odd  Reason\r\nx-a:\t one \r\n"
                                b"Content-Length:   2\r\n\r\nok")
    with Client(gateway) as client:
        reply = client.get("/anew")
        assert reply.status == 299 and reply.body == b"ok"
        assert b"x-a: one\r\n" in reply.head and reply.all("content-length") == ["2"]


def test_an_http_1_0_upstream_works(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\nold but gold")
        return False

    backend.scripts["/http10"] = script
    with Client(gateway) as client:
        assert client.get("/http10").body == b"old but gold"
        assert client.get().status == 200


def test_an_answer_may_arrive_byte_by_byte(gateway, backend):
    def script(connection, _):
        for byte in OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n":
            connection.send(bytes([byte]))

    backend.scripts["/bytewise"] = script
    with Client(gateway) as client:
        reply = client.get("/bytewise")
        assert reply.body == b"abc" and reply.trailers == [("X-T", "1")]
