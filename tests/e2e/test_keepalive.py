"""Promise 24: connections are used again, answers stay in order, and nothing unsafe is ever sent
twice."""
import socket
import struct
import threading

from backend import HELLO, Backend, answer
from gateway import Gateway, bound
from wire import Client, request


def test_pipelined_requests_are_answered_in_order(gateway, backend):
    for i in range(20):
        backend.scripts[f"/n{i}"] = answer(body=str(i).encode())
    with Client(gateway) as client:
        client.send(b"".join(request(f"/n{i}") for i in range(20)))
        assert [client.response().body for _ in range(20)] == [str(i).encode() for i in range(20)]


def test_pipelined_bodies_stay_with_their_requests(gateway, backend):
    bodies = [b"a", b"GET /x HTTP/1.1\r\nHost: evil\r\n\r\n", b"", b"0\r\n\r\n", b"x" * 50_000]
    with Client(gateway) as client:
        client.send(b"".join(request(f"/p{i}", method="POST",
                                     body=body) if body else request(f"/p{i}")
                             for i, body in enumerate(bodies)))
        for _ in bodies:
            assert client.response().status == 200
    seen = {r.target: r.body for r in backend.requests}
    assert [seen[f"/p{i}"] for i in range(len(bodies))] == bodies


def test_connections_to_the_upstream_are_used_again():
    with Backend() as backend, Gateway({"workers": 1,
                                        "routes": [{"path": "/", "to": backend.url}]}) as gateway:
        for _ in range(5):
            with Client(gateway) as client:
                for _ in range(10):
                    assert client.get().status == 200
        assert len(backend.connections) == 1
        assert backend.connections[0].requests == 50


def test_connection_close_is_heeded(gateway):
    with Client(gateway) as client:
        reply = client.get("/", "Connection: close")
        assert reply.status == 200 and reply.get("connection").lower() == "close"
        assert client.is_closed()


def test_an_upstream_that_closes_after_each_answer_serves_on(gateway, backend):
    def script(connection, _):
        connection.send(answer("200 OK", "Connection: close"))
        return False

    backend.scripts["/closes"] = script
    with Client(gateway) as client:
        for _ in range(20):
            reply = client.get("/closes")
            assert reply.status == 200 and not reply.has("connection")


def test_promise_24_a_stale_pooled_connection_never_fails_a_get():
    """The upstream ends idle connections without a word, at once or just as the next request
    comes."""
    def closes_silently(connection, _):
        connection.send(HELLO)
        return False

    def resets_silently(connection, _):
        connection.send(HELLO)
        connection.reader.until(b"\r\n\r\n")    # swallows the next request's head
        connection.reset()
        return False

    scripts = {"/closes": closes_silently, "/swallows": resets_silently}
    with Backend(scripts) as backend, \
            Gateway({"workers": 1, "routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            for path in ("/closes", "/swallows"):
                for _ in range(10):
                    assert client.get(path).status == 200
                    assert client.get("/after").status == 200


def test_promise_24_a_post_is_never_sent_twice():
    swallowed = []

    def swallow(connection, _):
        connection.send(HELLO)
        head = connection.head()
        swallowed.append(head.target)
        connection.body_of(head)
        connection.close()
        return False

    with Backend({"/first": swallow}) as backend, \
            Gateway({"workers": 1, "routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            for i in range(5):
                assert client.get("/first").status == 200
                client.send(request(f"/post{i}", method="POST", body=b"pay"))
                status = client.response().status
                served = sum(r.target == f"/post{i}" for r in backend.heads)
                times = swallowed.count(f"/post{i}") + served
                assert times <= 1, "sent twice"
                assert status == (502 if f"/post{i}" in swallowed else 200)
        assert swallowed


def test_promise_24_a_get_is_not_repeated_once_its_answer_has_begun(gateway, backend):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal")
        return False

    backend.scripts["/begun"] = script
    with Client(gateway) as client:
        client.send(request("/begun"))
        client.reader.to_the_end()
    assert sum(r.target == "/begun" for r in backend.heads) == 1


def test_a_client_that_goes_away_ends_the_upstreams_work(gateway, backend):
    gone = threading.Event()
    began = threading.Event()

    def script(connection, _):
        began.set()
        try:
            if connection.reader.more() == b"":
                gone.set()
        except OSError:
            gone.set()
        return False

    backend.scripts["/abandoned"] = script
    client = Client(gateway)
    client.send(request("/abandoned"))
    assert began.wait(bound(5))
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sock.close()
    assert gone.wait(bound(5)), "the upstream still works for nobody"


def test_a_client_that_has_said_all_still_gets_its_answer(gateway):
    with Client(gateway) as client:
        client.send(request("/"))
        client.sock.shutdown(1)
        assert client.response().status == 200
