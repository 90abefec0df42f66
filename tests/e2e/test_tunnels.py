"""Promise 7: only WebSocket upgrades, only where a route allows them; then bytes pass untouched,
both ways."""
import pytest

from backend import answer
from gateway import SLOW
from wire import Client, Closed, request

UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
SWITCH = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


def configure(backend):
    return {"routes": [{"path": "/never", "to": backend.url, "websocket": False},
                       {"path": "/short", "to": backend.url,
                        "timeouts": {"tunnel": f"{int(200 * SLOW)}ms"}},
                       {"path": "/", "to": backend.url}]}


def echo(connection, seen):
    assert seen.get("upgrade").lower() == "websocket"
    assert "upgrade" in seen.get("connection").lower()
    assert seen.get("sec-websocket-key") == "dGhlIHNhbXBsZSBub25jZQ=="
    connection.send(SWITCH)
    while True:
        if not connection.reader.buffer and not connection.reader.more():
            return False
        connection.send(connection.reader.buffer)
        connection.reader.buffer = b""


def open_tunnel(client, path="/ws"):
    client.send(request(path, *UPGRADE))
    head = client.head()
    assert head.status == 101
    assert head.get("upgrade").lower() == "websocket"
    assert "upgrade" in head.get("connection").lower()
    assert head.get("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert not head.has("content-length") and not head.has("transfer-encoding")


def test_bytes_pass_untouched(gateway, backend):
    backend.scripts["/ws"] = echo
    every_byte = bytes(range(256)) + b"\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    with Client(gateway) as client:
        open_tunnel(client)
        for _ in range(50):
            client.send(every_byte)
            assert client.reader.exactly(len(every_byte)) == every_byte


def test_bytes_behind_the_upgrade_are_not_lost(gateway, backend):
    backend.scripts["/ws"] = echo
    backend.scripts["/greets"] = lambda connection, seen: connection.send(SWITCH + b"welcome")
    with Client(gateway) as client:
        client.send(request("/ws", *UPGRADE) + b"early")
        assert client.head().status == 101
        assert client.reader.exactly(5) == b"early"
    with Client(gateway) as client:
        open_tunnel(client, "/greets")
        assert client.reader.exactly(7) == b"welcome"


def test_an_end_on_one_side_reaches_the_other(gateway, backend):
    ended = []

    def script(connection, _):
        connection.send(SWITCH)
        ended.append(connection.reader.to_the_end())
        connection.send(b"last words")
        return False

    backend.scripts["/half"] = script
    with Client(gateway) as client:
        open_tunnel(client, "/half")
        client.send(b"bye")
        client.sock.shutdown(1)
        assert client.reader.to_the_end() == b"last words"
    assert ended == [b"bye"]


def test_a_silent_tunnel_ends(gateway, backend):
    backend.scripts["/short"] = echo
    with Client(gateway) as client:
        open_tunnel(client, "/short")
        client.send(b"ping")
        assert client.reader.exactly(4) == b"ping"
        assert client.is_closed(5)


def test_a_refused_upgrade_is_an_answer_like_any(gateway, backend):
    backend.scripts["/refused"] = answer("426 Upgrade Required", "Upgrade: websocket")
    with Client(gateway) as client:
        client.send(request("/refused", *UPGRADE))
        assert client.response().status == 426
        assert client.get().status == 200


def test_where_a_route_forbids_it_the_upgrade_is_not_passed_on(gateway, backend):
    with Client(gateway) as client:
        reply = client.get("/never", *UPGRADE)
        assert reply.status in (200, 400, 403, 426)
    assert not any(r.has("upgrade") for r in backend.heads if r.target == "/never")


@pytest.mark.parametrize("fields", [
    ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
     "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
    ("Connection: Upgrade", "Upgrade: h2c"),
    ("Connection: Upgrade", "Upgrade: TLS/1.2"),
    ("Connection: Upgrade", "Upgrade: websocket, h2c", *UPGRADE[2:]),
    ("Connection: keep-alive", *UPGRADE[1:]),
    ("Upgrade: websocket",),
], ids=lambda fields: fields[1] if len(fields) > 1 else "no Connection")
def test_other_upgrades_never_reach_an_upstream(gateway, backend, fields):
    with Client(gateway) as client:
        assert client.get("/other", *fields).status in (200, 400)
    for seen in backend.heads:
        if seen.target == "/other":
            assert not seen.has("upgrade") and not seen.has("http2-settings")
            assert "upgrade" not in seen.get("connection", "").lower()


def test_a_post_cannot_upgrade(gateway, backend):
    with Client(gateway) as client:
        client.send(request("/post", *UPGRADE, "Content-Length: 2", method="POST") + b"hi")
        assert client.response().status in (200, 400)
    assert not any(r.has("upgrade") for r in backend.heads if r.target == "/post")


def test_another_protocol_in_the_101_is_502(gateway, backend):
    def script(connection, _):
        connection.send(SWITCH.replace(b"Upgrade: websocket", b"Upgrade: h2c"))
        return False

    backend.scripts["/other-protocol"] = script
    with Client(gateway) as client:
        client.send(request("/other-protocol", *UPGRADE))
        try:
            assert client.response().status == 502
        except Closed:
            pass
