"""Promises 22 to 25: endpoints that die, hang, flap and come back, under load from real clients. Bounds are generous:
the exact times are held in tests/sim/health_test.cpp."""
import collections
import json

import pytest

from admin_client import document
from backend import answer
from failing import CHECKS, Endpoint, Load, serving, states, wait_for
from gateway import Gateway, eventually, run
from wire import Client, request


@pytest.fixture
def three():
    endpoints = [Endpoint() for _ in range(3)]
    yield endpoints
    for each in endpoints:
        each.backend.close()


def test_a_killed_endpoint_costs_nobody_anything(three):
    with serving(three, health_check=CHECKS) as gateway, Load(gateway) as load:
        load.more(50)
        three[1].kill()
        eventually(lambda: states(gateway)[1] != "available", 10, "it is out")
        load.more(50)
        three[1].bring_back()
        wait_for(gateway, ["available"] * 3, 15)
        load.more(50)
        assert load.failed == []
        said = [line for line in gateway.errors().splitlines() if "an endpoint is" in line]
        assert 1 <= len(said) <= 6, "told when it changes, not for each request"


def test_a_hung_endpoint_is_left(three):
    with serving(three, health_check=CHECKS, outlier_detection={"consecutive_failures": 2}) as gateway, \
            Load(gateway) as load:
        load.more(20)
        three[2].hang()
        eventually(lambda: states(gateway)[2] != "available", 15, "it is out")
        load.more(20)
        assert load.failed == []


def test_all_down_is_said_at_once_and_they_come_back(three):
    with serving(three, health_check=CHECKS) as gateway:
        with Client(gateway) as client:
            assert client.get("/").status == 200
        for each in three:
            each.kill()
        wait_for(gateway, ["unhealthy"] * 3, 15)
        with Client(gateway) as client:
            reply = client.get("/")
            assert reply.status == 503 and reply.get("retry-after") == "1"
            assert b"no-endpoint" in reply.body
        for each in three:
            each.bring_back()
        wait_for(gateway, ["available"] * 3, 15)
        with Client(gateway) as client:
            assert client.get("/").status == 200


def test_a_rolling_restart_loses_nothing(three):
    # Out for a second: a stall of this machine may eject one that is well.
    passive = {"consecutive_failures": 1, "eject_for": "1s"}
    with serving(three, health_check=CHECKS, outlier_detection=passive) as gateway, Load(gateway) as load:
        for each in three:
            each.kill()
            load.more(30)
            each.bring_back()
            wait_for(gateway, ["available"] * 3, 30)
        assert load.failed == []


def test_resets_in_mid_answer_eject_though_the_health_path_answers(three):
    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.reset()
        return False

    three[0].backend.scripts["/"] = script
    with serving(three, health_check=CHECKS, outlier_detection={"consecutive_failures": 3}) as gateway:
        def ejected():
            with Client(gateway) as client:
                client.send(request("/", "Connection: close"))
                client.reader.to_the_end()
            return states(gateway)[0] == "ejected"

        eventually(ejected, 20, "it is ejected")
        shown = document(gateway.config["admin"], "/v1/upstreams")["upstreams"][0]["endpoints"][0]
        assert shown["why"] == "broken connections in a row" and shown["ejections"] >= 1


def test_5xx_eject_and_are_tried_elsewhere(three):
    three[0].backend.scripts["/"] = answer("503 Service Unavailable")
    with serving(three, outlier_detection={"consecutive_failures": 3, "eject_for": "60s"}) as gateway:
        with Client(gateway) as client:
            assert {client.get("/").status for _ in range(30)} == {200}
        assert states(gateway)[0] == "ejected"


def test_a_post_that_was_sent_is_never_sent_again(three):
    for each in three:
        each.backend.scripts["/"] = answer("503 Service Unavailable")
    with serving(three, outlier_detection="off") as gateway:
        with Client(gateway) as client:
            client.send(request("/", method="POST", body=b"once"))
            assert client.response("POST").status == 503
        assert sum(len(each.backend.requests) for each in three) == 1


