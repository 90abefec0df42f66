"""CORS on real sockets: preflights are answered here and by the route that they announce, answers say
what a page may read, and WebSockets ask where they come from."""
import json

import pytest

from backend import answer
from gateway import Gateway, free_port, run
from wire import Client, request

PAGE = "https://app.example.com"
ORIGIN = f"Origin: {PAGE}"
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
SWITCH = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


def cors(**settings):
    return {"cors": {"origins": [PAGE, "https://*.example.org"], **settings}}


def configure(backend):
    nobody = f"http://127.0.0.1:{free_port()}"
    return {
        "middlewares": {"edits": {"request_headers": {"set": {"X-Edited": "1"}}}},
        "use": ["access_log", "edits"],
        "routes": [
            {"name": "read", "path": "/items", "methods": ["GET"], "to": backend.url,
             "use": [cors(expose=["X-Total"])]},
            {"name": "write", "path": "/items", "methods": ["PUT"], "to": backend.url,
             "use": [cors(credentials=True, max_age="10m")]},
            {"name": "gold", "path": "/gold", "headers": {"X-Tier": "gold"}, "to": backend.url,
             "use": [cors()]},
            {"name": "plain", "path": "/plain", "to": backend.url},
            {"name": "down", "path": "/down", "to": nobody, "use": [cors()]},
            {"name": "chat", "path": "/chat", "to": backend.url, "use": [cors()]},
            {"name": "shadow", "path": "/shadow", "to": backend.url, "use": [cors(shadow=True)]},
        ]}


def preflight(client, path, method, *more, origin=PAGE):
    return client.get(path, f"Origin: {origin}", f"Access-Control-Request-Method: {method}", *more,
                      method="OPTIONS")


def granted(reply):
    return {name.lower()[len("access-control-"):]: value for name, value in reply.fields
            if name.lower().startswith("access-control-")}


def test_a_preflight_is_answered_by_the_route_that_it_announces(gateway, backend):
    seen = len(backend.requests)
    with Client(gateway) as client:
        read = preflight(client, "/items/1", "GET", "Access-Control-Request-Headers: x-a")
        write = preflight(client, "/items/1", "PUT")
    assert (read.status, write.status) == (204, 204)
    assert not read.has("content-length")
    assert granted(read) == {"allow-origin": PAGE, "allow-methods": "GET", "allow-headers": "x-a"}
    assert granted(write) == {"allow-origin": PAGE, "allow-credentials": "true",
                              "allow-methods": "PUT", "max-age": "600"}
    assert "Origin" in read.get("vary")
    assert len(backend.requests) == seen
    assert gateway.logged(method="OPTIONS", route="write", status=204)


def test_a_method_that_no_route_takes_is_refused(gateway):
    with Client(gateway) as client:
        reply = preflight(client, "/items/1", "DELETE")
    assert (reply.status, granted(reply)) == (405, {})


def test_conditions_on_headers_are_not_asked_of_a_preflight(gateway):
    with Client(gateway) as client:
        assert granted(preflight(client, "/gold", "GET"))["allow-origin"] == PAGE
        assert client.get("/gold", ORIGIN).status == 404


def test_other_options_requests_reach_the_backend(gateway, backend):
    with Client(gateway) as client:
        assert client.get("/plain", ORIGIN, method="OPTIONS").status == 200
        assert preflight(client, "/plain", "PUT").status == 200
    assert backend.last.method == "OPTIONS"
    assert backend.last.get("access-control-request-method") == "PUT"


@pytest.mark.parametrize("origin", ["https://evil.test", "https://example.org", "null",
                                    "https://app.example.com.evil.test", "\"><script>"])
def test_a_foreign_origin_gets_nothing(gateway, origin):
    with Client(gateway) as client:
        asked = preflight(client, "/items/1", "PUT", origin=origin)
        sent = client.get("/items/1", f"Origin: {origin}")
    assert (asked.status, granted(asked)) == (204, {})
    assert (sent.status, granted(sent)) == (200, {})
    assert sent.get("vary") == "Origin"


def test_subdomains_are_allowed(gateway):
    with Client(gateway) as client:
        reply = client.get("/items", "Origin: https://a.b.example.org")
    assert granted(reply) == {"allow-origin": "https://a.b.example.org", "expose-headers": "X-Total"}


