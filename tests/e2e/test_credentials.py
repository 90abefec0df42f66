"""`api_key` and `basic_auth` on real sockets: secrets reach no log and no upstream, files of them change under load,
and a password's hash holds nobody up."""
import base64
import crypt
import hashlib
import json
import socket
import struct
import threading
import warnings

from gateway import ROOT, Gateway, eventually, run
from wire import Client, request

warnings.filterwarnings("ignore", category=DeprecationWarning)

KEYS = {"acme": "acme-key-0123456789abcdef0123", "beta": "beta-key-0123456789abcdef0123"}
NEXT = "acme-next-0123456789abcdef0123"
COST = 12          # of a hash that takes long, whatever the machine


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def lines(*pairs):
    return "".join(f"{name} {digest(key)}\n" for name, key in pairs)


def bcrypt(password, cost):
    return crypt.crypt(password, f"$2y${cost:02}$abcdefghijklmnopqrstuu")


def login(user, password):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def key_header(key):
    return "X-API-Key: " + key


def ask(gateway, *fields, path="/"):
    with Client(gateway, timeout=30) as client:
        return client.get(path, *fields)


def serving(files, config):
    """A gateway with files beside its configuration."""
    gateway = Gateway(config)
    for name, text in files.items():
        (gateway.folder / name).write_text(text)
    return gateway


def with_keys(backend, *, more_routes=(), **settings):
    guard = {"keys_file": "keys.txt"} | settings
    return serving({"keys.txt": lines(*KEYS.items())}, {
        "consumers": {"acme": ["gold"], "beta": ["trial"]}, "use": ["access_log"],
        "middlewares": {"key": {"api_key": guard}},
        "routes": [{"path": "/", "use": ["key"], "to": backend.url}, *more_routes]})


def with_users(backend, users, *, more_routes=(), workers=2, **settings):
    guard = {"users_file": "htpasswd"} | settings
    text = "".join(f"{name}:{hashed}\n" for name, hashed in users.items())
    return serving({"htpasswd": text}, {
        "use": ["access_log"], "workers": workers, "middlewares": {"login": {"basic_auth": guard}},
        "routes": [{"path": "/", "use": ["login"], "to": backend.url}, *more_routes]})


def test_who_has_a_key_passes_and_why_others_do_not_is_for_the_log(backend):
    with with_keys(backend, groups=["gold"], to_headers={"X-Who": "consumer", "X-In": "groups"}) as gateway:
        passed = ask(gateway, key_header(KEYS["acme"]), "X-Who: root", "x_in: all")
        assert passed.status == 200, passed.body
        assert backend.last.all("x-who") == ["acme"] and backend.last.all("x-in") == ["gold"]
        assert not backend.last.has("x_in")
        assert gateway.logged(status=200)["consumer"] == "acme"
        for fields, status, reason, challenge in [
                ([], 401, "no key", ["ApiKey"]),
                ([key_header("x" * 30)], 401, "nobody has this key", ["ApiKey"]),
                ([key_header(digest(KEYS["acme"]))], 401, "nobody has this key", ["ApiKey"]),
                ([key_header(KEYS["acme"])] * 2, 401, "several fields of that name", ["ApiKey"]),
                ([key_header(KEYS["beta"])], 403, "the consumer is in none of the groups", [])]:
            refused = ask(gateway, *fields)
            assert refused.status == status
            assert refused.all("www-authenticate") == challenge
            assert refused.get("content-type") == "application/problem+json"
            assert reason.encode() not in refused.body
            line = gateway.logged(failure_detail=reason)
            assert (line["status"], line["rejected_by"]) == (status, "key")
        said = gateway.output().decode() + gateway.errors()
        assert not any(key in said for key in KEYS.values()), "a key stands in a log"


def test_a_key_in_the_query_reaches_no_log_and_no_upstream(backend):
    key = KEYS["acme"]
    with with_keys(backend, query="api_key", more_routes=[{"path": "/open", "to": backend.url}]) as gateway:
        assert ask(gateway, path=f"/a?x=1&api_key={key}&y=2").status == 200
        assert backend.last.target == "/a?x=1&y=2"
        assert ask(gateway, path=f"/b?api_key={key}&api%5Fkey={key}").status == 401
        assert ask(gateway, path=f"/open?api_key={key}").status == 200
        assert gateway.logged(target="/a?x=1&y=2") and gateway.logged(target="/open")
        assert key not in gateway.output().decode() + gateway.errors()


def test_what_is_no_key_is_401_whatever_it_is(backend):
    with with_keys(backend) as gateway:
        for text in ["", " ", "a", "a" * 20, "a" * 20000, "\xff" * 30, "%00" * 10, KEYS["acme"] + " " + KEYS["acme"],
                     KEYS["acme"].upper()]:
            assert ask(gateway, key_header(text)).status == 401, text
        assert ask(gateway, key_header("  " + KEYS["acme"] + "\t")).status == 200


