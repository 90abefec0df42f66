"""An identity provider: keys that sign tokens, and a server with their key set."""
import base64
import http.server
import json
import threading
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

ISSUER = "https://id.example.com"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """One Ed25519 key, known by its `kid`."""

    def __init__(self, kid):
        self.kid = kid
        self.key = ed25519.Ed25519PrivateKey.generate()
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw,
                                                 serialization.PublicFormat.Raw)
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": encoded(raw)}

    def token(self, header=None, **claims):
        said = {"iss": ISSUER, "aud": "orders", "sub": "alice", "exp": int(time.time()) + 600}
        said.update(claims)
        head = {"alg": "EdDSA", "kid": self.kid, **(header or {})}
        text = encoded(json.dumps(head).encode()) + "." + encoded(json.dumps(said).encode())
        return text + "." + encoded(self.key.sign(text.encode()))

    def bearer(self, **claims):
        return "Authorization: Bearer " + self.token(**claims)


class KeyServer:
    """Serves `keys` at `url`, and counts how often it was asked; `status` other than 200 is what it
    answers instead."""

    def __init__(self, *signers, port=0):
        self.keys = [each.jwk for each in signers]
        self.status = 200
        self.asked = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                body = json.dumps({"keys": outer.keys}).encode() if self.path.split("?")[0] == "/jwks.json" else b""
                self.send_response(outer.status if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/jwks.json"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
