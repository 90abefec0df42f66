"""Promise 30: the admin listener shows and reloads the process, to whom it should; no route gets there."""
import contextlib
import json
import os
import signal
import socket
import stat
import threading

from admin_client import FIXED, TOKEN, At, admin_gateway, ask, document, metrics, with_token
from backend import HELLO, Backend
from gateway import Gateway, bound, eventually, free_port, reachable, run
from wire import Client, Closed, request


def test_pages_and_methods():
    with admin_gateway() as gateway:
        paths = ["/healthz", "/readyz", "/metrics", "/v1/config", "/v1/routes", "/v1/upstreams", "/v1/reload"]
        for path in paths:
            answer = ask(gateway.admin, path)
            assert answer.status == 200, path
            assert answer.get("cache-control") == "no-store"
            head = ask(gateway.admin, path, method="HEAD")
            assert (head.status, head.body) == (200, b"")
            refused = ask(gateway.admin, path, method="PUT")
            assert refused.status == 405
            assert "GET" in refused.get("allow") and (("POST" in refused.get("allow")) == (path == "/v1/reload"))
        assert ask(gateway.admin, "/healthz").body == b"ok\n"
        assert ask(gateway.admin, "/readyz").body == b"ready\n"
        missing = ask(gateway.admin, "/fixed")
        assert missing.status == 404 and missing.get("content-type") == "application/problem+json"
        assert ask(gateway.admin, "/v1/reload", method="TRACE").status == 405
        assert ask(gateway.admin, "/v1/routes?from=x").status == 400
        with Client(At(gateway.admin)) as client:                    # the parser is the gateway's
            client.send(b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n")
            assert client.response().status == 400
        with Client(gateway) as client:                              # and no page is on other listeners
            assert client.get("/metrics").status == 404


def test_without_a_token_no_web_page_may_ask():
    with admin_gateway() as gateway:
        port = gateway.admin.rsplit(":", 1)[1]
        for host in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", "[::1]:1", "LOCALHOST."):
            assert ask(gateway.admin, "/v1/config", host=host).status == 200, host
        for host in ("evil.test", f"evil.test:{port}", "localhost.evil.test", "10.0.0.1", "0.0.0.0"):
            for method, path in (("GET", "/v1/config"), ("POST", "/v1/reload"), ("GET", "/none")):
                refused = ask(gateway.admin, path, method=method, host=host)
                assert refused.status == 403, host
                assert refused.get("content-type") == "application/problem+json"
        for field in ("Origin: http://evil.test", f"Origin: http://localhost:{port}", "Origin: null",
                      "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"):
            assert ask(gateway.admin, "/v1/reload", field, method="POST").status == 403, field
        assert ask(gateway.admin, "/v1/config", "Sec-Fetch-Site: none").status == 200
        assert document(gateway.admin, "/v1/reload") == {"ok": None, "generation": 1}


def test_a_token_is_needed_for_everything():
    with with_token(admin_gateway()) as gateway:
        shown = f"Authorization: Bearer {TOKEN}"
        for path in ("/healthz", "/metrics", "/v1/config", "/none"):
            for fields in ([], [shown + "x"], [shown[:-1]], [f"Authorization: Basic {TOKEN}"],
                           [shown, shown], ["Authorization: Bearer"], [f"Authorization: {TOKEN}"]):
                refused = ask(gateway.admin, path, *fields)
                assert refused.status == 401, fields
                assert refused.get("www-authenticate").startswith("Bearer ")
        assert ask(gateway.admin, "/v1/reload", method="POST").status == 401
        assert ask(gateway.admin, "/healthz", shown, host="any.test").status == 200
        assert ask(gateway.admin, "/healthz", f"authorization: bearer {TOKEN}").status == 200
        for path in ("/v1/config", "/v1/routes", "/metrics", "/v1/reload"):
            assert TOKEN.encode() not in ask(gateway.admin, path, shown).body
        assert document(gateway.admin, "/v1/config", shown)["config"]["admin"]["token"] == "${file:admin.token}"
        assert TOKEN not in gateway.errors()


def test_a_reload_that_fails_says_why_and_changes_nothing():
    with admin_gateway() as gateway:
        good = gateway.file.read_text()
        gateway.file.write_text("listen: 127.0.0.1:1\nroutes: [{path: /, too: x}]\n")
        answer = ask(gateway.admin, "/v1/reload", method="POST")
        assert answer.status == 422
        told = json.loads(answer.body)
        assert not told["ok"] and told["generation"] == 1
        assert told["errors"][0] | {"message": "", "hint": ""} == {
            "file": str(gateway.file), "line": 2, "column": 20, "message": "", "hint": ""}
        assert told["errors"][0]["message"] == "unknown key `too` in a route"
        assert document(gateway.admin, "/v1/reload") == told
        assert metrics(gateway)['ferroway_reloads_total{result="failed"}'] == 1
        with Client(gateway) as client:
            assert client.get("/fixed").status == 200
        gateway.file.write_text(good)
        assert document(gateway.admin, "/v1/reload", method="POST")["ok"]


def test_what_is_shown_is_what_is_served(monkeypatch):
    routes = [FIXED | {"host": "a.test", "methods": ["GET"]},
              {"name": "split", "path": "/s", "to": {"one": 3, "two": 1}, "use": ["request_id"]},
              {"name": "secret", "path": "/hook/${HOOK}", "respond": {"body": "${HOOK}!"}}]
    upstreams = {name: {"endpoints": [f"http://127.0.0.1:{free_port()}"]} for name in ("one", "two")}
    monkeypatch.setenv("HOOK", "hook-s3cret")
    with admin_gateway(routes, upstreams=upstreams) as gateway:
        shown = document(gateway.admin, "/v1/routes")
        assert [route["name"] for route in shown["routes"]] == ["fixed", "split", "secret"]
        assert shown["total"] == 3 and "next" not in shown
        first, second, third = shown["routes"]
        assert (first["host"], first["methods"], first["end"]) == ("a.test", ["GET"], {"respond": 200})
        assert second["pipeline"] == ["request_id"]
        assert second["end"] == {"to": [{"upstream": "one", "weight": 3}, {"upstream": "two", "weight": 1}]}
        assert third["path"] == "/hook/${HOOK}"
        shown = document(gateway.admin, "/v1/upstreams")["upstreams"]
        assert [(one["name"], [each["url"] for each in one["endpoints"]]) for one in shown] == [
            (name, upstreams[name]["endpoints"]) for name in ("one", "two")]
        config = document(gateway.admin, "/v1/config")["config"]
        assert config["routes"][2]["respond"]["body"] == "${HOOK}!"
        assert config["listeners"][0]["limits"]["header_fields"] == 100
        for path in ("/v1/config", "/v1/routes"):
            assert b"s3cret" not in ask(gateway.admin, path).body
        printed = run("check", "-c", str(gateway.file), "--print")
        assert "s3cret" not in printed.stdout and printed.returncode == 0


def test_long_lists_come_in_pages():
    routes = [{"name": f"r{i}", "path": f"/{i}", "respond": {}} for i in range(1500)]
    with admin_gateway(routes) as gateway:
        first = document(gateway.admin, "/v1/routes")
        assert (first["total"], len(first["routes"]), first["next"]) == (1500, 1000, 1000)
        second = document(gateway.admin, f"/v1/routes?from={first['next']}")
        assert len(second["routes"]) == 500 and "next" not in second
        assert second["routes"][-1]["name"] == "r1499"
        assert document(gateway.admin, "/v1/routes?from=99999")["routes"] == []


def test_readyz_during_a_drain():
    arrived, go_on = threading.Event(), threading.Event()

    def slow(connection, message):
        arrived.set()
        go_on.wait(bound(30))
        connection.send(HELLO)

    probe = f"127.0.0.1:{free_port()}"
    with Backend({"/slow": slow}) as backend:
        with admin_gateway([{"path": "/", "to": backend.url}], probe=probe) as gateway, Client(gateway) as client:
            assert ask(probe, "/readyz").status == 200
            client.send(request("/slow"))
            assert arrived.wait(bound(10))
            gateway.process.send_signal(signal.SIGTERM)
            for address in (probe, gateway.admin):
                draining = eventually(lambda: (got := ask(address, "/readyz")).status == 503 and got, what="not ready")
                assert draining.body == b"draining\n"
                assert ask(address, "/healthz").status == 200
            refused = ask(gateway.admin, "/v1/reload", method="POST")
            assert refused.status == 503 and b"draining" in refused.body
            assert metrics(gateway)["ferroway_requests_in_flight"] == 1
            go_on.set()
            assert client.response().status == 200
            assert gateway.process.wait(bound(20)) == 0


def test_the_probe_listener_shows_nothing_else():
    probe = f"127.0.0.1:{free_port()}"
    with admin_gateway(probe=probe) as gateway:
        for path in ("/healthz", "/readyz"):
            assert ask(probe, path, host="10.1.2.3:9902").status == 200      # as a kubelet asks
            assert ask(probe, path, method="POST").status == 405
        for path in ("/metrics", "/v1/config", "/v1/reload", "/", "/fixed"):
            assert ask(probe, path).status == 404
        assert ask(probe, "/v1/reload", method="POST").status == 404
        assert document(gateway.admin, "/v1/reload")["ok"] is None


def test_no_route_reaches_the_admin_listener():
    with admin_gateway() as gateway:
        gateway.config["routes"] = [{"path": "/", "to": f"http://{gateway.admin}"}]
        gateway.file.write_text(json.dumps(gateway.config))
        told = json.loads(ask(gateway.admin, "/v1/reload", method="POST").body)
        assert not told["ok"] and "would be the gateway's own `admin` listener" in told["errors"][0]["message"]


@contextlib.contextmanager
def taken(port):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


def test_an_address_that_cannot_be_had(tmp_path):
    port = free_port()
    with taken(port):
        config = {"listen": f"127.0.0.1:{free_port()}", "admin": f"127.0.0.1:{port}", "routes": [FIXED]}
        file = tmp_path / "f.yaml"
        file.write_text(json.dumps(config))
        refused = run("run", "-c", str(file))
        assert refused.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port} (`admin`): the address is already in use" in refused.stderr
        admin = {"address": f"127.0.0.1:{port}", "required": False}
        with Gateway({"admin": admin, "routes": [FIXED]}) as gateway:
            with Client(gateway) as client:
                assert client.get("/fixed").status == 200
            assert "warning no admin listener" in gateway.errors()


