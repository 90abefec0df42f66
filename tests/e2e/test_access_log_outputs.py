"""access_log's formats, destinations and choices; log files that are renamed while lines are written."""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import threading

import pytest

from admin_client import ask, samples
from gateway import FERROWAY, Gateway, bound, eventually, free_port
from wire import Client, request

FIXED = {"name": "fixed", "path": "/", "respond": {"body": "fixed"}}
COMBINED = re.compile(rb'^(\S+) - - \[[^]]+\] "((?:[^"\\]|\\.)*)" (\d+|-) (\d+|-) '
                      rb'"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$')


def logging(*settings, **more):
    return {"use": [{"access_log": each} for each in settings], "routes": [FIXED], **more}


def lines_of(path):
    text = path.read_bytes()
    return text[:text.rfind(b"\n") + 1].splitlines()


def wait_for_lines(path, count):
    return eventually(lambda: path.exists() and len(lines_of(path)) >= count and lines_of(path),
                      10, f"{count} lines in {path}")


def test_a_file_gets_lines_of_the_combined_format(tmp_path):
    log = tmp_path / "access.log"
    with Gateway(logging({"format": "combined", "to": {"file": str(log)}})) as gateway:
        with Client(gateway) as client:
            client.send(request("/what?a=b", 'Referer: http://"r"', "User-Agent: me"))
            client.response()
        line = wait_for_lines(log, 1)[0]
    found = COMBINED.match(line)
    assert found, line
    assert found.groups() == (b"127.0.0.1", b"GET /what?a=b HTTP/1.1", b"200", b"5",
                              b'http://\\"r\\"', b"me")
    assert stat.S_IMODE(log.stat().st_mode) & ~0o640 == 0
    assert gateway.process.returncode == 0


@pytest.mark.parametrize("form", ["json", "combined",
                                  '{"agent":"${header.User-Agent}","at":"${request.target}"}'])
def test_hostile_bytes_break_no_line_of_any_format(tmp_path, form):
    log = tmp_path / "access.log"
    with Gateway(logging({"format": form, "to": {"file": str(log)}})) as gateway:
        with Client(gateway) as client:
            client.send(b'GET /"},{"status":999}\\\'%0a?\x22\x7d HTTP/1.1\r\nHost: a.test\r\n'
                        b'User-Agent: "\\" \xff\xfe\xe2\x80\xa8\t"} 200\r\n\r\n')
            client.response()
        with Client(gateway) as client:
            client.send(b"GET /\xff\x01\n HTTP/1.1\r\nHost: \"\\\r\n\r\n")
            client.reader.to_the_end()
        for line in wait_for_lines(log, 2):
            assert not any(byte < 0x20 or byte == 0x7f for byte in line), line
            if form == "combined":
                assert COMBINED.match(line), line
            else:
                assert isinstance(json.loads(line), dict)
        assert len(lines_of(log)) == 2


def test_a_template_says_what_was_asked_of_it(backend, tmp_path):
    log = tmp_path / "access.log"
    form = ("${client.ip} ${request.method} ${request.target} ${route.name} ${upstream.endpoint} "
            "${response.status} ${response.bytes} '${header.X-A}' ${cookie.session}")
    config = logging({"format": form, "to": {"file": str(log)}})
    config["routes"] = [{"name": "proxied", "path": "/", "to": backend.url,
                         "use": [{"request_headers": {"remove": ["X-A"]}}]}]
    backend.scripts["/x"] = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc"
    with Gateway(config) as gateway, Client(gateway) as client:
        client.send(request("/x", "X-A: as sent", "Cookie: session=s"))
        assert client.response().status == 201
        assert wait_for_lines(log, 1)[0].decode() == (
            f"127.0.0.1 GET /x proxied {backend.authority} 201 3 'as sent' s")


def test_only_errors_and_several_logs_at_once(tmp_path):
    config = logging({"only": "errors", "to": {"file": str(tmp_path / "errors.log")}},
                     {"to": {"file": str(tmp_path / "all.log")}})
    config["routes"] = [{**FIXED, "path": "/fine"}]
    with Gateway(config) as gateway, Client(gateway) as client:
        for _ in range(3):
            client.get("/fine")
            client.get("/nowhere")
        assert len(wait_for_lines(tmp_path / "all.log", 6)) == 6
        errors = wait_for_lines(tmp_path / "errors.log", 3)
        assert [json.loads(line)["status"] for line in errors] == [404] * 3


def test_standard_error_takes_lines_too():
    with Gateway(logging({"to": "stderr"})) as gateway, Client(gateway) as client:
        client.get("/to-stderr")
        eventually(lambda: '"target":"/to-stderr"' in gateway.errors(), 5, "a line")
        assert gateway.output() == b""


