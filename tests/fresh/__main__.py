"""`python -m tests.fresh`: build a minimal Debian, run both commands of the README in it as a newcomer, time them.

It shows what a used machine cannot: a program, a library or a folder that happens to be there. It needs root and
debootstrap; processes and mounts live in namespaces of their own and end with it. With FIGURES set, the figures are
written there as well.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
RELEASE = "bookworm"
PACKAGES = "python3,python3-venv,make,git,ca-certificates"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
NEWCOMER = "newcomer"
# How this machine reaches the packages; nothing else of its environment is handed on.
HANDED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
LIMIT = 2400
INSIDE = """
set -eu
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
ln -sf pts/ptmx "$1/dev/ptmx"
exec chroot "$1" setpriv --reuid=newcomer --regid=newcomer --init-groups \
    env -i -C /home/newcomer HOME=/home/newcomer PATH=/usr/bin:/bin LANG=C.UTF-8 "${@:3}" \
    python3 /srv/inside.py /srv/liaison.git "$2"
"""


def build(root):
    print("Building a minimal Debian", file=sys.stderr, flush=True)
    root.chmod(0o755)
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, root]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.copyfile(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
    shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
    shutil.copyfile("/etc/hosts", root / "etc" / "hosts")
    for folder in ("shm", "pts"):
        (root / "dev" / folder).mkdir(exist_ok=True)
    subprocess.run(["chroot", root, "useradd", "--create-home", NEWCOMER], check=True)
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", "--no-hardlinks", REPOSITORY, root / "srv/liaison.git"], check=True
    )
    shutil.copyfile(Path(__file__).with_name("inside.py"), root / "srv" / "inside.py")
    subprocess.run(["chroot", root, "chown", "-R", f"{NEWCOMER}:", "/srv"], check=True)


def environment():
    names = [f"{name}={os.environ[name]}" for name in HANDED_ON if name in os.environ]
    return [*names, f"SSL_CERT_FILE={CERTIFICATES}", f"PIP_CERT={CERTIFICATES}", f"NODE_EXTRA_CA_CERTS={CERTIFICATES}"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(root):
    """The figures of the newcomer, each also as a line for people. All processes end with the namespace."""
    space = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", INSIDE, "bash"]
    argv = [*space, str(root), str(free_port()), *environment()]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, timeout=LIMIT)
    figures = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    for figure in figures:
        mark = "" if figure["met"] else "  MISSED"
        print(f"{figure['name']}: {figure['value']} {figure['unit']} {figure['bound']}{mark}")
    if path := os.environ.get("FIGURES"):
        with Path(path).open("a") as file:
            file.writelines(json.dumps(figure | {"test": "tests.fresh"}) + "\n" for figure in figures)
    return done.returncode or any(not figure["met"] for figure in figures)


def main():
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit(
            "A fresh machine is built as root with debootstrap: `apt-get install debootstrap`, then run this as root."
        )
    root = Path(tempfile.mkdtemp(prefix="liaison-fresh-"))
    try:
        build(root)
        return run(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
