"""Starting, stopping and running out: clear errors, exit codes, drains that lose nothing."""
import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from backend import Backend, answer
from gateway import Gateway, bound, eventually, free_port, run
from wire import Client, Closed, request


def simple(backend, **more):
    return {"routes": [{"path": "/", "to": backend.url}], **more}


class Held:
    """A script that answers when told."""

    def __init__(self):
        self.arrived = threading.Event()
        self.go = threading.Event()

    def __call__(self, connection, request_seen):
        connection.body_of(request_seen)
        self.arrived.set()
        self.go.wait(bound(30))
        connection.send(answer(body=b"finished"))


def test_term_lets_what_is_in_flight_finish():
    held = Held()
    with Backend({"/held": held}) as backend, Gateway(simple(backend)) as gateway:
        with Client(gateway) as client, Client(gateway) as idle:
            assert idle.get().status == 200
            client.send(request("/held"))
            assert held.arrived.wait(bound(5))
            gateway.process.send_signal(signal.SIGTERM)
            assert idle.is_closed(5), "an idle connection outlives the drain"
            eventually(lambda: not accepts(gateway), 5, "closing the listener")
            assert gateway.process.poll() is None
            held.go.set()
            reply = client.response()
            assert (reply.status, reply.body) == (200, b"finished")
            assert reply.get("connection").lower() == "close"
            assert client.is_closed()
        assert gateway.process.wait(bound(10)) == 0


def accepts(gateway):
    with contextlib.suppress(OSError):
        gateway.connect(1).close()
        return True
    return False


def test_an_upload_and_a_download_in_flight_finish_on_term():
    go = threading.Event()

    def download(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100_000)
        go.wait(bound(30))
        connection.send(b"y" * 100_000)

    with Backend({"/down": download}) as backend, Gateway(simple(backend)) as gateway:
        with Client(gateway) as up, Client(gateway) as down:
            up.send(request("/up", "Content-Length: 10", method="POST") + b"hello")
            eventually(lambda: any(r.target == "/up" for r in backend.heads), 5)
            down.send(request("/down"))
            down.head()
            gateway.process.send_signal(signal.SIGTERM)
            eventually(lambda: not accepts(gateway), 5)
            up.send(b"world")
            assert up.response().status == 200
            go.set()
            assert len(down.reader.exactly(200_000)) == 200_000
        assert gateway.process.wait(bound(10)) == 0


def test_the_drain_has_a_bound():
    held = Held()
    with Backend({"/held": held}) as backend, \
            Gateway(simple(backend, drain_timeout="300ms")) as gateway:
        with Client(gateway) as client:
            client.send(request("/held"))
            assert held.arrived.wait(bound(5))
            gateway.process.send_signal(signal.SIGTERM)
            assert gateway.process.wait(bound(5)) == 0
            with pytest.raises(Closed):
                client.response()
        held.go.set()


@pytest.mark.parametrize("signals", [[signal.SIGTERM, signal.SIGTERM], [signal.SIGQUIT],
                                     [signal.SIGINT, signal.SIGINT]],
                         ids=["TERM twice", "QUIT", "INT twice"])
def test_who_insists_ends_it_at_once(signals):
    held = Held()
    with Backend({"/held": held}) as backend, Gateway(simple(backend)) as gateway:
        with Client(gateway) as client:
            client.send(request("/held"))
            assert held.arrived.wait(bound(5))
            for number in signals:
                gateway.process.send_signal(number)
                eventually(lambda: gateway.process.poll() is not None or not accepts(gateway), 5)
            gateway.process.wait(bound(5))     # far from the 30 s of a drain
        gateway.process.returncode = 0         # which code it was does not matter
        held.go.set()


def test_int_drains_like_term():
    with Backend() as backend, Gateway(simple(backend)) as gateway:
        with Client(gateway) as client:
            assert client.get().status == 200
        gateway.process.send_signal(signal.SIGINT)
        assert gateway.process.wait(bound(10)) == 0


def test_hup_and_usr1_do_not_end_it():
    with Backend() as backend, Gateway(simple(backend)) as gateway:
        with Client(gateway) as client:
            for number in (signal.SIGHUP, signal.SIGUSR1):
                gateway.process.send_signal(number)
                assert client.get().status == 200


def test_a_port_in_use_is_one_clear_line():
    with Backend() as backend, Gateway(simple(backend)) as gateway:
        second = run("run", "-c", str(gateway.file))
        assert second.returncode == 1
        assert gateway.address in second.stderr and "in use" in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1
        with Client(gateway) as client:
            assert client.get().status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL],
                         ids=["TERM", "QUIT", "KILL"])
def test_the_port_is_free_as_soon_as_the_process_is_gone(number):
    """Whoever restarts it must not have to wait."""
    with Backend() as backend, Gateway(simple(backend)) as gateway:
        for _ in range(10):
            with Client(gateway) as client:
                assert client.get().status == 200
                gateway.process.send_signal(number)
                gateway.process.wait(bound(10))
                gateway.start()              # while the client still holds its connection


