"""Promise 26: reloads lose no request, keep what did not change, and a bad file changes nothing."""
import contextlib
import json
import os
import socket
import signal
import threading

from backend import Backend, answer
from gateway import Gateway, bound, eventually, free_port
from test_tunnels import echo, open_tunnel
from wire import Client, request


def fixed(path, body):
    return {"path": path, "respond": {"body": body}}


def served(gateway, path="/"):
    with Client(gateway) as client:
        return client.get(path).body


def accepts(address):
    host, port = address.rsplit(":", 1)
    with contextlib.suppress(OSError):
        socket.create_connection((host, int(port)), timeout=bound(5)).close()
        return True
    return False


def at(gateway, address):
    """A client of the gateway at another of its addresses."""
    class there:
        @staticmethod
        def connect(timeout):
            if address.startswith("unix:"):
                client = socket.socket(socket.AF_UNIX)
                client.connect(address[5:])
            else:
                host, port = address.rsplit(":", 1)
                client = socket.create_connection((host, int(port)))
            client.settimeout(bound(timeout))
            return client
    return Client(there)


def test_hup_changes_routes_for_kept_connections_too():
    with Gateway({"routes": [fixed("/", "before")]}) as gateway, Client(gateway) as kept:
        assert kept.get().body == b"before"
        line = gateway.reload(gateway.config | {"routes": [{"name": "new"} | fixed("/", "after")]})
        assert "generation=2" in line and "route new added" in line
        assert kept.get().body == b"after"
        assert served(gateway) == b"after"


def test_a_bad_file_changes_nothing_and_says_what_is_wrong_where():
    with Gateway({"routes": [fixed("/", "before")]}) as gateway, Client(gateway) as kept:
        gateway.file.write_text(gateway.file.read_text().replace('"routes"', '"routs"'))
        assert "not reloaded" in gateway.reload()
        line = next(line for line in gateway.errors().splitlines() if "routs" in line)
        assert f"{gateway.file}:" in line and ":2" in line and "routes" in line
        assert kept.get().body == b"before"
        gateway.file.write_text("a: [")
        assert "not reloaded" in gateway.reload()
        gateway.file.unlink()
        assert "not reloaded" in gateway.reload()
        assert served(gateway) == b"before"
        assert "generation=2" in gateway.reload({**gateway.config, "routes": [fixed("/", "now")]})
        assert served(gateway) == b"now"


def test_an_address_in_use_changes_nothing():
    with socket.socket() as taken, Gateway({"routes": [fixed("/", "before")]}) as gateway:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        good = f"127.0.0.1:{free_port()}"
        bad = f"127.0.0.1:{taken.getsockname()[1]}"
        config = {"workers": 2, "routes": [{"listener": "any"} | fixed("/", "after")],
                  "listeners": [{"name": "default", "address": gateway.address},
                                {"name": "good", "address": good},
                                {"name": "bad", "address": bad}]}
        assert "not reloaded" in gateway.reload(config)
        assert f"cannot listen on {bad}" in gateway.errors()
        assert served(gateway) == b"before"
        assert not accepts(good), "what was opened before the failure stays open"


def test_nothing_changed_is_no_new_generation():
    with Gateway({"routes": [fixed("/", "a")]}) as gateway:
        assert "nothing has changed" in gateway.reload()
        gateway.config["workers"] = 3
        assert "workers needs a restart" in gateway.reload(gateway.config)
        assert "generation=2" in gateway.reload(gateway.config | {"routes": [fixed("/", "b")]})


def test_a_websocket_and_a_download_survive_reloads():
    go = threading.Event()

    def download(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100_000)
        go.wait(bound(60))
        connection.send(b"y" * 100_000)

    with Backend({"/ws": echo, "/down": download}) as backend:
        routes = [{"path": "/", "to": backend.url}]
        with Gateway({"routes": routes}) as gateway:
            with Client(gateway, 60) as tunnel, Client(gateway, 60) as long:
                open_tunnel(tunnel)
                long.send(request("/down"))
                head = long.head()
                assert head.status == 200
                for number in range(3):
                    # The upstream that both use is gone with the first of them.
                    gateway.reload(gateway.config | {"routes": [fixed("/", f"{number}")]})
                    tunnel.send(b"ping%d" % number)
                    assert tunnel.reader.exactly(5) == b"ping%d" % number
                    assert served(gateway) == b"%d" % number
                go.set()
                assert long.reader.exactly(200_000) == b"x" * 100_000 + b"y" * 100_000


