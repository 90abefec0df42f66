"""`jwt`: tokens are believed or not, on real sockets; key sets are fetched, change under load and
may be gone; secrets reach no log and no upstream."""
import threading
import time

import admin_client
from admin_client import samples
from gateway import Gateway, bound, eventually, free_port
from jwt_support import ISSUER, KeyServer, Signer
from wire import Client


def configure(backend, url, *, more_routes=(), **settings):
    jwt = {"issuer": ISSUER, "audience": "orders", "jwks": url, **settings}
    return {"middlewares": {"token": {"jwt": jwt}}, "use": ["access_log"],
            "routes": [{"name": "guarded", "path": "/", "use": ["token"], "to": backend.url},
                       *more_routes]}


def ask(gateway, *fields, path="/"):
    with Client(gateway) as client:
        return client.get(path, *fields)


def test_who_has_a_token_passes_and_why_others_do_not_is_for_the_log(backend):
    signer, stranger = Signer("k1"), Signer("k1")
    with KeyServer(signer) as keys, Gateway(
            configure(backend, keys.url, to_headers={"X-User": "sub"})) as gateway:
        passed = ask(gateway, signer.bearer(), "X-User: root", "X_User: root")
        assert passed.status == 200, passed.body
        assert backend.last.all("x-user") == ["alice"] and not backend.last.has("x_user")
        for fields, reason, challenge in [
                ([], "no token", "Bearer"),
                ([signer.bearer(exp=1)], "the token has expired", 'Bearer error="invalid_token"'),
                ([stranger.bearer()], "the signature is wrong", 'Bearer error="invalid_token"'),
                ([signer.bearer(), signer.bearer()], "several Authorization fields",
                 'Bearer error="invalid_token"'),
                ([signer.bearer(aud="billing")], "the token's `aud` is not the one expected",
                 'Bearer error="invalid_token"')]:
            refused = ask(gateway, *fields)
            assert refused.status == 401
            assert refused.all("www-authenticate") == [challenge]
            assert reason.encode() not in refused.body
            line = gateway.logged(failure_detail=reason)
            assert (line["status"], line["rejected_by"], line["failure"]) == (401, "token", "unauthorized")
        assert "eyJ" not in gateway.output().decode() + gateway.errors(), "a token stands in a log"


def test_what_is_no_token_is_401_whatever_it_is(backend):
    signer = Signer("k1")
    good = signer.token()
    with KeyServer(signer) as keys, Gateway(configure(backend, keys.url)) as gateway:
        assert ask(gateway, "Authorization: bearer  " + good).status == 200
        for text in ["", ".", "..", "a.b.c", good + ".", good[:-2], good + "=", good + "A" * 20000,
                     "\xff\xfe", "e30.e30.e30", good.replace(".", " "), "%00", good.swapcase()]:
            refused = ask(gateway, "Authorization: Bearer " + text)
            assert refused.status == 401, (text, refused.status)
        assert ask(gateway, "Authorization: Basic YTpi").status == 401
        assert ask(gateway, "Cookie: token=" + good).status == 401, "a token in another place"


def test_new_keys_are_fetched_when_they_are_first_used_and_no_request_is_lost(backend):
    first, second = Signer("k1"), Signer("k2")
    with KeyServer(first) as keys, Gateway(configure(backend, keys.url)) as gateway:
        current, over, statuses = [first], threading.Event(), []
        rotated = threading.Event()

        def keep_asking():
            with Client(gateway, timeout=30) as client:
                while not over.is_set():
                    by = current[0]
                    status = client.get("/", by.bearer()).status
                    statuses.append((by.kid, status))
                    if by is second and status == 200:
                        rotated.set()

        clients = [threading.Thread(target=keep_asking) for _ in range(8)]
        for each in clients:
            each.start()
        eventually(lambda: len(statuses) > 100, 30)
        keys.keys.append(second.jwk)
        current[0] = second                      # at once, and the gateway is told by nobody
        assert rotated.wait(bound(30))
        eventually(lambda: sum(kid == "k2" for kid, _ in statuses) > 100, 30)
        over.set()
        for each in clients:
            each.join()
        assert {each for each in statuses if each[1] != 200} == set(), gateway.errors()
        assert keys.asked <= 4


def test_unknown_keys_are_looked_for_at_a_bounded_rate(backend):
    signer, stranger = Signer("k1"), Signer("k9")
    with KeyServer(signer) as keys, Gateway(configure(backend, keys.url)) as gateway:
        assert ask(gateway, signer.bearer()).status == 200
        before = keys.asked
        with Client(gateway, timeout=30) as client:
            for _ in range(300):
                assert client.get("/", stranger.bearer()).status == 401
        # One at once, and one every five seconds: a machine that takes a minute for this is allowed.
        assert keys.asked - before <= 13
        assert ask(gateway, signer.bearer()).status == 200


