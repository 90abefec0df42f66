"""concurrency_limit: requests at once, over several workers and many connections."""
import contextlib
import select
import socket
import struct

from admin_client import metrics
from backend import Backend, Gate
from gateway import Gateway, eventually, free_port
from wire import Client, request


@contextlib.contextmanager
def limited(limit, workers=4):
    gate = Gate()
    with Backend({"/": gate}) as backend:
        config = {"workers": workers, "admin": f"127.0.0.1:{free_port()}",
                  "middlewares": {"slots": {"concurrency_limit": limit}}, "use": ["access_log"],
                  "routes": [{"name": "r", "path": "/", "to": backend.url, "use": ["slots"]}]}
        with Gateway(config) as gateway:
            gateway.admin = config["admin"]
            yield gateway, gate
            gate.let(10_000)


def in_flight(gateway):
    """Requests at the backend and in the queue."""
    return sum(value for key, value in metrics(gateway).items()
               if key.startswith("ferroway_requests_in_flight"))


def has_answer(client):
    return bool(select.select([client.sock], [], [], 0)[0])


def begin(gateway, stack, count, *fields):
    clients = [stack.enter_context(Client(gateway, timeout=60)) for _ in range(count)]
    for client in clients:
        client.send(request("/", *fields))
    return clients


def test_so_many_and_no_more_are_at_the_backend():
    with limited({"requests": 5}) as (gateway, gate), contextlib.ExitStack() as stack:
        inside = begin(gateway, stack, 5)
        eventually(lambda: gate.inside == 5, 10, "five at the backend")
        for client in begin(gateway, stack, 20):
            reply = client.response()
            assert reply.status == 503 and reply.get("retry-after") == "1"
        assert gateway.logged(status=503)["rejected_by"] == "slots"
        gate.let(5)
        assert [client.response().status for client in inside] == [200] * 5
        # On the same connections, all workers agree that there is room again.
        for client in inside:
            client.send(request("/"))
        eventually(lambda: gate.inside == 5, 10, "five at the backend")
        gate.let(5)
        assert [client.response().status for client in inside] == [200] * 5
        assert gate.most == 5


def test_those_in_the_queue_get_their_turn_wherever_they_wait():
    limit = {"requests": 2, "queue": 100, "queue_timeout": "60s"}
    with limited(limit) as (gateway, gate), contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 60)
        eventually(lambda: gate.inside == 2, 10, "two at the backend")
        gate.let(60)
        assert [client.response().status for client in clients] == [200] * 60
        assert gate.most == 2


def test_the_queue_is_bounded_over_all_workers():
    limit = {"requests": 1, "queue": 3, "queue_timeout": "60s"}
    with limited(limit) as (gateway, gate), contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 20)
        # Sixteen are refused while nobody in flight has ended.
        eventually(lambda: len([each for each in gateway.log() if each["status"] == 503]) == 16,
                   10, "sixteen refusals")
        gate.let(20)
        statuses = sorted(client.response().status for client in clients)
        assert statuses == [200] * 4 + [503] * 16


def test_a_client_that_resets_leaves_the_queue():
    limit = {"requests": 1, "queue": 1, "queue_timeout": "60s"}
    with limited(limit) as (gateway, gate), contextlib.ExitStack() as stack:
        first, = begin(gateway, stack, 1)
        eventually(lambda: gate.inside == 1, 10, "one at the backend")
        gone, = begin(gateway, stack, 1)
        eventually(lambda: in_flight(gateway) == 2, 10, "one in the queue")
        refused, = begin(gateway, stack, 1)
        assert refused.response().status == 503
        gone.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.sock.close()
        eventually(lambda: any(each["status"] == 0 for each in gateway.log()), 10, "its log line")
        last, = begin(gateway, stack, 1)
        gate.let(2)
        assert first.response().status == 200
        assert last.response().status == 200


def test_a_reload_with_another_number_forgets_nobody():
    with limited({"requests": 2}) as (gateway, gate), contextlib.ExitStack() as stack:
        inside = begin(gateway, stack, 2)
        eventually(lambda: gate.inside == 2, 10, "two at the backend")
        config = dict(gateway.config)
        config["middlewares"] = {"slots": {"concurrency_limit": {"requests": 3}}}
        gateway.reload(config)

        def third_is_in():      # the workers take the new configuration each in its time
            third, = begin(gateway, stack, 1)
            eventually(lambda: gate.inside == 3 or has_answer(third), 10, "a verdict")
            return third if gate.inside == 3 else None

        third = eventually(third_is_in, 10, "a third at the backend")
        for client in begin(gateway, stack, 8):
            assert client.response().status == 503
        gate.let(3)
        assert [client.response().status for client in (*inside, third)] == [200] * 3
        assert gate.most == 3


def test_in_shadow_mode_all_pass_and_are_told():
    with limited({"requests": 1, "shadow": True}) as (gateway, gate), \
            contextlib.ExitStack() as stack:
        clients = begin(gateway, stack, 4)
        eventually(lambda: gate.inside == 4, 10, "four at the backend")
        gate.let(4)
        assert [client.response().status for client in clients] == [200] * 4
        eventually(lambda: len(gateway.log()) >= 4, 5, "four lines")
        told = [each for each in gateway.log() if each.get("would_reject") == "slots"]
        assert len(told) == 3
