"""Which backend serves: what is asked for, or io_uring where it works and epoll elsewhere."""
import errno
import re

import pytest

from gateway import Gateway, free_port, run, why_no_io_uring
from seccomp import IO_URING_ENTER, IO_URING_REGISTER, IO_URING_SETUP, forbid
from wire import Client

OBSTACLES = [pytest.param(IO_URING_SETUP, errno.EPERM, id="a container that forbids it"),
             pytest.param(IO_URING_SETUP, errno.ENOSYS, id="a kernel without it"),
             pytest.param(IO_URING_ENTER, errno.EPERM, id="a ring that cannot be entered"),
             pytest.param(IO_URING_REGISTER, errno.EPERM, id="a ring without registration")]

# What the reason has to say about the error, in whichever words.
IN_WORDS = {errno.EPERM: r"EPERM|not permitted|forbid|not allowed",
            errno.ENOSYS: r"ENOSYS|not implemented|does not have|too old"}


def serving(**how):
    config = {"routes": [{"path": "/", "respond": {"body": "ok"}}], **how.pop("config", {})}
    return Gateway(config, **how)


def chosen(gateway):
    """The backend, and why, as the start-up log tells them; requests work, too."""
    with Client(gateway) as client:
        for _ in range(3):
            assert client.get().body == b"ok"
    found = re.search(r' info started .*\bio=(\S+) why="(.+)"$', gateway.errors(), re.MULTILINE)
    assert found, gateway.errors()
    return found.groups()


@pytest.mark.parametrize("call, error", OBSTACLES)
def test_auto_serves_on_epoll_where_io_uring_cannot_be_used(call, error):
    with serving(io="auto", before_exec=forbid(call, error)) as gateway:
        backend, why = chosen(gateway)
    assert backend == "epoll"
    assert why.startswith("io_uring cannot be used here: ")


@pytest.mark.parametrize("call, error", OBSTACLES)
def test_who_insists_on_io_uring_is_told_what_to_do(tmp_path, call, error):
    ended = insist(tmp_path, before_exec=forbid(call, error))
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "io_uring cannot be used here" in ended.stderr
    assert "`io: auto` would use epoll" in ended.stderr


@pytest.mark.parametrize("call, error", OBSTACLES)
def test_the_reason_names_the_obstacle(io_uring, tmp_path, call, error):
    with serving(io="auto", before_exec=forbid(call, error)) as gateway:
        assert re.search(IN_WORDS[error], chosen(gateway)[1])
    ended = insist(tmp_path, before_exec=forbid(call, error))
    assert re.search(IN_WORDS[error], ended.stderr)


def insist(folder, **how):
    """What `--io io_uring` comes to."""
    file = folder / "ferroway.yaml"
    file.write_text(f"listen: 127.0.0.1:{free_port()}\n"
                    "routes:\n  - {path: /, respond: {body: ok}}\n")
    return run("run", "-c", str(file), "--io", "io_uring", **how)


def test_io_uring_serves_where_it_works(io_uring):
    for asked in ("auto", "io_uring"):
        with serving(io=asked) as gateway:
            assert chosen(gateway)[0] == "io_uring"
    with serving(io=None) as gateway:
        assert chosen(gateway)[0] == "io_uring"


def test_epoll_is_used_where_it_is_asked_for():
    with serving(io="epoll") as gateway:
        assert chosen(gateway) == ("epoll", "asked for")
    with serving(io=None, config={"io": "epoll"}) as gateway:
        assert chosen(gateway) == ("epoll", "asked for")
    with serving(io="epoll", config={"io": "io_uring"}) as gateway:
        assert chosen(gateway) == ("epoll", "asked for")


def test_the_command_line_may_take_the_files_choice_back():
    with serving(io="auto", config={"io": "epoll"}) as gateway:
        backend, why = chosen(gateway)
    assert why != "asked for"
    assert backend == ("epoll" if why_no_io_uring() else "io_uring")


def test_a_word_that_is_no_backend_is_bad_usage():
    for word in ("kqueue", "", "EPOLL"):
        ended = run("run", "--io", word)
        assert ended.returncode == 2
        assert "--io" in ended.stderr and "io_uring" in ended.stderr
