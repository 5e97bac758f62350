# SPDX-License-Identifier: Apache-2.0
"""Slurm itself, on this machine: munged, slurmctld and slurmd are started for the test, on loopback, with a key, a configuration and
folders of their own. The array of jobs of docs/cluster.md is submitted as it stands there and gives the bits of one run; ranks that
srun starts do, too, and a task that is killed ends their step. Skipped, aloud, where Slurm is absent."""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from launcher import RANKS, is_open_mpi  # noqa: E402

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = os.environ["JALKI_SOURCE"]
WAIT = 60  # seconds, on a machine that is busy with other things
os.environ["PATH"] += ":/usr/sbin:/sbin"
MISSING = [name for name in ("munged", "slurmctld", "slurmd", "srun", "sbatch", "sinfo", "squeue") if not shutil.which(name)]
if MISSING:
    print(f"skipped: no {', '.join(MISSING)} here (scripts/install.sh slurm)")
    sys.exit(77)

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={home}/munge/socket
CredType=cred/munge
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
SlurmctldLogFile={home}/slurmctld.log
SlurmdLogFile={home}/slurmd.log
PlugStackConfig={home}/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
KillWait=1
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
ReturnToService=2
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=16 RealMemory=65536
PartitionName=all Nodes=ALL Default=YES
"""


def block(word):
    """The block of bash in docs/cluster.md with this word in it."""
    with open(os.path.join(SOURCE, "docs", "cluster.md"), encoding="utf-8") as page:
        return next(text for text in re.findall(r"^```bash\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL) if word in text)


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemons = []
        cls.temporary = tempfile.TemporaryDirectory(prefix="jalki-slurm-")
        cls.home = cls.temporary.name
        cls.folder = cls.path("work")
        os.chmod(cls.home, 0o755)
        for name in ("munge", "state", "spool", "work", "work/bin"):
            os.mkdir(cls.path(name))
        os.symlink(PROGRAM, cls.path("work/bin/jalki"))
        os.symlink(os.path.join(SOURCE, "models"), cls.path("work/models"))
        cls.host = socket.gethostname().split(".")[0]
        cls.environment = {**os.environ, "SLURM_CONF": cls.path("slurm.conf"), "PATH": cls.path("work/bin") + ":" + os.environ["PATH"]}
        try:
            cls.start()
        except BaseException:
            cls.tearDownClass()
            raise
        cls.run_it(["jalki", "generate", "-n", "2000", "-o", "tape.h5", "--quiet"])
        cls.run_it(["jalki", "value", "tape.h5", "--model", "models/nordic.yaml", "--json", "one.json", "--claims", "one.csv"])

    @classmethod
    def steps(cls):
        """Processes that look after a step; they tell the daemons how it ended, as long as there are any."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/cwd").startswith(cls.home):
                    with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                        found += [int(pid)] if file.read().startswith("slurmstepd") else []
            except OSError:
                pass  # it has ended, or is another user's
        return found

    @classmethod
    def tearDownClass(cls):
        end = time.monotonic() + 20
        while cls.steps() and time.monotonic() < end:
            time.sleep(0.1)
        for pid in cls.steps():
            os.kill(pid, signal.SIGKILL)
        for daemon in reversed(cls.daemons):
            daemon.terminate()
            try:
                daemon.wait(timeout=WAIT)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        cls.temporary.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.home, name)

    @classmethod
    def write(cls, name, text):
        with open(cls.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    @classmethod
    def run_it(cls, command, **more):
        result = subprocess.run([str(word) for word in command], cwd=cls.folder, env=cls.environment, capture_output=True, text=True,
                                timeout=WAIT, **more)
        assert result.returncode == 0, (command, result.returncode, result.stdout, result.stderr, cls.logs())
        return result.stdout

    @classmethod
    def logs(cls):
        found = ""
        for name in ("munge.log", "slurmctld.log", "slurmd.log"):
            if os.path.exists(cls.path(name)):
                with open(cls.path(name), encoding="utf-8", errors="replace") as file:
                    found += f"\n---- {name}\n" + file.read()[-3000:]
        return found

    @classmethod
    def daemon(cls, *command):
        log = open(cls.path(command[0] + ".out"), "w")  # noqa: SIM115
        cls.daemons.append(subprocess.Popen(command, cwd=cls.home, env=cls.environment, stdout=log, stderr=log))
        log.close()

    @classmethod
    def wait_for(cls, what, ready):
        end = time.monotonic() + WAIT
        while not ready():
            assert time.monotonic() < end and all(one.poll() is None for one in cls.daemons), (what, cls.logs())
            time.sleep(0.1)

    @classmethod
    def start(cls):
        with open(cls.path("munge.key"), "wb") as file:
            file.write(os.urandom(128))
        os.chmod(cls.path("munge.key"), 0o600)
        cls.write("slurm.conf", CONFIGURATION.format(host=cls.host, home=cls.home, user=pwd.getpwuid(os.getuid()).pw_name,
                                                     ports=free_ports(2)))
        version = cls.run_it(["slurmd", "-V"]).split()[-1].split(".")  # no cgroups: later versions say so, that of Debian 12 never looks
        cls.write("cgroup.conf", "CgroupPlugin=disabled\n" if (int(version[0]), int(version[1])) >= (23, 2)
                  else "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\nCgroupMountpoint=/nonexistent\n")
        cls.daemon("munged", "--foreground", "--key-file", cls.path("munge.key"), "--socket", cls.path("munge/socket"),
                   "--pid-file", cls.path("munge/pid"), "--log-file", cls.path("munge.log"), "--seed-file", cls.path("munge/seed"))
        cls.wait_for("munged", lambda: os.path.exists(cls.path("munge/socket")))
        cls.daemon("slurmctld", "-D")
        cls.daemon("slurmd", "-D", "-N", cls.host)
        cls.wait_for("a node", lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%t"], env=cls.environment, capture_output=True,
                                                                text=True, timeout=WAIT).stdout)

    def check(self):
        for made, one in (("totals.json", "one.json"), ("claims.csv", "one.csv")):
            with open(self.path("work/" + made), "rb") as first, open(self.path("work/" + one), "rb") as second:
                self.assertEqual(first.read(), second.read(), made)

    def test_array(self):
        """The job script and its submission, as they stand on the page."""
        self.write("work/value.sbatch", block("#SBATCH --array"))
        merge = re.search(r"Submitted batch job (\d+)", self.run_it(["bash", "-c", block("--dependency")])).group(1)
        tasks = int(re.search(r"--array=1-(\d+)", block("#SBATCH --array")).group(1))
        self.wait_for("the jobs", lambda: self.run_it(["squeue", "-h", "-t", "all", "-j", merge, "-o", "%T"]).strip() not in ("PENDING", "RUNNING", "COMPLETING"))
        self.assertEqual(self.run_it(["squeue", "-h", "-t", "all", "-j", merge, "-o", "%T"]).strip(), "COMPLETED", self.logs())
        self.assertEqual(len([name for name in os.listdir(self.path("work/parts")) if name.endswith(".json")]), tasks)
        self.check()

    # ---- ranks ----------------------------------------------------------------------------------------------------

    def srun(self):
        """srun with the plugin of the MPI that the ranks were built with."""
        if not os.path.exists(RANKS):
            self.skipTest("no jalki-mpi here")
        plugin = "pmix" if is_open_mpi() else "pmi2"
        found = subprocess.run(["srun", "--mpi=list"], env=self.environment, capture_output=True, text=True, timeout=WAIT)
        if plugin not in found.stdout + found.stderr:
            self.skipTest(f"Slurm has no {plugin} here")
        return ["srun", f"--mpi={plugin}", "-n", "3", "--kill-on-bad-exit=1"]

    def test_ranks(self):
        self.run_it([*self.srun(), RANKS, "value", "tape.h5", "--model", "models/nordic.yaml", "--json", "totals.json", "--claims",
                     "claims.csv", "--threads", "1"])
        self.check()

    def test_a_task_that_is_killed(self):
        """The step ends within seconds, old outputs stay as they were, nothing half is left."""
        self.write("work/rank.sh", '#!/bin/bash\necho $$ >"pid.$SLURM_PROCID"\nexec "$@"\n')
        os.chmod(self.path("work/rank.sh"), 0o755)
        self.write("work/old.json", "what was there\n")
        self.run_it(["jalki", "generate", "-n", "100000", "-o", "large.h5", "--quiet"])
        command = [*self.srun(), "./rank.sh", RANKS, "simulate", "large.h5", "--model", "models/nordic.yaml", "--paths", "200000", "--json",
                   "old.json", "--threads", "1"]
        with subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            pid = self.path("work/pid.1")
            self.wait_for("a rank", lambda: os.path.exists(pid) and os.path.getsize(pid) > 1)
            time.sleep(0.5)
            self.assertIsNone(process.poll())
            with open(pid) as file:
                os.kill(int(file.read()), signal.SIGKILL)
            began = time.monotonic()
            _, error = process.communicate(timeout=WAIT)
        self.assertNotEqual(process.returncode, 0)
        self.assertLess(time.monotonic() - began, 90)
        self.assertRegex(error, rf"{self.host}: task.* 1: Killed")
        with open(self.path("work/old.json")) as file:
            self.assertEqual(file.read(), "what was there\n")


if __name__ == "__main__":
    unittest.main()
