#!/usr/bin/env python3
"""Makes keys and tokens for trying examples/jwt.yaml by hand (needs python3-cryptography).

    make_keys.py add FOLDER KID      a new Ed25519 key: FOLDER/KID.pem, and into the key set FOLDER/jwks.json
    make_keys.py remove FOLDER KID   takes it out of the set
    make_keys.py token FOLDER KID [NAME=VALUE ...]   a token of it, ten minutes long, with these claims
"""
import base64
import json
import os
import pathlib
import sys
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def keys_of(folder):
    file = folder / "jwks.json"
    return json.loads(file.read_text())["keys"] if file.exists() else []


def write_keys(folder, keys):
    """In one step, since somebody may be reading it."""
    fresh = folder / "jwks.json.new"
    fresh.write_text(json.dumps({"keys": keys}, indent=1) + "\n")
    os.replace(fresh, folder / "jwks.json")


def add(folder, kid):
    key = ed25519.Ed25519PrivateKey.generate()
    private = folder / f"{kid}.pem"
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption()))
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    write_keys(folder, keys_of(folder) + [
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": encoded(public)}])


def remove(folder, kid):
    write_keys(folder, [key for key in keys_of(folder) if key["kid"] != kid])


def mint(folder, kid, claims):
    said = {"iss": "https://id.example.com", "aud": "orders", "sub": "alice", "exp": int(time.time()) + 600} | claims
    header = {"alg": "EdDSA", "kid": kid}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, said))
    key = serialization.load_pem_private_key((folder / f"{kid}.pem").read_bytes(), None)
    return text + "." + encoded(key.sign(text.encode()))


def token(folder, kid, *claims):
    print(mint(folder, kid, dict(claim.split("=", 1) for claim in claims)))


if __name__ == "__main__":
    commands = {"add": add, "remove": remove, "token": token}
    if len(sys.argv) < 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](pathlib.Path(sys.argv[2]), *sys.argv[3:])
