"""What the canary test sees a database with: its own tables and columns, not the declarations.

Every text column of a person's rows gets a token that occurs nowhere else. Whoever deletes her,
or hands her data out, is then measured against the tokens: where each is, and where none may be.
"""

import contextlib
import datetime as dt
import io
import json
import pickle
import re
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from ledarna_gdpr import crypto
from ledarna_gdpr.fields import EncryptedTextField
from ledarna_gdpr.privacy import registry
from ledarna_gdpr.privacy.declarations import follow
from tests.factories import factory_of

TEXT = re.compile(r"char|text|json|uuid|inet|bytea|blob", re.IGNORECASE)
CIPHERTEXT = re.compile(r"gAAAA[\w-]{60,}={0,2}")

#: Columns, besides those of choices, that hold no text about anyone.
COLUMNS_OF_WORDS = {
    "country": "two letters of a list",
    "courses_attendanceimport.answers": "counts",
    "courses_attendanceimport.dropped": "names of columns",
    "courses_attendanceimport.kind": "the kind of a report",
    "courses_attendanceimport.meeting": "the number of a meeting",
    "courses_attendanceimport.problems": "rows, columns and what is wrong; no values",
    "django_admin_log.object_id": "the key of a row",
    "dsar_journalentry.step": "a choice",
    "dsar_legalhold.model": "the name of a model",
    "dsar_masking.model": "the name of a model",
    "dsar_masking.field": "the name of a field",
    "dsar_periodchange.rule": "the code of a rule",
    "dsar_planline.model": "the name of a model",
    "dsar_planline.rule": "the code of a rule",
    "dsar_receipt.belonged_to": "the name of a model and the key of a row",
    "dsar_receipt.model": "the name of a model",
    "dsar_receipt.rule": "the code of a rule",
    "dsar_subjectrequest.public_id": "a random number of the request's file, which stays (R27)",
    "dsar_subjectrequest.package_sha256": "proves what was handed out; the file stays (R27)",
    "dsar_suspendederasure.model": "the name of a model",
    "dsar_suspendederasure.mention": "the name of a field",
    "notice_version": "the version of a published text",
    "members_consent.key": "the name of a consent",
    "members_importissue.column": "the name of a column",
    "members_importjob.changes_by_column": "names of columns and counts",
    "members_mailing.body": "a text that is the same to everyone",
    "members_mailing.purpose": "the key of a purpose",
    "members_mailing.region": "two digits",
    "members_mailing.subject": "a text that is the same to everyone",
    "mfa_authenticator.type": "the kind of a second factor",
}
#: Columns whose values are found nowhere else as they are.
OWN_VALUES = {
    "public_id",
    "personnummer",
    "personnummer_hash",
    "sha256",
    "members_session.session_key",
    "members_user.password",
}

Column = tuple[str, str]
#: Where something was read, and what stood there.
Dump = Iterator[tuple[str, str]]


def text_columns() -> dict[str, list[str]]:
    """The columns that can hold text, by table, as the database itself tells."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
            )
            found = cursor.fetchall()
        else:
            cursor.execute(
                "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c"
                " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~'"
                " ORDER BY m.name, c.cid"
            )
            found = cursor.fetchall()
    tables: dict[str, list[str]] = {table: [] for table, _, _ in found}
    for table, column, kind in found:
        if TEXT.search(kind):
            tables[table].append(column)
    return tables


def keys() -> dict[str, dict[Any, str]]:
    """The primary keys of every row, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in text_columns():
            key = _primary_key(cursor, table)
            cursor.execute(f'SELECT "{key}" FROM "{table}"')  # noqa: S608 - names from the catalogue
            found[table] = {value for (value,) in cursor.fetchall()}
    return found


def _primary_key(cursor: Any, table: str) -> str:
    (key,) = connection.introspection.get_primary_key_columns(cursor, table)
    return key


