"""Clients that speak HTTP/1.1 byte by byte: what they send is what goes out, what they got is what
came in."""
import socket

from gateway import bound


class Closed(Exception):
    """The peer ended the connection where more was due."""


class Reader:
    """Bytes of a socket, taken by lines and counts."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.all = b""

    def more(self):
        try:
            piece = self.sock.recv(65536)
        except ConnectionError:
            piece = b""
        self.buffer += piece
        self.all += piece
        return piece

    def until(self, mark):
        while mark not in self.buffer:
            if not self.more():
                raise Closed(self.buffer)
        at = self.buffer.index(mark) + len(mark)
        taken, self.buffer = self.buffer[:at], self.buffer[at:]
        return taken

    def exactly(self, count):
        while len(self.buffer) < count:
            if not self.more():
                raise Closed(self.buffer)
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def to_the_end(self):
        while self.more():
            pass
        taken, self.buffer = self.buffer, b""
        return taken


class Message:
    """A head, its fields in order, and a body."""

    def __init__(self, head):
        self.head = head
        lines = head[:-4].split(b"\r\n")
        self.start = lines[0].decode("latin-1")
        self.fields = []
        for line in lines[1:]:
            name, _, value = line.decode("latin-1").partition(":")
            self.fields.append((name, value.strip()))
        self.body = b""
        self.chunks = None      # sizes as written, for chunked bodies
        self.trailers = []

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name, default=None):
        values = self.all(name)
        return values[0] if values else default

    def has(self, name):
        return bool(self.all(name))

    @property
    def names(self):
        return {name.lower() for name, _ in self.fields}

    # Requests
    @property
    def method(self):
        return self.start.split(" ")[0]

    @property
    def target(self):
        return self.start.split(" ")[1]

    # Responses
    @property
    def status(self):
        return int(self.start.split(" ")[1])


def read_chunked(reader, message):
    message.chunks = []
    while True:
        line = reader.until(b"\r\n")[:-2]
        message.chunks.append(line)
        size = int(line, 16)
        if size == 0:
            break
        message.body += reader.exactly(size)
        assert reader.exactly(2) == b"\r\n"
    while True:
        line = reader.until(b"\r\n")[:-2]
        if not line:
            return
        name, _, value = line.decode("latin-1").partition(":")
        message.trailers.append((name, value.strip()))


class Client:
    def __init__(self, gateway, timeout=15.0):
        self.sock = gateway.connect(timeout)
        self.reader = Reader(self.sock)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        """Sends, even to a peer that has had enough."""
        try:
            self.sock.sendall(data)
        except ConnectionError:
            pass

    def get(self, path="/", *fields, host="a.test", method="GET"):
        self.send(request(path, *fields, host=host, method=method))
        return self.response(method)

    def head(self):
        return Message(self.reader.until(b"\r\n\r\n"))

    def response(self, method="GET"):
        """The next final answer with its body; `interim` holds the 1xx before it."""
        interim = []
        while True:
            message = self.head()
            if message.status >= 200:
                break
            interim.append(message)
        message.interim = interim
        if method == "HEAD" or message.status in (204, 304):
            return message
        if "chunked" in message.get("transfer-encoding", ""):
            read_chunked(self.reader, message)
        elif message.has("content-length"):
            message.body = self.reader.exactly(int(message.get("content-length")))
        else:
            message.body = self.reader.to_the_end()
        return message

    def is_closed(self, within=10.0):
        """True when the peer ends the connection and sends nothing more."""
        self.sock.settimeout(bound(within))
        try:
            return self.reader.buffer == b"" and self.reader.more() == b""
        except socket.timeout:
            return False


def request(path="/", *fields, host="a.test", method="GET", body=b""):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
