"""Promises 6, 28: hop-by-hop fields stay on their hop, identities cannot be forged, edits are what
the file says."""
import re

import pytest

from gateway import Gateway, free_port
from wire import Client

UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def configure(backend):
    edits = {"set": {"X-From": "gateway", "X-Id": "${path.id}",
                     "X-All": "${client.ip} ${query.q} ${header.X-In} ${cookie.c}"},
             "add": {"X-Many": "two"}, "remove": ["X-Secret"]}
    answers = {"set": {"X-Frame-Options": "DENY"}, "add": {"X-Served-By": "ferroway"},
               "remove": ["Server"]}
    return {"use": ["request_id", "access_log"],
            "routes": [{"path": "/edit/{id}", "to": backend.url,
                        "use": [{"request_headers": edits}, {"response_headers": answers}]},
                       {"path": "/", "to": backend.url}]}


def test_promise_6_hop_by_hop_fields_do_not_reach_the_upstream(gateway, backend):
    with Client(gateway) as client:
        client.get("/hop", "Connection: keep-alive, X-Mine", "Keep-Alive: timeout=5", "X-Mine: 1",
                   "Proxy-Connection: x",
                   "TE: trailers", "Proxy-Authorization: Basic x", "Trailer: X-Sum", "X-End: 1")
    assert backend.last.names.isdisjoint({"keep-alive", "x-mine", "proxy-connection",
                                          "proxy-authorization", "trailer"})
    assert backend.last.get("x-end") == "1"


@pytest.mark.parametrize("listed", ["Host", "Content-Length", "Transfer-Encoding",
                                    "X-Forwarded-For", "X-Request-ID",
                                    "host, content-length, x-forwarded-for, x-forwarded-host",
                                    "x-id, x-from"])
def test_promise_6_connection_cannot_remove_what_matters(gateway, backend, listed):
    with Client(gateway) as client:
        client.get("/edit/7", f"Connection: {listed}", "Content-Length: 0", method="POST")
    assert backend.last.get("host") == "a.test"
    assert backend.last.get("x-forwarded-for") == "127.0.0.1"
    assert UUID.match(backend.last.get("x-request-id"))
    assert (backend.last.get("x-id"), backend.last.get("x-from")) == ("7", "gateway")


def test_promise_6_hop_by_hop_fields_do_not_reach_the_client(gateway, backend):
    backend.scripts["/back"] = (
        b"HTTP/1.1 200 OK\r\nConnection: X-Mine, keep-alive\r\nKeep-Alive: timeout=5\r\n"
        b"X-Mine: 1\r\n"
        b"Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-End: 1\r\nContent-Length: 0\r\n\r\n")
    with Client(gateway) as client:
        reply = client.get("/back")
    assert reply.names.isdisjoint({"x-mine", "keep-alive", "upgrade"})
    assert reply.get("x-end") == "1"


def test_forwarded_fields_say_who_asked(gateway, backend):
    with Client(gateway) as client:
        client.get("/who", host="shop.test:8080")
    assert backend.last.all("x-forwarded-for") == ["127.0.0.1"]
    assert backend.last.all("x-forwarded-proto") == ["http"]
    assert backend.last.all("x-forwarded-host") == ["shop.test:8080"]
    assert len(backend.last.all("x-request-id")) == 1


FORGED = ("X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.test",
          "Forwarded: for=6.6.6.6",
          "X-Request-ID: forged", "X-FORWARDED-FOR: 7.7.7.7")


def test_promise_28_a_stranger_cannot_forge_them(gateway, backend):
    with Client(gateway) as client:
        client.get("/forged", *FORGED)
        gateway.logged(target="/forged", client="127.0.0.1")
    assert backend.last.all("x-forwarded-for") == ["127.0.0.1"]
    assert backend.last.all("x-forwarded-proto") == ["http"]
    assert backend.last.all("x-forwarded-host") == ["a.test"]
    assert not backend.last.has("forwarded")
    assert "forged" not in backend.last.all("x-request-id")


def test_promise_28_a_trusted_proxy_is_believed_as_far_as_it_is_trusted(backend):
    listener = {"name": "l", "address": f"127.0.0.1:{free_port()}",
                "trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"]}
    config = {"listeners": [listener], "use": ["request_id", "access_log"],
              "routes": [{"path": "/", "to": backend.url}]}
    with Gateway(config) as gateway, Client(gateway) as client:
        client.get("/trusted", "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.1.2.3",
                   "X-Forwarded-Proto: https",
                   "X-Forwarded-Host: shop.test", "X-Request-ID: from-the-proxy")
        gateway.logged(target="/trusted", client="203.0.113.7")
        forwarded = backend.last.get("x-forwarded-for").replace(" ", "")
        assert forwarded == "6.6.6.6,203.0.113.7,10.1.2.3,127.0.0.1"
        assert backend.last.all("x-forwarded-proto") == ["https"]
        assert backend.last.all("x-forwarded-host") == ["shop.test"]
        assert backend.last.all("x-request-id") == ["from-the-proxy"]
        client.get("/junk", "X-Forwarded-For: not an address, 10.1.2.3")
        line = gateway.logged(target="/junk")
        assert line["client"] in ("127.0.0.1", "10.1.2.3")


def test_edits_with_variables(gateway, backend):
    backend.scripts["/edit/42"] = (b"HTTP/1.1 200 OK\r\nServer: secret/1.0\r\n"
                                   b"X-Served-By: backend\r\nContent-Length: 0\r\n\r\n")
    with Client(gateway) as client:
        reply = client.get("/edit/42?q=why&r=1", "X-In: in", "Cookie: a=1; c=crumb", "X-Secret: s",
                           "X-Many: one", "X-From: forged")
    seen = backend.last
    assert seen.all("x-from") == ["gateway"] and seen.all("x-id") == ["42"]
    assert seen.all("x-all") == ["127.0.0.1 why in crumb"]
    assert seen.all("x-many") == ["one", "two"] and not seen.has("x-secret")
    assert reply.all("x-frame-options") == ["DENY"]
    assert reply.all("x-served-by") == ["backend", "ferroway"]
    assert not reply.has("server")


def test_variables_cannot_inject_fields(gateway, backend):
    with Client(gateway) as client:
        client.get("/edit/a%0d%0aX-Evil:%201?q=%0d%0aX-Evil:%201", "X-In: in")
    assert not backend.last.has("x-evil")


def test_edits_hold_for_errors_of_the_gateway_too(backend):
    config = {"use": [{"response_headers": {"set": {"X-Frame-Options": "DENY"}}}],
              "routes": [{"path": "/a", "to": backend.url}]}
    with Gateway(config) as gateway, Client(gateway) as client:
        reply = client.get("/none")
        assert reply.status == 404 and reply.get("x-frame-options") == "DENY"


def test_the_upstream_sees_the_host_that_the_file_says(backend):
    upstreams = {name: {"endpoints": [backend.url], "host": host}
                 for name, host in {"kept": "client", "own": "endpoint",
                                    "fixed": "internal.test"}.items()}
    config = {"upstreams": upstreams,
              "routes": [{"path": f"/{name}", "to": name} for name in upstreams]}
    with Gateway(config) as gateway, Client(gateway) as client:
        seen = {}
        for name in upstreams:
            client.get(f"/{name}", host="Shop.test")
            seen[name] = backend.last.all("host")
    assert seen == {"kept": ["Shop.test"], "own": [backend.authority], "fixed": ["internal.test"]}