def test_connections_to_upstreams_are_kept():
    with Backend() as backend, Gateway({"workers": 1, "routes": [
            {"path": "/s", "to": backend.url}]}) as gateway:
        assert served(gateway, "/s") == b"hello\n"
        for number in range(3):
            routes = [fixed(f"/{number}", "x"), {"path": "/s", "to": backend.url}]
            gateway.reload(gateway.config | {"routes": routes})
            assert served(gateway, "/s") == b"hello\n"
        assert len(backend.connections) == 1
        # The upstream is gone: its connection is not kept for nobody.
        gateway.reload(gateway.config | {"routes": [fixed("/", "x")]})
        eventually(lambda: backend.connections[0].sock.fileno() == -1, 5, "closing what is idle")


def test_listeners_come_and_go_and_move():
    first, second, third = (f"127.0.0.1:{free_port()}" for _ in range(3))

    def with_listeners(*listeners):
        return {"workers": 2, "routes": [{"listener": "any"} | fixed("/", "x")],
                "listeners": [{"name": name, "address": address} for name, address in listeners]}

    with Gateway(with_listeners(("one", first))) as gateway, Client(gateway) as kept:
        assert kept.get().body == b"x"
        gateway.reload(with_listeners(("one", first), ("two", second)))
        with at(gateway, second) as other:
            assert other.get().body == b"x"
            gateway.reload(with_listeners(("one", third), ("two", second)))
            assert served_at(gateway, third) == b"x"
            eventually(lambda: not accepts(first), 5, "closing what was moved")
            reply = kept.get()      # it is still a connection of `one`
            assert reply.status == 200 and not reply.has("connection")
            gateway.reload(with_listeners(("one", third)))
            assert other.is_closed(5), "an idle connection of a removed listener"
            eventually(lambda: not accepts(second), 5, "closing what was removed")
        # And back, at once, more than once.
        for address in (first, third, first, third, first):
            assert "not" not in gateway.reload(with_listeners(("one", address)))
            assert served_at(gateway, address) == b"x"
        assert kept.get().status == 200


def test_listeners_that_trade_addresses_keep_their_connections():
    ports = [f"127.0.0.1:{free_port()}" for _ in range(2)]

    def listeners(*names):
        return {"workers": 2, "routes": [{"listener": "any"} | fixed("/", names[0])],
                "listeners": [{"name": name, "address": address}
                              for name, address in zip(names, ports, strict=True)]}

    with Gateway(listeners("a", "b")) as gateway:
        kept = [at(gateway, address) for address in ports * 4]
        for names in (("c", "a"), ("a", "b"), ("x", "y"), ("y", "x"), ("b", "c")):
            gateway.reload(listeners(*names))
            for client in kept:
                eventually(lambda: client.get().body == names[0].encode(), what="the swap of all workers")
        for client in kept:
            client.sock.close()


def served_at(gateway, address):
    with at(gateway, address) as client:
        return client.get().body


def test_a_request_at_a_removed_listener_is_answered():
    arrived, go = threading.Event(), threading.Event()

    def held(connection, _):
        arrived.set()
        go.wait(bound(30))
        connection.send(answer(body=b"finished"))

    with Backend({"/": held}) as backend:
        with Gateway({"routes": [{"path": "/", "to": backend.url}]}) as gateway:
            with Client(gateway) as client:
                client.send(request("/"))
                assert arrived.wait(bound(10))
                moved = {"workers": 2, "listeners": [
                    {"name": "other", "address": f"127.0.0.1:{free_port()}"}],
                    "routes": [fixed("/", "x")]}
                gateway.reload(moved)
                go.set()
                reply = client.response()
                assert (reply.status, reply.body) == (200, b"finished")
                assert reply.get("connection").lower() == "close"
                assert client.is_closed()


