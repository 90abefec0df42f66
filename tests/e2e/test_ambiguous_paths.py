"""What others could read as another path (%2F, %5C, a backslash, %00, dots before a `;`) gets to the
routes that allow it, as it was matched, and nowhere else."""
import json

from backend import Backend
from gateway import Gateway, run
from wire import Client, request

AMBIGUOUS = {"%2F": "/a%2fb", "%5C": "/a\\b", "%00": "/a%00", "..;": "/x/..;/b"}
SENT = {"%2F": "/a%2Fb", "%5C": "/a%5Cb", "%00": "/a%00", "..;": "/x/..;/b"}


def test_nothing_is_allowed_by_default():
    with Backend() as backend, Gateway({"routes": [{"path": "/", "to": backend.url}]}) as gateway:
        with Client(gateway) as client:
            for path in [*AMBIGUOUS.values(), "/a%2Fb", "/a%5cb", "/a%5Cb", "/%00", "/..%2F..%2Fetc", "/..%5c..",
                         "/.;/a", "/a/..;x=1/b", "/a/%2e%2e;/b", "/%2e%2e%3bx", "/%2e%2e%2fetc"]:
                client.send(request(path))
                refused = client.response()
                assert refused.status == 400, path
                assert "which no route here allows" in json.loads(refused.body)["detail"], path
            assert client.get("/").status == 200           # the connection is as good as before
        assert len(backend.requests) == 1


def test_each_is_allowed_by_itself():
    for allowed in AMBIGUOUS:
        with Backend() as backend:
            config = {"routes": [{"path": "/", "to": backend.url, "allow_in_path": [allowed]}]}
            with Gateway(config) as gateway, Client(gateway) as client:
                for name, path in AMBIGUOUS.items():
                    client.send(request(path))
                    assert client.response().status == (200 if name == allowed else 400), (allowed, path)
            assert [each.target for each in backend.requests] == [SENT[allowed]]


def test_a_segment_stays_one_segment():
    with Backend() as backend:
        config = {"routes": [
            {"path": "/projects/{id}", "allow_in_path": ["%2F"], "to": backend.url,
             "use": [{"request_headers": {"set": {"X-Id": "${path.id}"}}}],
             "rewrite": {"path": "/v4/${path.id}/x"}},
            {"path": "/old/{id}", "allow_in_path": ["%2F"], "redirect": {"path": "/projects/${path.id}"}},
            {"path": "/strict/{id}", "to": backend.url},
            {"path": "/admin", "respond": {"status": 204}},
            {"allow_in_path": ["%2F", "..;"], "routes": [
                {"path": "/files", "to": backend.url, "rewrite": {"strip_prefix": "/files"}},
                {"path": "/files/strict", "allow_in_path": ["..;"], "to": backend.url},
                {"path": "/", "respond": {"status": 202}}]}]}
        with Gateway(config) as gateway, Client(gateway) as client:
            assert client.get("/projects/group%2fname").status == 200
            assert backend.requests[-1].target == "/v4/group%2Fname/x"
            assert backend.requests[-1].get("x-id") == "group%2Fname"
            assert client.get("/old/a%2Fb").get("location") == "/projects/a%2Fb"
            assert client.get("/strict/a%2Fb").status == 400
            assert client.get("/files/..%2fadmin").status == 200       # no way out of its prefix
            assert backend.requests[-1].target == "/..%2Fadmin"
            assert client.get("/files%2F..%2Fadmin").status == 202     # one segment, and not `files`
            assert client.get("/x/..;/admin").status == 202
            assert client.get("/files/strict/a%2Fb").status == 400
            assert client.get("/files/strict/a%252Fb").status == 200   # an escaped percent sign is none
            client.send(request("/admin%2f", method="PUT"))
            assert client.response().status == 202


def test_explain_and_the_long_form_show_it(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_text(json.dumps({"listen": 80, "routes": [
        {"name": "strict", "path": "/strict/{id}", "respond": {}},
        {"name": "open", "path": "/open/{id}", "allow_in_path": ["..;", "%2F"], "respond": {}}]}))
    refused = run("explain", "-c", str(file), "GET", "/strict/a%2Fb")
    assert refused.returncode == 0, refused.stderr
    assert "%2F in the path, which no route here allows" in refused.stdout
    assert "`allow_in_path` lacks `%2F`" in refused.stdout
    taken = json.loads(run("explain", "-c", str(file), "GET", "/open/a%2fb", "--json").stdout)
    assert taken["route"]["name"] == "open"
    assert taken["route"]["captures"] == [{"name": "path.id", "value": "a%2Fb"}]
    assert 'allow_in_path: ["%2F", "..;"]' in run("check", "-c", str(file), "--print").stdout


def test_what_is_not_a_choice_is_refused(tmp_path):
    file = tmp_path / "f.yaml"
    for wrong in ("[]", "'%2F'", "['%2f']", "['/']", "[[a]]", "{a: b}"):
        file.write_text(f"listen: 80\nroutes: [{{respond: {{}}, allow_in_path: {wrong}}}]\n")
        refused = run("check", "-c", str(file))
        assert refused.returncode == 3 and "allow_in_path" in refused.stderr, wrong
