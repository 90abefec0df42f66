"""Promises 1, 2, 4, 5, 8: what is ambiguous is refused, and what is passed on is written anew."""
import pytest

import hostile_requests
from wire import Client, Closed, request

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n"


def refusal(gateway, sent):
    """The status of the one answer before the connection ends; None where it ends without."""
    with Client(gateway) as client:
        client.send(sent)
        try:
            reply = client.response()
        except Closed:
            return None
        assert client.is_closed(), "the connection stays open after an error of framing"
        return reply.status


HOSTILE = list(hostile_requests.everything())


def test_the_table_is_long():
    assert len(HOSTILE) > 250


@pytest.mark.parametrize("sent, statuses", [case[1:] for case in HOSTILE],
                         ids=[case[0] for case in HOSTILE])
def test_promises_2_4_5_hostile_requests_are_refused(gateway, backend, sent, statuses):
    before = len(backend.heads)
    if b"TRACE" in sent:
        with Client(gateway) as client:
            client.send(sent)
            assert client.response().status in statuses
    else:
        assert refusal(gateway, sent + SMUGGLED) in statuses
    assert len(backend.heads) == before, "a backend has heard of it"


def test_promise_4_nothing_after_a_framing_error_is_looked_at(gateway, backend):
    with Client(gateway) as client:
        client.send(b"GET /x HTTP/1.1\r\nHost: a.test\r\nBad Name: 1\r\n\r\n" +
                    request("/never-seen") * 100)
        assert client.response().status == 400
        assert client.reader.to_the_end() == b""
    assert b"never-seen" not in backend.received()


def test_promise_1_the_request_is_written_anew(gateway, backend):
    with Client(gateway) as client:
        client.send(b"GET /a?b HTTP/1.1\r\nhOsT:   a.test  \r\nX-A:\t one \t\r\nX-Empty:\r\n\r\n")
        assert client.response().status == 200
    head = backend.last.head
    assert head.startswith(b"GET /a?b HTTP/1.1\r\n")
    assert b"X-A: one\r\n" in head and b"\t" not in head
    assert backend.last.get("host") == "a.test"
    assert backend.last.get("x-empty") == ""


def test_promise_1_every_split_of_a_request_is_the_same_request(gateway, backend):
    sent = request("/split", "X-A: 1", method="POST", body=b"hello")
    with Client(gateway) as client:
        for at in range(1, len(sent), 7):
            client.send(sent[:at])
            client.send(sent[at:])
            assert client.response().status == 200
            assert backend.last.body == b"hello"


def test_promise_5_the_authority_of_an_absolute_target_wins(gateway, backend):
    with Client(gateway) as client:
        client.send(b"GET http://b.test:81/a?c HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert client.response().status == 200
    assert backend.last.start == "GET /a?c HTTP/1.1"
    assert backend.last.all("host") == ["b.test:81"]


def test_promise_5_an_absolute_target_without_path_is_the_root(gateway, backend):
    with Client(gateway) as client:
        client.send(b"GET http://b.test?q HTTP/1.1\r\nHost: b.test\r\n\r\n")
        assert client.response().status == 200
    assert backend.last.target == "/?q"


def test_options_asterisk_is_passed_on(gateway, backend):
    with Client(gateway) as client:
        client.send(b"OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n")
        assert client.response().status == 200
    assert backend.last.start == "OPTIONS * HTTP/1.1"


NORMAL_FORMS = [
    ("/a/./b", "/a/b"),
    ("/a/b/../c", "/a/c"),
    ("/../../a", "/a"),
    ("/a/..", "/"),
    ("/a/%2e%2e/b", "/b"),
    ("/a/%2E/b", "/a/b"),
    ("//a///b", "/a/b"),
    ("/%7euser/%41", "/~user/A"),
    ("/caf%c3%a9", "/caf%C3%A9"),
    ("/a%20b", "/a%20b"),
    ("/a/", "/a/"),
    ("/a?x=%2f..//%7e&y=/../b?z", "/a?x=%2f..//%7e&y=/../b?z"),
    ("/a?", "/a?"),
    ("/a;v=1/b", "/a;v=1/b"),
    ("/a+b:c@d,e!$&'()*=", "/a+b:c@d,e!$&'()*="),
]


@pytest.mark.parametrize("sent, seen", NORMAL_FORMS)
def test_promise_8_paths_are_normalised_and_queries_are_not(gateway, backend, sent, seen):
    with Client(gateway) as client:
        assert client.get(sent).status == 200
    assert backend.last.target == seen


FINE = [
    ("lower-case host with a port", b"GET /x HTTP/1.1\r\nHost: a.test:8080\r\n\r\n"),
    ("an IPv6 host", b"GET /x HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
    ("bytes over 0x7f in a value",
     b"GET /x HTTP/1.1\r\nHost: a.test\r\nX-A: caf\xc3\xa9 \xff\r\n\r\n"),
    ("an empty line before", b"\r\nGET /x HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    ("a method of its own", b"PURGE /x HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    ("HTTP/1.0 without Host", b"GET /x HTTP/1.0\r\n\r\n"),
    ("Content-Length 0", b"POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n"),
    ("a length with leading zeros",
     b"POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 005\r\n\r\nhello"),
    ("Chunked in capitals",
     b"POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
]


@pytest.mark.parametrize("sent", [case[1] for case in FINE], ids=[case[0] for case in FINE])
def test_what_is_clear_is_served(gateway, sent):
    with Client(gateway) as client:
        client.send(sent)
        assert client.response().status == 200
