"""`ferroway schema`: what editors are told is what the gateway reads, and what is generated of docs/
is up to date."""
import copy
import json
import re
import subprocess
import sys

import jsonschema
import pytest
import yaml
from gateway import FERROWAY, ROOT, run

EXAMPLES = [file for file in sorted((ROOT / "examples").glob("*.yaml"))
            if not file.name.endswith(".tests.yaml")]
CONFIGURATION = (ROOT / "docs" / "CONFIGURATION.md").read_text()


class Loader(yaml.SafeLoader):
    """YAML 1.2's words, as editors have them: `off` is a text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp",
                           "tag:yaml.org,2002:value")]
    for first, resolvers in copy.deepcopy(yaml.SafeLoader.yaml_implicit_resolvers).items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


@pytest.fixture(scope="module")
def validator():
    printed = run("schema")
    assert printed.returncode == 0 and printed.stderr == ""
    schema = json.loads(printed.stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def as_json(value):
    """Keys are texts there: `404: page` is not the number."""
    return json.loads(json.dumps(value))


def faults(validator, text):
    return [error.message for error in validator.iter_errors(as_json(yaml.load(text, Loader)))]


def test_what_is_generated_of_the_docs_is_up_to_date():
    checked = subprocess.run([sys.executable, ROOT / "tools" / "config_docs.py", FERROWAY, "--check"],
                             capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_examples_are_valid_in_short_and_in_long_form(validator, file):
    assert faults(validator, file.read_text()) == []
    printed = run("check", "--print", "-c", str(file))
    assert printed.returncode == 0, printed.stderr
    assert faults(validator, printed.stdout) == []


def fragments():
    for number, text in enumerate(re.findall(r"```yaml\n(.*?)```", CONFIGURATION, re.S)):
        yield pytest.param(text, id=f"docs-{number}")


@pytest.mark.parametrize("text", fragments())
def test_the_yaml_of_the_docs_is_valid(validator, text):
    """A fragment is a file where `listen` and `routes` are given. (test_documented_examples.py lets
    the program itself check them.)"""
    whole = yaml.load(text, Loader)
    if "listeners" not in whole:
        whole.setdefault("listen", 8080)
    if "include" not in whole:
        whole.setdefault("routes", [{"listener": "any", "respond": {}}])
    assert [error.message for error in validator.iter_errors(whole)] == []


WRONG = [
    "{}",
    "listen: 8080",
    "routes: [{respond: {}}]",
    "listen: 8080\nlisteners: [{address: 8081}]\nroutes: [{respond: {}}]",
    "listen: 8080\nroutes: []",
    "listen: [8080]\nroutes: [{respond: {}}]",
    "listen: nowhere\nroutes: [{respond: {}}]",
    "lisen: 8080\nroutes: [{respond: {}}]",
    "listen: 8080\nworkers: 0\nroutes: [{respond: {}}]",
    "listen: 8080\nworkers: many\nroutes: [{respond: {}}]",
    "listen: 8080\nio: kqueue\nroutes: [{respond: {}}]",
    "listen: 8080\ndrain_timeout: 30\nroutes: [{respond: {}}]",
    "listen: 8080\ndrain_timeout: 30 s\nroutes: [{respond: {}}]",
    "listen: 8080\nroutes: [{path: /a}]",
    "listen: 8080\nroutes: [{path: a, respond: {}}]",
    "listen: 8080\nroutes: [{respond: {}, to: 'http://127.0.0.1'}]",
    "listen: 8080\nroutes: [{respond: {}, mirror: {}}]",
    "listen: 8080\nroutes: [{respond: {status: 99}}]",
    "listen: 8080\nroutes: [{respond: {stauts: 200}}]",
    "listen: 8080\nroutes: [{respond: {headers: {'A B': c}}}]",
    "listen: 8080\nroutes: [{respond: {}, methods: [get]}]",
    "listen: 8080\nroutes: [{respond: {}, methods: GET}]",
    "listen: 8080\nroutes: [{respond: {}, websocket: maybe}]",
    "listen: 8080\nroutes: [{respond: {}, timeouts: {idle: 5}}]",
    "listen: 8080\nroutes: [{path: /a, routes: [{respond: {}}]}]",
    "listen: 8080\nroutes: [{routes: []}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{nonsense: {}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{jwt: {}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{api_key: {}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{api_key: {keys: {acme: a-plain-key}}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{basic_auth: {}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{hmac: {}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{hmac: {keys: [{id: a, consumer: b, secret: plain}]}}]}]",
    "listen: 8080\nconsumers: {'a b': [gold]}\nroutes: [{respond: {}}]",
    "listen: 8080\nconsumers: {acme: gold}\nroutes: [{respond: {}}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{request_id: {}, access_log: {}}]}]",
    "listen: 8080\nroutes: [{respond: {}, use: [{request_headers: {set: [A]}}]}]",
    "listen: 8080\nroutes: [{to: {a: many}}]",
    "listen: 8080\nroutes: [{to: [{upstream: a, wait: 1}]}]",
    "listen: 8080\nroutes: [{respond: {}, priority: 1001}]",
    "listen: 8080\nroutes: [{respond: {}, headers: {'A B': c}}]",
    "listen: 8080\nroutes: [{respond: {}, headers: {A: {regexp: b}}}]",
    "listen: 8080\nroutes: [{respond: {}, path: {exact: /a, regex: /b}}]",
    "listen: 8080\nroutes: [{redirect: {status: 304}}]",
    "listen: 8080\nroutes: [{redirect: {path: new}}]",
    "listen: 8080\nroutes: [{to: 'http://127.0.0.1', rewrite: {regex: {match: /a}}}]",
    "listen: 8080\nupstreams: {u: {}}\nroutes: [{respond: {}}]",
    "listen: 8080\nupstreams: {'a b': {endpoints: ['http://127.0.0.1']}}\nroutes: [{respond: {}}]",
    "listen: 8080\nupstreams: {u: {endpoints: ['ftp://a']}}\nroutes: [{respond: {}}]",
    "listen: 8080\nmiddlewares: {m: nonsense}\nroutes: [{respond: {}}]",
    "listeners: [{name: a}]\nroutes: [{respond: {}}]",
    "listeners: [{address: 8080, limits: {head_bytes: 32k}}]\nroutes: [{respond: {}}]",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_the_gateway_refuses_for_its_form_the_schema_refuses_too(validator, text, tmp_path):
    file = tmp_path / "ferroway.yaml"
    file.write_text(text)
    assert run("check", "-c", str(file)).returncode == 3
    assert faults(validator, text) != []


RIGHT = [
    "listen: '${ADDRESS}'\nworkers: '${WORKERS:-2}'\nio: '${IO:-auto}'\nroutes: [{respond: {}}]",
    "listen: 8080\nx-note: {a: 1}\nroutes: [{x-b: 1, respond: {x-c: 2, status: '${S:-200}'}}]",
    "listen: 8080\ndrain_timeout: '${D:-5s}'\nroutes: [{to: '${TO:-http://127.0.0.1:1}'}]",
    "listen: 8080\nmiddlewares: {x-a: 1, ids: request_id}\nuse: [ids]\nroutes: [{respond: {}}]",
    "listen: 8080\nuse: [request_id: , access_log: {}]\nroutes: [{respond: {}}]",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_substituted_and_notes_are_nothing_that_the_schema_complains_of(
        validator, text, tmp_path, monkeypatch):
    file = tmp_path / "ferroway.yaml"
    file.write_text(text)
    monkeypatch.setenv("ADDRESS", "127.0.0.1:8080")
    checked = run("check", "-c", str(file))
    assert checked.returncode == 0, checked.stderr
    assert faults(validator, text) == []
