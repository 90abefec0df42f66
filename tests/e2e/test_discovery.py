"""Endpoints that are names: found by a real DNS server whose answers change while requests are under way."""
import contextlib
import socket
import threading
import time

import pytest

from admin_client import ask, document, samples
from backend import Backend
from gateway import Gateway, bound, eventually, free_port, run
from name_server import NameServer
from test_balancing import Load
from wire import Client, request

NAME = "users.internal"


def free_port_everywhere(addresses):
    """A port that is free on all of these."""
    while True:
        port = free_port()
        with contextlib.ExitStack() as held:
            try:
                for address in addresses:
                    held.enter_context(socket.socket()).bind((address, port))
            except OSError:
                continue
        return port


class Instances:
    """Backends on 127.0.0.2, 127.0.0.3 ... with one port."""

    def __init__(self, count=3):
        self.addresses = [f"127.0.0.{i + 2}" for i in range(count)]
        self.port = free_port_everywhere(self.addresses)
        self.all = [Backend(address=address, port=self.port) for address in self.addresses]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.all:
            each.close()

    def __getitem__(self, index):
        return self.all[index]

    def requests(self):
        return [len(each.heads) for each in self.all]

    def open_connections(self, index):
        return sum(1 for each in self.all[index].connections if each.sock.fileno() >= 0)


def configuration(server, endpoint, *, dns=None, route=None, **upstream):
    return {"workers": 2, "admin": f"127.0.0.1:{free_port()}", "use": ["access_log"],
            "dns": {"servers": [server.address], "timeout": f"{int(bound(300))}ms", **(dns or {})},
            "upstreams": {"service": {"endpoints": endpoint if isinstance(endpoint, list) else [endpoint], **upstream}},
            "routes": [{"path": "/", "to": "service", **(route or {})}]}


def serving(server, port, name=NAME, **more):
    return Gateway(configuration(server, f"http://{name}:{port}", **more))


def endpoint_of(gateway, index=0):
    return document(gateway.config["admin"], "/v1/upstreams")["upstreams"][0]["endpoints"][index]


def addresses(gateway):
    return [each["address"].rsplit(":", 1)[0] for each in endpoint_of(gateway)["addresses"]]


def status(gateway, path="/"):
    with Client(gateway) as client:
        return client.get(path).status


def wait_for(gateway, *wanted):
    eventually(lambda: addresses(gateway) == list(wanted), 30, f"the addresses {wanted}")


def lines(gateway, text):
    return [line for line in gateway.errors().splitlines() if text in line]


def test_a_name_stands_for_all_its_addresses():
    with Instances() as instances, NameServer({NAME: instances.addresses}) as server, \
            serving(server, instances.port, host="endpoint") as gateway:
        wait_for(gateway, *instances.addresses)
        for _ in range(12):
            assert status(gateway) == 200
        assert all(count >= 3 for count in instances.requests())
        assert instances[0].heads[-1].get("host") == f"{NAME}:{instances.port}", "the name, not the address"
        shown = endpoint_of(gateway)
        assert shown["url"] == f"http://{NAME}:{instances.port}"
        assert shown["resolved_at"] and "failure" not in shown
        assert [each["state"] for each in shown["addresses"]] == ["available"] * 3
        found = samples(ask(gateway.config["admin"], "/metrics").body)
        assert found[f'ferroway_name_addresses{{name="{NAME}"}}'] == 3
        assert found[f'ferroway_name_lookups_total{{name="{NAME}",result="ok"}}'] >= 1
        assert found[f'ferroway_name_resolved_timestamp_seconds{{name="{NAME}"}}'] > time.time() - 3600
        assert gateway.logged(target="/")["endpoint"].endswith(f":{instances.port}")


def test_answers_change_under_load_and_no_request_is_lost():
    with Instances() as instances, NameServer({NAME: instances.addresses[:2]}) as server, \
            serving(server, instances.port) as gateway:
        wait_for(gateway, *instances.addresses[:2])
        with Load(gateway) as load:
            load.more(50)
            for wanted in ([2], [0, 1, 2], [1], [0, 2], [0, 1]):
                named = [instances.addresses[i] for i in wanted]
                server.change({NAME: named})
                wait_for(gateway, *named)
                load.more(30)
                before = instances.requests()
                load.more(60)
                asked = [now - then for now, then in zip(instances.requests(), before)]
                # Those that were under way may still arrive.
                assert all((asked[i] > 8) == (i in wanted) for i in range(3)), (wanted, asked)
        assert load.failed == []
        said = lines(gateway, "the addresses of a name")
        assert len(said) == 6, "told when it changes"
        assert f"name={NAME}" in said[1] and instances.addresses[2] in said[1]


