"""Requests that must be refused before a backend hears of them: (what is wrong, bytes, statuses
that fit)."""

BAD = (400,)


def head(*lines):
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def post(*fields, body="hello"):
    return head("POST /x HTTP/1.1", "Host: a.test", *fields) + body.encode("latin-1")


def lengths():
    for value in ("+5", "-5", "5,5", "5, 5", "5,6", "", " ", "0x5", "5 5", "5;", "5.0", "1e1",
                  "five", "\xb25", "5\t5",
                  "18446744073709551616", "99999999999999999999999", "'5'", '"5"', "5,", ",5", "_5",
                  "5_0"):
        yield f"Content-Length {value!r}", post(f"Content-Length: {value}"), BAD
    for first, second in (("5", "5"), ("5", "6"), ("0", "5"), ("5", ""), ("5", "x")):
        fields = (f"Content-Length: {first}", f"Content-Length: {second}")
        yield f"two Content-Length {first!r} {second!r}", post(*fields), BAD


def codings():
    chunks = "5\r\nhello\r\n0\r\n\r\n"
    for value in ("xchunked", "chunkedx", "chunked, chunked", "gzip", "identity", "gzip, chunked",
                  "chunked, gzip",
                  "chunked, identity", "identity, chunked", "chunked;q=1", '"chunked"', "chunked,",
                  ",chunked", "", "x",
                  "chunk ed", "'chunked'", "chunked;", "chunked \x0b", "\x0bchunked", "\xa0chunked",
                  "deflate", "br",
                  "trailers", "chunked\x00", "cow"):
        yield f"Transfer-Encoding {value!r}", post(f"Transfer-Encoding: {value}", body=chunks), BAD
    te, cl = "Transfer-Encoding: chunked", "Content-Length: 5"
    yield "Content-Length, then Transfer-Encoding", post(cl, te, body=chunks), BAD
    yield "Transfer-Encoding, then Content-Length", post(te, cl, body=chunks), BAD
    yield "Content-Length 0 with Transfer-Encoding", post("Content-Length: 0", te, body=chunks), BAD
    yield "Transfer-Encoding twice", post(te, te, body=chunks), BAD
    other = "Transfer-Encoding: identity"
    yield "Transfer-Encoding twice, differing", post(te, other, body=chunks), BAD
    spaced = "Transfer-Encoding : chunked"
    yield "Transfer-Encoding with a space, and a length", post(spaced, cl), BAD
    old = ("POST /x HTTP/1.0", "Host: a.test", te)
    yield "Transfer-Encoding in HTTP/1.0", head(*old) + chunks.encode(), BAD
    yield "both in HTTP/1.0", head(*old, cl) + chunks.encode(), BAD


def fields():
    def get(line):
        return head("GET /x HTTP/1.1", "Host: a.test", line)

    for code in [*range(0, 32), *b' "(),/:;<=>?@[\\]{}', 127, 128, 0xe9, 255]:
        if chr(code) not in ":\r\n":
            yield f"byte {code:#04x} in a field's name", get(f"X-{chr(code)}A: 1"), BAD
    for code in [0, *range(1, 9), 11, 12, *range(14, 32), 127]:
        yield f"byte {code:#04x} in a field's value", get(f"X-A: 1{chr(code)}2"), BAD
    yield "a bare CR in a value", get("X-A: 1\r2"), BAD
    yield "a bare CR at the end", get("X-A: 1\r"), BAD
    yield "a bare LF in a value", get("X-A: 1\nX-B: 2"), BAD
    yield "white space before the colon", get("X-A : 1"), BAD
    yield "a tab before the colon", get("X-A\t: 1"), BAD
    yield "white space before Content-Length's colon", post("Content-Length : 5"), BAD
    yield "no colon", get("X-A"), BAD
    yield "an empty name", get(": 1"), BAD
    yield "a folded line", get("X-A: 1\r\n 2"), BAD
    yield "a folded line with a tab", get("X-A: 1\r\n\t2"), BAD
    yield "a fold before the first field", head("GET /x HTTP/1.1", " Host: a.test"), BAD
    yield "bare LF line ends", b"GET /x HTTP/1.1\nHost: a.test\n\n", BAD
    yield "a bare LF after the request line", b"GET /x HTTP/1.1\nHost: a.test\r\n\r\n", BAD
    yield "a bare LF as the empty line", b"GET /x HTTP/1.1\r\nHost: a.test\r\n\n", BAD


