"""Which database and broker the suite can run on, besides the embedded ones."""

import os
import sys
from urllib.parse import urlsplit

import psycopg
import redis

DATABASE_URL = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/ledarna_gdpr"
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"


class DoesNotAnswer(Exception):
    """Which engine, and where it was looked for. No password."""

    def __init__(self, engine: str, url: str) -> None:
        parts = urlsplit(url)
        super().__init__(f"{engine} does not answer at {parts.hostname}:{parts.port}")


def postgresql() -> str:
    """The server's version, if this user may create the databases that tests use."""
    url = urlsplit(DATABASE_URL)
    if not url.scheme.startswith("postg"):
        raise DoesNotAnswer("PostgreSQL", DATABASE_URL)
    try:
        with psycopg.connect(
            url._replace(scheme="postgresql", path="/postgres").geturl(), connect_timeout=3
        ) as connection:
            role = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            version = connection.info.parameter_status("server_version") or ""
    except psycopg.Error:
        role = None
    if role != (True,):
        raise DoesNotAnswer("PostgreSQL", DATABASE_URL)
    return f"PostgreSQL {version.split()[0]}"


def redis_server() -> str:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            return f"Redis {client.info('server')['redis_version']}"
    except redis.RedisError:
        raise DoesNotAnswer("Redis", REDIS_URL) from None


ENGINES = {"postgresql": postgresql, "redis": redis_server}

if __name__ == "__main__":
    try:
        print(ENGINES[sys.argv[1]]())
    except DoesNotAnswer as error:
        sys.exit(str(error))
