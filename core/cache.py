"""The shared cache, which may be missing: it holds limits by address and the like, never a decision of its own."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger("liaison.cache")


class ForgivingRedisCache(RedisCache):
    """Redis, or nothing at all while it is down: staff can still sign in, and pages are served.

    What must hold without it (wrong passwords, wrong codes, keys of forms) is counted in PostgreSQL.
    """

    def get(self, key, default=None, version=None):
        return self._or(default, super().get, key, default, version)

    def set(self, key, value, *args, **kwargs):
        return self._or(None, super().set, key, value, *args, **kwargs)

    def add(self, key, value, *args, **kwargs):
        return self._or(True, super().add, key, value, *args, **kwargs)

    def delete(self, key, version=None):
        return self._or(False, super().delete, key, version)

    def ping(self):
        """Whether Redis answers; raises what went wrong."""
        return self._cache.get_client().ping()

    @staticmethod
    def _or(instead, act, *args, **kwargs):
        try:
            return act(*args, **kwargs)
        except (RedisError, OSError):
            log.warning("The cache does not answer.")
            return instead
