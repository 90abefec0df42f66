"""ip_filter: who may ask, by the address that the gateway believes, over sockets of all kinds."""
import tempfile

from admin_client import metrics
from gateway import Gateway, free_port
from wire import Client

OFFICE = ["10.0.0.0/8", "2001:db8::/32"]


def configure(filter_settings, **more):
    return {"listeners": [{"name": "l", "address": f"127.0.0.1:{free_port()}",
                           "trusted_proxies": ["127.0.0.0/8"]}],
            "middlewares": {"office": {"ip_filter": filter_settings}},
            "use": ["access_log", "office"],
            "routes": [{"path": "/", "respond": {"body": "in"}}], **more}


def ask(gateway, client_ip):
    with Client(gateway) as client:
        return client.get("/", f"X-Forwarded-For: {client_ip}")


def test_the_believed_address_decides():
    with Gateway(configure({"allow": OFFICE, "deny": ["10.1.0.0/16"]})) as gateway:
        assert ask(gateway, "10.2.3.4").body == b"in"
        assert ask(gateway, "2001:db8::7").status == 200
        refused = ask(gateway, "10.1.2.3")
        assert refused.status == 403
        assert b"problems/forbidden" in refused.body
        assert gateway.logged(status=403)["rejected_by"] == "office"
        # What stands left of a hop that nobody vouched for is not believed.
        assert ask(gateway, "10.2.3.4, 192.0.2.1").status == 403
        assert ask(gateway, "192.0.2.1, 10.2.3.4").status == 200


def test_it_is_asked_for_404_too_and_keeps_the_connection():
    with Gateway(configure({"deny": ["127.0.0.1"]})) as gateway:
        with Client(gateway) as client:
            for _ in range(3):
                assert client.get("/").status == 403


def test_in_shadow_mode_it_is_counted_and_logged():
    admin = f"127.0.0.1:{free_port()}"
    with Gateway(configure({"allow": OFFICE, "shadow": True}, admin=admin)) as gateway:
        gateway.admin = admin
        assert ask(gateway, "192.0.2.1").status == 200
        assert ask(gateway, "10.1.1.1").status == 200
        assert gateway.logged(client="192.0.2.1")["would_reject"] == "office"
        assert "would_reject" not in gateway.logged(client="10.1.1.1")
        counted = {key: value for key, value in metrics(gateway).items()
                   if key.startswith("ferroway_middleware_decisions_total")}
        assert sorted(value for value in counted.values() if value) == [1, 1], counted


def test_peers_of_unix_sockets_are_in_no_list():
    with tempfile.TemporaryDirectory(prefix="ferroway-unix-") as folder:
        address = f"unix:{folder}/f.sock"
        for settings, status in (({"allow": ["0.0.0.0/0", "::/0"]}, 403),
                                 ({"deny": ["0.0.0.0/0", "::/0"]}, 200)):
            config = {"listen": address, "use": [{"ip_filter": settings}],
                      "routes": [{"path": "/", "respond": {}}]}
            with Gateway(config) as gateway, Client(gateway) as client:
                assert client.get("/").status == status


def test_a_list_from_a_file_is_read_again_by_a_reload():
    config = configure({"deny": ["${file:banned.txt}"]})
    gateway = Gateway(config)
    (gateway.folder / "banned.txt").write_text("192.0.2.1  # a crawler\n")
    with gateway:
        assert ask(gateway, "192.0.2.1").status == 403
        assert ask(gateway, "192.0.2.2").status == 200
        (gateway.folder / "banned.txt").write_text("192.0.2.2\n")
        gateway.reload()
        assert ask(gateway, "192.0.2.1").status == 200
        assert ask(gateway, "192.0.2.2").status == 403
