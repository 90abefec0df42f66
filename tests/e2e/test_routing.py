"""Which route a request takes, and what errors of the gateway look like."""
import json

import pytest

from gateway import Gateway, free_port
from wire import Client, request


def configure(backend):
    return {
        "use": ["request_id", "access_log"],
        "listeners": [{"name": "l", "address": f"127.0.0.1:{free_port()}",
                       "limits": {"head_bytes": "4KiB", "header_fields": 20, "target_bytes": "1KiB",
                                  "body_bytes": "1KiB"}}],
        "routes": [
            {"path": "/api", "to": backend.url},
            {"path": "/down", "to": f"http://127.0.0.1:{free_port()}"},
            {"path": "/users", "respond": {"body": "users"}},
            {"path": "/users/{id}", "respond": {"body": "user"}},
            {"path": "/users/me", "respond": {"body": "me"}},
            {"path": {"exact": "/users/me/exact"}, "respond": {"body": "exact"}},
            {"path": "/methods", "methods": ["GET"], "respond": {"body": "read"}},
            {"path": "/methods", "methods": ["POST"],
             "respond": {"status": 201, "body": "written"}},
            {"host": "*.wild.test", "path": "/", "respond": {"body": "wild"}},
            {"host": "{tenant}.deep.wild.test", "path": "/", "respond": {"body": "deep"}},
            {"host": "exact.wild.test", "path": "/only", "respond": {"body": "exact host"}},
            {"path": {"exact": "/teapot"},
             "respond": {"status": 418, "body": "short", "headers": {"X-Kind": "pot"}}},
        ],
    }


@pytest.mark.parametrize("path, host, body", [
    ("/users", "a.test", b"users"), ("/users/", "a.test", b"users"),
    ("/users/7", "a.test", b"user"),
    ("/users/7/orders", "a.test", b"user"), ("/users/me", "a.test", b"me"),
    ("/users/me/x", "a.test", b"me"),
    ("/users/me/exact", "a.test", b"exact"), ("/users/me/exact/", "a.test", b"me"),
    ("/users/./me", "a.test", b"me"),
    ("/users//me", "a.test", b"me"), ("/users/%6de", "a.test", b"me"),
    ("/x/../users/me?q=/users", "a.test", b"me"),
    ("/", "a.wild.test", b"wild"), ("/", "A.Wild.Test.:80", b"wild"),
    ("/", "a.b.wild.test", b"wild"),
    ("/", "a.deep.wild.test", b"deep"), ("/only/x", "exact.wild.test", b"exact host"),
    ("/x", "exact.wild.test", b"wild"),
])
def test_the_right_route_wins(gateway, path, host, body):
    with Client(gateway) as client:
        assert client.get(path, host=host).body == body


@pytest.mark.parametrize("path, host", [("/users7", "a.test"), ("/Users", "a.test"),
                                        ("/", "a.test"), ("/", "wild.test"),
                                        ("/", "notwild.test"), ("/teapot/x", "a.test")])
def test_no_route_is_404(gateway, path, host):
    with Client(gateway) as client:
        assert client.get(path, host=host).status == 404


def test_a_fixed_answer(gateway):
    with Client(gateway) as client:
        reply = client.get("/teapot")
        assert (reply.status, reply.body, reply.get("x-kind")) == (418, b"short", "pot")
        assert reply.get("content-type") == "text/plain; charset=utf-8"
        client.send(request("/teapot", method="HEAD"))
        reply = client.response("HEAD")
        assert reply.status == 418 and reply.get("content-length") == "5"
        client.send(request("/teapot", method="POST", body=b"with a body"))
        assert client.response().status == 418
        assert client.get("/teapot").status == 418