def test_an_invalid_configuration_is_3_and_says_where(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text("listen: 8080\nroutes:\n  - path: /a\n    too: http://127.0.0.1:1\n")
    ended = run("run", "-c", str(file))
    assert ended.returncode == 3
    assert re.search(r"bad\.yaml:4:5\b", ended.stderr) and "too" in ended.stderr


def test_a_missing_file_and_bad_usage(tmp_path):
    missing = run("run", "-c", str(tmp_path / "none.yaml"))
    assert missing.returncode in (1, 3) and "none.yaml" in missing.stderr
    assert run("run", "--no-such-flag").returncode == 2
    assert run("no-such-verb").returncode == 2
    assert run("--help").returncode == 0
    assert run("version").stdout.startswith("ferroway")


def test_check_does_not_serve(tmp_path):
    file = tmp_path / "good.yaml"
    file.write_text(f"listen: 127.0.0.1:{free_port()}\n"
                    "routes:\n  - {path: /, respond: {body: ok}}\n")
    assert run("check", "-c", str(file)).returncode == 0
    file.write_text("listen: 8080\nroutes: 5\n")
    assert run("check", "-c", str(file)).returncode == 3


def test_promise_21_running_out_of_descriptors_passes():
    with Backend() as backend, Gateway(simple(backend, workers=1), descriptors=64) as gateway:
        clients = []
        with contextlib.suppress(OSError):
            for _ in range(200):
                clients.append(gateway.connect(2))
        for client in clients:
            with contextlib.suppress(OSError):
                client.send(b"GET / HTTP/1.1\r\nHost: a")
        before = gateway.cpu_seconds()
        time.sleep(bound(0.5))           # what is measured is the CPU of that time
        assert gateway.cpu_seconds() - before < bound(0.5) * 0.7, "it spins"
        for client in clients:
            client.close()

        def served():
            with contextlib.suppress(OSError, Closed):
                with Client(gateway, 2) as client:
                    return client.get().status == 200
            return False

        eventually(served, 10, "serving again")


def test_descriptors_are_given_back():
    with Backend() as backend:
        config = {"upstreams": {"b": {"endpoints": [backend.url], "connections": {"idle": 1}}},
                  "routes": [{"path": "/", "to": "b"}]}
        with Gateway(config) as gateway:
            with Client(gateway) as client:
                client.get()
            before = gateway.open_descriptors()
            for unfinished in (b"GET / HT", request("/")) * 50:
                client = Client(gateway)
                client.send(unfinished)
                client.sock.close()
            eventually(lambda: gateway.open_descriptors() <= before + 4, 10,
                       "descriptors back where they were")


def test_output_that_nobody_reads_stops_nothing():
    """Standard output is a full pipe: lines are dropped, requests are not."""
    with Backend() as backend:
        gateway = Gateway(simple(backend, use=["access_log"]))
        read_end, write_end = os.pipe()
        with open(os.devnull, "wb") as null:
            gateway.process = subprocess.Popen(gateway.command, stdout=write_end, stderr=null,
                                               stdin=subprocess.DEVNULL)
        os.close(write_end)
        (gateway.folder / "stderr").touch()
        try:
            eventually(gateway.is_listening, 10)
            with Client(gateway) as client:
                for _ in range(20):
                    client.send(request("/" + "x" * 4000) * 20)
                    assert all(client.response().status == 200 for _ in range(20))
            gateway.process.send_signal(signal.SIGTERM)
            assert gateway.process.wait(bound(15)) == 0
        finally:
            os.close(read_end)
            gateway.__exit__(None, None, None)


def test_a_connection_that_waits_when_term_comes_is_not_reset():
    """What the kernel has accepted for us before the drain gets an answer or a clean end."""
    with Backend() as backend, Gateway(simple(backend)) as gateway:
        clients = [Client(gateway) for _ in range(20)]
        for client in clients:
            client.send(request("/"))
        gateway.process.send_signal(signal.SIGTERM)
        for client in clients:
            assert client.response().status == 200
            client.sock.close()
        assert gateway.process.wait(bound(10)) == 0


def test_probing_the_port_is_no_error():
    with Backend() as backend, Gateway(simple(backend)) as gateway:
        for _ in range(20):
            probe = gateway.connect()
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            probe.close()
        with Client(gateway) as client:
            assert client.get().status == 200
        assert "error" not in gateway.errors()


def test_who_connects_while_it_starts_is_served():
    for _ in range(8):
        gateway = Gateway({"routes": [{"path": "/", "respond": {}}]})
        done = threading.Event()
        outcomes = []

        def ask():
            while not done.is_set():
                try:
                    with gateway.connect() as client:
                        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                        outcomes.append(client.recv(12))
                except ConnectionRefusedError:
                    pass
                except ConnectionError as error:
                    outcomes.append(error)

        clients = [threading.Thread(target=ask) for _ in range(3)]
        for each in clients:
            each.start()
        with gateway:
            eventually(lambda: outcomes, 10, "an answer")
            done.set()
            for each in clients:
                each.join()
        assert set(outcomes) == {b"HTTP/1.1 200"}