def test_keys_change_under_load_and_no_request_is_lost(backend):
    """A new key beside the old one, then without it, as a consumer changes its key."""
    with with_keys(backend) as gateway:
        current, over, statuses = [KEYS["acme"]], threading.Event(), []

        def keep_asking(number):
            with Client(gateway, timeout=30) as client:
                while not over.is_set():
                    key = current[0]
                    statuses.append((number, key, client.get("/", key_header(key)).status))

        clients = [threading.Thread(target=keep_asking, args=(number,)) for number in range(6)]
        for each in clients:
            each.start()

        def all_use(key):
            return {number for number, used, _ in list(statuses) if used == key} == set(range(6))

        eventually(lambda: all_use(KEYS["acme"]) and len(statuses) > 100, 30)
        file = gateway.folder / "keys.txt"
        file.write_text(lines(("acme", KEYS["acme"]), ("acme", NEXT)))
        assert "middleware key changed" in gateway.reload()
        current[0] = NEXT
        eventually(lambda: all_use(NEXT), 30)      # the last requests with the old one have been answered
        file.write_text(lines(("acme", NEXT)))
        assert "middleware key changed" in gateway.reload()
        before = len(statuses)
        eventually(lambda: len(statuses) > before + 100, 30)
        over.set()
        for each in clients:
            each.join()
        assert {status for _, _, status in statuses} == {200}
        assert ask(gateway, key_header(KEYS["acme"])).status == 401, "the old one opens nothing any more"


def test_a_key_file_is_watched_and_a_bad_one_changes_nothing(backend):
    gateway = with_keys(backend)
    gateway.config["watch"] = True
    gateway.file.write_text(json.dumps(gateway.config))
    with gateway:
        assert ask(gateway, key_header(NEXT)).status == 401
        (gateway.folder / "keys.txt").write_text(lines(("acme", NEXT)))
        eventually(lambda: ask(gateway, key_header(NEXT)).status == 200, 30)
        (gateway.folder / "keys.txt").write_text(f"acme {NEXT}\n")
        eventually(lambda: any("not reloaded" in line for line in gateway.reloads()), 30)
        assert "line 1: behind the name stands no SHA-256" in gateway.errors()
        assert NEXT not in gateway.errors()
        assert ask(gateway, key_header(NEXT)).status == 200


def test_a_consumer_has_the_limit_of_its_group(backend):
    config = {"consumers": {"acme": ["gold"], "beta": ["trial"]}, "use": ["access_log"],
              "middlewares": {"key": {"api_key": {"keys_file": "keys.txt"}},
                              "fair": {"rate_limit": {"rate": "3/d", "burst": 3, "key": "consumer",
                                                      "group_rates": {"gold": "40/s"}}}},
              "routes": [{"path": "/", "use": ["key", "fair"], "to": backend.url}]}
    with serving({"keys.txt": lines(*KEYS.items())}, config) as gateway, Client(gateway) as client:
        beta = [client.get("/", key_header(KEYS["beta"])).status for _ in range(5)]
        assert beta == [200] * 3 + [429] * 2
        gold = [client.get("/", key_header(KEYS["acme"])).status for _ in range(20)]
        assert gold == [200] * 20
        # Another group is another limit; what beta has used up stays used up.
        changed = gateway.config | {"consumers": {"acme": ["trial"], "beta": ["gold"]}}
        changed["middlewares"]["fair"]["rate_limit"]["group_rates"] = {"gold": "20/s"}
        assert "middleware fair changed" in gateway.reload(changed)
        assert client.get("/", key_header(KEYS["beta"])).get("ratelimit-policy").startswith('"fair";q=20;')


def test_users_pass_with_their_passwords_and_why_others_do_not_is_for_the_log(backend):
    users = {"alice": bcrypt("correct horse", 5), "bob": crypt.crypt("staple", "$6$rounds=1000$saltsalt")}
    with with_users(backend, users, to_headers={"X-User": "consumer"}, strip=True) as gateway:
        for name, password in [("alice", "correct horse"), ("bob", "staple")] * 3:
            assert ask(gateway, login(name, password), "X-User: root").status == 200
            assert backend.last.all("x-user") == [name]
            assert not backend.last.has("authorization")
        assert gateway.logged(status=200)["consumer"] in users
        for fields, reason in [
                ([], "no login"), ([login("alice", "staple")], "the password is wrong"),
                ([login("mallory", "staple")], "no such user"), (["Authorization: Bearer abc"], "no login"),
                (["Authorization: Basic nonsense!"], "the login is no base64"),
                ([login("alice", "correct horse\0x")], "the login holds control characters"),
                ([login("alice", "a" * 300)], "the password is too long"),
                (["Authorization: Basic " + "A" * 20000], "the login is too long"),
                ([login("alice", "correct horse")] * 2, "several Authorization fields")]:
            refused = ask(gateway, *fields)
            assert refused.status == 401, (reason, refused.status)
            assert refused.all("www-authenticate") == ['Basic realm="restricted", charset="UTF-8"']
            assert reason.encode() not in refused.body
            assert gateway.logged(failure_detail=reason)["rejected_by"] == "login"
        said = gateway.output().decode() + gateway.errors()
        assert "horse" not in said and login("alice", "correct horse")[21:] not in said