def test_what_is_in_flight_ends_where_it_began():
    with Instances(2) as instances, NameServer({NAME: instances.addresses[:1]}) as server, \
            serving(server, instances.port) as gateway:
        wait_for(gateway, instances.addresses[0])
        begun, release = threading.Event(), threading.Event()

        def slow(connection, _):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
            begun.set()
            release.wait(bound(60))
            connection.send(b"half")

        instances[0].scripts["/slow"] = slow
        with Client(gateway) as client:
            client.send(request("/slow"))
            assert begun.wait(bound(20))
            server.change({NAME: instances.addresses[1:]})
            wait_for(gateway, instances.addresses[1])
            for _ in range(4):
                assert status(gateway) == 200
            assert instances.requests()[1] == 4, "new ones go to the new one"
            release.set()
            reply = client.response()
            assert (reply.status, reply.body) == (200, b"halfhalf")
            assert client.get("/").status == 200
        # Nothing of the address that is gone is kept: its connections are closed.
        eventually(lambda: instances.open_connections(0) == 0, 20, "its connections are closed")


def test_a_dead_resolver_at_start_is_503_until_it_lives():
    with Instances(1) as instances:
        server = NameServer({NAME: instances.addresses})
        with serving(server, instances.port) as gateway:
            with Client(gateway) as client:
                reply = client.get("/early")
                assert reply.status == 503 and reply.get("retry-after") == "1"
                assert b"no-endpoint" in reply.body
            entry = gateway.logged(target="/early")
            assert "not resolved" in str(entry), entry
            eventually(lambda: lines(gateway, "it stands for no endpoint"), 30, "a line of the log")
            failure = endpoint_of(gateway)["failure"]
            assert failure["why"] and endpoint_of(gateway)["resolved_at"] is None
            with server:
                eventually(lambda: status(gateway) == 200, 60, "it is resolved")
                eventually(lambda: lines(gateway, "a name is resolved again"), 10, "a line of the log")
            assert len(lines(gateway, "it stands for no endpoint")) == 1, "told once"


@pytest.mark.parametrize("how", ["dead", "no such name", "no address"])
def test_what_was_known_is_kept_through_failures(how):
    with Instances(2) as instances, NameServer({NAME: instances.addresses}) as server, \
            serving(server, instances.port) as gateway:
        wait_for(gateway, *instances.addresses)
        if how == "dead":
            server.stop()
        else:
            server.change({} if how == "no such name" else {f"deeper.{NAME}": ["127.0.0.9"]})
        eventually(lambda: endpoint_of(gateway).get("failure"), 30, "a failure")
        assert addresses(gateway) == instances.addresses
        for _ in range(6):
            assert status(gateway) == 200
        said = lines(gateway, "the addresses known before are kept")
        assert len(said) == 1 and "reason=" in said[0]
        found = samples(ask(gateway.config["admin"], "/metrics").body)
        assert found[f'ferroway_name_failing{{name="{NAME}"}}'] == 1
        # A reload does not forget it either.
        changed = dict(gateway.config)
        changed["upstreams"] = {"service": {**changed["upstreams"]["service"], "balance": "random"}}
        assert "reloaded" in gateway.reload(changed)
        for _ in range(6):
            assert status(gateway) == 200
        if how == "dead":
            server.start()
        server.change({NAME: instances.addresses[:1]})
        wait_for(gateway, instances.addresses[0])
        assert lines(gateway, "a name is resolved again")


def test_checks_follow_the_addresses():
    with Instances(2) as instances, NameServer({NAME: instances.addresses}) as server, \
            serving(server, instances.port,
                    health_check={"path": "/healthz", "interval": "200ms", "timeout": f"{int(bound(500))}ms",
                                  "unhealthy_after": 1}) as gateway:
        wait_for(gateway, *instances.addresses)

        def states():
            return [each["state"] for each in endpoint_of(gateway)["addresses"]]

        instances[1].close()
        eventually(lambda: states() == ["available", "unhealthy"], 30, "the check fails")
        for _ in range(6):
            assert status(gateway) == 200
        server.change({NAME: instances.addresses[:1]})
        wait_for(gateway, instances.addresses[0])
        checked = endpoint_of(gateway)["addresses"][0]["checks"]["passed"]
        eventually(lambda: endpoint_of(gateway)["addresses"][0]["checks"]["passed"] > checked, 20, "it is asked on")


def test_services_say_ports_priorities_and_weights():
    service = f"_http._tcp.{NAME}"
    with Instances(3) as instances:
        hosts = {f"i{i}.internal": [address] for i, address in enumerate(instances.addresses)}
        port = instances.port
        records = [f"{service},i0.internal,{port},0,1", f"{service},i1.internal,{port},0,3",
                   f"{service},i2.internal,{port},1,1"]
        with NameServer(hosts, records) as server, \
                Gateway(configuration(server, f"srv+http://{service}", host="endpoint")) as gateway:
            wait_for(gateway, *instances.addresses)
            for _ in range(40):
                assert status(gateway) == 200
            asked = instances.requests()
            assert asked[2] == 0, "only when the others are out"
            assert abs(asked[1] - 30) <= 2, asked
            assert instances[0].heads[-1].get("host") == f"i0.internal:{port}"
            shown = endpoint_of(gateway)["addresses"]
            assert [(each["weight"], each["priority"]) for each in shown] == [(1, 0), (3, 0), (1, 1)]
            server.change({**hosts, "i0.internal": []})
            wait_for(gateway, *instances.addresses[1:])
            assert status(gateway) == 200