def test_unix_sockets_come_and_go_with_their_files(tmp_path):
    first, second = tmp_path / "a.sock", tmp_path / "b.sock"

    def listening(path):
        return {"workers": 2, "listeners": [{"name": "one", "address": f"unix:{path}"}],
                "routes": [fixed("/", "x")]}

    with Gateway(listening(first)) as gateway:
        for path, other in ((second, first), (first, second), (second, first)):
            gateway.reload(listening(path))
            assert served_at(gateway, f"unix:{path}") == b"x"
            assert not other.exists()
    assert not first.exists() and not second.exists()


def test_hup_during_a_drain_is_ignored():
    arrived, go = threading.Event(), threading.Event()

    def held(connection, _):
        arrived.set()
        go.wait(bound(30))
        connection.send(answer(body=b"finished"))

    with Backend({"/": held}) as backend:
        with Gateway({"routes": [{"path": "/", "to": backend.url}]}) as gateway:
            with Client(gateway) as client:
                client.send(request("/"))
                assert arrived.wait(bound(10))
                gateway.process.send_signal(signal.SIGTERM)
                eventually(lambda: "draining" in gateway.errors(), 5, "the drain")
                assert "draining" in gateway.reload(gateway.config | {"routes": [fixed("/", "x")]})
                go.set()
                assert client.response().body == b"finished"
            assert gateway.process.wait(bound(10)) == 0


class Watched:
    """A gateway that watches its file."""

    def __init__(self):
        self.gateway = Gateway({"watch": True, "routes": [fixed("/", "0")]})

    def text(self, number):
        return json.dumps(self.gateway.config | {"routes": [fixed("/", f"{number}")]})

    def shows(self, number):
        eventually(lambda: served(self.gateway) == b"%d" % number, 15, "the new configuration")


def test_a_watched_file_is_read_again_when_it_changes():
    watched = Watched()
    file = watched.gateway.file
    with watched.gateway as gateway:
        file.write_text(watched.text(1))
        watched.shows(1)
        over = file.with_suffix(".new")
        over.write_text(watched.text(2))
        over.rename(file)
        watched.shows(2)
        # A bad one is told once, and the good one that follows is taken.
        file.write_text("{")
        eventually(lambda: any("not reloaded" in line for line in gateway.reloads()), 15)
        file.write_text(watched.text(3))
        watched.shows(3)
        assert all("cause=watch" in line for line in gateway.reloads())
        # The switch itself can be turned.
        file.write_text(json.dumps(json.loads(watched.text(4)) | {"watch": False}))
        watched.shows(4)
        assert "generation=6" in gateway.reload(json.loads(watched.text(5)))
        watched.shows(5)
        file.write_text(watched.text(6))
        watched.shows(6)


def test_swapped_links_are_seen_and_so_are_files_that_the_configuration_names():
    """As Kubernetes mounts configurations and secrets."""
    watched = Watched()
    file = watched.gateway.file
    folder = file.parent

    def version(number, secret):
        made = folder / f"..v{number}"
        made.mkdir()
        config = json.loads(watched.text(number))
        config["routes"].append(fixed("/secret", "${file:secret}"))
        (made / file.name).write_text(json.dumps(config))
        (made / "secret").write_text(secret)
        os.symlink(made.name, folder / "..tmp")
        os.rename(folder / "..tmp", folder / "..data")

    version(0, "zero")
    file.unlink()
    file.symlink_to(f"..data/{file.name}")
    (folder / "secret").symlink_to("..data/secret")
    with watched.gateway as gateway:
        assert served(gateway, "/secret") == b"zero"
        version(1, "one")
        watched.shows(1)
        assert served(gateway, "/secret") == b"one"
        (folder / "..data" / "secret").write_text("two")
        eventually(lambda: served(gateway, "/secret") == b"two", 15, "the new secret")