@dataclass
class Canary:
    """A person and the tokens that she is known by: for each column, and for each file."""

    number: int
    member: Any = None
    tokens: dict[Column, set[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    #: What other people's records say of her.
    mentions: set[str] = field(default_factory=set)
    _count: int = 0

    def token(self) -> str:
        self._count += 1
        return f"kq{self.number}x{self._count:03d}z{uuid.uuid4().hex[:4]}"

    def write_file(self, folder: str) -> str:
        """A stored file with a token in it. Gives its name."""
        token = self.token()
        self.files.add(token)
        content = io.BytesIO(crypto.encrypt(token.encode()))
        return default_storage.save(f"{folder}/{uuid.uuid4()}", content)

    def everything(self) -> dict[str, str]:
        """Every token, and what it stands for."""
        named = dict.fromkeys(self.files, "a file")
        named |= dict.fromkeys(self.mentions, "a mention")
        named[str(self.member.member_number)] = "her number"
        for (table, column), tokens in self.tokens.items():
            named |= dict.fromkeys(tokens, f"{table}.{column}")
        return named


def words() -> set[str]:
    """Columns that hold no text about anyone, by ``table.column`` or column alone."""
    return COLUMNS_OF_WORDS.keys() | columns_of_words()


def forms() -> dict[str, Callable[[Canary], Any]]:
    """Values for columns that accept nothing else."""
    return {
        "email": lambda c: f"{c.token()}@example.org",
        "phone": lambda c: f"+4670{c.number}{_digits(c)}",
        "postal_code": lambda c: f"P{c.number}-{_digits(c)}",
        "ip_address": lambda c: f"2001:db8:{c.number + 1}::{int(_digits(c)) % 9000 + 1000}",
    }


def _digits(c: Canary) -> str:
    c.token()
    return f"{c._count:06d}"


def fill(canary: Canary, before: dict[str, set[Any]]) -> None:
    """Write a token into each text column of each row that has come since ``before``."""
    now, made, leave, own = (
        keys(),
        forms(),
        words(),
        OWN_VALUES | columns_of_files() | columns_of_keys(),
    )
    encrypted = encrypted_columns()
    of_nobody = tables_without_members()
    with connection.cursor() as cursor:
        for table, columns in text_columns().items():
            if table in of_nobody:
                continue
            key = _primary_key(cursor, table)
            for row in now[table] - before[table]:
                for column in columns:
                    names = {column, f"{table}.{column}"}
                    if names & leave:
                        continue
                    cursor.execute(
                        f'SELECT "{column}" FROM "{table}" WHERE "{key}" = %s',  # noqa: S608
                        [row],
                    )
                    (old,) = cursor.fetchone()
                    if names & own:
                        if old not in (None, ""):
                            value = crypto_free(old)
                            canary.tokens.setdefault((table, column), set()).add(value)
                        continue
                    form = next((made[name] for name in names & made.keys()), None)
                    token = form(canary) if form else canary.token()
                    if not old and f"{table}.{column}" in encrypted:
                        old = crypto.encrypt(b"").decode()
                    cursor.execute(
                        f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s',  # noqa: S608
                        [_like(old, token), row],
                    )
                    canary.tokens.setdefault((table, column), set()).add(token)


def crypto_free(value: Any) -> str:
    """A stored value as text, decrypted where it is encrypted."""
    if isinstance(value, uuid.UUID):
        return value.hex
    text = str(value)
    return crypto.decrypt(text.encode()).decode() if CIPHERTEXT.fullmatch(text) else text


def _like(old: Any, token: str) -> str:
    """The token in the shape of what stood there: encrypted, JSON, or plain."""
    text = "" if old is None else old if isinstance(old, str) else json.dumps(old, default=str)
    if CIPHERTEXT.fullmatch(text):
        inner = crypto.decrypt(text.encode()).decode()
        return crypto.encrypt(_like(inner, token).encode()).decode()
    with contextlib.suppress(ValueError):
        value = json.loads(text)
        if isinstance(value, dict):
            return json.dumps(value | {token: ["staff", "2026-01-01T12:00:00+01:00"]})
        if isinstance(value, list):
            return json.dumps([*value, token])
    return token


# --- what the declarations say --------------------------------------------------------------------


def fill_in_what_is_declared(canary: Canary, **how: Any) -> None:
    """A row of hers for each declared model that she has none of yet, with a file if it can.

    ``how`` is told to each factory, ``long_ago=True``.
    """
    for declaration in reversed(registry.children_first()):
        if declaration.records_of([canary.member.pk]).exists():
            continue
        person: Any = canary.member
        if not follow(declaration.model, declaration.subject).is_relation:
            person = person.pk  # a bare key, which outlives her
        files = {name: canary.write_file("files") for name in declaration.file_fields}
        record = factory_of(declaration.model)(**{declaration.subject: person}, **files, **how)
        if declaration.history_model:
            record.save()  # a second row of history


def mention(canary: Canary) -> None:
    """A record of somebody else for each model that can mention her, with a token wherever she
    may be spoken of."""
    for declaration in registry.mentioning:
        for path, scrub in declaration.mentions.items():
            record = factory_of(declaration.model)(**{path: canary.member})
            for name in scrub.empty:
                token = canary.token()
                setattr(record, name, token)
                canary.mentions.add(token)
            record.save()


def encrypted_columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }


def columns_of_keys() -> set[str]:
    """Columns that hold the key of a row, its own or another's, by ``table.column``."""
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.primary_key or field.is_relation
    }


