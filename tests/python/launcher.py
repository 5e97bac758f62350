# SPDX-License-Identifier: Apache-2.0
"""The program with MPI, mpirun of the MPI that it was built with, and a folder in which commands are run."""
import functools
import os
import re
import shutil
import subprocess
import tempfile
import unittest

RANKS = os.environ.get("JALKI_RANKS_PROGRAM") or os.path.join(os.path.dirname(os.environ["JALKI_PROGRAM"]), "jalki-mpi")


@functools.cache
def is_open_mpi():
    features = subprocess.run([RANKS, "version", "--features"], capture_output=True, text=True, check=True).stdout
    return re.search("^mpi +yes +Open MPI", features, re.MULTILINE) is not None


def launcher():
    """The command and what it needs here; None where there is no program or no mpirun."""
    if not os.path.exists(RANKS):
        return None
    if is_open_mpi():
        names, options = ("mpirun.openmpi", "mpirun"), ["--oversubscribe", "--allow-run-as-root"]
    else:
        names, options = ("mpirun.mpich", "mpiexec.hydra", "mpirun"), []
    found = next((path for name in names if (path := shutil.which(name))), None)
    return [found, *options] if found else None


class InFolder(unittest.TestCase):
    """Tests of commands that run in one folder of the class."""

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.folder = cls.home.name

    @classmethod
    def tearDownClass(cls):
        cls.home.cleanup()

    @classmethod
    def run_it(cls, command, expect=0):
        result = subprocess.run([str(c) for c in command], cwd=cls.folder, capture_output=True, text=True, timeout=120)
        assert result.returncode == expect, (command, result.returncode, result.stdout, result.stderr)
        return result

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def read(cls, name):
        with open(cls.path(name), "rb") as file:
            return file.read()

    @classmethod
    def files(cls):
        return sorted(os.listdir(cls.folder))
