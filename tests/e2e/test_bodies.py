"""Promises 3, 9, 12 and the limits on bodies: chunked is exact, Expect works end to end, HTTP/1.0
is spared."""
import pytest

from backend import Backend, answer
from gateway import Gateway, eventually, free_port
from wire import Client, Closed, request

CHUNKED = "Transfer-Encoding: chunked"


def chunked_post(body, path="/x", *fields):
    return request(path, CHUNKED, *fields, method="POST") + body


BAD_CHUNKS = [
    b"\r\n", b"g\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n", b"5\nhello\r\n0\r\n\r\n",
    b"5\rhello\r\n0\r\n\r\n",
    b"\t5\r\nhello\r\n0\r\n\r\n", b"5\t\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello0\r\n\r\n", b"5\r\nhelloX\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n",
    b"5\r\nhello\r0\r\n\r\n",
    b"4\r\nhello\r\n0\r\n\r\n", b"6\r\nhello\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    b"10000000000000005\r\nhello\r\n0\r\n\r\n", b"5;" + b"a" * 5000 + b"\r\nhello\r\n0\r\n\r\n",
    b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    b"5;a\x00\r\nhello\r\n0\r\n\r\n", b"5;a\rb\r\nhello\r\n0\r\n\r\n", b";a\r\nhello\r\n0\r\n\r\n",
    b"5,5\r\nhello\r\n0\r\n\r\n",
    b"5.0\r\nhello\r\n0\r\n\r\n", b"\xd9\xa5\r\nhello\r\n0\r\n\r\n",
    b"0" * 2000 + b"5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\nBad Name: x\r\n\r\n", b"5\r\nhello\r\n0\r\nX-A : x\r\n\r\n",
    b"5\r\nhello\r\n0\r\nX-A\r\n\r\n",
    b"5\r\nhello\r\n0\r\nX-A: 1\n\r\n", b"5\r\nhello\r\n0\r\nX-A: \x00\r\n\r\n",
    b"5\r\nhello\r\n0\r\nX-A: 1\r\n folded\r\n\r\n",
    b"5\r\nhello\r\n0\r\n" + b"X-A: 1\r\n" * 3000 + b"\r\n",
    b"5\r\nhello\r\n0\r\nX-A: " + b"a" * 100000 + b"\r\n\r\n",
    b"5\r\nhello\r\n0\n\r\n", b"5\r\nhello\r\n0\r\n\n",
]


@pytest.mark.parametrize("arrives", ["with the head", "later"])
@pytest.mark.parametrize("body", BAD_CHUNKS, ids=[repr(body[:24])[2:-1] for body in BAD_CHUNKS])
def test_promise_3_malformed_chunks_are_refused(gateway, backend, body, arrives):
    heads, before = len(backend.heads), len(backend.requests)
    with Client(gateway) as client:
        if arrives == "later":
            client.send(chunked_post(b""))
            eventually(lambda: len(backend.heads) > heads, 5, "the head at the backend")
            client.send(body + request("/after"))
        else:
            client.send(chunked_post(body) + request("/after"))
        try:
            assert client.response().status in (400, 431)
        except Closed:
            pass
        assert client.is_closed(5)
    assert len(backend.requests) == before, "the backend took it for a whole request"


def test_promise_3_extensions_are_dropped_and_trailers_stay_trailers(gateway, backend):
    body = (b'5;a=b;c="d"\r\nhello\r\n00A\r\n, world...\r\n'
            b"0;last\r\nX-Sum: 1\r\nContent-Length: 3\r\nHost: evil\r\n")
    with Client(gateway) as client:
        client.send(chunked_post(body + b"Transfer-Encoding: x\r\n\r\n", "/chunks",
                                 "Trailer: X-Sum"))
        assert client.response().status == 200
        assert client.get("/next").status == 200
    seen = next(r for r in backend.requests if r.target == "/chunks")
    assert seen.body == b"hello, world..."
    assert not any(b";" in size for size in seen.chunks)
    assert not seen.has("content-length") and not seen.has("x-sum")
    assert [name.lower() for name, _ in seen.trailers] == ["x-sum"]


