"""compress: answers in a coding that the client accepts, as they stream, in bounded memory."""
import contextlib
import random
import subprocess
import threading
import zlib

import brotli
import pytest
import zstandard

from backend import Backend, answer
from gateway import SANITIZED, Gateway, bound, eventually
from wire import Client, request

MIB = 1 << 20
TEXT = b"".join(b"line %d of a text that goes on\n" % (i * i) for i in range(2000))


def decoder(coding):
    """What takes pieces and gives what they hold; `finished` says whether the end was in them."""
    if coding == "br":
        state = brotli.Decompressor()
        return state.process, state.is_finished
    if coding == "zstd":
        state = zstandard.ZstdDecompressor().decompressobj()
        return state.decompress, lambda: state.eof
    state = zlib.decompressobj(31)
    return state.decompress, lambda: state.eof


def decoded(coding, body):
    take, finished = decoder(coding)
    text = take(body)
    assert finished(), "cut"
    return text


CODINGS = ["gzip", "br", "zstd"]
STREAMS = {"compress": {"types": ["text/*", "text/event-stream"]}}


def configure(backend):
    return {"use": ["access_log"],
            "routes": [{"path": "/", "to": backend.url, "use": ["compress"]},
                       {"path": "/events", "to": backend.url, "use": [STREAMS]},
                       {"path": "/fixed", "use": ["compress"],
                        "respond": {"status": 200, "body": "fixed " * 1000}}]}


def text_answer(*fields, body=TEXT):
    return answer("200 OK", "Content-Type: text/plain", *fields, body=body)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = (b"HTTP/1.1 200 OK\r\nContent-Type: text/%s\r\nTransfer-Encoding: chunked\r\n"
           b"Trailer: X-Sum\r\n\r\n")


@pytest.mark.parametrize("coding", CODINGS)
def test_a_whole_answer(gateway, backend, coding):
    backend.scripts["/"] = text_answer('ETag: "v1"', "Accept-Ranges: bytes", "Vary: Origin",
                                       body=TEXT[:20000])
    with Client(gateway) as client:
        reply = client.get("/", f"Accept-Encoding: {coding}")
        assert reply.all("content-encoding") == [coding]
        assert decoded(coding, reply.body) == TEXT[:20000]
        assert int(reply.get("content-length")) == len(reply.body) < 10000
        assert (reply.get("etag"), reply.get("vary")) == ('W/"v1"', "Origin, Accept-Encoding")
        assert not reply.has("accept-ranges")
        head = client.get("/", f"Accept-Encoding: {coding}", method="HEAD")
        assert head.get("content-encoding") == coding and not head.has("content-length")
        plain = client.get("/")
        assert (plain.body, plain.get("etag")) == (TEXT[:20000], '"v1"')
        assert plain.get("vary") == "Origin, Accept-Encoding"
        fixed = client.get("/fixed", f"Accept-Encoding: {coding}")
        assert decoded(coding, fixed.body) == b"fixed " * 1000
    assert gateway.logged(bytes_sent=len(reply.body)), "what was sent, not what it holds"


@pytest.mark.parametrize("coding", CODINGS)
def test_pieces_and_trailers(gateway, backend, coding):
    pieces = [TEXT[i:i + 1777] for i in range(0, len(TEXT), 1777)]
    backend.scripts["/"] = (CHUNKED % b"html" + b"".join(map(chunk, pieces)) +
                            b"0\r\nX-Sum: 7\r\nContent-Digest: sha-256=:x:\r\n\r\n")
    with Client(gateway) as client:
        for _ in range(3):
            reply = client.get("/", f"Accept-Encoding: {coding}")
            assert decoded(coding, reply.body) == TEXT
            assert reply.trailers == [("X-Sum", "7")]
        client.send(b"GET / HTTP/1.0\r\nHost: a.test\r\nAccept-Encoding: %s\r\n\r\n" % coding.encode())
        assert decoded(coding, client.response().body) == TEXT


def test_what_is_left_alone(gateway, backend):
    noise = random.Random(1).randbytes(5000)
    for number, script in enumerate([
            answer("200 OK", "Content-Type: image/png", body=TEXT),
            answer("200 OK", "Content-Type: text/plain", "Content-Encoding: br", body=TEXT),
            answer("206 Partial Content", "Content-Type: text/plain", "Content-Range: bytes 0-9/10",
                   body=TEXT),
            text_answer("Cache-Control: no-transform"), text_answer(body=b"short"),
            text_answer(body=noise), b"HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\n\r\n"]):
        backend.scripts[f"/{number}"] = script
    with Client(gateway) as client:
        for number in range(7):
            reply = client.get(f"/{number}", "Accept-Encoding: gzip")
            theirs = backend.scripts[f"/{number}"]
            assert reply.body == theirs[theirs.index(b"\r\n\r\n") + 4:], number
            assert reply.all("content-encoding") == (["br"] if number == 1 else []), number
            assert reply.has("vary") == (number == 5), number
        for accept in ("identity", "gzip;q=0", "gzip;q=x", "gzip;q=0.5, identity", "deflate"):
            assert not client.get("/fixed", f"Accept-Encoding: {accept}").has("content-encoding")
        reply = client.get("/fixed", "Accept-Encoding: gzip;q=0.5", "Accept-Encoding: br;q=0.6")
        assert reply.get("content-encoding") == "br"


def test_curl_understands_it(gateway, backend):
    backend.scripts["/"] = text_answer()
    got = subprocess.run(["curl", "-sS", "--compressed", f"http://{gateway.address}/"],
                         capture_output=True, timeout=bound(20), check=True)
    assert got.stdout == TEXT


