from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        """Load what every app says about privacy; core's own declarations stand beside the register of them."""
        autodiscover_modules("privacy", "declarations")
