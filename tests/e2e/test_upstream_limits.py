"""Limits of an upstream: places of endpoints and the queue before them, over several workers."""
import contextlib
import signal
import socket
import struct

from admin_client import document, metrics
from backend import Backend, Gate
from gateway import Gateway, eventually, free_port
from wire import Client, request


@contextlib.contextmanager
def limited(connections, backends=1, workers=4, **upstream):
    gates = [Gate() for _ in range(backends)]
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(Backend({"/": gate})) for gate in gates]
        config = {"workers": workers, "admin": f"127.0.0.1:{free_port()}", "use": ["access_log"],
                  "upstreams": {"up": {"endpoints": [each.url for each in started],
                                       "connections": connections, **upstream}},
                  "routes": [{"name": "r", "path": "/", "to": "up"}]}
        with Gateway(config) as gateway:
            gateway.admin = config["admin"]
            yield gateway, gates
            for gate in gates:
                gate.let(10_000)


def of_upstream(gateway, what):
    # One that has had no request yet is not shown.
    return metrics(gateway).get(f'ferroway_upstream_requests_{what}{{upstream="up"}}', 0)


def begin(gateway, stack, count, *fields):
    clients = [stack.enter_context(Client(gateway, timeout=60)) for _ in range(count)]
    for client in clients:
        client.send(request("/", *fields))
    return clients


def test_each_endpoint_has_so_many_and_no_more_whoever_sends_them():
    with limited({"max": 3, "max_pending": 0}, backends=2) as (gateway, gates), \
            contextlib.ExitStack() as stack:
        inside = begin(gateway, stack, 6)
        eventually(lambda: [gate.inside for gate in gates] == [3, 3], 10, "three at each")
        for client in begin(gateway, stack, 20):
            reply = client.response()
            assert reply.status == 503 and reply.get("retry-after") == "1"
            assert b"problems/upstream-busy" in reply.body
        line = gateway.logged(status=503)
        assert line["failure"] == "overloaded" and line["failed_side"] == "upstream"
        assert "as the upstream may have" in line["failure_detail"]
        for gate in gates:
            gate.let(3)
        assert [client.response().status for client in inside] == [200] * 6
        assert [gate.most for gate in gates] == [3, 3]
        refused = metrics(gateway)['ferroway_upstream_requests_refused_total{upstream="up",reason="full"}']
        assert refused == 20


def test_those_that_wait_get_their_turn_wherever_they_wait():
    limits = {"max": 2, "max_pending": 100, "pending_timeout": "60s"}
    with limited(limits, backends=2) as (gateway, gates), contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 60)
        eventually(lambda: of_upstream(gateway, "pending") == 56, 10, "the others wait")
        assert of_upstream(gateway, "in_flight") == 4
        eventually(lambda: [gate.inside for gate in gates] == [2, 2], 10, "two at each")
        for gate in gates:
            gate.let(60)
        assert [client.response().status for client in clients] == [200] * 60
        assert [gate.most for gate in gates] == [2, 2]
        eventually(lambda: of_upstream(gateway, "in_flight") == 0, 10, "nobody is left")
        assert of_upstream(gateway, "queued_total") >= 56


def test_the_queue_is_bounded_over_all_workers():
    limits = {"max_requests": 1, "max_pending": 3, "pending_timeout": "60s"}
    with limited(limits, backends=2) as (gateway, gates), contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 20)
        eventually(lambda: len([each for each in gateway.log() if each["status"] == 503]) == 16,
                   10, "sixteen refusals")
        for gate in gates:
            gate.let(20)
        statuses = sorted(client.response().status for client in clients)
        assert statuses == [200] * 4 + [503] * 16


def test_nobody_waits_for_ever():
    limits = {"max": 1, "pending_timeout": "300ms"}
    with limited(limits) as (gateway, (gate,)), contextlib.ExitStack() as stack:
        first, = begin(gateway, stack, 1)
        eventually(lambda: gate.inside == 1, 10, "one at the backend")
        second, = begin(gateway, stack, 1)
        assert second.response().status == 503
        assert "in time" in gateway.logged(status=503)["failure_detail"]
        gate.let(1)
        assert first.response().status == 200


def test_a_client_that_resets_leaves_the_queue():
    limits = {"max": 1, "max_pending": 1, "pending_timeout": "60s"}
    with limited(limits) as (gateway, (gate,)), contextlib.ExitStack() as stack:
        first, = begin(gateway, stack, 1)
        eventually(lambda: gate.inside == 1, 10, "one at the backend")
        gone, = begin(gateway, stack, 1)
        eventually(lambda: of_upstream(gateway, "pending") == 1, 10, "one in the queue")
        gone.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.sock.close()
        eventually(lambda: of_upstream(gateway, "pending") == 0, 10, "nobody in the queue")
        last, = begin(gateway, stack, 1)
        gate.let(2)
        assert first.response().status == 200
        assert last.response().status == 200


def test_a_stop_serves_those_that_wait():
    limits = {"max": 1, "pending_timeout": "60s"}
    with limited(limits) as (gateway, (gate,)), contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 4)
        eventually(lambda: of_upstream(gateway, "pending") == 3, 10, "three in the queue")
        gateway.process.send_signal(signal.SIGTERM)
        gate.let(4)
        assert [client.response().status for client in clients] == [200] * 4
        assert gate.most == 1


def test_a_reload_with_another_number_forgets_nobody():
    with limited({"max": 2, "pending_timeout": "60s"}) as (gateway, (gate,)), \
            contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 4)
        eventually(lambda: of_upstream(gateway, "pending") == 2, 10, "two at the backend, two wait")
        config = dict(gateway.config)
        config["upstreams"]["up"]["connections"]["max"] = 1
        gateway.reload(config)
        more = begin(gateway, stack, 4)
        eventually(lambda: of_upstream(gateway, "pending") == 6, 10, "six wait")
        eventually(lambda: gate.inside == 2, 10, "two at the backend")
        gate.let(8)
        assert [client.response().status for client in clients + more] == [200] * 8
        assert gate.most == 2


def test_the_admin_listener_tells():
    with limited({"max": 1, "pending_timeout": "60s"}) as (gateway, (gate,)), \
            contextlib.ExitStack() as stack:
        begin(gateway, stack, 3)
        eventually(lambda: of_upstream(gateway, "pending") == 2, 10, "two wait")
        shown = document(gateway.admin, "/v1/upstreams")["upstreams"][0]["requests"]
        assert shown == {"in_flight": 1, "pending": 2, "queued": 2, "refused": 0, "waited_in_vain": 0}
