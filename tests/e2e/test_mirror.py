"""Copies of requests over real sockets: clients notice nothing, whatever becomes of the copies."""
import json
import threading
import time

import pytest

from admin_client import document, metrics
from backend import Backend, answer
from gateway import Gateway, bound, eventually, free_port, run
from wire import Client, request


def mirrored(backend, to, **settings):
    return {"admin": f"127.0.0.1:{free_port()}", "workers": 2,
            "routes": [{"name": "all", "path": "/", "to": backend.url, "mirror": {"to": to, **settings}}]}


def started(config):
    gateway = Gateway(config)
    gateway.admin = config["admin"]
    return gateway


def outcomes(gateway):
    """Of the route's copies, by what became of them."""
    shown = metrics(gateway)
    return {outcome: shown.get(f'ferroway_mirrored_total{{route="all",outcome="{outcome}"}}', 0)
            for outcome in ("same", "different", "failed", "crowded", "too_long")}


def test_a_copy_is_the_request_as_it_was_sent():
    with Backend() as backend, Backend() as next_one:
        with started(mirrored(backend, next_one.url)) as gateway, Client(gateway) as client:
            assert client.get("/a?b=c", "X-One: 1", "Authorization: Bearer x").status == 200
            eventually(lambda: next_one.requests, 5, "a copy")
            original, copy = backend.last, next_one.last
            assert copy.start == original.start == "GET /a?b=c HTTP/1.1"
            assert sorted(copy.fields) == sorted(original.fields)
            eventually(lambda: outcomes(gateway)["same"] == 1, 5, "it is counted")


def test_bodies_within_the_bound_go_along():
    with Backend() as backend, Backend() as next_one:
        with started(mirrored(backend, next_one.url, methods=["POST"], body_bytes="4KiB")) as gateway:
            with Client(gateway) as client:
                for body in (b"x" * 4096, b"y" * 4097):
                    client.send(request("/", method="POST", body=body))
                    assert client.response("POST").status == 200
            eventually(lambda: outcomes(gateway)["same"] == 1, 5, "it is counted")
            assert [each.body for each in next_one.requests] == [b"x" * 4096]
            assert outcomes(gateway)["too_long"] == 1


@pytest.mark.parametrize("what", ["hangs", "refuses", "resets", "answers otherwise"])
def test_no_client_notices(what):
    release = threading.Event()

    def hangs(*_):
        release.wait(bound(30))
        return False

    def resets(connection, _):
        connection.reset()
        return False

    script = {"hangs": hangs, "refuses": hangs, "resets": resets, "answers otherwise": answer("500 Failed")}[what]
    with Backend() as backend, Backend({"/": script}) as next_one:
        if what == "refuses":
            next_one.close()
        # The timeout is longer than all the clients may take.
        with started(mirrored(backend, next_one.url, timeout="60s", in_flight=4)) as gateway:
            began = time.monotonic()
            with Client(gateway) as client:
                for _ in range(200):
                    assert client.get("/").status == 200
            assert time.monotonic() - began < bound(20)
            if what == "hangs":
                # Those that there is no room for were not made; the others are cut off by the end, which is prompt.
                assert outcomes(gateway)["crowded"] == 196
                began = time.monotonic()
                gateway.stop()
                assert time.monotonic() - began < bound(10)
            else:
                kind = "different" if what == "answers otherwise" else "failed"
                eventually(lambda: outcomes(gateway)[kind] + outcomes(gateway)["crowded"] == 200, 10, "all counted")
                assert outcomes(gateway)[kind] > 0
            assert len(backend.requests) == 200
        release.set()


def test_a_reload_in_between_loses_no_copy_and_no_request():
    def slow(connection, _):
        time.sleep(0.2)
        connection.send(answer())
        return True

    with Backend() as backend, Backend({"/": slow}) as next_one:
        config = mirrored(backend, next_one.url)
        with started(config) as gateway, Client(gateway) as client:
            for percent in (99, 98, 97):
                assert client.get("/").status == 200
                config["routes"][0]["mirror"]["percent"] = percent
                assert "reloaded" in gateway.reload(config)
            eventually(lambda: len(next_one.heads) >= 1, 10, "copies come, whatever was reloaded meanwhile")
            asked = len(next_one.heads)
            eventually(lambda: sum(outcomes(gateway).values()) >= asked, 10, "all are counted")
            assert outcomes(gateway)["failed"] == 0
            without = {**config, "routes": [{"name": "all", "path": "/", "to": backend.url}]}
            assert client.get("/").status == 200
            assert "reloaded" in gateway.reload(without)
            assert client.get("/").status == 200


def test_the_admin_listener_shows_where_copies_go():
    with Backend() as backend, Backend() as next_one:
        with started(mirrored(backend, next_one.url, percent=7)) as gateway:
            shown = document(gateway.admin, "/v1/routes")["routes"][0]["end"]
            assert shown["mirror"] == {"upstream": "all-mirror", "percent": 7}


def test_explain_and_routes_say_what_is_copied(tmp_path):
    file = tmp_path / "ferroway.yaml"
    file.write_text(json.dumps({
        "listen": 8080, "upstreams": {name: {"endpoints": ["http://127.0.0.1:1"]} for name in ("users", "users_next")},
        "routes": [{"path": "/", "to": "users", "mirror": {"to": "users_next", "percent": 10}}]}))
    told = run("explain", "-c", str(file), "GET", "http://a.test/")
    assert told.returncode == 0 and "10 % of GET and HEAD are copied to users_next" in told.stdout, told.stdout
    told = run("explain", "-c", str(file), "POST", "http://a.test/")
    assert "not copied" in told.stdout, told.stdout
    assert "users (copies to users_next)" in run("routes", "-c", str(file)).stdout