def test_promise_3_chunks_may_arrive_byte_by_byte(gateway, backend):
    with Client(gateway) as client:
        for byte in chunked_post(b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n", "/slowly"):
            client.send(bytes([byte]))
        assert client.response().status == 200
    assert backend.last.body == b"abcdefg"


def test_promise_2_a_length_stays_a_length(gateway, backend):
    with Client(gateway) as client:
        client.send(request("/length", method="POST", body=b"x" * 100_000))
        assert client.response().status == 200
    assert backend.last.all("content-length") == ["100000"]
    assert not backend.last.has("transfer-encoding")
    assert backend.last.body == b"x" * 100_000


def test_promise_9_expect_continue_end_to_end(gateway, backend):
    def script(connection, seen):
        assert seen.get("expect") == "100-continue"
        assert connection.reader.buffer == b""
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.body_of(seen)
        connection.send(answer(body=seen.body))

    backend.scripts["/expect"] = script
    with Client(gateway) as client:
        client.send(request("/expect", "Expect: 100-continue", "Content-Length: 5", method="POST"))
        assert client.head().status == 100
        client.send(b"hello")
        reply = client.response()
        assert (reply.status, reply.body, reply.interim) == (200, b"hello", [])
        assert client.get().status == 200


def test_promise_9_a_final_answer_without_the_body(gateway, backend):
    def script(connection, _):
        connection.send(answer("413 Content Too Large", "Connection: close", body=b"no"))
        return False

    backend.scripts["/refuse"] = script
    with Client(gateway) as client:
        client.send(request("/refuse", "Expect: 100-continue", "Content-Length: 45", method="POST"))
        assert client.response().status == 413
        # What comes now is the body or the end, never a request.
        client.send(request("/smuggled-as-body"))
        client.reader.to_the_end()
    assert b"smuggled-as-body" not in backend.received()


def test_promise_9_an_early_answer_reaches_a_client_that_still_sends(gateway, backend):
    def script(connection, _):
        connection.reader.exactly(1000)
        connection.send(answer("403 Forbidden", "Connection: close", body=b"enough"))
        return False

    backend.scripts["/early"] = script
    with Client(gateway) as client:
        client.send(request("/early", "Content-Length: 10000000", method="POST") + b"x" * 20_000)
        reply = client.response()
        assert (reply.status, reply.body) == (403, b"enough")
        client.send(b"x" * 1000)
        client.reader.to_the_end()      # drained within bounds, or closed: it ends


def test_an_unknown_expectation_is_417(gateway, backend):
    before = len(backend.heads)
    with Client(gateway) as client:
        assert client.get("/", "Expect: 200-maybe").status == 417
    assert len(backend.heads) == before


def test_promise_12_http_1_0_gets_neither_1xx_nor_chunks(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")

    backend.scripts["/old"] = script
    with Client(gateway) as client:
        client.send(b"GET /old HTTP/1.0\r\nHost: a.test\r\n\r\n")
        reply = client.response()
        assert reply.status == 200 and reply.interim == []
        assert not reply.has("transfer-encoding")
        assert reply.body == b"abcdef"
        assert client.is_closed()


def test_http_1_0_may_keep_its_connection(gateway):
    with Client(gateway) as client:
        for _ in range(3):
            client.send(b"GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n")
            reply = client.response()
            assert reply.get("connection", "").lower() == "keep-alive" and reply.body == b"hello\n"


def test_promise_12_interim_answers_pass_in_order(gateway, backend):
    def script(connection, _):
        for i in range(3):
            connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </%d>\r\n"
                            b"Connection: close\r\n\r\n" % i)
        connection.send(answer())

    backend.scripts["/hints"] = script
    with Client(gateway) as client:
        reply = client.get("/hints")
        assert [hint.get("link") for hint in reply.interim] == ["</0>", "</1>", "</2>"]
        assert reply.body == b"hello\n"
        assert client.get().status == 200


def test_promise_12_a_flood_of_interim_answers_ends(gateway, backend):
    def script(connection, _):
        for _ in range(2000):
            connection.send(b"HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n" * 50)
        return False

    backend.scripts["/flood"] = script
    with Client(gateway) as client:
        try:
            assert client.get("/flood").status == 502
        except Closed:
            pass
        with Client(gateway) as other:
            assert other.get().status == 200


def test_bodies_over_the_limit_are_413():
    with Backend() as backend:
        listener = {"name": "l", "address": f"127.0.0.1:{free_port()}",
                    "limits": {"body_bytes": "1KiB"}}
        with Gateway({"listeners": [listener],
                      "routes": [{"path": "/", "to": backend.url}]}) as gateway:
            with Client(gateway) as client:
                client.send(request("/fits", method="POST", body=b"x" * 1024))
                assert client.response().status == 200
                client.send(request("/long", "Content-Length: 1025", method="POST"))
                assert client.response().status == 413
            with Client(gateway) as client:
                client.send(chunked_post(b"200\r\n" + b"x" * 512 + b"\r\n"
                                         b"201\r\n" + b"x" * 513 + b"\r\n0\r\n\r\n"))
                assert client.response().status == 413
            assert [r.target for r in backend.requests] == ["/fits"]
            assert b"/long" not in backend.received()


def test_a_download_of_chunks_and_trailers_passes(gateway, backend):
    backend.scripts["/down"] = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        b"3;x=y\r\nabc\r\n5\r\ndefgh\r\n0\r\nX-Sum: 8\r\nContent-Length: 1\r\n\r\n")
    with Client(gateway) as client:
        reply = client.get("/down")
        assert reply.body == b"abcdefgh"
        assert ("X-Sum", "8") in reply.trailers and len(reply.trailers) == 1
        assert client.get().status == 200


def test_a_body_until_close_becomes_a_framed_one(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\n\r\nuntil")
        connection.send(b" the end")
        return False

    backend.scripts["/until-close"] = script
    with Client(gateway) as client:
        reply = client.get("/until-close")
        assert reply.body == b"until the end"


def test_upload_and_download_run_side_by_side(gateway, backend):
    # The line end behind a chunk may come with the next one; its bytes may not wait.
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (b"one", b"two", b"three"):
            connection.reader.until(piece)
            connection.send(b"3\r\nre:\r\n%x\r\n%s\r\n" % (len(piece), piece))
        connection.reader.until(b"0\r\n\r\n")
        connection.send(b"0\r\n\r\n")

    backend.scripts["/duplex"] = script
    with Client(gateway) as client:
        client.send(request("/duplex", CHUNKED, method="POST"))
        assert client.head().status == 200
        for piece in (b"one", b"two", b"three"):
            client.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            assert client.reader.until(piece)     # it comes before the next is sent
        client.send(b"0\r\n\r\n")
        assert client.reader.until(b"0\r\n\r\n")
