"""Several dispatchers at once double nothing."""

import threading
from datetime import time

from django.db import connections

from notices import delivery
from notices.models import Channel, Notice
from tests.factories.notices import ContactFactory, NoticeFactory
from tests.notices.conftest import sink  # noqa: F401 -- the gateway that counts by key
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds

NOTICES = 90


def test_several_dispatchers_at_once_double_nothing(transactional_db, sink, settings, monkeypatch):  # noqa: F811
    settings.SMS_URL = sink.url
    monkeypatch.setattr(delivery, "BATCH", 7)
    contact = ContactFactory(hours_from=time.min, hours_to=time.min)
    NoticeFactory.create_batch(NOTICES, contact=contact, channel=Channel.SMS)

    def dispatch():
        delivery.deliver()
        connections.close_all()

    threads = [threading.Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert set(sink.asked.values()) == {1}
    assert len(sink.asked) == NOTICES
