"""A gateway with its admin listener, and a client of that."""
import json
import re

from gateway import Gateway, connect, free_port
from wire import Client, request

TOKEN = "0123456789abcdef0123456789abcdef"
FIXED = {"name": "fixed", "path": "/fixed", "respond": {"body": "fixed"}}


class At:
    """Something that listens at an address, for a Client."""

    def __init__(self, address):
        self.address = address

    def connect(self, timeout=15.0):
        return connect(self.address, timeout)


def ask(address, path, *fields, method="GET", host="localhost"):
    with Client(At(address)) as client:
        client.send(request(path, *fields, host=host, method=method))
        return client.response(method)


def document(address, path, *fields, method="GET"):
    answer = ask(address, path, *fields, method=method)
    assert answer.get("content-type") == "application/json", answer.start
    return json.loads(answer.body)


def admin_gateway(routes=(FIXED,), **more):
    config = {"admin": f"127.0.0.1:{free_port()}", "routes": list(routes)} | more
    gateway = Gateway(config)
    admin = config["admin"]
    gateway.admin = admin if isinstance(admin, str) else admin["address"]
    return gateway


def samples(text):
    """{name and labels: value} of the Prometheus text format; every line must be of it."""
    found, types = {}, {}
    for line in text.decode().splitlines():
        if line.startswith("#"):
            kind, name, rest = re.fullmatch(r"# (HELP|TYPE) (\w+) (.+)", line).groups()
            if kind == "TYPE":
                assert name not in types, "a family stands twice"
                types[name] = rest
            continue
        name, labels, value = re.fullmatch(
            r'([a-z_]+)(\{(?:\w+="(?:[^"\\\n]|\\.)*",?)+\})? ([0-9.]+)', line).groups()
        assert re.sub("_(bucket|sum|count)$", "", name) in types or name in types, line
        key = name + (labels or "")
        assert key not in found, "a sample stands twice"
        found[key] = float(value)
    return found


def metrics(gateway, *fields):
    answer = ask(gateway.admin, "/metrics", *fields)
    assert answer.status == 200
    assert answer.get("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    return samples(answer.body)


def with_token(gateway, **admin):
    (gateway.folder / "admin.token").write_text(TOKEN + "\n")
    gateway.config["admin"] = {"address": gateway.admin, "token": "${file:admin.token}"} | admin
    gateway.file.write_text(json.dumps(gateway.config))
    return gateway