def test_syslog_gets_a_datagram_for_each_line(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as daemon:
        daemon.bind(str(tmp_path / "log"))
        daemon.settimeout(bound(10))
        config = logging({"format": "${request.target}",
                          "to": {"syslog": f"unix:{tmp_path / 'log'}"}})
        with Gateway(config) as gateway, Client(gateway) as client:
            client.get("/one")
            client.get("/two")
            messages = [daemon.recv(8192).decode() for _ in range(2)]
        tail = rf"^<134>\w+ [ \d]\d \d\d:\d\d:\d\d ferroway\[{gateway.process.pid}\]: "
        assert re.match(tail + "/one$", messages[0]) and re.match(tail + "/two$", messages[1])


class Load(threading.Thread):
    """Clients that ask for /0, /1 ... until they are told to stop."""

    def __init__(self, gateway, name):
        super().__init__()
        self.gateway, self.called, self.asked, self.ended = gateway, name, 0, threading.Event()

    def run(self):
        with Client(self.gateway) as client:
            while not self.ended.is_set():
                assert client.get(f"/{self.called}/{self.asked}").status == 200
                self.asked += 1


def test_no_line_is_lost_or_torn_when_files_are_renamed_under_load(tmp_path):
    log = tmp_path / "access.log"
    rotations = 8
    with Gateway(logging({"to": {"file": str(log)}})) as gateway:
        clients = [Load(gateway, name) for name in "abc"]
        for each in clients:
            each.start()
        for i in range(rotations):
            wait_for_lines(log, 20)
            log.rename(tmp_path / f"access.log.{i}")
            gateway.process.send_signal(signal.SIGUSR1)
            eventually(log.exists, 10, "a new file")
        for each in clients:
            each.ended.set()
        for each in clients:
            each.join()
    files = [tmp_path / f"access.log.{i}" for i in range(rotations)] + [log]
    targets = []
    for file in files:
        text = file.read_bytes()
        assert text == b"" or text.endswith(b"\n"), f"{file} ends in the middle of a line"
        targets += [json.loads(line)["target"] for line in text.splitlines()]
    assert sorted(targets) == sorted(f"/{each.called}/{i}"
                                     for each in clients for i in range(each.asked))


def test_a_file_that_cannot_be_reopened_stays_in_use(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    with Gateway(logging({"to": {"file": str(folder / "a.log")}})) as gateway:
        folder.rename(tmp_path / "moved")
        gateway.process.send_signal(signal.SIGUSR1)
        eventually(lambda: "cannot reopen the access log" in gateway.errors(), 10, "a complaint")
        with Client(gateway) as client:
            client.get("/still")
        wait_for_lines(tmp_path / "moved" / "a.log", 1)


def test_a_file_that_cannot_be_opened_stops_the_start(tmp_path):
    file = tmp_path / "ferroway.yaml"
    file.write_text(f"listen: 127.0.0.1:{free_port()}\nadmin: off\n"
                    f"use: [{{access_log: {{to: {{file: {tmp_path}/none/a.log}}}}}}]\n"
                    "routes: [{respond: {}}]\n")
    done = subprocess.run([FERROWAY, "run", "-c", str(file)], capture_output=True, text=True,
                          timeout=bound(20), check=False)
    assert done.returncode == 1
    assert f"{file}:3:25: error: the log file {tmp_path}/none/a.log cannot be opened" in done.stderr
    # To check a file opens none.
    checked = subprocess.run([FERROWAY, "check", "-c", str(file)], capture_output=True, text=True,
                             timeout=bound(20), check=False)
    assert checked.returncode == 0, checked.stderr
    assert not (tmp_path / "none").exists()


def test_explain_opens_and_writes_nothing(tmp_path):
    file = tmp_path / "ferroway.yaml"
    file.write_text(json.dumps({"listen": "127.0.0.1:80",
                                **logging({"to": {"file": str(tmp_path / "a.log")}})}))
    done = subprocess.run([FERROWAY, "explain", "-c", str(file), "GET", "/"], capture_output=True,
                          text=True, timeout=bound(20), check=False)
    assert done.returncode == 0, done.stderr
    assert f"access_log: logged (json to file:{tmp_path}/a.log)" in done.stdout
    assert os.listdir(tmp_path) == ["ferroway.yaml"]


def test_a_reload_keeps_what_is_in_use_and_refuses_what_cannot_be_opened(tmp_path):
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    with Gateway(logging({"to": {"file": str(first)}})) as gateway:
        listen = gateway.config["listen"]
        rest = {key: gateway.config[key] for key in ("listen", "workers", "admin")}
        with Client(gateway) as client:
            client.get("/1")
            wait_for_lines(first, 1)
            bad = {**logging({"to": {"file": str(tmp_path / "none" / "a")}}), **rest}
            assert "not reloaded" in gateway.reload(bad)
            assert "cannot be opened" in gateway.errors()
            client.get("/2")
            wait_for_lines(first, 2)
            # The same file in another format, and one more.
            good = {**logging({"format": "${request.target}", "to": {"file": str(first)}},
                              {"to": {"file": str(second)}}), **rest}
            assert "reloaded" in gateway.reload(good)
            assert listen == gateway.address
            eventually(lambda: client.get("/3") and second.exists() and lines_of(second), 10,
                       "a line in the new file")
            assert wait_for_lines(first, 3)[-1] == b"/3"


def test_a_full_disk_costs_lines_that_are_counted(tmp_path):
    admin = f"127.0.0.1:{free_port()}"
    with Gateway(logging({"to": {"file": "/dev/full"}}, {"to": {"file": str(tmp_path / "a.log")}},
                         admin=admin)) as gateway:
        with Client(gateway) as client:
            for _ in range(5):
                assert client.get("/x").status == 200
        wait_for_lines(tmp_path / "a.log", 5)
        counted = lambda: samples(ask(admin, "/metrics").body)
        lost = 'ferroway_log_lines_dropped_total{destination="file:/dev/full"}'
        eventually(lambda: counted()[lost] == 5, 10, "all of them counted")
        assert counted()[f'ferroway_log_lines_total{{destination="file:{tmp_path}/a.log"}}'] == 5
        assert "No space left on device" in gateway.errors()
