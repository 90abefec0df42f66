"""`hmac` on real sockets: what was signed is what the upstream gets, once; keys change under load; secrets reach no log."""
import hashlib
import json
import secrets
import threading
import time

from gateway import ROOT, Gateway, eventually, run
from hmac_support import MacKey, b64
from wire import Client, request

ACME = MacKey("acme-1", "acme", b"acme-secret-0123456789abcdef0123456789")
NEXT = MacKey("acme-2", "acme", b"next-secret-0123456789abcdef0123456789")
BETA = MacKey("beta-1", "beta", b"beta-secret-0123456789abcdef0123456789")


def serving(backend, *, keys=(ACME, BETA), more_routes=(), workers=2, **settings):
    guard = {"keys_file": "hmac.keys"} | settings
    gateway = Gateway({
        "consumers": {"acme": ["gold"], "beta": ["trial"]}, "use": ["access_log"], "workers": workers,
        "middlewares": {"signed": {"hmac": guard}},
        "routes": [{"path": "/", "use": ["signed"], "to": backend.url}, *more_routes]})
    (gateway.folder / "hmac.keys").write_text("".join(key.line() for key in keys))
    return gateway


def ask(gateway, *fields, path="/", method="GET", body=b""):
    with Client(gateway, timeout=30) as client:
        client.send(request(path, *fields, method=method, body=body))
        return client.response()


def test_who_signs_passes_and_why_others_do_not_is_for_the_log(backend):
    with serving(backend, groups=["gold"], to_headers={"X-Who": "consumer", "X-In": "groups"}) as gateway:
        passed = ask(gateway, *ACME.fields(path="/a?b=c"), "X-Who: root", "x_in: all", path="/a?b=c")
        assert passed.status == 200, passed.body
        assert backend.last.all("x-who") == ["acme"] and backend.last.all("x-in") == ["gold"]
        assert not backend.last.has("x_in") and backend.last.target == "/a?b=c"
        assert gateway.logged(status=200)["consumer"] == "acme"
        forged = MacKey("acme-1", "acme", b"x" * 32)
        for fields, status, reason in [
                ([], 401, "no signature"),
                (forged.fields(), 401, "the signature is wrong"),
                (NEXT.fields(), 401, "nobody has a key of this id"),
                (ACME.fields(path="/other"), 401, "the signature is wrong"),
                (ACME.fields("POST"), 401, "the signature is wrong"),
                (ACME.fields(created=int(time.time()) - 3600), 401, "the signature is too old"),
                (ACME.fields(created=int(time.time()) + 3600), 401, "`created` lies in the future"),
                (ACME.sign([("@method", "GET")]), 401, "the signature does not cover what it has to"),
                (BETA.fields(), 403, "the consumer is in none of the groups")]:
            refused = ask(gateway, *fields)
            assert refused.status == status, (reason, refused.body)
            assert refused.all("www-authenticate") == (["Signature"] if status == 401 else [])
            assert len(refused.all("accept-signature")) == (status == 401)
            assert reason.encode() not in refused.body
            line = gateway.logged(failure_detail=reason)
            assert (line["status"], line["rejected_by"]) == (status, "signed")
        said = gateway.output().decode() + gateway.errors()
        assert not any(key.secret.decode() in said or b64(key.secret) in said for key in (ACME, BETA))


def test_what_is_no_signature_is_401_whatever_it_is(backend):
    with serving(backend) as gateway:
        covers, signature = ACME.fields()
        for fields in [["Signature: "], ["Signature-Input: "], [covers], [signature], [covers, "Signature: \xff"],
                       ["Signature-Input: " + "(" * 3000, signature], [covers, "Signature: sig1=:" + "A" * 20000 + ":"],
                       [covers] * 5 + [signature], [covers + ";created=1", signature], [covers, signature, signature],
                       [covers.replace("created=", "created=9999999999"), signature], [covers, signature.replace("=:", "=")],
                       ["Signature-Input: sig1=" + ", ".join(["()"] * 900), signature]]:
            assert ask(gateway, *fields).status == 401, fields
        assert ask(gateway, covers, signature).status == 200


