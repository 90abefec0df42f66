"""Promises 27 and 28: exact over all workers and connections, by who the client is and not by what it says."""
import json
import socket
import threading

from admin_client import admin_gateway, metrics
from backend import Backend
from gateway import Gateway, bound, free_port
from wire import Client, request

DAY = {"rate": "86400/d", "burst": 40}      # one a second: hardly any during a test


class From:
    """A client with a loopback address of its own."""

    def __init__(self, gateway, source):
        self.gateway, self.source = gateway, source

    def connect(self, timeout=15.0):
        made = socket.socket()
        made.settimeout(bound(timeout))
        made.bind((self.source, 0))
        made.connect(("127.0.0.1", self.gateway.port))
        return made


def limited(limit, *, listeners=None, **more):
    config = {"routes": [{"name": "r", "path": "/", "respond": {"body": "x"}, "use": ["limit"]}],
              "middlewares": {"limit": {"rate_limit": limit}}, "workers": 2} | more
    if listeners:
        config["listeners"] = listeners
    return Gateway(config)


def ask(gateway, source, count, *fields):
    statuses = []
    with Client(From(gateway, source)) as client:
        for _ in range(count):
            client.send(request("/", *fields))
            statuses.append(client.response().status)
    return statuses


def test_many_clients_at_once_each_get_their_burst_and_no_more():
    sources = [f"127.0.7.{number}" for number in range(1, 13)]
    admitted = dict.fromkeys(sources, 0)
    lock = threading.Lock()
    with limited(DAY) as gateway:
        def load(source):
            got = ask(gateway, source, 25).count(200)
            with lock:
                admitted[source] += got

        threads = [threading.Thread(target=load, args=(source,)) for source in sources * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # 100 requests of each, over four connections and two workers; a slow machine refills some.
    for source, count in admitted.items():
        assert 40 <= count <= 40 + bound(10), (source, count)


def test_no_header_buys_a_fresh_bucket():
    with limited({"rate": "1/h", "burst": 3}) as gateway:
        tricks = ["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 198.51.100.2", "X-Real-IP: 198.51.100.3",
                  "Forwarded: for=198.51.100.4", "X_Forwarded_For: 198.51.100.5"]
        assert [ask(gateway, "127.0.8.1", 1, trick)[0] for trick in tricks] == [200, 200, 200, 429, 429]


def test_behind_a_trusted_proxy_the_right_most_untrusted_hop_counts():
    with limited({"rate": "1/h", "burst": 1}, listeners=[
            {"name": "public", "address": f"127.0.0.1:{free_port()}", "trusted_proxies": ["127.0.9.1"]}]) as gateway:
        def of(chain, source="127.0.9.1"):
            return ask(gateway, source, 1, f"X-Forwarded-For: {chain}")[0]

        assert of("198.51.100.1") == 200
        assert of("203.0.113.9, 198.51.100.1") == 429           # what stands left of it is hearsay
        assert of("198.51.100.1, 127.0.9.1") == 429
        assert of("198.51.100.2") == 200
        assert of("198.51.100.3", source="127.0.9.2") == 200    # not trusted: its own address
        assert of("198.51.100.4", source="127.0.9.2") == 429


def test_an_answer_says_what_is_left_and_when_to_come_again():
    with Backend() as backend:
        routes = [{"path": "/", "to": backend.url, "use": ["limit"]}]
        with limited({"rate": "1/h", "burst": 2}, routes=routes) as gateway, Client(gateway) as client:
            first = client.get("/")
            assert (first.status, first.get("ratelimit-policy")) == (200, '"limit";q=2;w=7200')
            assert first.get("ratelimit") == '"limit";r=1;t=3600'
            assert client.get("/").get("ratelimit").startswith('"limit";r=0;t=7')
            refused = client.get("/")
            assert refused.status == 429 and 3500 < int(refused.get("retry-after")) <= 3600
            assert refused.get("content-type") == "application/problem+json"
            assert json.loads(refused.body)["type"].endswith("/too-many-requests")
            client.send(request("/", method="POST", body=b"x" * 1000))
            assert client.response().status == 429
            assert client.get("/").status == 429                 # the connection goes on behind the body
        assert len(backend.requests) == 2


def test_a_reload_keeps_what_was_used_up():
    with limited({"rate": "1/h", "burst": 2}) as gateway:
        assert ask(gateway, "127.0.10.1", 3) == [200, 200, 429]
        gateway.config["routes"].append({"path": "/other", "respond": {}})
        assert "generation=2" in gateway.reload(gateway.config)
        assert ask(gateway, "127.0.10.1", 1) == [429]
        gateway.config["middlewares"]["limit"]["rate_limit"]["burst"] = 3
        assert "generation=3" in gateway.reload(gateway.config)
        assert ask(gateway, "127.0.10.1", 2) == [200, 429]
        gateway.config["middlewares"]["limit"]["rate_limit"]["key"] = "header.X-A"
        assert "generation=4" in gateway.reload(gateway.config)
        assert ask(gateway, "127.0.10.1", 4) == [200, 200, 200, 429]


def test_shadow_mode_is_counted_and_logged():
    limit = {"rate_limit": {"rate": "1/h", "burst": 1, "shadow": True}}
    routes = [{"name": "r", "path": "/", "respond": {"body": "x"}, "use": ["limit"]}]
    with admin_gateway(routes, middlewares={"limit": limit}, use=["access_log"]) as gateway:
        assert ask(gateway, "127.0.11.1", 3) == [200, 200, 200]
        assert gateway.logged(would_reject="limit")["status"] == 200
        counted = metrics(gateway)
        of = 'ferroway_middleware_decisions_total{middleware="limit",decision="%s"}'
        assert [counted[of % what] for what in ("passed", "rejected", "would_reject")] == [1, 0, 2]
        gateway.config["middlewares"]["limit"]["rate_limit"]["shadow"] = False
        gateway.reload(gateway.config)
        assert ask(gateway, "127.0.11.1", 1) == [429]
        assert gateway.logged(rejected_by="limit")["status"] == 429
        assert metrics(gateway)[of % "rejected"] == 1


def test_no_spelling_of_a_key_buys_a_fresh_bucket():
    for key, paths in (("query.key", ["/?key=abc", "/?key=%61bc", "/?k%65y=ab%63"]),
                       ("path.user", ["/a@b", "/a%40b", "/%61@b"])):
        routes = [{"path": "/{user}" if key == "path.user" else "/", "respond": {}, "use": ["limit"]}]
        with limited({"rate": "1/h", "burst": 1, "key": key}, routes=routes) as gateway, Client(gateway) as client:
            assert [client.get(path).status for path in paths] == [200, 429, 429], key
    with limited({"rate": "1/h", "burst": 1, "key": "header.X-Key"}) as gateway:
        # Who says two counts as its address, whatever they are.
        asked = [("X-Key: k",), ("X-Key: k",), ("X-Key: r1", "X-Key: k"), ("X-Key: r2", "X-Key: k")]
        assert [ask(gateway, "127.0.12.1", 1, *fields)[0] for fields in asked] == [200, 429, 200, 429]
