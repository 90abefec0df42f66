"""error_pages: the configuration's own pages in place of the bodies of errors."""
from backend import Backend, answer
from gateway import Gateway, free_port
from wire import Client

PAGE = """<!doctype html><h1>${response.status}</h1><p title="${header.X-Name}">${request.id}</p>
"""


def start(config, **pages):
    gateway = Gateway(config)
    (gateway.folder / "pages").mkdir()
    for name, text in pages.items():
        (gateway.folder / "pages" / name.replace("_", ".")).write_text(text)
    return gateway


def configure(settings, **more):
    return {"middlewares": {"pages": {"error_pages": settings}}, "use": ["access_log", "pages"],
            "routes": [{"path": "/down", "to": f"http://127.0.0.1:{free_port()}"}], **more}


PAGES = {"404": "pages/404.html", "5xx": ["pages/5xx.html", "pages/5xx.json"]}


def test_the_gateways_errors_get_pages_by_what_the_client_accepts():
    with start(configure({"pages": PAGES}), **{"404_html": PAGE, "5xx_html": "sorry",
                                              "5xx_json": '{"id":"${request.id}"}'}) as gateway:
        with Client(gateway) as client:
            lost = client.get("/none", "Accept: text/html", 'X-Name: "><script>alert(1)</script>')
            assert lost.status == 404
            assert lost.get("content-type") == "text/html; charset=utf-8"
            assert b"<h1>404</h1>" in lost.body
            assert b"<script>" not in lost.body and b"&#34;&gt;&lt;script&gt;" in lost.body
            assert lost.get("x-request-id").encode() in lost.body
            assert client.get("/down").body == b"sorry"
            down = client.get("/down", "Accept: application/json")
            assert (down.status, down.get("content-type")) == (502, "application/json")
            assert down.body.startswith(b'{"id":"')
            problem = client.get("/none", "Accept: application/json, */*")
            assert problem.get("content-type") == "application/problem+json"
            client.send(b"HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n")
            head = client.response("HEAD")
            assert head.status == 404 and head.body == b""
            assert int(head.get("content-length")) == len(
                client.get("/none", "Accept: text/html").body)


def test_upstreams_keep_theirs_unless_all_are_meant():
    gone = answer("404 Not Found", "Content-Type: text/plain", "ETag: \"1\"", "X-Kept: 1",
                  body=b"x" * 100_000)
    for whose, body in (("gateway", b"x" * 100_000), ("all", b"lost")):
        with Backend({"/a": gone}) as backend:
            config = configure({"pages": {"404": "pages/404.html"}, "from": whose},
                               routes=[{"path": "/", "to": backend.url}])
            with start(config, **{"404_html": "lost"}) as gateway, Client(gateway) as client:
                for _ in range(2):
                    answered = client.get("/a")
                    assert answered.status == 404
                    assert answered.body == body
                    assert answered.get("x-kept") == "1"
                    assert answered.has("etag") == (whose == "gateway")


def test_a_page_that_changes_is_read_again_and_a_missing_one_is_an_error():
    config = configure({"pages": {"404": "pages/404.html"}}, watch=True)
    with start(config, **{"404_html": "first"}) as gateway:
        with Client(gateway) as client:
            assert client.get("/none").body == b"first"
        (gateway.folder / "pages" / "404.html").write_text("second")
        gateway.reloaded(0)
        with Client(gateway) as client:
            assert client.get("/none").body == b"second"
        (gateway.folder / "pages" / "404.html").unlink()
        gateway.reload()
        assert "404.html` cannot be read" in gateway.errors()
        with Client(gateway) as client:
            assert client.get("/none").body == b"second"
