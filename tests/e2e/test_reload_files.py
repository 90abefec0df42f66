"""Reloads read the same files as a start does: included ones, linked ones, at whatever moment they are asked to."""
import json
import os

from gateway import Gateway, eventually
from wire import Client


def route(name):
    return {"name": name, "path": f"/{name}", "respond": {"body": name}}


def including(patterns, **more):
    gateway = Gateway({"include": patterns, "routes": [route("main")]} | more)
    (gateway.folder / "conf.d").mkdir()
    (gateway.folder / "conf.d" / "a.yaml").write_text(json.dumps({"routes": [route("inc")]}))
    return gateway


def status(gateway, path):
    with Client(gateway) as client:
        return client.get(path).status


def test_included_files_are_read_again():
    for pattern in ("conf.d/*.yaml", "conf.d/a.yaml"):
        with including([pattern]) as gateway:
            assert status(gateway, "/inc") == 200
            assert "nothing has changed" in gateway.reload()
            assert status(gateway, "/inc") == 200
            (gateway.folder / "conf.d" / "a.yaml").write_text(json.dumps({"routes": [route("other")]}))
            assert "reloaded" in gateway.reload()
            assert (status(gateway, "/inc"), status(gateway, "/other")) == (404, 200)


def test_a_folder_that_is_gone_drops_no_route():
    with including(["conf.d/*.yaml"]) as gateway:
        (gateway.folder / "conf.d").rename(gateway.folder / "moved")
        assert "not reloaded" in gateway.reload()
        assert "there is no folder" in gateway.errors()
        assert status(gateway, "/inc") == 200
        (gateway.folder / "moved").rename(gateway.folder / "conf.d")
        assert "nothing has changed" in gateway.reload()
        (gateway.folder / "conf.d" / "a.yaml").unlink()
        (gateway.folder / "conf.d" / "a.yaml").symlink_to("/dev/zero")
        assert "not reloaded" in gateway.reload()
        assert status(gateway, "/inc") == 200


def test_watching_includes():
    with including(["conf.d/*.yaml"], watch=True) as gateway:
        (gateway.folder / "conf.d" / "b.yaml").write_text(json.dumps({"routes": [route("more")]}))
        eventually(lambda: status(gateway, "/more") == 200, 20, "a file that came")
        assert status(gateway, "/inc") == 200
        eventually(lambda: len(gateway.reloads()) == 1)            # and no reload before it changed anything


def test_what_was_rolled_back_after_a_reload_by_hand_is_seen():
    gateway = Gateway({"watch": True, "routes": [route("a")]})
    first, second = gateway.folder / "first.json", gateway.folder / "second.json"
    first.write_text(gateway.file.read_text())
    second.write_text(json.dumps(gateway.config | {"routes": [route("b")]}))
    gateway.file.unlink()
    gateway.file.symlink_to(first.name)

    def point_to(target):
        link = gateway.folder / "link"
        link.symlink_to(target.name)
        os.rename(link, gateway.file)

    with gateway:
        point_to(second)
        assert "reloaded" in gateway.reload()
        point_to(first)                                            # maybe before anybody has looked
        eventually(lambda: status(gateway, "/a") == 200, 20, "the file of before")