def test_a_unix_socket_is_the_owners(tmp_path):
    path = tmp_path / "admin.sock"
    with admin_gateway(admin=f"unix:{path}") as gateway:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert ask(gateway.admin, "/healthz", host="any").status == 200
        done = run("reload", "-c", str(gateway.file))
        assert (done.returncode, done.stdout) == (0, "nothing has changed\n"), done.stderr
    assert not path.exists()


def test_reloads_move_and_guard_the_listeners():
    with admin_gateway() as gateway:
        before, moved, probe = gateway.admin, f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        gateway.config |= {"admin": moved, "probe": probe}
        gateway.file.write_text(json.dumps(gateway.config))
        told = document(before, "/v1/reload", method="POST")
        assert told["ok"] and {"part": "setting", "name": "admin", "what": "changed"} in told["changes"]
        assert ask(moved, "/healthz").status == 200 and ask(probe, "/healthz").status == 200
        eventually(lambda: not reachable(before), what="closing the old address")

        gateway.admin = moved
        with Client(At(moved)) as kept:
            kept.send(request("/healthz", host="localhost"))
            assert kept.response().status == 200
            with_token(gateway)
            assert document(moved, "/v1/reload", method="POST")["ok"]
            kept.send(request("/healthz", host="localhost"))
            assert kept.response().status == 401                   # kept connections too
        gateway.config |= {"admin": "off", "probe": "off"}
        gateway.file.write_text(json.dumps(gateway.config))
        assert document(moved, "/v1/reload", f"Authorization: Bearer {TOKEN}", method="POST")["ok"]
        eventually(lambda: not reachable(moved) and not reachable(probe), what="closing both")


