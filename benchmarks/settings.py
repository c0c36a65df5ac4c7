"""The settings of the product, with the floor's addresses added."""

from liaison.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
