"""`ferroway explain`, `test` and `routes` as their users see them."""
import json
import os
import pathlib
import pty
import subprocess

import pytest

from gateway import FERROWAY, ROOT, bound

CONFIG = """\
listeners:
  - {name: public, address: 127.0.0.1:8080, trusted_proxies: [10.0.0.0/8]}
  - {name: internal, address: 127.0.0.1:8081}
upstreams:
  users: {endpoints: [http://127.0.0.1:9001]}
  users_next: {endpoints: [http://127.0.0.1:9002]}
middlewares:
  ids: {request_id: {}}
use: [ids, access_log]
routes:
  - name: user
    listener: public
    host: "{tenant}.example.com"
    path: "/users/{id}"
    methods: [GET]
    use: [{request_headers: {set: {X-User: "${path.id}"}}}]
    rewrite: {strip_prefix: /users}
    to: {users: 90, users_next: 10}
    stick_by: cookie.session
  - {name: gold, listener: public, path: /users, headers: {X-Tier: gold}, to: users}
  - {name: old, listener: any, path: {regex: "/v[0-9]+/old"}, redirect: {path: /new}}
  - {name: health, listener: internal, path: {exact: /health}, respond: {body: ok}}
"""

TESTS = """\
config: gateway.yaml
clock: 2026-03-01T12:00:00Z
cases:
  - name: a user
    request: GET http://shop.example.com/users/7?x=1
    headers: {Cookie: session=abc}
    from: 10.1.1.1
    expect:
      route: user
      status: 200
      upstream: {regex: "users.*"}
      path: /7?x=1
      client: 10.1.1.1
      request_headers: {X-User: "7", X-Secret: {present: false}}
      verdicts: {ids: made, access_log: {present: true}}
  - name: the endpoint fails
    request: GET http://shop.example.com/users/7
    answer: {status: 503, headers: {X-Why: tired}, body: later}
    repeat: 3
    expect: {status: 503, response_headers: {x-why: tired}, body: later}
  - request: GET /v1/old
    expect: {route: old, status: [301, 308], upstream: {present: false},
             response_headers: {Location: /new}}
  - request: GET /nowhere
    expect: {route: none, status: 404}
  - request: GET /health
    listener: internal
    expect: {route: health, body: ok}
"""


@pytest.fixture(name="folder")
def made_folder(tmp_path):
    (tmp_path / "gateway.yaml").write_text(CONFIG)
    (tmp_path / "gateway.tests.yaml").write_text(TESTS)
    return tmp_path


def run(folder, *words):
    return subprocess.run([FERROWAY, *words], cwd=folder, capture_output=True, text=True,
                          timeout=bound(30), check=False)


def explain(folder, *words):
    return run(folder, "explain", "-c", "gateway.yaml", *words)