def test_shares_follow_the_weights_across_workers():
    endpoints = [Endpoint() for _ in range(3)]
    weighted = [{"url": each.url, "weight": weight} for each, weight in zip(endpoints, (1, 2, 3))]
    config = {"workers": 4, "upstreams": {"service": {"endpoints": weighted}},
              "routes": [{"path": "/", "to": "service"}]}
    try:
        with Gateway(config) as gateway:
            for _ in range(30):
                with Client(gateway) as client:
                    for _ in range(4):
                        assert client.get("/").status == 200
            assert [len(each.backend.requests) for each in endpoints] == [20, 40, 60]
            for one, weight in zip(weighted, (3, 2, 1)):
                one["weight"] = weight
            assert "reloaded" in gateway.reload(gateway.config)
            before = [len(each.backend.requests) for each in endpoints]
            with Client(gateway) as client:
                for _ in range(120):
                    assert client.get("/").status == 200
            after = [len(each.backend.requests) for each in endpoints]
            assert [b - a for a, b in zip(before, after)] == [60, 40, 20]
    finally:
        for each in endpoints:
            each.backend.close()


def test_a_value_has_its_endpoint():
    endpoints = [Endpoint() for _ in range(3)]
    upstream = {"endpoints": [each.url for each in endpoints], "balance": {"consistent_hash": "header.X-Cart"}}
    try:
        with Gateway({"workers": 3, "upstreams": {"service": upstream},
                      "routes": [{"path": "/", "to": "service"}]}) as gateway:
            where = collections.defaultdict(set)
            for round_ in range(3):
                for cart in range(12):
                    before = [len(each.backend.requests) for each in endpoints]
                    with Client(gateway) as client:
                        client.send(request("/", f"X-Cart: cart-{cart}"))
                        assert client.response("GET").status == 200
                    after = [len(each.backend.requests) for each in endpoints]
                    where[cart].add(next(i for i in range(3) if after[i] != before[i]))
            assert all(len(found) == 1 for found in where.values())
            assert len(set.union(*where.values())) > 1
    finally:
        for each in endpoints:
            each.backend.close()


def test_a_cookie_keeps_a_client_with_its_endpoint_while_that_is_there(three):
    for number, each in enumerate(three):
        each.backend.scripts["/"] = answer("200 OK", f"X-By: {number}")
    config = {"workers": 3, "routes": [{"path": "/", "to": "service"}],
              "upstreams": {"service": {"endpoints": [each.url for each in three], "sticky": "gateway"}}}

    def ask(cookie):
        """Who has answered, and the cookie that the client has from now on."""
        with Client(gateway) as client:
            client.send(request("/", f"Cookie: a=b; gateway={cookie}"))
            got = client.response("GET")
        assert got.status == 200
        given = got.get("set-cookie", "").partition(";")[0].partition("=")[2]
        return int(got.get("x-by")), given or cookie

    with Gateway(config) as gateway:
        assert len({ask("made-up")[0] for _ in range(9)}) == 3, "nobody chooses an endpoint by a cookie of his own"
        where, cookie = ask("")
        assert {ask(cookie) for _ in range(9)} == {(where, cookie)}
        three[where].kill()
        other, changed = ask(cookie)
        assert other != where and changed != cookie
        assert {ask(changed) for _ in range(9)} == {(other, changed)}


@pytest.mark.parametrize("settings, said", [
    ({}, "round_robin: the next in turn of 3, weight "),
    ({"balance": "least_request"}, "least_request: 1 in flight with this one"),
    ({"balance": "peak_ewma"}, "peak_ewma: "),
    ({"balance": "random"}, "random: by chance and weight, of 3"),
    ({"balance": {"consistent_hash": "client.ip"}}, "consistent_hash: by client.ip, of 3"),
    ({"health_check": {"type": "tcp", "assume": "unhealthy"}}, "round_robin: "),
])
def test_explain_says_how_an_endpoint_would_be_picked(tmp_path, settings, said):
    endpoints = ["http://127.0.0.1:1", {"url": "http://127.0.0.1:2", "weight": 2}, "http://127.0.0.1:3"]
    file = tmp_path / "ferroway.yaml"
    file.write_text(json.dumps({"listen": 8080, "upstreams": {"service": {"endpoints": endpoints, **settings}},
                                "routes": [{"path": "/", "to": "service"}]}))
    told = run("explain", "-c", str(file), "GET", "http://a.test/")
    assert told.returncode == 0 and said in told.stdout, told.stdout + told.stderr
