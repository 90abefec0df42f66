"""Every YAML example of docs/CONFIGURATION.md is a configuration that works, and the example of the
whole language (whole_language.yaml) is refused for exactly what is not built yet, by name."""
import json
import pathlib
import re
import subprocess

import pytest
import yaml

from gateway import FERROWAY, ROOT, bound

HERE = pathlib.Path(__file__).parent
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)


def check(file):
    done = subprocess.run([FERROWAY, "check", "-c", str(file), "--json"], capture_output=True,
                          text=True, timeout=bound(30), check=False)
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)["diagnostics"]


def examples():
    for page in sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "README.md"]:
        for number, text in enumerate(EXAMPLE.findall(page.read_text()), 1):
            parsed = yaml.safe_load(text)
            if isinstance(parsed, dict) and "cases" not in parsed:
                yield pytest.param(parsed, id=f"{page.stem}-{number}")


def complete(example):
    """An example shows a part: what is lacking around it is added, and nothing of it changed."""
    made = dict(example)
    if not set(made) & {"listen", "listeners"}:
        made["listen"] = "127.0.0.1:8080"
    made.setdefault("routes", [{"path": "/added", "respond": {}}])
    return made


def add_what_is_missing(config, found):
    """Named upstreams, middlewares and listeners that the example takes for granted."""
    for each in found:
        missing = re.match(r"no (upstream|middleware|listener) is called `([\w.-]+)`", each["message"])
        if not missing:
            continue
        kind, name = missing.groups()
        if kind == "upstream":
            config.setdefault("upstreams", {})[name] = {"endpoints": ["http://127.0.0.1:9001"]}
        elif kind == "middleware":
            config.setdefault("middlewares", {})[name] = {"response_headers": {"set": {"X-A": "b"}}}
        else:
            config.pop("listen", None)
            listeners = config.setdefault("listeners", [])
            listeners.append({"name": name, "address": f"127.0.0.1:{8080 + len(listeners)}"})


@pytest.mark.parametrize("example", examples())
def test_a_documented_example_works(example, tmp_path):
    config = complete(example)
    file = tmp_path / "example.yaml"
    (tmp_path / "admin.token").write_text("a-token-of-many-bytes")
    (tmp_path / "routes.d").mkdir()
    (tmp_path / "token").write_text("a-token-of-many-bytes")
    (tmp_path / "jwt.secret").write_text("a-secret-of-more-than-32-bytes-in-all")
    for key in (ROOT / "examples/jwt").iterdir():
        (tmp_path / key.name).write_text(key.read_text())
    for listed in ("keys.txt", "htpasswd"):
        (tmp_path / listed).write_text((ROOT / "examples/credentials" / listed).read_text())
    (tmp_path / "hmac.keys").write_text((ROOT / "examples/hmac/keys").read_text())
    (tmp_path / "pages").mkdir()
    for page in ("404.html", "5xx.html", "5xx.json"):
        (tmp_path / "pages" / page).write_text("${response.status}\n")
    for _ in range(10):
        file.write_text(json.dumps(config))
        found = [each for each in check(file) if each["severity"] == "error"]
        if not any("is called" in each["message"] for each in found):
            break
        add_what_is_missing(config, found)
    assert found == [], json.dumps(config, indent=1)


# What the language has and this release has not: refused by name. A line is deleted with the work
# that makes it true.
NOT_BUILT = [
    "`jwks`: https is not supported until the gateway speaks TLS",
]


def test_the_whole_language_is_refused_for_what_is_not_built_and_nothing_else():
    found = [each["message"] for each in check(HERE / "whole_language.yaml")
             if each["severity"] == "error"]
    assert sorted(set(found)) == sorted(NOT_BUILT)


def test_without_what_is_not_built_it_works(tmp_path):
    """The same file less the keys that are refused."""
    config = yaml.safe_load((HERE / "whole_language.yaml").read_text())
    config.pop("include")
    users = config["upstreams"]["users"]
    config["middlewares"] = {"ids": {"request_id": {}}}
    group = config["routes"][0]
    group.pop("use")
    for route in group["routes"]:
        route.pop("without", None)
    (tmp_path / "admin.token").write_text("a-token-of-many-bytes")
    file = tmp_path / "language.yaml"
    file.write_text(yaml.safe_dump(config, sort_keys=False))
    assert [each for each in check(file) if each["severity"] == "error"] == []


UPSTREAM = {"endpoints": ["http://10.0.0.1:8000"]}
# The other ways in which the language says the same, each in a file of its own: what stands here is put into
# `listen: 8080`, an upstream `users` and a route to it.
FORMS = [
    *({"listen": address} for address in (8080, "127.0.0.1:8080", "[::]:8080", "unix:/run/f.sock")),
    *({"admin": admin} for admin in ("off", "127.0.0.1:9901", {"address": "0.0.0.0:9901", "token": "${file:admin.token}"})),
    *({"io": io} for io in ("auto", "io_uring", "epoll")),
    *({"upstreams": {"users": UPSTREAM | {"host": host}}} for host in ("client", "endpoint", "users.internal")),
    *({"upstreams": {"users": UPSTREAM | {"balance": balance}}} for balance in (
        "round_robin", "least_request", "peak_ewma", "random", {"consistent_hash": "client.ip"})),
    {"upstreams": {"users": UPSTREAM | {"health_check": "/healthz"}}},
    *({"upstreams": {"users": {"endpoints": [url]}}} for url in (
        "http://users.internal:8000", "http://users", "srv+http://_http._tcp.users.internal")),
    *({"dns": dns} for dns in ({"servers": ["10.0.0.53", "127.0.0.1:5353"]}, {"family": "ipv6_first"}, {"refresh_max": "1m"})),
    *({"use": [{"rate_limit": rate}]} for rate in ("100/s", "6000/m", "1000/h", "10000/d")),
    {"use": [{"jwt": {"issuer": "https://id.example.com", "audience": "orders", "keys": [
        {"algorithm": "HS256", "secret": "${file:admin.token}"}]}}]},
    {"use": [{"hmac": {"keys": [{"id": "a-1", "consumer": "a", "secret": "${file:mac.secret}"}]}}]},
    *({"routes": [route]} for route in (
        {"to": "users"}, {"to": "http://10.0.0.1:8000"}, {"to": ["http://10.0.0.1:8000", "http://10.0.0.2:8000"]},
        {"to": {"users": 90, "next": 10}}, {"to": [{"upstream": "users", "weight": 90}, {"upstream": "next", "weight": 10}]},
        {"to": "users", "headers": {"X-Tier": {"regex": "gold|silver"}, "X-Debug": {"present": True}}},
        {"to": "users", "path": "/files/{rest...}"}, {"to": "users", "host": "*.example.com"},
        {"to": "users", "listener": "any"}, {"to": "users", "listener": "default"}, {"to": "users", "listener": ["default"]},
        {"redirect": {"scheme": "https"}}, {"redirect": {"host": "example.com", "path": "/new", "status": 308}})),
]


@pytest.mark.parametrize("form", FORMS, ids=json.dumps)
def test_other_forms_work_or_are_refused_by_name(form, tmp_path):
    config = {"listen": 8080, "upstreams": {"users": UPSTREAM, "next": UPSTREAM}, "routes": [{"to": "users"}]} | form
    (tmp_path / "admin.token").write_text("a-token-of-many-bytes-and-more-of-them")
    (tmp_path / "mac.secret").write_text("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
    file = tmp_path / "form.yaml"
    file.write_text(json.dumps(config))
    wrong = [each["message"] for each in check(file) if each["severity"] == "error"]
    assert all(each.endswith("is not supported yet") for each in wrong), wrong
