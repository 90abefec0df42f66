"""`explain` and `test` run the very code that serves: thousands of generated requests, sent through a
running gateway and rehearsed, must come to the same route, answer and request to the backend."""
import json
import random
import subprocess

from backend import Backend
from gateway import FERROWAY, Gateway, bound, free_port
from wire import Message, Reader

REQUESTS = 3000  # fewer do not reach every route
TENANTS = ["shop", "a.b", "SHOP"]
HOSTS = [f"{tenant}.example.com" for tenant in TENANTS] + [
    "api.example.com", "API.example.com.:8080", "example.com", "other.test", "localhost"]
SEGMENTS = ["users", "orders", "7", "a%20b", "%7Eme", "v1", "v22", "old", "files", ".", "..", "",
            "a%2Fb", "x;y", "%zz", "caf%C3%A9"]
HEADERS = [("X-Tier", "gold"), ("X-Tier", "silver"), ("x-tier", "goldfish"), ("X-Debug", ""),
           ("Cookie", "session=abc; theme=dark"), ("Cookie", "session=other"),
           ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-For", "192.0.2.7, 10.1.1.1"),
           ("X-Request-ID", "given"), ("X-Secret", "s"), ("X_Forwarded_For", "1.2.3.4"),
           ("Connection", "x-debug"), ("Accept", "text/html"), ("Referer", "http://a/"),
           ("Origin", "https://app.example.com"), ("Origin", "https://evil.test")]
PREFLIGHT = [("Origin", "https://app.example.com"), ("Origin", "https://evil.test"),
             ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Method", "DELETE"),
             ("Access-Control-Request-Headers", "x-tier")]
QUERIES = ["", "?version=2", "?version=%32&x", "?version=3&version=2", "?", "?debug", "?q=a+b"]
PATHS = ["/users/7", "/users/7/orders", "/v1", "/files", "/users", "/old"]
METHODS = ["GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE", "PURGE"]

# What is made anew for each request, passes with time, or is the connection's business.
VARYING = {"x-request-id", "date", "retry-after", "connection", "content-length"}


def configure(urls):
    edits = {"request_headers": {"set": {"X-Tenant": "${host.tenant}", "X-User": "${path.id}"},
                                 "remove": ["X-Secret"]}}
    return {
        "listeners": [{"name": "public", "address": "127.0.0.1:0", "trusted_proxies": ["127.0.0.0/8",
                                                                                   "10.0.0.0/8"]}],
        "upstreams": {
            "users": {"endpoints": [urls[0]]},
            "next": {"endpoints": [urls[1]], "host": "next.internal"},
            "files": {"endpoints": [urls[2]], "host": "endpoint"},
        },
        "middlewares": {"tag": {"response_headers": {"set": {"X-Route": "${route.name}"},
                                                     "add": {"X-Client": "${client.ip}"}}},
                        # What decides: by the client, by the origin, by what went before.
                        "office": {"ip_filter": {"deny": ["192.0.2.7"]}},
                        "page": {"cors": {"origins": ["https://*.example.com"], "credentials": True}},
                        "few": {"rate_limit": {"rate": "1/h", "burst": 40, "key": "header.X-Tier",
                                               "headers": False}},
                        "large": {"body_limit": {"size": "0B"}}, "one": {"concurrency_limit": 1}},
        "use": ["request_id", "tag"],
        "routes": [
            {"host": "{tenant}.example.com", "routes": [
                {"name": "user", "path": "/users/{id}", "use": [edits],
                 "rewrite": {"strip_prefix": "/users", "add_prefix": "/v2"},
                 "to": {"users": 60, "next": 40}, "stick_by": "cookie.session"},
                {"name": "user-gold", "path": "/users/{id}", "headers": {"X-Tier": "gold"},
                 "methods": ["GET", "PUT"], "use": [edits, "office", "page", "one"],
                 "rewrite": {"path": "/gold/${path.id}/${host.tenant}"}, "to": "next"},
                {"name": "orders", "path": "/users/{id}/orders", "methods": ["GET", "POST"],
                 "use": [edits, "few", "large"], "to": "users"},
                {"name": "versioned", "path": {"regex": "/v(?P<number>[0-9]+)(/.*)?"},
                 "rewrite": {"regex": {"match": "/v([0-9]+)(/.*)?", "replace": "/api/\\1\\2"}},
                 "to": "users"},
                {"name": "rest", "path": "/files/{rest...}", "allow_in_path": ["%2F"],
                 "to": "files"},
            ]},
            {"name": "api", "host": "api.example.com", "path": "/", "without": ["tag"],
             "use": ["page", "few"], "query": {"version": "2"}, "to": "users"},
            {"name": "debug", "headers": {"X-Debug": {"present": True}}, "priority": 5,
             "query": {"debug": {"present": True}}, "respond": {"status": 203, "body": "debug"}},
            {"name": "old", "path": "/old", "redirect": {"path": "/new/${client.ip}", "status": 301}},
            {"name": "secure", "path": {"exact": "/users"}, "redirect": {"scheme": "https"}},
            {"name": "silver", "headers": {"X-Tier": {"regex": "silver|goldfish"}},
             "methods": ["GET"], "respond": {"body": "silver"}},
        ],
    }


