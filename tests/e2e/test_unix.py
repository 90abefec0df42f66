"""Unix sockets on both sides, and IPv6."""
import os
import socket

import pytest

from backend import Backend
from gateway import Gateway, free_port, run
from wire import Client, request


def test_a_unix_listener(tmp_path):
    path = str(tmp_path / "f.sock")
    with Backend() as backend:
        config = {"listen": f"unix:{path}", "use": ["access_log"],
                  "routes": [{"path": "/", "to": backend.url}]}
        with Gateway(config) as gateway, Client(gateway) as client:
            for _ in range(3):
                client.send(request("/unix", method="POST", body=b"hello"))
                assert client.response().status == 200
            gateway.logged(target="/unix")
        assert backend.last.body == b"hello"
        assert not os.path.exists(path), "the socket's file is left behind"


def test_a_stale_socket_file_is_no_obstacle_and_a_live_one_is(tmp_path):
    path = str(tmp_path / "f.sock")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
    config = {"listen": f"unix:{path}", "routes": [{"path": "/", "respond": {"body": "ok"}}]}
    with Gateway(config) as gateway:
        with Client(gateway) as client:
            assert client.get().body == b"ok"
        second = run("run", "-c", str(gateway.file))
        assert second.returncode == 1 and "in use" in second.stderr
        with Client(gateway) as client:
            assert client.get().body == b"ok"


def test_a_unix_upstream():
    with Backend(address="unix") as backend, \
            Gateway({"routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            for _ in range(3):
                assert client.get("/u").body == b"hello\n"
        assert len(backend.connections) == 1


def test_a_unix_upstream_that_is_not_there_is_502(tmp_path):
    config = {"routes": [{"path": "/", "to": f"unix:{tmp_path}/none.sock"}]}
    with Gateway(config) as gateway, Client(gateway) as client:
        assert client.get().status == 502


def has_ipv6():
    try:
        free_port("::1")
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_ipv6_on_both_sides():
    with Backend(address="::1") as backend:
        config = {"listen": f"[::1]:{free_port('::1')}", "use": ["access_log"],
                  "routes": [{"path": "/", "to": backend.url}]}
        with Gateway(config) as gateway, Client(gateway) as client:
            assert client.get("/six", host="[::1]").status == 200
            assert gateway.logged(target="/six")["client"] == "::1"
        assert backend.last.get("x-forwarded-for") == "::1"


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_a_bare_port_means_both_families():
    port = free_port()
    with Gateway({"listeners": [{"name": "l", "address": str(port)}], "use": ["access_log"],
                  "routes": [{"path": "/", "respond": {"body": "ok"}}]},
                 connect_to=f"127.0.0.1:{port}") as gateway:
        for host in ("127.0.0.1", "[::1]"):
            gateway.address = f"{host}:{port}"
            with Client(gateway) as client:
                assert client.get(f"/{host.strip('[]')}").body == b"ok"
        assert gateway.logged(target="/127.0.0.1")["client"] == "127.0.0.1"
