"""Whatever is given as a configuration, `check` says what is wrong with it, soon and in little
memory."""
import json
import os
import resource
import threading

import pytest
from gateway import SANITIZED, bound, run

FINE = "listen: 8080\nroutes: [{respond: {body: ok}}]\n"


def check(path, megabytes=256):
    """The first error and the exit code of a process that may have so much memory."""
    def bounded():
        if not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    checked = run("check", "--json", "-c", str(path), before_exec=bounded)
    assert checked.returncode in (0, 3), checked.stderr
    found = json.loads(checked.stdout)["diagnostics"]
    return (found[0]["message"] if found else ""), checked.returncode


def file_of(tmp_path, content):
    file = tmp_path / "ferroway.yaml"
    file.write_bytes(content)
    return file


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path):
    file = tmp_path / "ferroway.yaml"
    with open(file, "wb") as large:
        large.truncate(100_000_000)
    message, code = check(file, 80)
    assert "larger than 16 MiB" in message and code == 3


HOSTILE = {
    "bomb": b"x-0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + b"".join(
        b"x-%d: &a%d [%s]\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 10)) for i in range(1, 30)),
    "deep": b"a: " + b"[" * 1_000_000,
    "wide": b"a: [" + b"a," * 7_000_000 + b"]",
    "keys": b"".join(b"k%d: 1\n" % i for i in range(1_000_000)),
    "nul": b"listen: 80\0\nroutes: []\n",
    "not UTF-8": b"listen: 80\nx-a: \xc3\x28\n",
    "UTF-16": FINE.encode("utf-16"),
    "empty": b"",
    "binary": bytes(range(256)) * 4000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_in_bounded_memory(tmp_path, content):
    message, code = check(file_of(tmp_path, content))
    assert message and code == 3


def test_a_folder_and_a_device_without_end(tmp_path):
    assert check(tmp_path) == ("cannot read the configuration: it is a folder", 3)
    message, code = check("/dev/zero", 80)
    assert "larger than 16 MiB" in message and code == 3


def test_a_pipe_is_read_and_one_that_nobody_writes_to_does_not_hang(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert check(pipe) == ("cannot read the configuration: nothing comes from it", 3)
    writer = threading.Thread(target=lambda: pipe.write_text(FINE))
    writer.start()
    assert check(pipe) == ("", 0)
    writer.join(bound(10))


def test_included_files_are_read_where_they_are_and_named_in_messages(tmp_path):
    (tmp_path / "routes.d").mkdir()
    (tmp_path / "routes.d" / "a.yaml").write_text("routes:\n  - {path: /a, respond: {}}\n")
    file = file_of(tmp_path, b"listen: 8080\ninclude: [routes.d/*.yaml]\n")
    assert run("check", "-c", str(file)).returncode == 0
    assert run("check", "-c", "ferroway.yaml", folder=tmp_path).returncode == 0
    (tmp_path / "routes.d" / "b.yaml").write_text("routes:\n  - {path: b, respond: {}}\n")
    checked = run("check", "--json", "-c", "ferroway.yaml", folder=tmp_path)
    assert checked.returncode == 3
    found = json.loads(checked.stdout)["diagnostics"]
    assert [(each["file"], each["line"]) for each in found] == [("routes.d/b.yaml", 2)]