def test_a_provider_that_is_gone_leaves_the_old_keys(backend):
    signer, stranger = Signer("k1"), Signer("k9")
    with KeyServer(signer) as keys, Gateway(configure(backend, keys.url)) as gateway:
        assert ask(gateway, signer.bearer()).status == 200
        keys.status = 500
        before = keys.asked
        assert ask(gateway, stranger.bearer()).status == 401
        eventually(lambda: keys.asked > before)
        eventually(lambda: "the one before it stays" in gateway.errors())
        assert ask(gateway, signer.bearer()).status == 200
        keys.status, keys.keys = 200, []
        eventually(lambda: "it has no key that can be used here" in gateway.errors(), 30)
        assert ask(gateway, signer.bearer()).status == 200


def test_the_start_does_not_wait_for_keys(backend):
    signer = Signer("k1")
    port = free_port()
    with Gateway(configure(backend, f"http://127.0.0.1:{port}/jwks.json",
                           more_routes=[{"path": "/open", "to": backend.url}])) as gateway:
        assert ask(gateway, path="/open").status == 200
        early = ask(gateway, signer.bearer())
        assert early.status == 503 and early.get("retry-after") == "1"
        assert b"problems/undecided" in early.body
        assert ask(gateway).status == 401, "without a token there is nothing to decide"
        with KeyServer(signer, port=port):
            eventually(lambda: ask(gateway, signer.bearer()).status == 200, 30)


def test_fetches_are_counted(backend):
    signer = Signer("k1")
    admin = f"127.0.0.1:{free_port()}"
    with KeyServer(signer, Signer("k2")) as keys, Gateway(
            configure(backend, keys.url + "?key=a-secret") | {"admin": admin}) as gateway:
        def figure(name, more=""):
            return samples(admin_client.ask(admin, "/metrics").body).get(f'{name}{{url="{keys.url}"{more}}}')

        eventually(lambda: figure("ferroway_key_set_keys") == 2)
        assert figure("ferroway_key_set_fetches_total", ',result="ok"') == 1
        assert figure("ferroway_key_set_fetched_timestamp_seconds") > time.time() - 3600
        keys.status = 500
        assert ask(gateway, Signer("k9").bearer()).status == 401
        eventually(lambda: figure("ferroway_key_set_fetches_total", ',result="failed"') >= 1)
        assert figure("ferroway_key_set_keys") == 2, "those of before"
        assert "a-secret" not in admin_client.ask(admin, "/metrics").body.decode()


def test_a_reload_keeps_what_was_fetched(backend):
    signer = Signer("k1")
    with KeyServer(signer) as keys, Gateway(configure(backend, keys.url)) as gateway:
        assert ask(gateway, signer.bearer()).status == 200
        keys.close()
        changed = configure(backend, keys.url, scopes=["read"],
                            more_routes=[{"path": "/new", "respond": {}}])
        gateway.reload(gateway.config | changed)
        assert ask(gateway, path="/new").status == 200
        assert ask(gateway, signer.bearer(scope="read")).status == 200
        refused = ask(gateway, signer.bearer(scope="write"))
        assert refused.status == 403
        assert refused.all("www-authenticate") == ['Bearer error="insufficient_scope", scope="read"']


def test_a_token_in_the_query_reaches_no_log_and_no_upstream(backend):
    signer = Signer("k1")
    token = signer.token()
    with KeyServer(signer) as keys, Gateway(configure(
            backend, keys.url, query="access_token",
            more_routes=[{"path": "/open", "to": backend.url}])) as gateway:
        assert ask(gateway, path=f"/a?x=1&access_token={token}&y=2").status == 200
        assert backend.last.target == "/a?x=1&y=2"
        assert ask(gateway, path=f"/b?access_token={token}").status == 200
        assert backend.last.target == "/b"
        assert ask(gateway, path=f"/c?access_token={token}&access_token={token}").status == 401
        assert ask(gateway, path=f"/d?access%5Ftoken={token}x").status == 401
        # Where no middleware looks for it, it is not logged either.
        assert ask(gateway, path=f"/open?access_token={token}").status == 200
        assert gateway.logged(target="/open")
        assert gateway.logged(target="/a?x=1&y=2") and gateway.logged(target="/d")
        assert token[:40] not in gateway.output().decode() + gateway.errors()


def test_a_cookie_with_a_token_is_taken_out_where_that_is_asked(backend):
    signer = Signer("k1")
    with KeyServer(signer) as keys, Gateway(
            configure(backend, keys.url, cookie="session", strip=True)) as gateway:
        assert ask(gateway, f"Cookie: a=1; session={signer.token()}; b=2").status == 200
        assert backend.last.all("cookie") == ["a=1; b=2"]
        assert ask(gateway, f"Cookie: session={signer.token()}").status == 200
        assert not backend.last.has("cookie")
        assert ask(gateway, f"Cookie: session={signer.token()}", "Cookie: session=x").status == 401
