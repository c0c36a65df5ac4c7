"""What the person has set, and whether the servers and the port named can be used. Each refusal is one sentence."""

import errno
import os
import socket
import warnings
from pathlib import Path

import environ
import psycopg
import redis
from django.core.exceptions import ImproperlyConfigured

from liaison.supervisor.home import Refusal

DATABASE_URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_DISPOSAL_URL")
OLDEST_POSTGRESQL = 170000
PATIENCE = 5


class NotPostgreSQL(Exception):
    """An address of another kind of database."""


class Settings:
    """The environment, then the upper part of liaison.env; X_FILE names a file that holds X."""

    def __init__(self, home):
        self._values = {**home.written_by_hand(), **os.environ}

    def get(self, name, default=""):
        if path := self._values.get(f"{name}_FILE"):
            try:
                return Path(path).read_text().strip()
            except OSError as error:
                raise Refusal(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
        return self._values.get(name) or default

    def truth(self, name, default):
        return self.get(name, str(default)).lower() in environ.Env.BOOLEAN_TRUE_STRINGS


def bind(settings):
    """Take the port before anything else starts; the web process is given the open socket and cannot lose it."""
    text, address = settings.get("PORT", "8000"), settings.get("BIND", "127.0.0.1")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT is {text!r}, but a port is a number from 1 to 65535.")
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, int(text)))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        reason = (
            "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        )
        raise Refusal(f"Port {text} {reason}; set PORT to another number.") from error
    return listener


def check_databases(settings):
    """Try each of the three addresses as plain psycopg would, and say which one fails and why."""
    for name in DATABASE_URLS:
        check_database(name, settings.get(name) or settings.get("DATABASE_URL"))


def one_role_for_all(settings):
    """Whether the program is also the owner of its tables, and so could rewrite its own audit."""
    url = settings.get("DATABASE_URL")
    return bool(url) and url in (settings.get(name) or url for name in DATABASE_URLS[1:])


def owner(settings, urls):
    """The address under which tables are made: that of the embedded server, or the one a person named."""
    return urls.get("DATABASE_OWNER_URL") or settings.get("DATABASE_OWNER_URL") or settings.get("DATABASE_URL")


def connection_options(url):
    """An address as psycopg takes it; raises what the parser of addresses raises."""
    with warnings.catch_warnings():
        # The warning would print the address, password and all.
        warnings.simplefilter("ignore")
        config = environ.Env.db_url_config(url)
    if "postgresql" not in config["ENGINE"]:
        raise NotPostgreSQL
    parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    given = {key: config[part] for key, part in parts.items() if config.get(part)}
    return {"connect_timeout": PATIENCE, **given, **config.get("OPTIONS", {})}


def check_database(name, url):
    try:
        options = connection_options(url)
    except NotPostgreSQL as error:
        raise Refusal(
            f"{name} does not name a PostgreSQL database: it should look like postgres://user@host/name."
        ) from error
    except (ImproperlyConfigured, KeyError, ValueError, TypeError) as error:
        raise Refusal(f"{name} is not an address: it should look like postgres://user@host/name.") from error
    try:
        with psycopg.connect(**options) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Refusal(f"{name} cannot be used: {reason}") from error
    if version < OLDEST_POSTGRESQL:
        raise Refusal(f"{name} names PostgreSQL {version // 10000}, but Liaison needs version 17 or newer.")


def check_redis(url):
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as client:
            client.ping()
    except ValueError as error:
        raise Refusal("REDIS_URL is not an address: it should look like redis://host:6379/0.") from error
    except redis.RedisError as error:
        raise Refusal(f"REDIS_URL cannot be used: {' '.join(str(error).split())}") from error
