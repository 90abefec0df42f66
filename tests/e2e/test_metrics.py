"""What /metrics counts is what happened, over reloads and under load."""
import json
import threading

from admin_client import FIXED, admin_gateway, document, metrics
from backend import Backend
from gateway import eventually
from wire import Client, request


def test_metrics_are_what_was_sent():
    with Backend() as backend, admin_gateway([FIXED, {"name": "up", "path": "/up", "to": backend.url}]) as gateway:
        with Client(gateway) as client:
            for _ in range(7):
                assert client.get("/fixed").status == 200
            for _ in range(5):
                assert client.get("/up").body == b"hello\n"
            assert client.get("/none").status == 404
            client.send(request("/up", method="POST", body=b"12345"))
            assert client.response().status == 200
            counted = eventually(lambda: (now := metrics(gateway))[
                'ferroway_requests_total{route="up",class="2xx"}'] == 6 and now, what="counting")
            assert counted['ferroway_requests_total{route="fixed",class="2xx"}'] == 7
            assert counted['ferroway_requests_total{route="(none)",class="4xx"}'] == 1
            assert counted['ferroway_requests_total{route="up",class="5xx"}'] == 0
            assert counted['ferroway_request_duration_seconds_count{route="up"}'] == 6
            assert counted['ferroway_request_duration_seconds_bucket{route="up",le="+Inf"}'] == 6
            assert counted['ferroway_request_body_bytes_total{route="up"}'] == 5
            assert counted['ferroway_response_body_bytes_total{route="up"}'] == 6 * len(b"hello\n")
            assert counted['ferroway_response_body_bytes_total{route="fixed"}'] == 35
            assert counted['ferroway_connections_open{listener="default"}'] == 1
            upstream = [counted[f'ferroway_upstream_connections_{what}_total{{upstream="up"}}']
                        for what in ("made", "reused", "failed")]
            assert upstream[0] >= 1 and upstream[0] + upstream[1] == 6 and upstream[2] == 0
        counted = eventually(lambda: (now := metrics(gateway))[
            'ferroway_connections_open{listener="default"}'] == 0 and now, what="closing")
        assert counted['ferroway_connections_accepted_total{listener="default"}'] >= 1
        assert counted["ferroway_config_generation"] == 1 and counted["ferroway_workers"] == 2
        assert counted["process_resident_memory_bytes"] > 1e6 and counted["process_open_fds"] > 5
        buckets = [value for key, value in counted.items() if "_bucket" in key and 'route="up"' in key]
        assert buckets == sorted(buckets) and len(buckets) == 14


def test_counters_go_on_over_a_reload():
    with admin_gateway() as gateway, Client(gateway) as client:
        assert client.get("/fixed").status == 200
        gateway.config["routes"] = [FIXED | {"respond": {"body": "other"}}, {"name": "new", "path": "/new",
                                                                               "respond": {"body": "new"}}]
        gateway.file.write_text(json.dumps(gateway.config))
        told = document(gateway.admin, "/v1/reload", method="POST")
        assert told["ok"] and told["generation"] == 2 and told["errors"] == []
        assert {"part": "route", "name": "new", "what": "added"} in told["changes"]
        assert {"part": "route", "name": "fixed", "what": "changed"} in told["changes"]
        assert client.get("/fixed").body == b"other"
        counted = eventually(lambda: (now := metrics(gateway))[
            'ferroway_requests_total{route="fixed",class="2xx"}'] == 2 and now, what="counting")
        assert counted['ferroway_reloads_total{result="ok"}'] == 1
        assert counted["ferroway_config_generation"] == 2
        assert counted['ferroway_last_reload_timestamp_seconds{result="ok"}'] >= counted["process_start_time_seconds"]
        assert counted['ferroway_connections_open{listener="default"}'] == 1


def test_scrapes_under_load():
    each, clients = 300, 4
    with Backend() as backend, admin_gateway([{"name": "up", "path": "/", "to": backend.url}]) as gateway:
        failures = []

        def load():
            with Client(gateway) as client:
                for _ in range(each):
                    if client.get("/").status != 200:
                        failures.append(1)

        threads = [threading.Thread(target=load) for _ in range(clients)]
        for thread in threads:
            thread.start()
        seen = []
        while any(thread.is_alive() for thread in threads):
            counted = metrics(gateway)
            seen.append(counted.get('ferroway_requests_total{route="up",class="2xx"}', 0))
        for thread in threads:
            thread.join()
        assert not failures and seen == sorted(seen)
        eventually(lambda: metrics(gateway)['ferroway_requests_total{route="up",class="2xx"}'] == each * clients,
                   what="counting all")
        assert metrics(gateway)["ferroway_requests_in_flight"] == 0