def request_lines():
    for line in ("GET  /x HTTP/1.1", "GET /x  HTTP/1.1", " GET /x HTTP/1.1", "GET /x HTTP/1.1 ",
                 "GET\t/x HTTP/1.1",
                 "GET /x\tHTTP/1.1", "GET /x y HTTP/1.1", "GET /x", "GET", "GET HTTP/1.1",
                 "/x HTTP/1.1", "GET /x HTTP/",
                 "GET /x http/1.1", "GET /x HTTP/1.1.1", "GET /x HTTP/1,1", "GET /x HTTPS/1.1",
                 "GET /x HTTP /1.1",
                 "GET x HTTP/1.1", "GET ?x HTTP/1.1", "GET a.test:80 HTTP/1.1", "GET * HTTP/1.1",
                 "POST * HTTP/1.1",
                 "G(T /x HTTP/1.1", "G\x00T /x HTTP/1.1", "G\xe9T /x HTTP/1.1", "GET, /x HTTP/1.1",
                 '"GET" /x HTTP/1.1',
                 "GET /x#fragment HTTP/1.1", "GET /# HTTP/1.1", "GET http://u@a.test/ HTTP/1.1",
                 "GET http://u:p@a.test/ HTTP/1.1", "GET http:///x HTTP/1.1",
                 "GET http:/x HTTP/1.1",
                 "GET ftp://a.test/ HTTP/1.1", "GET file:///etc/passwd HTTP/1.1",
                 "GET http://a.test/#f HTTP/1.1",
                 "GET javascript:alert(1) HTTP/1.1", f"{'A' * 200} /x HTTP/1.1"):
        yield f"request line {line[:40]!r}", head(line, "Host: a.test"), BAD
    for line in ("GET /x HTTP/2.0", "GET /x HTTP/1.2", "GET /x HTTP/0.9", "GET /x HTTP/3.0"):
        yield f"request line {line!r}", head(line, "Host: a.test"), (505, 400)
    yield "CONNECT", head("CONNECT a.test:443 HTTP/1.1", "Host: a.test:443"), (400, 405, 501)
    yield "CONNECT with a path", head("CONNECT /x HTTP/1.1", "Host: a.test"), (400, 405, 501)
    yield "TRACE", head("TRACE /x HTTP/1.1", "Host: a.test"), (405,)
    yield "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505)
    hello = bytes.fromhex("16030100c8010000c40303") + bytes(range(32))
    yield "a TLS client hello", hello + b"\r\n\r\n", BAD
    for code in [*range(0, 32), 127, 128, 0xc3, 255]:
        if code not in (10, 13):
            line = f"GET /a{chr(code)}b HTTP/1.1"
            yield f"byte {code:#04x} in a path", head(line, "Host: a.test"), BAD
            line = f"GET /a?b{chr(code)} HTTP/1.1"
            yield f"byte {code:#04x} in a query", head(line, "Host: a.test"), BAD


def paths():
    for path in ("/a%", "/a%2", "/a%zz", "/a%g0b", "/%%32%65", "/a%2F%"):
        yield f"path {path}", head(f"GET {path} HTTP/1.1", "Host: a.test"), BAD


def hosts():
    def get(*lines):
        return head("GET /x HTTP/1.1", *lines)

    yield "no Host", get(), BAD
    yield "no Host but a field", get("X-A: 1"), BAD
    yield "Host twice, equal", get("Host: a.test", "Host: a.test"), BAD
    yield "Host twice, differing", get("Host: a.test", "Host: b.test"), BAD
    yield "Host twice, differing in case", get("Host: a.test", "HOST: a.test"), BAD
    absolute = "GET http://a.test/ HTTP/1.1"
    yield "two of Host with an absolute target", head(absolute, "Host: a", "Host: b"), BAD
    yield "no Host with an absolute target", head(absolute), BAD
    for value in ("", " ", "a b", "a@b", "u:p@a.test", "a/b", "a\\b", "a:port", "a:99999", "a:-1",
                  "a:80:80", "[::1", "::1",
                  "[::1]x", "[zz::1]", "a?b", "a#b", "a\x01b", "a;b@c", "http://a.test", "<a>",
                  '"a"', "{a}", "a|b",
                  "a^b", "a`b", "a%", "\xe9.test"):
        yield f"Host {value!r}", get(f"Host: {value}"), BAD


def everything():
    for group in (lengths, codings, fields, request_lines, paths, hosts):
        yield from group()