def test_a_request_passes_once(backend):
    with serving(backend, nonces=1000) as gateway:
        before = len(backend.requests)
        fields = ACME.fields(nonce="once")
        threads, statuses = [], []
        for _ in range(16):                  # on all workers at the same time
            threads.append(threading.Thread(target=lambda: statuses.append(ask(gateway, *fields).status)))
            threads[-1].start()
        for each in threads:
            each.join()
        assert sorted(statuses) == [200] + [401] * 15
        gateway.reload(gateway.config | {"routes": gateway.config["routes"] + [{"path": "/new", "respond": {}}]})
        assert ask(gateway, *fields).status == 401
        (gateway.folder / "hmac.keys").write_text(ACME.line() + NEXT.line())
        assert "middleware signed changed" in gateway.reload()
        assert ask(gateway, *fields).status == 401, "a change of the keys forgets no nonce"
        assert ask(gateway, *ACME.fields()).status == 401, "one is needed"
        assert ask(gateway, *NEXT.fields(nonce="once")).status == 200, "another key's"
        assert len(backend.requests) - before == 2


def test_a_body_is_what_was_signed_or_reaches_nobody(backend):
    body = secrets.token_bytes(300_000)
    with serving(backend, body_bytes="512KiB") as gateway:
        passed = ask(gateway, *ACME.fields("POST", body=body), method="POST", body=body)
        assert passed.status == 200, passed.body
        assert backend.last.body == body
        changed = bytes([body[0] ^ 1]) + body[1:]
        before = len(backend.heads)
        for sent in (changed, body[:-1], body + b"x", b"small"):
            assert ask(gateway, *ACME.fields("POST", body=body), method="POST", body=sent).status == 401
        unsigned = ask(gateway, *ACME.fields("POST"), method="POST", body=body)
        assert unsigned.status == 401 and '"content-digest"' in unsigned.get("accept-signature")
        large = bytes(600_000)
        assert ask(gateway, *ACME.fields("POST", body=large), method="POST", body=large).status == 413
        assert len(backend.heads) == before, "the upstream has seen a part of what was not signed"
        both = (f"sha-512=:{b64(hashlib.sha512(body).digest())}:, "
                f"sha-256=:{b64(hashlib.sha256(body).digest())}:")
        assert ask(gateway, *ACME.fields("POST", body=body, digest=both), method="POST", body=body).status == 200


def test_chunked_bodies_and_those_that_are_asked_for(backend):
    with serving(backend) as gateway, Client(gateway) as client:
        client.send(request("/", *ACME.fields("POST", body=b"abcdef"), "Transfer-Encoding: chunked", method="POST"))
        client.send(b"3\r\nabc\r\n")
        client.send(b"3\r\ndef\r\n0\r\nX-Late: unsigned\r\n\r\n")
        assert client.response().status == 200
        assert backend.last.body == b"abcdef" and backend.last.get("content-length") == "6"
        client.send(request("/", *ACME.fields("POST", body=b"abc"), "Content-Length: 3", "Expect: 100-continue",
                            method="POST"))
        assert client.head().status == 100
        client.send(b"abc")
        assert client.response().status == 200
        assert backend.last.body == b"abc"


