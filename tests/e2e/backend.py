"""Backends in threads that record every byte they receive and answer as they are told."""
import contextlib
import os
import socket
import struct
import tempfile
import threading

from gateway import bound
from wire import Closed, Message, Reader, read_chunked

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"


def answer(status="200 OK", *fields, body=b"hello\n"):
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Connection:
    """One connection that the gateway has opened."""

    def __init__(self, sock):
        self.sock = sock
        self.reader = Reader(sock)
        self.requests = 0

    def head(self):
        return Message(self.reader.until(b"\r\n\r\n"))

    def body_of(self, request):
        if "chunked" in request.get("transfer-encoding", "").lower():
            read_chunked(self.reader, request)
        elif request.has("content-length"):
            request.body = self.reader.exactly(int(request.get("content-length")))

    def send(self, data):
        with contextlib.suppress(ConnectionError):
            self.sock.sendall(data)

    def close(self):
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Backend:
    """`scripts` maps a path (without query) to what happens after the head of a request for it:
    bytes to send once the body has been read, or a function (connection, request) that does all by
    itself and returns False where the connection is over. Other paths are answered with HELLO."""

    def __init__(self, scripts=None, *, address="127.0.0.1", port=0):
        self.scripts = dict(scripts or {})
        self.connections = []
        self.heads = []           # every request head, at once
        self.requests = []        # every complete request
        self.lock = threading.Lock()
        self.folder = None
        if address == "unix":
            self.folder = tempfile.TemporaryDirectory(prefix="ferroway-backend-")
            self.path = os.path.join(self.folder.name, "b.sock")
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(self.path)
            self.url = f"unix:{self.path}"
        else:
            self.listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind((address, port))
            self.port = self.listener.getsockname()[1]
            host = f"[{address}]" if ":" in address else address
            self.authority = f"{host}:{self.port}"
            self.url = f"http://{self.authority}"
        self.listener.listen(512)
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.close()
        if self.folder:
            self.folder.cleanup()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.settimeout(bound(60))
            connection = Connection(sock)
            with self.lock:
                self.connections.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(Closed, OSError, ValueError, AssertionError):
            while True:
                request = connection.head()
                connection.requests += 1
                with self.lock:
                    self.heads.append(request)
                script = self.scripts.get(request.target.split("?")[0], HELLO)
                if callable(script):
                    more = script(connection, request)
                    self.done(request)
                    if more is False:
                        break
                    continue
                connection.body_of(request)
                self.done(request)
                connection.send(script)
        connection.close()

    def done(self, request):
        with self.lock:
            self.requests.append(request)

    @property
    def last(self):
        return self.requests[-1]

    def received(self):
        """All bytes of all connections."""
        return b"".join(connection.reader.all for connection in self.connections)


class Gate:
    """Keeps requests at a backend until it opens, and counts how many were there at once."""

    def __init__(self):
        self.lock = threading.Lock()
        self.open = threading.Semaphore(0)
        self.inside = 0
        self.most = 0

    def __call__(self, connection, seen):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.open.acquire()
        with self.lock:
            self.inside -= 1
        connection.send(HELLO)

    def let(self, count):
        self.open.release(count)
