"""`ferroway reload`: asks the running gateway, and believes nothing of what answers."""
import json

from admin_client import FIXED, TOKEN, admin_gateway, with_token
from backend import Backend
from gateway import free_port, run


def test_the_reload_command():
    with with_token(admin_gateway()) as gateway:
        ask_it = ["reload", "-c", str(gateway.file)]
        done = run(*ask_it)
        assert (done.returncode, done.stdout, done.stderr) == (0, "nothing has changed\n", "")
        gateway.config["routes"] = [FIXED | {"respond": {"body": "x"}}, FIXED | {"name": "more", "path": "/m"}]
        gateway.config["workers"] = 1
        gateway.file.write_text(json.dumps(gateway.config))
        done = run(*ask_it)
        assert done.returncode == 0
        assert done.stdout.splitlines() == ["! setting workers: needs a restart", "~ route fixed", "+ route more"]
        gateway.config["routes"] = [FIXED]
        gateway.file.write_text(json.dumps(gateway.config))
        done = run("reload", "--admin", gateway.admin, "--token-file", str(gateway.folder / "admin.token"), "--json")
        assert done.returncode == 0
        assert {"part": "route", "name": "more", "what": "removed"} in json.loads(done.stdout)["changes"]

        refused = run("reload", "--admin", gateway.admin)
        assert refused.returncode == 1 and "wants its token" in refused.stderr
        gateway.file.write_text("listen: 1\nroutes: 5\n")
        refused = run(*ask_it)
        assert refused.returncode == 3 and ":2:9:" in refused.stderr and "serves what it served before" in refused.stderr
        refused = run("reload", "--admin", gateway.admin, "--token-file", str(gateway.folder / "admin.token"))
        assert refused.returncode == 3 and ":2:9: error: " in refused.stderr and refused.stdout == ""
        assert run("reload", "--admin", "nowhere").returncode == 2
        nobody = run("reload", "--admin", f"127.0.0.1:{free_port()}")
        assert nobody.returncode == 1 and "cannot reach the admin listener" in nobody.stderr
        assert TOKEN not in refused.stderr + done.stdout


def test_the_reload_command_trusts_no_answer():
    def garbage(connection, message):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b'{"changes":[5,{"what":[]},' + b"x" * 14)
        return False

    def escape(connection, message):
        body = json.dumps({"changes": [{"part": "\x1b[2J", "name": "\n", "what": "added"}]}).encode()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return False

    for script, wanted in ((garbage, "nothing has changed\n"), (escape, "+ ?[2J ?\n")):
        with Backend({"/v1/reload": script}) as backend:
            done = run("reload", "--admin", backend.authority)
            assert done.stdout == wanted and done.returncode == 0
    with Backend({"/v1/reload": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{"}) as backend:
        backend.scripts["/v1/reload"] = lambda connection, _: (connection.send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{"), False)[1]
        done = run("reload", "--admin", backend.authority)
        assert done.returncode == 1 and "cut" in done.stderr
