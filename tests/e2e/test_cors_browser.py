"""A real browser (Debian's chromium, headless) holds to what the gateway tells it: a page of one
origin fetches from the gateway at another."""
import base64
import contextlib
import functools
import hashlib
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading

import pytest

from backend import answer
from gateway import Gateway, bound, free_port

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# What the page tries, one after the other, and tells its own server: name -> outcome.
PAGE = """<!doctype html><meta charset="utf-8"><script>
const api = "http://api.site.localhost:%(port)d";
async function outcome(work) {
  try { return await work(); } catch (error) { return "failed: " + error.name; }
}
async function read(reply) {
  return [reply.status, await reply.text(), reply.headers.get("X-Total"), reply.headers.get("X-Hidden")];
}
function socket(path) {
  return new Promise(done => {
    const made = new WebSocket(api.replace("http", "ws") + path);
    made.onopen = () => done("open");
    made.onerror = () => done("failed");
  });
}
const custom = {method: "PUT", credentials: "include", headers: {"X-Custom": "1"}, body: "x"};
const tries = {
  cookie: async () => read(await fetch(api + "/items/cookie", {credentials: "include"})),
  preflight: async () => read(await fetch(api + "/items/put", custom)),
  header: async () => read(await fetch(api + "/strict", {headers: {"X-Other": "1"}})),
  error: async () => (await fetch(api + "/down")).status,
  plain: async () => read(await fetch(api + "/plain")),
  chat: async () => socket("/chat"),
};
(async () => {
  const told = {};
  for (const name in tries) told[name] = await outcome(tries[name]);
  await fetch("/told", {method: "POST", body: JSON.stringify(told)});
})();
</script>"""


class Pages(http.server.ThreadingHTTPServer):
    """The page's own origin: serves it, and hears what came of it."""
    daemon_threads = True

    def __init__(self, page):
        self.told = None
        self.heard = threading.Event()
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, page))


class Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, page, *arguments):
        self.page = page
        super().__init__(*arguments)

    def do_GET(self):
        self.reply(self.page.encode())

    def do_POST(self):
        self.server.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(b"")
        self.server.heard.set()

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def browsing(url, folder):
    """The browser with that page, in a session of its own so that all its processes end with it."""
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
               "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
               "--disable-component-update", "--disable-extensions", "--remote-debugging-port=0",
               f"--user-data-dir={folder}/profile", url]
    with open(folder / "chromium.log", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True,
                                   env={**os.environ, "HOME": str(folder)})
    try:
        yield folder / "chromium.log"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(bound(10))


def configure(backend, origin, address):
    allowed = {"cors": {"origins": [origin], "credentials": True, "expose": ["X-Total"]}}
    strict = {"cors": {"origins": [origin], "headers": ["X-Custom"]}}
    return {
        "listen": address, "use": ["access_log"],
        "routes": [{"path": "/items", "use": [allowed], "methods": ["GET", "PUT"], "to": backend.url},
                   {"path": "/strict", "use": [strict], "to": backend.url},
                   {"path": "/down", "use": [allowed], "to": f"http://127.0.0.1:{free_port()}"},
                   {"path": "/chat", "use": [allowed], "to": backend.url},
                   {"path": "/plain", "to": backend.url}]}


def switch(connection, request):
    key = request.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest())
    connection.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                    b"Upgrade: websocket\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    while connection.reader.more():
        pass
    return False


def what_the_page_tells(backend, folder, host, allowed):
    """What it told its server, as loaded from `host`, where the gateway allows that host's origin or
    another one."""
    backend.scripts.update({
        "/items/cookie": answer("200 OK", "Set-Cookie: c=1", "X-Total: 7", "X-Hidden: 8",
                                body=b"items"),
        "/items/put": answer("200 OK", "Access-Control-Allow-Origin: *", body=b"put"),
        "/chat": switch})
    port = free_port()
    with Pages(PAGE % {"port": port}) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        origin = f"http://{host}:{pages.server_port}"
        config = configure(backend, origin if allowed else "http://other.test", f"127.0.0.1:{port}")
        try:
            with Gateway(config) as gateway, browsing(origin + "/", folder) as log:
                heard = pages.heard.wait(bound(60))
                assert heard, log.read_text(errors="replace")[-4000:]
                return pages.told, gateway.log()
        finally:
            pages.shutdown()


def test_a_page_of_an_allowed_origin_may(backend, tmp_path):
    told, logged = what_the_page_tells(backend, tmp_path, "page.site.localhost", allowed=True)
    assert told["cookie"] == [200, "items", "7", None]
    assert told["preflight"] == [200, "put", None, None]
    assert told["header"] == "failed: TypeError"      # X-Other is not one of the allowed
    assert told["error"] == 502
    assert told["plain"] == "failed: TypeError"       # no CORS on that route
    assert told["chat"] == "open"
    put = [request for request in backend.requests if request.target == "/items/put"][-1]
    assert (put.method, put.get("x-custom"), put.get("cookie")) == ("PUT", "1", "c=1")
    assert put.get("origin").startswith("http://page.site.localhost:")
    asked = [(line["method"], line["status"]) for line in logged if line["target"] == "/items/put"]
    assert ("OPTIONS", 204) in asked


def test_a_page_of_another_origin_may_not(backend, tmp_path):
    before = len(backend.requests)
    told, _ = what_the_page_tells(backend, tmp_path, "evil.site.localhost", allowed=False)
    assert {told[name] for name in ("cookie", "preflight", "header", "error", "plain")} == \
        {"failed: TypeError"}
    assert told["chat"] == "failed"
    # Its preflight has kept the request itself from being sent.
    assert not any(request.method == "PUT" for request in backend.requests[before:])