def test_it_moves_to_an_address_that_overlaps_and_back():
    with with_token(admin_gateway()) as gateway:
        port = gateway.admin.rsplit(":", 1)[1]
        shown = f"Authorization: Bearer {TOKEN}"
        for required in (True, False):
            for number in range(4):
                host = "0.0.0.0" if number % 2 == 0 else "127.0.0.1"
                gateway.config["admin"] = {"address": f"{host}:{port}", "token": "${file:admin.token}",
                                           "required": required}
                gateway.file.write_text(json.dumps(gateway.config))
                told = document(gateway.admin, "/v1/reload", shown, method="POST")
                assert told["ok"] and told["warnings"] == [], told

                def well():      # the socket of before, while it closes, may reset who has just come
                    with contextlib.suppress(OSError, Closed):
                        return ask(gateway.admin, "/healthz", shown).status == 200
                eventually(well, what="the admin listener")


def test_one_that_is_not_required_stays_where_it_is_until_it_can_move():
    port = free_port()
    with admin_gateway() as gateway:
        gateway.config["admin"] = {"address": f"127.0.0.1:{port}", "required": False}
        gateway.file.write_text(json.dumps(gateway.config))
        with taken(port):
            assert document(gateway.admin, "/v1/reload", method="POST")["ok"]
            assert "stays where it is" in gateway.errors()
            assert ask(gateway.admin, "/healthz").status == 200
        assert document(gateway.admin, "/v1/reload", method="POST")["ok"]
        assert ask(f"127.0.0.1:{port}", "/healthz").status == 200


