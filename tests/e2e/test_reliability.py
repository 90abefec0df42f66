"""Promises 22, 23 and 25 in numbers, before one of four endpoints that fails in every way. Shares are the promise's,
times five times as long: the exact ones are held in tests/sim/reliability_test.cpp."""
import contextlib
import time

import pytest

from backend import answer
from failing import CHECKS, PATIENCE, Endpoint, Load, serving, states, wait_for
from gateway import SLOW, bound, eventually
from wire import Client

PASSIVE = {"consecutive_failures": 5, "eject_for": "2s", "eject_for_max": "2s"}
RETRY = {"retries": 2, "when": ["connect", "reset", "timeout", "502", "503"], "per_try": PATIENCE, "budget": "20%"}
CLIENTS = 6


@contextlib.contextmanager
def four(count=4):
    endpoints = [Endpoint() for _ in range(count)]
    try:
        with serving(endpoints, retry=RETRY, health_check=CHECKS, outlier_detection=PASSIVE) as gateway:
            with Load(gateway, CLIENTS, keep=True) as load:
                load.more(100)
                yield gateway, endpoints, load
    finally:
        for each in endpoints:
            each.backend.close()


def at_most(percent, load):
    """So many of what was asked, and one that the whole is too small for."""
    return max(1, load.asked * percent / 100)


def is_out(gateway, index=1):
    return states(gateway)[index] != "available"


def answers_again(endpoint, since):
    """It has had a request of a client's."""
    return len([each for each in endpoint.backend.requests if each.target == "/"]) > since


def hang_all_but_health(endpoint):
    endpoint.hang()
    del endpoint.backend.scripts["/healthz"]


@pytest.mark.parametrize("fails, percent, within", [
    (Endpoint.kill, 0.1, 1), (Endpoint.hang, 1, 2), (hang_all_but_health, 1, 2),
], ids=["killed", "hung", "hung but for its health"])
def test_one_of_four_that_fails(fails, percent, within):
    with four() as (gateway, endpoints, load):
        fails(endpoints[1])
        eventually(lambda: is_out(gateway), 5 * within, "it is out")
        load.more(1500)
        endpoints[1].kill()
        endpoints[1].bring_back()
        eventually(lambda: answers_again(endpoints[1], 0), 10, "it has requests again")
        assert len(load.failed) <= at_most(percent, load), load.failed


def test_one_of_four_that_flaps_every_second():
    with four() as (gateway, endpoints, load):
        for _ in range(3):
            endpoints[1].kill()
            time.sleep(SLOW)      # the beat of what happens; nothing is waited for
            endpoints[1].bring_back()
            time.sleep(SLOW)
        wait_for(gateway, ["available"] * 4, 10)
        assert len(load.failed) <= at_most(0.1, load), load.failed


def test_a_rolling_restart_of_all_loses_nothing():
    with four(3) as (gateway, endpoints, load):
        for each in endpoints:
            each.kill()
            load.more(200)
            each.bring_back()
            eventually(lambda each=each: answers_again(each, 0), 10, "it has requests again")
        wait_for(gateway, ["available"] * 3, 10)
        assert load.failed == []


def test_all_dead_is_said_at_once_and_is_over_soon():
    with four(3) as (gateway, endpoints, load):
        for each in endpoints:
            each.kill()
        eventually(lambda: "available" not in states(gateway), 10, "all are out")
        took = []
        with Client(gateway) as client:
            for _ in range(50):
                began = time.monotonic()
                assert client.get("/").status == 503
                took.append(time.monotonic() - began)
        assert sorted(took)[25] < bound(0.1)
        for each in endpoints:
            each.bring_back()
        with Client(gateway) as client:
            eventually(lambda: client.get("/").status == 200, 5 * 1.5, "an answer")
        wait_for(gateway, ["available"] * 3, 10)
        before = len(load.failed)
        load.more(200)
        assert len(load.failed) - before <= CLIENTS, "those that were under way"


def test_resets_in_the_middle_of_bodies_are_over_soon():
    def breaks_off(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.reset()
        return False

    with four() as (gateway, endpoints, load):
        endpoints[1].backend.scripts["/"] = breaks_off
        eventually(lambda: is_out(gateway), 10, "it is out")
        assert 5 <= len(load.failed) <= 5 + CLIENTS, load.failed


def test_a_head_that_drips_is_no_answer_in_time():
    def drips(connection, _):
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":
            connection.send(bytes([byte]))
            time.sleep(0.05 * SLOW)
        return True

    with four() as (gateway, endpoints, load):
        endpoints[1].backend.scripts["/"] = drips
        eventually(lambda: is_out(gateway), 10, "it is out")
        load.more(300)
        assert len(load.failed) <= at_most(1, load), load.failed


@pytest.mark.parametrize("status, most", [("500 Failed", 5 + CLIENTS), ("503 Closed", 0)])
def test_server_errors_in_a_row_while_the_health_path_answers(status, most):
    with four() as (gateway, endpoints, load):
        endpoints[1].backend.scripts["/"] = answer(status)
        eventually(lambda: is_out(gateway), 10, "it is out")
        assert len(load.failed) <= most, load.failed