def test_no_name_reaches_the_admin_listener():
    with NameServer({NAME: ["127.0.0.1"]}) as server:
        admin = free_port()
        config = configuration(server, f"http://{NAME}:{admin}")
        config["admin"] = f"127.0.0.1:{admin}"
        with Gateway(config) as gateway:
            wait_for(gateway, "127.0.0.1")
            assert status(gateway, "/metrics") == 503


def test_addresses_and_names_side_by_side():
    with Instances(2) as instances:
        server = NameServer({NAME: instances.addresses})
        both = [f"http://{NAME}:{instances.port}", f"http://{instances.addresses[0]}:{instances.port}"]
        with Gateway(configuration(server, both)) as gateway:
            assert status(gateway) == 200, "what is an address needs no DNS"
            with server:
                wait_for(gateway, *instances.addresses)
                for _ in range(10):
                    assert status(gateway) == 200
                assert instances.requests()[1] == 5, "an address counts once"


def test_a_name_of_the_other_family():
    with Backend(address="::1") as backend, NameServer({NAME: ["::1"]}) as server, \
            serving(server, backend.port) as gateway:
        eventually(lambda: status(gateway) == 200, 30, "it is resolved")
        assert endpoint_of(gateway)["addresses"][0]["address"] == f"[::1]:{backend.port}"


def test_the_service_that_is_asked_may_be_a_name():
    with Instances(2) as instances, NameServer({"auth.internal": instances.addresses[:1]}) as server:
        config = configuration(server, f"http://{instances.addresses[1]}:{instances.port}")
        config["middlewares"] = {"auth": {"forward_auth": {"to": f"http://auth.internal:{instances.port}"}}}
        config["routes"][0]["use"] = ["auth"]
        with Gateway(config) as gateway:
            eventually(lambda: status(gateway) == 200, 30, "it is resolved")
            asked = len(instances[0].heads)
            assert status(gateway) == 200
            assert len(instances[0].heads) == asked + 1


def test_two_ways_to_one_endpoint():
    both = {NAME: ["127.0.0.1", "::1"]}
    with Backend() as backend, NameServer(both) as server, \
            serving(server, backend.port, dns={"family": "both"}, health_check="/healthz") as gateway:
        eventually(lambda: status(gateway) == 200, 30, "it is resolved")
        (shown,) = endpoint_of(gateway)["addresses"]
        assert (shown["address"], shown["other"]) == (f"[::1]:{backend.port}", f"127.0.0.1:{backend.port}")
        assert all(status(gateway) == 200 for _ in range(5)), "nobody listens on the first one"
        eventually(lambda: endpoint_of(gateway)["addresses"][0]["checks"]["passed"], 20, "checks take both ways too")
        server.change({NAME: ["127.0.0.1", "127.0.0.2", "::1"]})
        wait_for(gateway, "[::1]", "127.0.0.1", "127.0.0.2")
        assert not any("other" in each for each in endpoint_of(gateway)["addresses"]), "nobody knows who belongs together"


def test_a_large_answer_comes_by_tcp_and_is_bounded():
    many = [f"127.1.{i // 200}.{i % 200 + 1}" for i in range(300)]
    with NameServer({NAME: many}) as server, serving(server, 8000) as gateway:
        eventually(lambda: len(addresses(gateway)) == 256, 30, "256 addresses")
        assert addresses(gateway) == many[:256], "the first in their order"
        said = lines(gateway, "the addresses of a name")
        assert "and 248 more" in said[0] and "count=256" in said[0]


def test_dns_settings_change_by_a_reload():
    with Instances(2) as instances, NameServer({NAME: instances.addresses[:1]}) as first, \
            NameServer({NAME: instances.addresses[1:]}) as second, serving(first, instances.port) as gateway:
        wait_for(gateway, instances.addresses[0])
        gateway.reload({**gateway.config, "dns": {"servers": [second.address]}})
        wait_for(gateway, instances.addresses[1])
        assert status(gateway) == 200


def test_localhost_is_an_address():
    with Backend() as backend, Gateway({"routes": [{"path": "/", "to": f"http://localhost:{backend.port}"}]}) as gateway:
        assert status(gateway) == 200


def test_check_and_explain_need_no_network(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_text("listen: 8080\ndns: {servers: ['127.0.0.1:1']}\n"
                    "routes: [{path: /, to: [http://users.internal:8000, srv+http://_http._tcp.users.internal]}]\n")
    checked = run("check", "-c", str(file))
    assert checked.returncode == 0, checked.stderr
    explained = run("explain", "-c", str(file), "GET", "http://a/")
    assert explained.returncode == 0, explained.stderr
    assert "users.internal" in explained.stdout and "resolved at run time" in explained.stdout