def test_a_changed_password_is_wrong_after_the_reload(backend):
    with with_users(backend, {"alice": bcrypt("old", 5)}) as gateway, Client(gateway) as client:
        assert client.get("/", login("alice", "old")).status == 200
        (gateway.folder / "htpasswd").write_text(f"alice:{bcrypt('new', 5)}\n")
        assert "middleware login changed" in gateway.reload()
        assert client.get("/", login("alice", "old")).status == 401, "it was remembered"
        assert client.get("/", login("alice", "new")).status == 200
        (gateway.folder / "htpasswd").write_text("alice:new\n")
        assert "not reloaded" in gateway.reload()
        assert "line 1: it is neither a bcrypt" in gateway.errors()
        assert client.get("/", login("alice", "new")).status == 200


def test_a_slow_hash_holds_up_no_other_request_of_its_worker(backend):
    """One worker; while a hash is being made, others are answered by the hundred."""
    with with_users(backend, {"alice": bcrypt("right", COST)}, workers=1,
                    more_routes=[{"path": "/open", "respond": {"body": "ok"}}]) as gateway:
        done = []
        slow = threading.Thread(target=lambda: done.append(ask(gateway, login("alice", "right")).status))
        with Client(gateway) as other:
            assert other.get("/open").status == 200
            slow.start()
            answered = 0
            while not done:
                assert other.get("/open").status == 200
                answered += 1
        slow.join()
        assert done == [200]
        assert answered > 5, answered


def test_wrong_passwords_take_nothing_from_users_who_are_known(backend):
    """Many clients that guess; a user whose login is remembered is served all the while, and guesses beyond
    the bound are told to come again."""
    with with_users(backend, {"alice": bcrypt("right", COST)}) as gateway:
        assert ask(gateway, login("alice", "right")).status == 200
        over, guesses = threading.Event(), []

        def guess(number):
            tries = 0
            while not over.is_set():
                reply = ask(gateway, login("alice", f"wrong {number} {tries}"))
                guesses.append((reply.status, reply.get("retry-after")))
                tries += 1

        attackers = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
        for each in attackers:
            each.start()
        with Client(gateway, timeout=30) as client:
            eventually(lambda: any(status == 503 for status, _ in guesses), 30)
            for _ in range(100):
                assert client.get("/", login("alice", "right")).status == 200
        over.set()
        for each in attackers:
            each.join()
        assert {status for status, _ in guesses} <= {401, 503}, set(guesses)
        assert all(after == "1" for status, after in guesses if status == 503)
        # All threads of the pool are free again.
        assert ask(gateway, login("alice", "wrong")).status == 401


def test_a_client_that_leaves_while_its_password_is_checked_harms_nothing(backend):
    with with_users(backend, {"alice": bcrypt("right", COST)}) as gateway:
        for number in range(20):
            client = Client(gateway)
            client.send(request("/", login("alice", "gone")))
            if number % 2:      # a reset gives the request up, an end of stream does not
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sock.close()
        eventually(lambda: ask(gateway, login("alice", "right")).status == 200, 30)


def test_a_gateway_ends_while_passwords_are_checked(backend):
    gateway = with_users(backend, {"alice": bcrypt("right", COST)})
    gateway.config["drain_timeout"] = "1ms"
    gateway.file.write_text(json.dumps(gateway.config))
    with gateway:
        clients = [Client(gateway) for _ in range(4)]
        for client in clients:
            client.send(request("/", login("alice", "late")))
        gateway.stop()
        for client in clients:
            client.sock.close()


def test_explain_says_which_check_failed_and_why():
    example = str(ROOT / "examples/credentials.yaml")
    for path, field, verdict in [
            ("/orders", key_header("demo-key-of-acme-0123456789"), "a key of acme"),
            ("/orders", key_header("demo-key-of-nobody-0123456789"), "nobody has this key"),
            ("/reports", key_header("demo-key-of-beta-0123456789"), "the consumer is in none of the groups: beta"),
            ("/admin", login("alice", "demo horse"), "the login of alice"),
            ("/admin", login("alice", "demo"), "the password is wrong"),
            ("/admin", login("mallory", "demo"), "no such user")]:
        done = run("explain", "-c", example, "GET", "http://a.test" + path, "-H", field)
        assert done.returncode == 0 and verdict in done.stdout, done.stdout + done.stderr
