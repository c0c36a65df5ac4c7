"""The notice and the consent form as they are delivered, so that parties can be given something from the first day."""

from pathlib import Path

from django.db import migrations

TEXTS = Path(__file__).resolve().parent.parent / "wordings"


def deliver(apps, schema_editor):
    Wording = apps.get_model("cases", "Wording")
    for path in sorted(TEXTS.glob("*.txt")):
        kind, language, _suffix = path.name.split(".")
        Wording.objects.using(schema_editor.connection.alias).create(
            kind=kind, language=language, version=1, body=path.read_text().strip()
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_readiness")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