def test_slow_readers_share_what_they_do_not_read():
    routes = [{"name": f"r{i}", "path": f"/{i}", "respond": {"body": "x" * 400}} for i in range(8000)]
    with admin_gateway(routes) as gateway:
        size = len(ask(gateway.admin, "/v1/config").body)
        assert size > 4 << 20
        before, readers = gateway.memory(), []
        for _ in range(30):
            readers.append(Client(At(gateway.admin)))
            readers[-1].send(request("/v1/config", host="localhost"))
        assert ask(gateway.admin, "/healthz").status == 200
        assert gateway.memory() - before < 16 << 20
        for reader in readers:
            reader.sock.close()


def test_a_secret_that_moved_out_of_the_file_is_shown_no_more(monkeypatch):
    monkeypatch.setenv("HOOK", "HookS3cret")
    with admin_gateway([FIXED | {"path": "/HookS3cret", "host": "HOOKs3cret"}]) as gateway:
        assert b"HookS3cret" in ask(gateway.admin, "/v1/config").body
        gateway.config["routes"] = [FIXED | {"path": "/${HOOK}/", "host": "${HOOK}"}]
        gateway.file.write_text(json.dumps(gateway.config))
        assert document(gateway.admin, "/v1/reload", method="POST")["changes"] == []
        for path in ("/v1/config", "/v1/routes"):
            assert b"s3cret" not in ask(gateway.admin, path).body.lower(), path
        assert "s3cret" not in run("routes", "-c", str(gateway.file)).stdout.lower()


def test_a_new_address_that_is_taken_changes_nothing():
    port = free_port()
    with taken(port), admin_gateway() as gateway:
        gateway.config |= {"admin": f"127.0.0.1:{port}", "routes": [FIXED | {"respond": {"body": "new"}}]}
        gateway.file.write_text(json.dumps(gateway.config))
        answer = ask(gateway.admin, "/v1/reload", method="POST")
        assert answer.status == 422 and b"already in use" in answer.body
        with Client(gateway) as client:
            assert client.get("/fixed").body == b"fixed"
        assert ask(gateway.admin, "/healthz").status == 200
