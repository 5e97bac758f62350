# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server of its own on loopback, in a folder that goes with it; skips where Debian's postgresql is not there."""
import contextlib
import glob
import os
import pathlib
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time


def skip_without_server():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        print("skipped: no PostgreSQL server here (scripts/install.sh database)")
        sys.exit(77)
    return pathlib.Path(found[-1]).parent


def as_another(arguments, user):
    """The server refuses to be run by root."""
    return arguments if user is None else ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *arguments]


@contextlib.contextmanager
def server(binaries):
    """Yields (port, user, password)."""
    user = None
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    folder = tempfile.mkdtemp()
    password = secrets.token_hex(12)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = None
    try:
        secret = os.path.join(folder, "secret")
        pathlib.Path(secret).write_text(password)
        if user is not None:
            shutil.chown(secret, user.pw_uid, user.pw_gid)
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "HOME": folder}}
        subprocess.run(as_another([binaries / "initdb", "-D", f"{folder}/data", "-U", "owner", "--pwfile", secret, "-A", "scram-sha-256",
                                   "-N", "-E", "UTF8", "--locale=C"], user), check=True, **quiet)
        process = subprocess.Popen(as_another([binaries / "postgres", "-D", f"{folder}/data", "-p", str(port), "-h", "127.0.0.1", "-k", folder,
                                               "-F"], user), **quiet)
        ready = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]  # a port that is open may still refuse: starting up
        until = time.monotonic() + 60
        while subprocess.run(ready, check=False, **quiet).returncode != 0 and time.monotonic() < until:
            time.sleep(0.05)
        yield port, "owner", password
    finally:
        if process is not None:
            process.terminate()
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
