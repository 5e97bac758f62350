# SPDX-License-Identifier: Apache-2.0
"""docs/cluster.md is run as it stands: the job script of Slurm (by bash, with the environment that Slurm gives), the command of
the Job of Kubernetes likewise, and the program for Dask each give the bits of one run. Where there is no Dask its program is
skipped, aloud. Where kubectl is, it reads the Job."""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

PROGRAM = os.environ["JALKI_PROGRAM"]
SOURCE = os.environ["JALKI_SOURCE"]
with open(os.path.join(SOURCE, "docs", "cluster.md"), encoding="utf-8") as page:
    BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)


def block(language, word):
    """The block of this language with this word in it."""
    return next(text for kind, text in BLOCKS if kind == language and word in text)


class Page(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.folder = self.home.name
        os.mkdir(self.path("bin"))
        os.symlink(PROGRAM, self.path("bin/jalki"))
        os.symlink(os.path.join(SOURCE, "models"), self.path("models"))
        self.run_it(["jalki", "generate", "-n", "400", "-o", "tape.h5", "--quiet"])
        self.run_it(["jalki", "value", "tape.h5", "--model", "models/nordic.yaml", "--json", "one.json", "--claims", "one.csv"])

    def tearDown(self):
        self.home.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_it(self, command, **environment):
        everything = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"], **environment}
        result = subprocess.run(command, cwd=self.folder, env=everything, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, (command, result.stdout, result.stderr))
        return result.stdout

    def check(self):
        for made, one in (("totals.json", "one.json"), ("claims.csv", "one.csv")):
            with open(self.path(made), "rb") as first, open(self.path(one), "rb") as second:
                self.assertEqual(first.read(), second.read(), made)

    def test_slurm(self):
        script, submit = block("bash", "#SBATCH --array"), block("bash", "--dependency")
        with open(self.path("value.sbatch"), "w") as file:
            file.write(script)
        tasks = int(re.search(r"--array=1-(\d+)", script).group(1))
        for task in range(1, tasks + 1):
            self.run_it(["bash", "value.sbatch"], SLURM_ARRAY_TASK_ID=str(task), SLURM_ARRAY_TASK_COUNT=str(tasks),
                        SLURM_CPUS_PER_TASK="1")
        # A sbatch of ours says what it was asked, and runs what is wrapped.
        with open(self.path("bin/sbatch"), "w") as file:
            file.write('#!/bin/bash\nif [ "$1" = --parsable ]; then test -f "$2" && echo 42; exit; fi\n'
                       '[ "$1" = --dependency=afterok:42 ] && [ "$2" = --wrap ] && exec sh -c "$3"\n')
        os.chmod(self.path("bin/sbatch"), 0o755)
        self.run_it(["bash", "-c", submit])
        self.check()

    def test_kubernetes(self):
        job = yaml.safe_load(block("yaml", "kind: Job"))
        self.assertEqual((job["apiVersion"], job["spec"]["completionMode"]), ("batch/v1", "Indexed"))
        command = job["spec"]["template"]["spec"]["containers"][0]["command"]
        for index in range(job["spec"]["completions"]):
            self.run_it(command, JOB_COMPLETION_INDEX=str(index))
        self.run_it(["sh", "-c", "jalki merge parts/*.json --json totals.json --claims claims.csv"])
        self.check()

    @unittest.skipUnless(shutil.which("kubectl"), "no kubectl here")
    def test_kubernetes_reads_it(self):
        """kubectl takes the manifest apart and puts it together again, without a cluster."""
        with open(self.path("job.yaml"), "w") as file:
            file.write(block("yaml", "kind: Job"))
        with open(self.path("kustomization.yaml"), "w") as file:
            file.write("resources: [job.yaml]\nnamespace: portfolios\n")
        job = yaml.safe_load(self.run_it(["kubectl", "kustomize", "."]))
        self.assertEqual((job["kind"], job["metadata"]["namespace"]), ("Job", "portfolios"))
        job["metadata"].pop("namespace")
        self.assertEqual(job, yaml.safe_load(block("yaml", "kind: Job")))

    @unittest.skipUnless(importlib.util.find_spec("dask"), "no Dask here (python3-dask)")
    def test_dask(self):
        self.assertEqual(self.run_it([sys.executable, "-c", block("python", "dask.delayed")]).split()[-1], "totals.json")
        self.check()

    def test_the_first_lines(self):
        with open(os.path.join(SOURCE, "docs", "cluster.md"), encoding="utf-8") as page:
            lines = re.findall(r"^    (jalki .*)$", page.read().split("## Parts")[0], re.MULTILINE)
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.run_it(["sh", "-c", line])
        self.check()


if __name__ == "__main__":
    if not importlib.util.find_spec("dask"):
        print("skipped: the program for Dask, as there is no Dask here (python3-dask)")
    if not shutil.which("kubectl"):
        print("skipped: the Job as kubectl reads it, as there is no kubectl here")
    unittest.main()