def generate(source):
    method = source.choice(METHODS)
    path = "/" + "/".join(source.choice(SEGMENTS) for _ in range(source.randrange(5)))
    if source.random() < 0.5:
        path = source.choice(PATHS) + (path if source.random() < 0.5 else "")
    headers = {}
    for name, value in source.sample(HEADERS, source.randrange(4)):
        headers.setdefault(name.lower(), (name, value))
    if source.random() < 0.1:    # a preflight
        method = "OPTIONS"
        for name, value in source.sample(PREFLIGHT, len(PREFLIGHT)):
            headers[name.lower()] = (name, value)
    return {"method": method, "target": path + source.choice(QUERIES),
            "host": source.choice(HOSTS), "headers": list(headers.values())}


class Seen:
    """Keeps the last request that reached any backend."""

    def __init__(self):
        self.last = None

    def script(self, name):
        def serve(connection, request):
            self.last = (name, request)
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        return serve


class AnyPath(dict):
    def __init__(self, script):
        super().__init__()
        self.script = script

    def get(self, _key, _default=None):
        return self.script


def ask(connection, request):
    lines = [f"{request['method']} {request['target']} HTTP/1.1", f"Host: {request['host']}",
             *(f"{name}: {value}" for name, value in request["headers"])]
    connection.sock.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
    answer = Message(connection.until(b"\r\n\r\n"))
    if request["method"] != "HEAD" and answer.has("content-length"):
        answer.body = connection.exactly(int(answer.get("content-length")))
    return answer


def steady(pairs):
    return sorted((name.lower(), value) for name, value in pairs if name.lower() not in VARYING)


def pairs_of(listed):
    return [(each["name"], each["value"]) for each in listed]


def rehearse(gateway, requests):
    cases = [{"request": f"{each['method']} {each['target']}",
              "headers": {"Host": each["host"], **dict(each["headers"])},
              "expect": {"status": 200}} for each in requests]
    file = gateway.folder / "agreement.tests.yaml"
    file.write_text(json.dumps({"cases": cases}))
    done = subprocess.run([FERROWAY, "test", "-c", str(gateway.file), "--json", str(file)],
                          capture_output=True, text=True, timeout=bound(120), check=False)
    assert done.returncode in (0, 1), done.stderr
    return [each["got"] for each in json.loads(done.stdout)["cases"]]


def live(gateway, seen, requests):
    connection = None
    for request in requests:
        if connection is None:
            connection = Reader(gateway.connect())
        seen.last = None
        answer = ask(connection, request)
        yield request, answer, seen.last
        if answer.get("connection") == "close":
            connection.sock.close()
            connection = None


def test_on_thousands_of_requests():
    seen = Seen()
    names = ["users", "next", "files"]
    backends = [Backend() for _ in names]
    for backend, name in zip(backends, names, strict=True):
        backend.scripts = AnyPath(seen.script(name))
    config = configure([backend.url for backend in backends])
    config["listeners"][0]["address"] = f"127.0.0.1:{free_port()}"
    source = random.Random(20261124)
    requests = [generate(source) for _ in range(REQUESTS)]
    try:
        with Gateway(config) as gateway:
            rehearsed = rehearse(gateway, requests)
            compared = {"sent": 0, "routes": set(), "statuses": set()}
            for (request, answer, last), got in zip(live(gateway, seen, requests), rehearsed,
                                                    strict=True):
                where = (request, got, answer.head)
                assert got["status"] == answer.status, where
                assert steady(answer.fields) == steady(pairs_of(got["response_headers"])), where
                assert (last is None) == (got["upstream"] == ""), where
                compared["routes"].add(got["route"])
                compared["statuses"].add(got["status"])
                if last is None:
                    continue
                name, received = last
                compared["sent"] += 1
                assert name == got["upstream"], where
                assert received.target == got["path"], where
                assert steady(received.fields) == steady(pairs_of(got["request_headers"])), where
            assert compared["sent"] > REQUESTS / 10
            assert compared["routes"] >= {"user", "user-gold", "orders", "versioned", "rest", "api",
                                          "debug", "old", "secure", "silver", None}
            assert compared["statuses"] >= {200, 203, 204, 301, 308, 400, 403, 404, 405, 429}
    finally:
        for backend in backends:
            backend.close()