def test_what_the_backend_says_is_replaced(gateway, backend):
    backend.scripts["/items/own"] = answer("200 OK", "Access-Control-Allow-Origin: *",
                                           "access-control-allow-credentials: true",
                                           "Vary: Accept-Encoding")
    with Client(gateway) as client:
        ours = client.get("/items/own", ORIGIN)
        foreign = client.get("/items/own", "Origin: https://evil.test")
    assert ours.all("access-control-allow-origin") == [PAGE]
    assert not ours.has("access-control-allow-credentials")
    assert ours.all("vary") == ["Accept-Encoding, Origin"]
    assert granted(foreign) == {}


def test_errors_of_the_gateway_can_be_read(gateway):
    with Client(gateway) as client:
        reply = client.get("/down", ORIGIN)
    assert (reply.status, granted(reply)) == (502, {"allow-origin": PAGE})


def test_a_foreign_page_may_not_open_a_websocket(gateway, backend):
    seen = len(backend.heads)
    with Client(gateway) as client:
        client.send(request("/chat", *UPGRADE, "Origin: https://evil.test"))
        refused = client.response()
        assert (refused.status, refused.get("content-type")) == (403, "application/problem+json")
        assert client.get("/items", ORIGIN).status == 200     # the connection goes on
    assert [head.target for head in backend.heads[seen:]] == ["/items"]
    assert gateway.logged(target="/chat", status=403)["rejected_by"] == "cors-5"


@pytest.mark.parametrize("path, origin", [("/chat", ORIGIN), ("/chat", "Origin: http://a.test"),
                                          ("/chat", "X-No: origin"),
                                          ("/shadow", "Origin: https://evil.test")])
def test_other_websockets_open(gateway, backend, path, origin):
    backend.scripts[path] = lambda connection, seen: connection.send(SWITCH) or False
    with Client(gateway) as client:
        client.send(request(path, *UPGRADE, origin))
        assert client.head().status == 101
    if path == "/shadow":
        assert gateway.logged(target=path)["would_reject"] == "cors-6"


def test_a_page_can_read_that_it_asked_too_often_and_preflights_cost_nothing():
    """The limit stands before cors in the file, and behind it in effect."""
    with Gateway({"use": [{"rate_limit": {"rate": "1/h"}}],
                  "routes": [{"path": "/", "use": [cors()], "respond": {}}]}) as gateway:
        with Client(gateway) as client:
            asked = [preflight(client, "/", "PUT").status for _ in range(3)]
            sent = [client.get("/", ORIGIN) for _ in range(2)]
    assert asked == [204, 204, 204]
    assert [reply.status for reply in sent] == [200, 429]
    assert granted(sent[1]) == {"allow-origin": PAGE}


def test_around_everything_it_answers_for_what_no_route_takes():
    with Gateway({"use": [cors()], "routes": [{"path": "/a", "methods": ["GET"],
                                               "respond": {}}]}) as gateway:
        with Client(gateway) as client:
            asked = preflight(client, "/nothing", "PUT")
            sent = client.get("/nothing", ORIGIN)
            wrong = preflight(client, "/a", "PUT")
            refused = client.get("/a", ORIGIN, method="PUT")
    assert (asked.status, granted(asked)["allow-origin"]) == (204, PAGE)
    assert (sent.status, granted(sent)) == (404, {"allow-origin": PAGE})
    assert (wrong.status, wrong.get("allow"), granted(wrong)) == (405, "GET, HEAD",
                                                                 {"allow-origin": PAGE})
    assert (refused.status, granted(refused)) == (405, {"allow-origin": PAGE})


def test_explain_says_why_another_route_did_not_answer_a_preflight(tmp_path):
    config = {"listen": "127.0.0.1:8080", "routes": [
        {"name": "gold", "path": "/a", "headers": {"X-Tier": "gold"}, "respond": {}},
        {"name": "late", "path": "/a", "methods": ["GET"], "use": [cors()], "respond": {}},
        {"name": "pages", "path": "/a", "use": [cors()], "respond": {}}]}
    file = tmp_path / "ferroway.yaml"
    file.write_text(json.dumps(config))
    done = run("explain", "-c", str(file), "OPTIONS", "/a", "-H", ORIGIN,
               "-H", "Access-Control-Request-Method: PUT")
    assert "route     pages" in done.stdout, done.stdout + done.stderr
    assert "it matches too, but has no `cors` to answer a preflight" in done.stdout
    assert "method `PUT` is not one of GET" in done.stdout
