"""docker-compose.yml is read and resolved as far as that goes without an engine, and three planted faults are caught.

What the check knows: which variables settings read, where secrets and configs and volumes are declared, who may be
root, and how long a drain takes.
"""

import ast
import copy
import re
from pathlib import Path

import pytest
import yaml

from liaison.supervisor.postgres import QUIET

ROOT = Path(__file__).resolve().parents[2]
TASK_TIME_LIMIT, GRACEFUL = 120, 30
# Variables of images that are not ours, and of Python itself.
FOREIGN = {
    "postgres": {"POSTGRES_DB", "POSTGRES_PASSWORD_FILE"},
    "proxy": {"XDG_DATA_HOME", "XDG_CONFIG_HOME"},
}
OURS = ("web", "worker", "beat", "setup")
LONG_RUNNING = ("proxy", "web", "worker", "beat", "postgres", "redis")


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def names_settings_read():
    """Every X of an `env("X")` or `env.kind("X")` in the settings."""
    tree = ast.parse((ROOT / "liaison" / "settings.py").read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.args[0], ast.Constant) and ast.unparse(call.func).split(".")[0] == "env"
    }


def seconds(text):
    assert re.fullmatch(r"\d+s", text), text
    return int(text[:-1])


def problems(file):
    """What is wrong with a compose file, one sentence each."""
    known, found = names_settings_read(), []
    for name, service in file["services"].items():
        for variable in service.get("environment", {}):
            plain = variable.removesuffix("_FILE") if name in OURS else variable
            if plain not in (known if name in OURS else FOREIGN.get(name, set())):
                found.append(f"{name}: nothing reads {variable}")
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE") and Path(value).name not in service.get("secrets", []):
                found.append(f"{name}: {variable} names a secret that the service is not given")
        found += [f"{name}: no secret {s}" for s in service.get("secrets", []) if s not in file["secrets"]]
        found += [f"{name}: no config" for c in service.get("configs", []) if c["source"] not in file["configs"]]
        found += [
            f"{name}: no volume {v}" for v in service.get("volumes", []) if v.split(":")[0] not in file["volumes"]
        ]
        found += [f"{name}: no network {n}" for n in service.get("networks", []) if n not in file["networks"]]
        found += [f"{name}: waits for no one" for d in service.get("depends_on", {}) if d not in file["services"]]
        if str(service.get("user", "0")).split(":")[0] in ("0", "root"):
            found.append(f"{name}: runs as root")
        if not service.get("read_only"):
            found.append(f"{name}: its root file system can be written")
        if name in LONG_RUNNING and not service.get("healthcheck", {}).get("test"):
            found.append(f"{name}: has no health check")
        if name in LONG_RUNNING and service.get("restart") != "always":
            found.append(f"{name}: is not restarted")
        for needed, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy" and "healthcheck" not in file["services"].get(needed, {}):
                found.append(f"{name}: waits for the health of {needed}, which has no check")
    found += [f"secret {s} is used by nobody" for s in file["secrets"] if not _used(file, s)]
    return found


def _used(file, secret):
    return any(secret in service.get("secrets", []) for service in file["services"].values())


def test_compose_resolves():
    assert problems(compose()) == []
    assert set(compose()["services"]) == {*OURS, *LONG_RUNNING}


def misspelled(file):
    environment = file["services"]["web"]["environment"]
    environment["REDIS_ULR"] = environment.pop("REDIS_URL")
    return "web: nothing reads REDIS_ULR"


def unchecked(file):
    del file["services"]["worker"]["healthcheck"]
    return "worker: has no health check"


def root(file):
    file["services"]["beat"]["user"] = "0:0"
    return "beat: runs as root"


def unknown_secret(file):
    file["services"]["web"]["secrets"].append("session_key")
    return "web: no secret session_key"


@pytest.mark.parametrize("plant", [misspelled, unchecked, root, unknown_secret])
def test_compose_planted_fault_is_caught(plant):
    file = copy.deepcopy(compose())
    expected = plant(file)

    assert problems(file) == [expected]


def test_compose_every_variable_of_the_shell_has_a_default_or_says_what_to_set():
    text = (ROOT / "docker-compose.yml").read_text()
    bare = [v for v in re.findall(r"(?<!\$)\$\{([^}]+)\}", text) if ":-" not in v and ":?" not in v]

    assert bare == []


def test_compose_lets_work_end():
    services = compose()["services"]

    assert seconds(services["worker"]["stop_grace_period"]) > TASK_TIME_LIMIT
    assert seconds(services["web"]["stop_grace_period"]) > GRACEFUL
    assert f"CELERY_TASK_TIME_LIMIT = {TASK_TIME_LIMIT}" in (ROOT / "liaison" / "settings.py").read_text()
    assert f'"--graceful-timeout", "{GRACEFUL}"' in (ROOT / "Dockerfile").read_text()


def test_compose_keeps_the_owner_and_disposal_roles_apart():
    services = compose()["services"]
    owners = [name for name, s in services.items() if "database_owner_url" in s.get("secrets", [])]
    disposers = [name for name, s in services.items() if "database_disposal_url" in s.get("secrets", [])]

    assert (owners, disposers) == (["setup"], ["worker"])


def test_postgres_logs_no_more_than_the_embedded_one():
    command = compose()["services"]["postgres"]["command"]

    assert {f"{name}={value}" for name, value in QUIET.items()} <= set(command)


def test_redis_keeps_what_it_is_given():
    command = compose()["services"]["redis"]["command"]

    assert command[1:] == ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]


def test_image_is_not_root():
    users = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert users == ["10001:10001"]
