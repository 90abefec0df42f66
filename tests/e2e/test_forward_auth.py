"""forward_auth: another service decides, over real sockets."""
import socket

from admin_client import metrics
from backend import Backend, answer
from gateway import Gateway, SLOW, eventually, free_port
from wire import Client


def configure(authn, backend, settings=None, **more):
    return {"middlewares": {"auth": {"forward_auth": {"to": authn, "path": "/verify",
                                                      "to_request": ["X-User"],
                                                      "to_response": ["Set-Cookie"],
                                                      **(settings or {})}}},
            "use": ["access_log"],
            "routes": [{"path": "/", "use": ["auth"], "to": backend},
                       {"path": "/plain", "to": backend}], **more}


def by_cookie(connection, request):
    """The service: lets the cookie `key=open` pass."""
    assert not request.has("content-length") and not request.has("transfer-encoding")
    if request.get("cookie") == "key=open":
        connection.send(answer("200 OK", "X-User: ann", "Set-Cookie: seen=1", body=b""))
    else:
        connection.send(answer("401 Unauthorized", 'WWW-Authenticate: Bearer realm="r"',
                               "Content-Type: text/plain", body=b"who are you?"))


def test_it_decides_and_says_who_the_client_is():
    with Backend({"/verify": by_cookie}) as authn, Backend() as backend:
        with Gateway(configure(authn.url, backend.url)) as gateway, Client(gateway) as client:
            refused = client.get("/orders?x=1")
            assert (refused.status, refused.body) == (401, b"who are you?")
            assert refused.get("www-authenticate") == 'Bearer realm="r"'
            assert backend.heads == []
            assert authn.heads[-1].get("x-forwarded-uri") == "/orders?x=1"
            assert gateway.logged(status=401)["rejected_by"] == "auth"
            # On the same connections.
            passed = client.get("/orders", "Cookie: key=open", "X-User: root", "x_user: root")
            assert passed.status == 200
            assert passed.all("set-cookie") == ["seen=1"]
            assert backend.last.all("x-user") == ["ann"]
            assert b"root" not in backend.received() + authn.received()
            client.get("/plain", "X.USER: root")
            assert b"root" not in backend.received()
            assert len(authn.connections) == 1


def test_a_body_waits_and_arrives_whole():
    body = b"0123456789" * 30_000
    with Backend({"/verify": by_cookie}) as authn, Backend() as backend:
        with Gateway(configure(authn.url, backend.url)) as gateway, Client(gateway) as client:
            client.send(b"POST /up HTTP/1.1\r\nHost: a\r\nCookie: key=open\r\n"
                        b"Content-Length: %d\r\n\r\n" % len(body) + body)
            assert client.response("POST").status == 200
            assert backend.last.body == body
            assert authn.heads[-1].get("x-forwarded-method") == "POST"


def test_a_service_that_fails_lets_nobody_pass():
    admin = f"127.0.0.1:{free_port()}"
    with Backend() as backend:
        closed = f"http://127.0.0.1:{free_port()}"
        config = configure(closed, backend.url, admin=admin)
        with Gateway(config) as gateway, Client(gateway) as client:
            gateway.admin = admin
            refused = client.get("/")
            assert refused.status == 503
            assert b"problems/permission-unknown" in refused.body
            assert refused.get("retry-after") == "1"
            assert gateway.logged(status=503)["failed_side"] == "upstream"
            counted = {key: value for key, value in metrics(gateway).items()
                       if key.startswith("ferroway_middleware_decisions_total") and value}
            assert list(counted.values()) == [1], counted
            assert backend.heads == []


def test_a_service_that_hangs_is_given_up_and_then_a_reload_brings_another():
    silent = socket.create_server(("127.0.0.1", 0))
    try:
        with Backend({"/verify": by_cookie}) as authn, Backend() as backend:
            hangs = f"http://127.0.0.1:{silent.getsockname()[1]}"
            upstreams = {"authn": {"endpoints": [hangs]}}
            short = {"timeout": f"{int(1000 * SLOW)}ms"}  # the other one has to be in time
            config = configure("authn", backend.url, short, upstreams=upstreams)
            with Gateway(config) as gateway:
                with Client(gateway) as client:
                    assert client.get("/", "Cookie: key=open").status == 503
                # The middleware is written as before: what it asks is not.
                changed = {**gateway.config, "upstreams": {"authn": {"endpoints": [authn.url]}}}
                gateway.reload(changed)
                with Client(gateway) as client:
                    assert client.get("/", "Cookie: key=open").status == 200
    finally:
        silent.close()


def test_in_shadow_mode_everybody_passes():
    with Backend({"/verify": by_cookie}) as authn, Backend() as backend:
        config = configure(authn.url, backend.url, {"shadow": True})
        with Gateway(config) as gateway, Client(gateway) as client:
            assert client.get("/").status == 200
            assert gateway.logged(status=200)["would_reject"] == "auth"
            eventually(lambda: len(authn.heads) == 1, 5, "the service is asked")
