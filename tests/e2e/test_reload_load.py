"""Promise 26 under load: 200 reloads in a row lose no request, end no connection, and leave nothing behind."""
import contextlib
import subprocess

from backend import Backend
from gateway import FERROWAY, SANITIZED, Gateway, eventually, free_port, reachable
from load import Load
from test_reload import fixed
from test_tunnels import echo, open_tunnel
from wire import Client

RELOADS = 200
SETTLED = 50         # reloads after which memory is compared


@contextlib.contextmanager
def echo_backend():
    """A fast one, in a process of its own."""
    address = f"127.0.0.1:{free_port()}"
    with subprocess.Popen([FERROWAY, "echo", "--listen", address], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: reachable(address), 20, "the backend")
            yield f"http://{address}"
        finally:
            process.terminate()


def version(number, gateway, second, backends, tunnels):
    """Everything that may change does, over and over: listeners, upstreams, routes, middlewares."""
    listeners = [{"name": "default", "address": gateway.address}]
    if number % 3 == 0:
        listeners.append({"name": "second", "address": second})
    routes = [fixed("/fixed", f"{number}"), {"path": "/ws", "to": tunnels.url},
              {"path": "/s", "to": backends[:1 + number % 2], "use": ["limit"]}]
    routes += [fixed(f"/more/{i}", "x") for i in range(number % 50)]
    limit = {"rate": f"{10_000_000 + number % 7}/s", "burst": 1_000_000}
    return {"workers": 2, "admin": "off", "use": ["request_id"], "listeners": listeners,
            "middlewares": {"limit": {"rate_limit": limit}},
            "routes": [{"listener": "any"} | route for route in routes]}


def test_reloads_under_load_lose_nothing_and_keep_memory_flat():
    second = f"127.0.0.1:{free_port()}"
    with echo_backend() as one, echo_backend() as two, Backend({"/ws": echo}) as tunnels, Gateway(
            {"routes": [fixed("/fixed", "0"), {"path": "/ws", "to": tunnels.url}, {"path": "/s", "to": one}]}) as gateway:
        with Client(gateway, 120) as tunnel, Load(gateway) as load:
            open_tunnel(tunnel)
            before = 0
            for number in range(1, RELOADS + 1):
                asked = load.answers()
                line = gateway.reload(version(number, gateway, second, [one, two], tunnels))
                assert f"generation={number + 1} " in line
                # None goes by without requests before it and behind it.
                eventually(lambda: load.answers() > asked or not load.is_running(), 30, "answers")
                assert load.is_running(), load.finish()
                tunnel.send(b"ping%03d" % number)
                assert tunnel.reader.exactly(7) == b"ping%03d" % number
                if number == SETTLED:
                    before = gateway.memory()
            grown = gateway.memory() - before
            answers = load.answers()
            assert load.finish() == ""
        assert answers > 20 * RELOADS
        assert SANITIZED or grown < 8 * 1024 * 1024, f"{grown} bytes in {RELOADS - SETTLED} reloads"
        with Client(gateway) as client:
            assert client.get("/fixed").body == b"%d" % RELOADS
