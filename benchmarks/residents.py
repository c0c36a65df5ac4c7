"""A resident without an account, who reads of an event and registers for it, at the product and at the floor."""

import re
import time
import uuid

from benchmarks.browser import TOKEN, Browser

STAMP = re.compile(r'name="shown" value="([^"]+)"')
# A form that is sent sooner than this was filled in by a program, as far as the product can tell.
PATIENCE = 3.5


class Resident:
    """One browser at each, with nothing in it but the cookie of the form."""

    def __init__(self, product, floor, event):
        self.product, self.floor, self._event = Browser(product), Browser(floor), event
        self._path = f"/events/{event}/register/"
        form = self.product.page(self._path)
        self._may_send = time.monotonic() + PATIENCE
        self._fields = {
            "csrfmiddlewaretoken": TOKEN.search(form)[1], "shown": STAMP.search(form)[1], "website": "",
            "adults": "1", "children": "", "language": "es", "called": "Somebody", "way": "email",
            "needs": "quiet", "needs_note": "", "phone": "",
        }  # fmt: skip

    def register(self):
        time.sleep(max(0, self._may_send - time.monotonic()))
        return self._path, self._anew()

    def register_on_the_floor(self):
        return f"/floor/register/{self._event}/", self._anew()

    def _anew(self):
        key = uuid.uuid4()
        return self._fields | {"idempotency_key": key, "email": f"{key.hex}@example.org"}

    def close(self):
        self.product.close()
        self.floor.close()
