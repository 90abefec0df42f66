"""Answers say what makes browsers careful; of https only where it was."""
from backend import answer
from gateway import Gateway, free_port
from wire import Client

HTTPS = "X-Forwarded-Proto: https"


def configure(backend):
    nobody = f"http://127.0.0.1:{free_port()}"
    return {"listeners": [{"name": "public", "address": f"127.0.0.1:{free_port()}",
                           "trusted_proxies": ["127.0.0.1"]}],
            "use": ["security_headers"],
            "routes": [{"path": "/", "to": backend.url}, {"path": "/down", "to": nobody},
                       {"path": "/other", "to": backend.url, "without": ["security_headers"],
                        "use": [{"security_headers": {"frame_options": "SAMEORIGIN",
                                                      "referrer_policy": "off", "override": True}}]}]}


def said(reply):
    return {name: reply.all(name) for name in ("strict-transport-security", "x-content-type-options",
                                               "x-frame-options", "referrer-policy")}


DEFAULTS = {"strict-transport-security": ["max-age=31536000"], "x-content-type-options": ["nosniff"],
            "x-frame-options": ["DENY"], "referrer-policy": ["strict-origin-when-cross-origin"]}
IN_CLEAR = {**DEFAULTS, "strict-transport-security": []}


def test_the_defaults(gateway):
    with Client(gateway) as client:
        assert said(client.get("/", HTTPS)) == DEFAULTS
        assert said(client.get("/")) == IN_CLEAR
        assert said(client.get("/", method="HEAD")) == IN_CLEAR


def test_errors_have_them_too(gateway):
    with Client(gateway) as client:
        reply = client.get("/down", HTTPS)
    assert (reply.status, said(reply)) == (502, DEFAULTS)


def test_the_backends_word_counts_unless_it_is_overridden(gateway, backend):
    theirs = answer("200 OK", "x-frame-options: ALLOWALL", "Referrer-Policy: origin",
                    "Referrer-Policy: no-referrer")
    backend.scripts["/own"] = backend.scripts["/other"] = theirs
    with Client(gateway) as client:
        kept = said(client.get("/own"))
        replaced = said(client.get("/other"))
    assert (kept["x-frame-options"], kept["referrer-policy"]) == (["ALLOWALL"], ["origin", "no-referrer"])
    assert (replaced["x-frame-options"], replaced["referrer-policy"]) == \
        (["SAMEORIGIN"], ["origin", "no-referrer"])


def test_a_stranger_cannot_claim_https(backend):
    with Gateway({"use": ["security_headers"], "routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            assert said(client.get("/", HTTPS)) == IN_CLEAR