def test_methods_do_not_fall_through(gateway):
    with Client(gateway) as client:
        assert client.get("/methods/x").body == b"read"
        assert client.get("/methods", method="HEAD").status == 200
        client.send(request("/methods", method="POST", body=b"x"))
        assert client.response().status == 201
        for method in ("DELETE", "OPTIONS", "TRACE", "PURGE", "get"):
            reply = client.get("/methods", method=method)
            assert reply.status == 405
            assert {m.strip() for m in reply.get("allow").split(",")} == {"GET", "HEAD", "POST"}
        reply = client.get("/users", method="TRACE")
        assert reply.status == 405 and "TRACE" not in reply.get("allow")


ERRORS = [
    (404, request("/none")),
    (405, request("/methods", method="PUT")),
    (400, b"GET /api HTTP/1.1\r\nHost: a.test\r\nBad Name: 1\r\n\r\n"),
    (413, request("/api", "Content-Length: 1025", method="POST")),
    (414, request("/api/" + "x" * 1100)),
    (431, request("/api", "X-A: " + "x" * 5000)),
    (431, request("/api", *[f"X-{i}: 1" for i in range(21)])),
    (417, request("/api", "Expect: magic")),
    (502, request("/down")),
]


@pytest.mark.parametrize("status, sent", ERRORS,
                         ids=[f"{case[0]} {case[1][:20]!r}" for case in ERRORS])
def test_errors_are_problems_with_a_request_id(gateway, backend, status, sent):
    before = len(backend.heads)
    with Client(gateway) as client:
        client.send(sent)
        reply = client.response()
    assert reply.status == status
    assert reply.get("content-type") == "application/problem+json"
    problem = json.loads(reply.body)
    assert problem["type"].startswith("https://ferroway.dev/problems/")
    assert problem["status"] == status and problem["title"]
    assert problem["request_id"] and problem["request_id"] == reply.get("x-request-id")
    assert len(backend.heads) == before
    gateway.logged(request_id=problem["request_id"], status=status)


def test_the_longest_allowed_is_allowed(gateway):
    with Client(gateway) as client:
        target = "/users/" + "x" * (1024 - 7)
        assert client.get(target).status == 200
        assert client.get("/users", *[f"X-{i}: 1" for i in range(19)]).status == 200


def test_an_endless_head_is_431_before_it_ends(gateway):
    with Client(gateway) as client:
        client.send(b"GET /api HTTP/1.1\r\nHost: a.test\r\nX-A: " + b"x" * 200_000)
        assert client.response().status == 431
    with Client(gateway) as client:
        client.send(b"GET /" + b"x" * 200_000)
        assert client.response().status == 414


def test_browsers_get_a_page(gateway):
    with Client(gateway) as client:
        reply = client.get("/none", "Accept: text/html,application/xhtml+xml,*/*;q=0.8")
        assert reply.status == 404 and reply.get("content-type").startswith("text/html")
        assert reply.get("x-request-id").encode() in reply.body


def test_nothing_of_the_request_is_reflected(gateway):
    with Client(gateway) as client:
        for accept in ("text/html", "application/json"):
            reply = client.get("/<script>alert(1)</script>", f"Accept: {accept}",
                               "X-Request-ID: <script>")
            assert b"<script>" not in reply.body and b"<script>" not in reply.head


def test_errors_reveal_nothing_of_the_inside(gateway):
    with Client(gateway) as client:
        reply = client.get("/down")
        assert b"127.0.0.1" not in reply.body and b"refused" not in reply.body.lower()


def test_listeners_have_routes_of_their_own():
    ports = [free_port(), free_port()]
    config = {"listeners": [{"name": name, "address": f"127.0.0.1:{port}"} for name,
                            port in zip(("one", "two"), ports)],
              "routes": [{"path": "/", "listener": "one", "respond": {"body": "one"}},
                         {"path": "/", "listener": "two", "respond": {"body": "two"}},
                         {"path": "/both", "listener": "any", "respond": {"body": "both"}}]}
    with Gateway(config) as gateway:
        for name, port in zip(("one", "two"), ports):
            gateway.address = f"127.0.0.1:{port}"
            with Client(gateway) as client:
                assert client.get("/x").body == name.encode()
                assert client.get("/both").body == b"both"
