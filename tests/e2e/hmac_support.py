"""A client that signs its requests (RFC 9421, hmac-sha256), by Python's own hmac."""
import base64
import hashlib
import hmac
import time


def b64(data):
    return base64.b64encode(data).decode()


class MacKey:
    def __init__(self, name, consumer, secret):
        self.name, self.consumer, self.secret = name, consumer, secret

    def line(self):
        """Of a keys_file."""
        return f"{self.name} {self.consumer} {b64(self.secret)}\n"

    def sign(self, covered, *, created=None, label="sig1", **more):
        """The two fields of a signature over pairs of components and values."""
        said = {"created": int(time.time()) if created is None else created, "keyid": self.name} | more
        parameters = "".join(f";{key}={value}" if isinstance(value, int) else f';{key}="{value}"'
                             for key, value in said.items())
        listed = "(" + " ".join(f'"{name}"' for name, _ in covered) + ")" + parameters
        base = "".join(f'"{name}": {value}\n' for name, value in covered) + f'"@signature-params": {listed}'
        mac = hmac.new(self.secret, base.encode("latin-1"), hashlib.sha256).digest()
        return [f"Signature-Input: {label}={listed}", f"Signature: {label}=:{b64(mac)}:"]

    def fields(self, method="GET", path="/", *, host="a.test", body=None, digest=None, **more):
        """What a request needs besides its Host and the body's framing."""
        path, _, query = path.partition("?")
        covered = [("@method", method), ("@authority", host), ("@path", path), ("@query", "?" + query)]
        fields = []
        if body is not None:
            value = digest or f"sha-256=:{b64(hashlib.sha256(body).digest())}:"
            covered.append(("content-digest", value))
            fields.append("Content-Digest: " + value)
        return fields + self.sign(covered, **more)