@pytest.mark.parametrize("coding", CODINGS)
def test_an_event_arrives_before_the_next_is_made(gateway, backend, coding):
    go = threading.Semaphore(0)

    def script(connection, _):
        connection.send(CHUNKED % b"event-stream")
        for i in range(5):
            go.acquire(timeout=bound(15))
            connection.send(chunk(b"data: %d\n\n" % i))
        connection.send(b"0\r\n\r\n")

    backend.scripts["/events"] = script
    with Client(gateway) as client:
        client.send(request("/events", f"Accept-Encoding: {coding}"))
        assert client.head().get("content-encoding") == coding
        take, finished = decoder(coding)
        for i in range(5):
            go.release()
            text = b""
            while text != b"data: %d\n\n" % i:
                size = int(client.reader.until(b"\r\n"), 16)
                text += take(client.reader.exactly(size))
                client.reader.exactly(2)
            assert not finished()
        go.release()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_ends_short_never_looks_complete(gateway, backend, coding):
    def script(connection, _):
        connection.send(CHUNKED % b"plain" + chunk(TEXT))
        return False

    backend.scripts["/"] = script
    with Client(gateway) as client:
        client.send(request("/", f"Accept-Encoding: {coding}"))
        client.head()
        body = client.reader.to_the_end()
    assert not body.endswith(b"0\r\n\r\n")
    take, finished = decoder(coding)
    while body:
        line, body = body.split(b"\r\n", 1)
        take(body[:int(line, 16)])
        body = body[int(line, 16) + 2:]
    assert not finished()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_long_body_streams_in_bounded_memory(gateway, backend, coding):
    total = (8 if SANITIZED else 64) * MIB
    piece = (TEXT * 5)[:256 * 1024]

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                        b"Content-Length: %d\r\n\r\n" % total)
        for _ in range(total // len(piece)):
            connection.send(piece)

    backend.scripts["/"] = script
    before = warm_up(gateway, coding)
    take, finished = decoder(coding)
    got = most = sent = 0
    with Client(gateway, timeout=60) as client:
        client.send(request("/", f"Accept-Encoding: {coding}"))
        client.head()
        while True:
            size = int(client.reader.until(b"\r\n"), 16)
            if size == 0:
                break
            got += len(take(client.reader.exactly(size)))
            client.reader.exactly(2)
            client.reader.all = b""
            sent += 1
            if sent % 64 == 0:
                most = max(most, gateway.memory())
    assert got == total and finished()
    if not SANITIZED:
        assert most - before < 16 * MIB, f"{(most - before) / MIB:.1f} MiB more"


def warm_up(gateway, coding):
    with Client(gateway) as client:
        for _ in range(3):
            client.get("/fixed", f"Accept-Encoding: {coding}")
    return gateway.memory()


@pytest.mark.parametrize("coding", CODINGS)
def test_clients_that_reset_leave_nothing(gateway, backend, coding):
    noise = random.Random(2).randbytes(256 * 1024)

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                        b"Content-Length: 1000000000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sock.sendall(noise)
        return False

    backend.scripts["/"] = script
    after = []
    for rounds in range(3):
        for _ in range(20):
            with Client(gateway) as client:
                client.send(request("/", f"Accept-Encoding: {coding}"))
                assert client.head().get("content-encoding") == coding
                client.reader.exactly(1000)
        eventually(lambda wanted=20 * (rounds + 1): len(gateway.log()) >= wanted, 20, "the ends")
        after.append(gateway.memory())
    # As many again as the bound lets through: nothing of those before is still counted.
    with contextlib.ExitStack() as open_clients:
        for _ in range(8):
            client = open_clients.enter_context(Client(gateway))
            client.send(request("/", f"Accept-Encoding: {coding}"))
            assert client.head().get("content-encoding") == coding
    if not SANITIZED:
        assert after[-1] - after[0] < 16 * MIB, f"{after}"


def test_beyond_the_bound_answers_go_out_as_they_are(backend):
    """16 encoders of Brotli on a worker."""
    release = threading.Event()

    def script(connection, _):
        connection.send(CHUNKED % b"plain" + chunk(TEXT))
        release.wait(bound(60))
        connection.send(b"0\r\n\r\n")

    backend.scripts["/"] = script
    with Gateway({**configure(backend), "workers": 1}) as gateway, contextlib.ExitStack() as all_of:
        said = []
        for _ in range(20):
            client = all_of.enter_context(Client(gateway))
            client.send(request("/", "Accept-Encoding: br"))
            head = client.head()
            said.append((head.get("content-encoding"), head.get("vary")))
        assert said == [("br", "Accept-Encoding")] * 16 + [(None, "Accept-Encoding")] * 4
        release.set()
        assert client.reader.until(b"\r\n0\r\n\r\n")


def test_a_client_that_does_not_read_stops_the_upstream(gateway, backend):
    sent = []
    noise = random.Random(3).randbytes(256 * 1024)

    def script(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                        b"Content-Length: 1000000000\r\n\r\n")
        with contextlib.suppress(OSError):
            while sum(sent) < 256 * MIB:
                sent.append(connection.sock.send(noise))
        return False

    backend.scripts["/"] = script
    with Client(gateway) as stalled:
        stalled.send(request("/", "Accept-Encoding: gzip"))
        stalled.head()
        seen = [-1]

        def stands_still():
            seen.append(sum(sent))
            with Client(gateway) as other:      # a while, and the others are served
                for _ in range(50):
                    assert other.get("/fixed", "Accept-Encoding: gzip").status == 200
            return seen[-1] == seen[-2] == sum(sent)

        eventually(stands_still, 60, "the upstream stops")
        assert sum(sent) < 64 * MIB