def columns_of_files() -> set[str]:
    """Columns that hold the random name of a stored file, by ``table.column``."""
    return {
        f"{declaration.model._meta.db_table}.{name}"
        for declaration in registry
        for name in declaration.file_fields
    }


def columns_of_words() -> set[str]:
    """Columns that hold a choice from a list and so nothing about anyone, by ``table.column``."""
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.choices or field.name == "history_type"
    }


def tables_without_members() -> set[str]:
    """The tables that are said to hold nobody, or none who can be found in them, and the one of
    Django's migrations."""
    models = [*registry._not_personal, *registry._pseudonymous]
    return {"django_migrations", *(model._meta.db_table for model in models)}


def withheld() -> set[str]:
    """What an answer leaves out with a reason, or masks, by ``table.column``."""
    found = set()
    for declaration in registry:
        names = {*declaration.withheld, *declaration.masked}
        for model in filter(None, (declaration.model, declaration.history_model)):
            fields = {f.name: f.column for f in model._meta.concrete_fields}
            left_out = names if not declaration.outside else set(fields)
            found |= {f"{model._meta.db_table}.{fields[n]}" for n in left_out if n in fields}
    return found


# --- reading everything -----------------------------------------------------------------------


def found(tokens: dict[str, str], dump: Dump) -> dict[str, set[str]]:
    """Where each token stands: the place, and which of the tokens."""
    places: dict[str, set[str]] = {}
    pattern = re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))))
    for place, text in dump:
        for token in pattern.findall(text):
            places.setdefault(place, set()).add(token)
    return places


def database() -> Dump:
    """Every column of every table, encrypted values opened."""
    with connection.cursor() as cursor:
        for table in text_columns():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name from the catalogue
            names = [description[0] for description in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield from readings(f"{table}.{name}", value)


def folder(path: Path) -> Dump:
    """Every file, name and content."""
    for file in sorted(path.rglob("*")):
        yield f"{path.name}/", file.name
        if file.is_file():
            yield from readings(f"{path.name}/{file.name}", file.read_bytes())


def sqlite_bytes() -> Dump:
    """The pages of an SQLite database, what has been freed included."""
    if connection.vendor == "sqlite":
        raw = connection.connection.serialize()
        yield "the bytes of the database file", raw.decode("latin-1")


def redis_values() -> Dump:
    """Every key and value, of the cache and of the queues."""
    if not settings.REDIS_URL:
        return
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        readers = {
            b"string": lambda key: [client.get(key)],
            b"list": lambda key: client.lrange(key, 0, -1),
            b"hash": lambda key: [x for pair in client.hgetall(key).items() for x in pair],
            b"set": client.smembers,
            b"zset": lambda key: client.zrange(key, 0, -1),
        }
        for key in client.scan_iter():
            yield "a key in Redis", key.decode(errors="replace")
            for value in readers[client.type(key)](key) if client.exists(key) else []:
                yield from readings("a value in Redis", value)


def readings(place: str, value: Any) -> Dump:
    """A value as every text that can be got out of it with the product's own keys."""
    if value is None:
        return
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, uuid.UUID):
        value = value.hex
    if isinstance(value, dt.datetime | dt.date):
        value = value.isoformat()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes):
        yield from _unpacked(place, value)
        value = value.decode("latin-1")
    text = str(value)
    yield place, text
    for ciphertext in CIPHERTEXT.findall(text):
        with contextlib.suppress(InvalidToken):
            yield from readings(place, crypto.decrypt(ciphertext.encode()))


def _unpacked(place: str, content: bytes) -> Dump:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield place, name
                yield from readings(f"{place}/{name}", archive.read(name))
        return
    with contextlib.suppress(UnicodeDecodeError):
        yield place, content.decode()
    if content.startswith(b"\x80"):  # a pickle: the file cache's time, then its zipped value
        file = io.BytesIO(content)
        with contextlib.suppress(pickle.UnpicklingError, zlib.error, EOFError):
            yield place, str(pickle.load(file))  # noqa: S301 - our own cache
            yield place, str(pickle.loads(zlib.decompress(file.read())))  # noqa: S301
