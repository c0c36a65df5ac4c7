import pytest


@pytest.fixture
def heads_file(settings, tmp_path):
    """The file of heads outside the database, empty and this test's own."""
    settings.AUDIT_HEADS = str(tmp_path / "audit-heads")
    settings.AUDIT_SYSLOG = ""
    return tmp_path / "audit-heads"
