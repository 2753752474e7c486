"""A log-in service of our own: OpenID Connect's code flow, as strict as the real ones."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "ledarna", "between-us"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """Whoever comes to /authorize has identified herself and is what ``claims`` say."""

    daemon_threads = True

    def __init__(self, claims):
        super().__init__(("127.0.0.1", 0), Handler)
        self.claims = claims
        self.in_userinfo = {}  # where the two places differ
        self.asked: list[dict[str, str]] = []  # what reached /authorize
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def setting(self, **changes):
        """An entry of OIDC_PROVIDERS that leads here."""
        return {
            "id": "bankid",
            "name": "BankID",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "server_url": self.url,
            "scope": ["openid", "profile", "nin"],
            "auth_params": {"acr_values": "urn:bankid"},
            "personnummer_claim": "nin",
            "required_claims": {
                "acr": ["urn:bankid"],
                "nin_issuing_country": ["SE"],
                "nin_type": ["PERSON"],
            },
        } | changes


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *args):
        pass

    def do_GET(self):
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        getattr(self, "get_" + address.path.strip("/.").replace("/", "_").replace("-", "_"))(query)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.token({name: values[0] for name, values in parse_qs(body).items()})

    def answer(self, status=200, **data):
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def get_well_known_openid_configuration(self, query):
        url = self.server.url
        self.answer(
            issuer=url,
            authorization_endpoint=f"{url}/authorize",
            token_endpoint=f"{url}/token",
            userinfo_endpoint=f"{url}/userinfo",
            jwks_uri=f"{url}/jwks",
            token_endpoint_auth_methods_supported=["client_secret_post"],
        )

    def get_authorize(self, query):
        self.server.asked.append(query)
        code = secrets.token_urlsafe()
        self.server.codes[code] = query
        self.send_response(302)
        back = urlencode({"code": code, "state": query["state"]})
        self.send_header("Location", f"{query['redirect_uri']}?{back}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def token(self, form):
        asked = self.server.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET)
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != proof
        ):
            return self.answer(400, error="invalid_grant")
        token = secrets.token_urlsafe()
        self.server.tokens.add(token)
        now = int(time.time())
        claims = self.server.claims | {
            "iss": self.server.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
        }
        return self.answer(
            access_token=token,
            token_type="Bearer",
            id_token=jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"}),
        )

    def get_userinfo(self, query):
        if self.headers["Authorization"].removeprefix("Bearer ") not in self.server.tokens:
            return self.answer(401, error="invalid_token")
        return self.answer(**self.server.claims | self.server.in_userinfo)


@contextmanager
def running(**claims):
    with Provider(claims) as provider:
        thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield provider
        provider.shutdown()
        thread.join()