def test_keys_change_under_load_and_no_request_is_lost(backend):
    with serving(backend, nonces=1_000_000) as gateway:
        current, over, statuses = [ACME], threading.Event(), []

        def keep_asking(number):
            with Client(gateway, timeout=30) as client:
                while not over.is_set():
                    key = current[0]
                    fields = key.fields(nonce=secrets.token_hex(8))
                    statuses.append((number, key.name, client.get("/", *fields).status))

        clients = [threading.Thread(target=keep_asking, args=(number,)) for number in range(6)]
        for each in clients:
            each.start()

        def all_use(key):
            return {number for number, name, _ in list(statuses) if name == key.name} == set(range(6))

        eventually(lambda: all_use(ACME) and len(statuses) > 100, 30)
        file = gateway.folder / "hmac.keys"
        file.write_text(ACME.line() + NEXT.line())
        assert "middleware signed changed" in gateway.reload()
        current[0] = NEXT
        eventually(lambda: all_use(NEXT), 30)      # the last requests with the old one have been answered
        file.write_text(NEXT.line())
        assert "middleware signed changed" in gateway.reload()
        before = len(statuses)
        eventually(lambda: len(statuses) > before + 100, 30)
        over.set()
        for each in clients:
            each.join()
        assert {status for _, _, status in statuses} == {200}
        assert ask(gateway, *ACME.fields(nonce="late")).status == 401, "the old one opens nothing any more"


def test_a_key_file_is_watched_and_a_bad_one_changes_nothing(backend):
    gateway = serving(backend)
    gateway.config["watch"] = True
    gateway.file.write_text(json.dumps(gateway.config))
    with gateway:
        assert ask(gateway, *NEXT.fields()).status == 401
        (gateway.folder / "hmac.keys").write_text(NEXT.line())
        eventually(lambda: ask(gateway, *NEXT.fields()).status == 200, 30)
        (gateway.folder / "hmac.keys").write_text(f"acme-2 acme {NEXT.secret.decode()}\n")
        eventually(lambda: any("not reloaded" in line for line in gateway.reloads()), 30)
        assert "line 1: the secret is no base64" in gateway.errors()
        assert NEXT.secret.decode() not in gateway.errors()
        assert ask(gateway, *NEXT.fields()).status == 200


def test_explain_says_what_is_wrong_and_what_would_be_right():
    secret = b"demo-secret-of-acme-2026-that-is-none-0123456789"
    acme, forged = MacKey("acme-2026", "acme", secret), MacKey("acme-2026", "acme", b"x" * 32)

    def explained(*fields, method="POST", body=()):
        headers = [each for field in fields for each in ("-H", field)]
        done = run("explain", "-c", str(ROOT / "examples/hmac.yaml"), method, "http://a.test/reports?a=b", *headers,
                   *body, "--json")
        assert done.returncode == 0, done.stderr
        assert secret.decode() not in done.stdout and b64(secret) not in done.stdout
        return [(step["verdict"], step["reason"]) for step in json.loads(done.stdout)["decisions"] if step["step"] == "gold"]

    signed = acme.fields("POST", "/reports?a=b", body=b"abc")
    assert explained(*signed, body=("--body", "abc")) == [("passed", "a signature of acme")]
    assert explained(*signed, body=("--body", "abd")) == [("rejected", "the body is not what its digest says")]
    unsaid = explained(*signed, "Content-Length: 3")
    assert [verdict for verdict, _ in unsaid] == ["not checked", "passed"], "nobody has said what the body is"
    [(verdict, reason)] = explained(*forged.fields("GET", "/reports?a=b"), method="GET")
    assert verdict == "rejected"
    assert reason.startswith('the signature is wrong; it has to sign: "@method": GET\\n"@authority": a.test\\n')
    [(verdict, reason)] = explained(*acme.sign([("@method", "GET")]), method="GET")
    assert reason == "the signature does not cover what it has to: @authority"


def test_others_are_let_pass_where_that_is_said(backend):
    with serving(backend, optional=True, strip=True, to_headers={"X-Who": "consumer"}) as gateway:
        assert ask(gateway, "X-Who: root").status == 200
        assert not backend.last.has("x-who")
        assert ask(gateway, *ACME.fields()).status == 200
        assert backend.last.all("x-who") == ["acme"]
        assert not backend.last.has("signature") and not backend.last.has("signature-input")
        assert ask(gateway, *NEXT.fields()).status == 401
    with serving(backend, shadow=True) as gateway:
        assert ask(gateway).status == 200
        assert gateway.logged(would_reject="signed")
