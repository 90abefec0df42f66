"""examples/jwt.yaml as it stands but for its ports, with the key server and the keys that its README tells a stranger to
make: tokens are believed or not, and keys change under load."""
import contextlib
import importlib.util
import json
import secrets
import shutil
import subprocess
import sys
import threading

from gateway import ROOT, Gateway, bound, eventually, free_port, reachable, run
from wire import Client


def load_maker():
    spec = importlib.util.spec_from_file_location("make_keys", ROOT / "examples/jwt/make_keys.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


MAKER = load_maker()


@contextlib.contextmanager
def key_server(folder):
    """The one of the README: Python's own, in a process of its own."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: reachable(f"127.0.0.1:{port}"), 20, "the key server")
            yield port
        finally:
            process.kill()


@contextlib.contextmanager
def example(backend):
    """The gateway, and the folder with its keys: the example's own, and `mine`, made by the script."""
    gateway = Gateway({"routes": []})
    folder = gateway.folder / "jwt"
    shutil.copytree(ROOT / "examples/jwt", folder)
    make("add", folder, "mine")
    with key_server(folder) as port:
        text = (ROOT / "examples/jwt.yaml").read_text()
        for here, there in [("listen: 8080", f"listen: {gateway.address}"), ("127.0.0.1:9010", f"127.0.0.1:{port}"),
                            ("127.0.0.1:9001", backend.authority)]:
            assert here in text
            text = text.replace(here, there)
        gateway.file.write_text(text + "\nadmin: off\nworkers: 2\n")
        with gateway:
            yield gateway, folder


def make(*arguments):
    done = subprocess.run([sys.executable, str(ROOT / "examples/jwt/make_keys.py"), *map(str, arguments)],
                          capture_output=True, text=True, timeout=bound(30), check=True)
    return done.stdout.strip()


def bearer(token):
    return "Authorization: Bearer " + token


def ask(gateway, *fields, path="/orders", method="GET"):
    with Client(gateway, timeout=30) as client:
        return client.get(path, *fields, method=method)


def test_what_the_readme_says_by_hand(backend):
    with example(backend) as (gateway, folder):
        mine = bearer(make("token", folder, "mine"))
        eventually(lambda: ask(gateway, mine).status == 200, 30, "the first key set")
        assert backend.last.all("x-user") == ["alice"]
        assert ask(gateway).status == 401
        assert ask(gateway, mine[:-4] + "AAAA").status == 401
        assert ask(gateway, bearer(make("token", folder, "mine", "aud=billing"))).status == 401
        late = bearer(MAKER.mint(folder, "mine", {"exp": 1}))
        assert ask(gateway, late).status == 401
        # Whoever has made a key of the same name has not made this one.
        (gateway.folder / "other").mkdir()
        make("add", gateway.folder / "other", "mine")
        assert ask(gateway, bearer(make("token", gateway.folder / "other", "mine"))).status == 401
        bob = make("token", folder, "mine", "sub=bob", "scope=orders:write")
        assert ask(gateway, bearer(make("token", folder, "mine", "sub=carol")), method="POST").status == 403
        assert ask(gateway, bearer(bob), method="POST").status == 200
        assert ask(gateway, path=f"/download?access_token={bob}").status == 200
        assert backend.last.target == "/download"
        assert ask(gateway, path="/catalogue").status == 200 and not backend.last.has("x-user")
        assert ask(gateway, bearer(make("token", folder, "mine", "tenant=a", "role=user")), path="/tenants/a").status == 200
        assert ask(gateway, bearer(make("token", folder, "mine", "tenant=a", "role=user")), path="/tenants/b").status == 403
        assert "eyJ" not in gateway.output().decode() + gateway.errors(), "a token stands in a log"


def test_keys_change_under_load_and_no_request_is_lost(backend):
    """A provider adds a key to its set, signs with it at once, and takes the old one away."""
    with example(backend) as (gateway, folder):
        def ask_with(client, kid):
            token = MAKER.mint(folder, kid, {"sub": secrets.token_hex(8)})       # each has a limit of its own
            return client.get("/orders", bearer(token)).status

        def ask_once(kid):
            with Client(gateway, timeout=30) as client:
                return ask_with(client, kid)

        eventually(lambda: ask_once("mine") == 200, 30, "the first key set")
        current, over, statuses = ["mine"], threading.Event(), []

        def keep_asking():
            with Client(gateway, timeout=30) as client:
                while not over.is_set():
                    kid = current[0]
                    statuses.append((kid, ask_with(client, kid)))

        clients = [threading.Thread(target=keep_asking) for _ in range(6)]
        for each in clients:
            each.start()
        eventually(lambda: len(statuses) > 60, 30)
        make("add", folder, "next")
        current[0] = "next"
        eventually(lambda: sum(kid == "next" for kid, _ in list(statuses)) > 60, 30)
        over.set()
        for each in clients:
            each.join()
        assert {each for each in statuses if each[1] != 200} == set(), gateway.errors()
        make("remove", folder, "mine")
        # Not known before the next look, which a key that nobody knows brings about.
        (gateway.folder / "other").mkdir()
        make("add", gateway.folder / "other", "unknown")
        shutil.copy(gateway.folder / "other/unknown.pem", folder)
        eventually(lambda: ask_once("unknown") == 401 and ask_once("mine") == 401, 40, "the old key's end")
        assert ask_once("next") == 200


def explained(*arguments, file="jwt.yaml"):
    done = run("explain", "-c", str(ROOT / "examples" / file), "--json", *map(str, arguments))
    assert done.returncode == 0, done.stderr
    return {step["step"]: (step["verdict"], step["reason"]) for step in json.loads(done.stdout)["decisions"]}


def test_explain_says_what_a_token_would_do(tmp_path):
    """Without a gateway and without a key server."""
    make("add", tmp_path, "mine")
    header = ("-H", bearer(make("token", tmp_path, "mine")))
    unknown = explained("GET", "/orders", *header)
    assert unknown["token"] == ("rejected", "the key set has not been fetched yet")
    jwks = ("--jwks", tmp_path / "jwks.json")
    assert explained("GET", "/orders", *header, *jwks)["token"] == ("passed", "a valid token")
    assert explained("GET", "/orders", *header, "--jwks", ROOT / "examples/jwt/jwks.json")["token"][0] == "rejected"
    for wrong, said in [(tmp_path / "none.json", "the file cannot be read"), (tmp_path / "mine.pem", "--jwks:")]:
        done = run("explain", "-c", str(ROOT / "examples/jwt.yaml"), "GET", "/orders", "--jwks", str(wrong))
        assert done.returncode == 2 and said in done.stderr
    done = run("explain", "-c", str(ROOT / "examples/quickstart.yaml"), "GET", "/", "--jwks", str(jwks[1]))
    assert done.returncode == 2 and "no `jwt` in use has a `jwks`" in done.stderr


def test_its_tests_pass(tmp_path):
    """Of a copy that has another key server, as a stranger would change it."""
    shutil.copytree(ROOT / "examples/jwt", tmp_path / "jwt")
    for name in ("jwt.yaml", "jwt.tests.yaml"):
        text = (ROOT / "examples" / name).read_text()
        (tmp_path / name).write_text(text.replace("127.0.0.1:9010", "127.0.0.1:9011"))
    done = run("test", "-c", str(tmp_path / "jwt.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
