"""`python -m liaison.sbom`: what an installation is made of, as a bill of materials in CycloneDX JSON.

The packages of Python are those of requirements/base.txt, with licenses and dependencies as their own metadata tells
them here; those of the front end are the ones of package-lock.json. The same installation gives the same bytes.
"""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
LOCK, FRONT_END = ROOT / "requirements" / "base.txt", ROOT / "package-lock.json"
TOOL = (sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--short-PURLs", "--no-validate")


def shipped():
    """The names that the lock file pins, as packages are compared: the tools of development are no part of it."""
    return {plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[\S+\])?==", LOCK.read_text(), re.MULTILINE)}


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def installed():
    """The bill of this environment, as its tool writes it."""
    command = (*TOOL, "--pyproject", ROOT / "pyproject.toml", sys.executable)
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def front_end():
    """The packages of the front end that are served, with the hashes of their archives."""
    for path, package in json.loads(FRONT_END.read_text())["packages"].items():
        if path and not package.get("dev"):
            name, kind = path.rpartition("node_modules/")[2], package["integrity"].partition("-")
            place = f"pkg:npm/{quote(name)}@{package['version']}"
            yield {
                "bom-ref": place,
                "hashes": [{"alg": "SHA-512", "content": base64.b64decode(kind[2]).hex()}],
                "licenses": [{"license": {"id": package["license"]}}],
                "name": name,
                "purl": place,
                "type": "library",
                "version": package["version"],
            }


def bill():
    """The bill of what is shipped, in one order for ever."""
    found, wanted = installed(), shipped()
    kept = [part for part in found["components"] if plain(part["name"]) in wanted]
    kept += front_end()
    names = {part["bom-ref"] for part in kept} | {"root-component"}
    found["components"] = sorted(kept, key=lambda part: part["bom-ref"].lower())
    found["dependencies"] = [
        line | {"dependsOn": [name for name in line["dependsOn"] if name in names]} if "dependsOn" in line else line
        for line in found["dependencies"]
        if line["ref"] in names
    ]
    return found


if __name__ == "__main__":
    print(json.dumps(bill(), indent=2, sort_keys=True))
