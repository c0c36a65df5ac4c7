"""The settings of the product, with a middleware in front that counts where the time of a request goes when asked."""

from liaison.settings import *  # noqa: F403
from liaison.settings import MIDDLEWARE

MIDDLEWARE = ["benchmarks.counting.Counted", *MIDDLEWARE]