def as_json(folder, *words):
    done = explain(folder, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_explain_says_the_route_the_losers_the_steps_and_what_is_sent(folder):
    text = explain(folder, "GET", "http://shop.example.com/users/7?x=1", "-H", "Cookie: session=a",
                   "--from", "192.0.2.9").stdout
    for said in ["user  gateway.yaml:11", "path.id = 7", "host.tenant = shop",
                 "gold  gateway.yaml:20  header `X-Tier` is missing", "ids (request_id): made",
                 "request_headers: edited", "(by cookie.session)", "> GET /7?x=1 HTTP/1.1",
                 "> X-User: 7", "> X-Forwarded-For: 192.0.2.9", "answer    200 OK"]:
        assert said in text, text
    assert "\x1b" not in text


def on_a_terminal(folder, *words, **environment):
    """What a command shows where its output goes to a terminal, errors too."""
    ours, its = pty.openpty()
    colourful = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    try:
        done = subprocess.run([FERROWAY, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=its, stderr=its,
                              env=colourful | environment, timeout=bound(30), check=False)
        assert done.returncode in (0, 3)
        return os.read(ours, 65536).decode()
    finally:
        os.close(its)
        os.close(ours)


def test_a_terminal_gets_colours_unless_it_wants_none(folder):
    explained = ["explain", "-c", "gateway.yaml", "GET", "/v1/old"]
    (folder / "wrong.yaml").write_text("lisen: 80\n")
    for words in (explained, ["check", "-c", "wrong.yaml"]):
        assert "\x1b[" in on_a_terminal(folder, *words)
        assert "\x1b[" in on_a_terminal(folder, *words, NO_COLOR="")
        assert "\x1b[" not in on_a_terminal(folder, *words, NO_COLOR="1")


def test_explain_json(folder):
    told = as_json(folder, "PUT", "http://shop.example.com/users//7")
    assert told["route"] is None
    assert told["refusal"]["kind"] == "method_not_allowed"
    assert told["answer"]["status"] == 405
    assert told["request"]["path"] == "/users/7"
    assert told["losers"][0] == {"name": "user", "place": "gateway.yaml:11", "lost_by": "method",
                                 "why": "method `PUT` is not one of GET"}
    assert told["sent"] is None
    told = as_json(folder, "GET", "/health", "--listener", "internal")
    assert told["route"]["name"] == "health"
    told = as_json(folder, "GET", "http://shop.example.com/users/7", "--from", "10.0.0.1",
                   "-H", "X-Forwarded-For: 192.0.2.7")
    assert told["request"]["client"] == "192.0.2.7"
    assert told["sent"]["upstream"] in ("users", "users_next")


@pytest.mark.parametrize("words, said", [
    (["GET", "users"], "a URL begins with http://"),
    (["GET", "ftp://a/b"], "a URL begins with http://"),
    (["GET", "/", "-H", "no colon"], "-H takes 'Name: value'"),
    (["GET", "/", "--from", "nobody"], "a client is an IP address"),
    (["GET", "/", "--listener", "pubic"], "there is: public, internal"),
    (["GET"], "URL"),
])
def test_explain_refuses_what_it_does_not_understand(folder, words, said):
    done = explain(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("words, status", [
    (["GET", "/%2F"], 400), (["G T", "/"], 400), (["GET", "/", "-H", "A B: c"], 400),
    (["GET", "/", "-H", "X: a\r\nY: b\r\n\r\nGET / HTTP/1.1"], 400),
    (["GET", "/", "-H", "Host: a", "-H", "Host: b"], 400),
    (["GET", "/" + "a" * 9000], 414), (["GET", "/", "-H", "X: " + "a" * 40000], 431),
    (["CONNECT", "/"], 501),
])
def test_hostile_requests_are_answered_as_the_gateway_would(folder, words, status):
    assert as_json(folder, *words)["answer"]["status"] == status


def test_an_invalid_configuration_is_shown(folder):
    (folder / "gateway.yaml").write_text("lisen: 80\n")
    for verb in (["explain", "-c", "gateway.yaml", "GET", "/"], ["routes", "-c", "gateway.yaml"],
                 ["test", "-c", "gateway.yaml"]):
        done = run(folder, *verb)
        assert done.returncode == 3
        assert "gateway.yaml:1:1: error: unknown key `lisen`" in done.stderr


def test_cases_pass_and_what_they_leave_out_is_listed(folder):
    done = run(folder, "test", "-c", "gateway.yaml", "--coverage")
    assert (done.returncode, done.stdout) == (
        0, "5 of 5 cases passed\nroutes that no case takes: gold\n"), done.stderr
    # The configuration that the cases name, relative to their file.
    done = run(folder.parent, "test", str(folder / "gateway.tests.yaml"))
    assert done.returncode == 0, done.stderr


def test_a_case_that_fails_says_what_differs_and_why(folder):
    (folder / "gateway.tests.yaml").write_text("""\
cases:
  - name: a user
    request: POST http://shop.example.com/users/7
    repeat: 2
    expect: {route: user, status: 200, upstream: users, request_headers: {X-User: "8"}}
""")
    done = run(folder, "test", "-c", "gateway.yaml")
    assert done.returncode == 1
    for said in ["FAIL a user  (gateway.tests.yaml:2)", "in repetition 1 of 2",
                 "route: expected user\n", "got      nothing",
                 "status: expected 200\n             got      405",
                 "= `user` did not take it: method `POST` is not one of GET",
                 "0 of 1 cases passed"]:
        assert said in done.stdout, done.stdout
    told = json.loads(run(folder, "test", "-c", "gateway.yaml", "--json", "--coverage").stdout)
    assert (told["passed"], told["failed"]) == (0, 1)
    assert {each["what"] for each in told["cases"][0]["mismatches"]} == {
        "route", "status", "upstream", "request header X-User"}
    assert told["coverage"]["untouched_routes"] == ["user", "gold", "old", "health"]


@pytest.mark.parametrize("text, said", [
    ("cases: []", "1:8: error: `cases`: expected a list of cases"),
    ("cases: [{request: GET /}]", "1:9: error: this case expects nothing"),
    ("cases: [{expect: {status: 200}}]", "this case has no `request`"),
    ("cases: [{request: /, expect: {status: 200}}]", "a method and a URL"),
    ("cases: [{request: GET x, expect: {status: 200}}]", "a URL begins with"),
    ("cases: [{request: GET /, expct: {status: 200}}]", "did you mean `expect`?"),
    ("cases: [{request: GET /, expect: {staus: 200}}]", "did you mean `status`?"),
    ("cases: [{request: GET /, expect: {status: 600}}]", "from 200 to 599"),
    ("cases: [{request: GET /, expect: {route: {regex: '('}}}]", "is not a regular expression"),
    ("cases: [{request: GET /, from: a, expect: {status: 200}}]", "a client is an IP address"),
    ("cases: [{request: GET /, listener: x, expect: {status: 200}}]", "there is: public, internal"),
    ("clock: noon\ncases: [{request: GET /, expect: {status: 200}}]", "a time such as 2026"),
    ("cases: [{request: GET /, repeat: 0, expect: {status: 200}}]", "from 1 to 100000"),
    ("just text", "a file of tests is a mapping"),
])
def test_a_malformed_file_of_tests_is_shown(folder, text, said):
    (folder / "gateway.tests.yaml").write_text(text)
    done = run(folder, "test", "-c", "gateway.yaml")
    assert done.returncode == 2
    assert said in done.stderr, done.stderr


def test_a_missing_file_of_tests_is_shown(folder):
    done = run(folder, "test", "-c", "gateway.yaml", "nothing.yaml")
    assert done.returncode == 2
    assert "cannot read the tests" in done.stderr


def test_routes_are_listed_in_match_order(folder):
    done = run(folder, "routes", "-c", "gateway.yaml")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ROUTE", "user", "health", "old", "gold", "-"]
    assert "ids, access_log, request_headers" in lines[1]
    assert "users 90, users_next 10" in lines[1]
    told = json.loads(run(folder, "routes", "-c", "gateway.yaml", "--json").stdout)
    assert [each["name"] for each in told["routes"]] == ["user", "health", "old", "gold"]
    assert told["otherwise"] == ["ids", "access_log"]


def examples_with_tests():
    return sorted(pathlib.Path(ROOT / "examples").glob("*.tests.yaml"))


@pytest.mark.parametrize("tests", examples_with_tests(), ids=str)
def test_every_example_passes_its_tests_and_they_touch_everything(tests):
    done = run(ROOT, "test", str(tests), "--coverage")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every route and middleware is touched" in done.stdout, done.stdout


def test_every_example_ships_tests():
    examples = {path.stem for path in (ROOT / "examples").glob("*.yaml")
                if not path.name.endswith(".tests.yaml")}
    assert examples == {path.name.removesuffix(".tests.yaml") for path in examples_with_tests()}


def test_no_secret_is_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("SEC", "TopSecretValue")
    file = tmp_path / "f.yaml"
    file.write_text(json.dumps({"listen": 80, "routes": [
        {"name": "key", "path": "/a", "headers": {"X-Key": "${SEC}"}, "respond": {}},
        {"name": "sent", "path": "/a", "to": "http://127.0.0.1:1", "rewrite": {"path": "/k/${SEC}/${client.ip}"},
         "use": [{"request_headers": {"set": {"Authorization": "Bearer ${SEC}", "X-B": "${SEC}-${client.ip}"}}}]},
        {"name": "moved", "path": "/moved", "redirect": {"path": "/k/${SEC}"}}]}))
    for arguments in (["/a", "-H", "X-Key: b"], ["/moved"]):
        for form in ([], ["--json"]):
            done = run(tmp_path, "explain", "-c", str(file), "GET", *arguments, *form)
            assert done.returncode == 0, done.stderr
            assert "TopSecret" not in done.stdout and "${SEC}" in done.stdout, done.stdout
    tests = tmp_path / "t.yaml"
    tests.write_text(json.dumps({"cases": [{"request": "GET /a", "expect": {
        "route": "key", "request_headers": {"Authorization": "Bearer TopSecretValue", "X-B": "no"}}}]}))
    for form in ([], ["--json"]):
        done = run(tmp_path, "test", "-c", str(file), str(tests), *form)
        assert done.returncode == 1 and "TopSecret" not in done.stdout, done.stdout


def test_reasons_are_those_of_the_match(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_text(json.dumps({"listen": 80, "routes": [
        {"name": "tail", "path": "/f/{rest...}", "respond": {}}, {"name": "plain", "path": "/f", "respond": {}},
        {"name": "gold", "path": "/g", "headers": {"X-Tier": "gold"}, "respond": {}},
        {"name": "asked", "path": "/q", "query": {"t": "a"}, "to": "http://127.0.0.1:1",
         "rewrite": {"path": "/x/${query.t}"}}]}))
    assert "it ends where the path ends" in run(tmp_path, "explain", "-c", str(file), "GET", "/f").stdout
    twice = run(tmp_path, "explain", "-c", str(file), "GET", "/g", "-H", "X-Tier: gold", "-H", "X-Tier: gold")
    assert "`X-Tier` is `gold, gold`, not `gold`" in twice.stdout
    # What the condition saw is what is sent on.
    assert "GET /x/a" in run(tmp_path, "explain", "-c", str(file), "GET", "/q?%74=a&t=b").stdout
