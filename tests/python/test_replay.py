# SPDX-License-Identifier: Apache-2.0
"""Runs from their manifests: every output says by which program, from which inputs and with which options it was made;
replay gives the same bits, finds an input that was changed and a figure that was forged, and replaces nothing."""
import hashlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = os.path.join(os.environ["JALKI_SOURCE"], "models", "nordic.yaml")


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory()
        cls.run_in(cls.home.name, "generate", "-n", "300", "-o", "t.h5")
        cls.run_in(cls.home.name, "generate", "-n", "300", "-o", "t.csv")
        cls.run_in(cls.home.name, "value", "t.h5", "--model", MODEL, "--irr", "0.12", "--claims", "c.csv", "-o", "r.h5",
                   "--json", "v.json", "--manifest", "m.json", "--format", "csv")

    @classmethod
    def tearDownClass(cls):
        cls.home.cleanup()

    @staticmethod
    def run_in(folder, *arguments, expect=0):
        result = subprocess.run([PROGRAM, *arguments, "--quiet"], cwd=folder, capture_output=True, text=True, timeout=60)
        assert result.returncode == expect, (arguments, result.returncode, result.stdout, result.stderr)
        return result

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = os.path.join(self.temporary.name, "f")
        shutil.copytree(self.home.name, self.folder)

    def tearDown(self):
        self.temporary.cleanup()

    def jalki(self, *arguments, expect=0):
        return self.run_in(self.folder, *arguments, expect=expect)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def load(self, name):
        return json.loads(self.read(name))

    def test_manifest_names_everything(self):
        manifest = self.load("m.json")
        self.assertEqual((manifest["program"], manifest["run"]["command"]), ("jalki", "value"))
        self.assertRegex(manifest["build"], "^(GCC|Clang) [0-9]")
        self.assertEqual(manifest["run"]["arguments"], ["--model", MODEL, "--irr", "0.12", "t.h5"])
        inputs = {i["path"]: i for i in manifest["run"]["inputs"]}
        self.assertIn(os.path.join(os.path.dirname(MODEL), "segments.yaml"), inputs)  # files that the model includes
        for path, one in inputs.items():
            with open(os.path.join(self.folder, path), "rb") as file:
                content = file.read()
            self.assertEqual(one["bytes"], len(content))
            if path != "t.h5":  # a store has the digest of its checksums
                self.assertEqual(one["digest"], "sha256:" + hashlib.sha256(content).hexdigest())
        sums = json.loads(self.jalki("verify", "t.h5", "--format", "json").stdout)
        self.assertEqual(inputs["t.h5"]["digest"], "xxh3:" + sums["digest"])
        outputs = {o["path"]: o for o in manifest["outputs"]}
        self.assertEqual({o["option"] for o in outputs.values()}, {"claims", "output", "json"})
        for path, one in outputs.items():
            self.assertEqual(one["digest"], "sha256:" + hashlib.sha256(self.read(path)).hexdigest())
        self.assertEqual(self.load("v.json")["manifest"]["run"], manifest["run"])

    def test_threads_are_no_part_of_it(self):
        self.jalki("value", "t.h5", "--model", MODEL, "--irr", "0.12", "--json", "w.json", "--threads", "2")
        self.assertEqual(self.read("v.json"), self.read("w.json"))

    def test_same(self):
        before = {name: self.read(name) for name in sorted(os.listdir(self.folder))}
        out = self.jalki("replay", "m.json", "--threads", "2").stdout
        self.assertEqual(out.count("same bits"), 4, out)  # three files and stdout
        for name in ("v.json", "r.h5", "t.h5"):
            self.assertIn("The same: 1 output", self.jalki("replay", name).stdout)
        self.assertEqual(before, {name: self.read(name) for name in sorted(os.listdir(self.folder))})

    def test_other_commands(self):
        self.jalki("import", "t.csv", "-o", "i.h5", "--cutoff", "2026-06-30", "--manifest", "i.json")
        self.jalki("generate", "--panel", "--model", MODEL, "-n", "100", "--months", "6", "-o", "p.h5")
        self.jalki("backtest", "p.h5", "--model", MODEL, "--json", "b.json")
        with open(self.path("e.json"), "w") as file:
            file.write(self.jalki("explain", "t.h5", "--model", MODEL, "--claim", "C0000000007", "--format", "json",
                                  "--with-ids").stdout)
        with open(self.path("s.json"), "w") as file:
            file.write(self.jalki("import", "t.csv", "-o", "j.h5", "--cutoff", "2026-06-30", "--format", "json").stdout)
        with open(self.path("pay.csv"), "w") as file:
            file.write("claim_id,paid_on,amount\nC0000000007,2026-07-20,12.50\n")
        self.jalki("import", "t.csv", "-o", "later.h5", "--cutoff", "2026-12-31")
        self.jalki("compare", "i.h5", "later.h5", "--model", MODEL, "--payments", "pay.csv", "--json", "c.json")
        self.jalki("panel", "i.h5", "later.h5", "--payments", "pay.csv", "--treatment", "surveil", "-o", "joined.h5")
        self.jalki("map", "t.csv", "-o", "draft.yaml", "--check", "--manifest", "draft.json")
        for name in ("i.json", "i.h5", "p.h5", "b.json", "e.json", "s.json", "c.json", "joined.h5", "draft.json"):
            self.assertIn("The same: ", self.jalki("replay", name).stdout, name)

    def test_input_that_changed(self):
        with open(self.path("t.h5"), "r+b") as file:
            file.seek(5000)
            byte = file.read(1)[0]
            file.seek(5000)
            file.write(bytes([byte ^ 1]))
        self.assertIn("t.h5: is damaged", self.jalki("replay", "v.json", expect=1).stderr)
        self.run_in(self.folder, "generate", "-n", "300", "--seed", "2", "-o", "t.h5")
        self.assertIn("is another file than then", self.jalki("replay", "v.json", expect=1).stderr)
        os.remove(self.path("t.h5"))
        self.assertIn("t.h5: cannot read", self.jalki("replay", "m.json", expect=1).stderr)

    def test_forged_figures(self):
        figures = self.load("v.json")
        figures["value"] += 1
        with open(self.path("v.json"), "w") as file:
            json.dump(figures, file)
        out = self.jalki("replay", "v.json", expect=1).stdout
        self.assertIn("/value: was ", out)
        self.assertIn("Not the same: 1 of 1", out)
        manifest = self.load("m.json")
        for output in manifest["outputs"]:  # a record of another run's claims
            if output["option"] == "claims":
                self.run_in(self.folder, "value", "t.h5", "--model", MODEL, "--irr", "0.13", "--claims", "c.csv")
                output["digest"] = "sha256:" + hashlib.sha256(self.read("c.csv")).hexdigest()
        with open(self.path("m.json"), "w") as file:
            json.dump(manifest, file)
        out = self.jalki("replay", "m.json", expect=1).stdout
        self.assertRegex(out, r"c\.csv: differs:\n +[0-9]+ of 301 lines, first line [0-9]+")

    def test_no_manifest(self):
        for name, text in (("a.json", "{}"), ("b.json", "no json"), ("c.json", '{"manifest": {"program": "jalki"}}'),
                           ("d.json", '{"jalki_run": 1, "run": {"command": "value", "arguments": [1], "inputs": []}}'),
                           ("e.json", '{"jalki_run": 1, "run": {"command": "replay", "arguments": ["e.json"]}}')):
            with open(self.path(name), "w") as file:
                file.write(text)
            self.assertTrue(self.jalki("replay", name, expect=1).stderr.startswith("jalki: "), name)

    def test_a_stranger_s_manifest_writes_nothing(self):
        victim, given = self.path("victim"), self.load("m.json")
        before = sorted(os.listdir(self.folder))
        copy = f"copy (select 2) to '{victim}'"
        with open(self.path("jobs.yaml"), "w") as file:
            file.write(f"jalki_batch: 1\njobs:\n- {{name: one, command: inspect, read: t.h5, format: json, stdout: {victim}/one.json}}\n"
                       f"- {{name: two, command: value, read: t.h5, model: {MODEL}, output: {victim}.h5, claims: {victim}.csv, json: {victim}.json}}\n"
                       "- {name: three, command: value, read: t.h5, model: " + MODEL + "}\n")
        before = sorted(os.listdir(self.folder))
        for number, (command, arguments, outputs) in enumerate((
                ("value", [*given["run"]["arguments"], "--claims", victim], given["outputs"]),
                ("value", [*given["run"]["arguments"], "--manifest", "../f/victim"], given["outputs"]),
                ("new-model", [victim], []), ("export", ["r.h5", victim + ".sqlite"], []),
                ("sql", ["t.h5", f"select 1); {copy}; from (select 1"], []),
                ("sql", ["t.h5", f"select 1) to '{victim}' (format csv); copy (select 1"], [{"option": "output", "path": "o.parquet"}]),
                ("batch", ["jobs.yaml"], []))):
            manifest = {**given, "outputs": outputs, "stdout": {"format": "json", "digest": "sha256:0"},
                        "run": {**given["run"], "command": command, "arguments": arguments, "inputs": []}}
            with open(self.path("stranger.json"), "w") as file:
                json.dump(manifest, file)
            subprocess.run([PROGRAM, "replay", "stranger.json"], cwd=self.folder, capture_output=True, timeout=60)
            self.assertEqual(sorted(os.listdir(self.folder)), sorted([*before, "stranger.json"]), (number, command))
        with open(self.path("stranger.json"), "w") as file:  # what a run leaves that does not come to its end
            json.dump({**given, "outputs": [{"option": "output", "path": "o.h5"}],
                       "run": {**given["run"], "command": "import", "arguments": ["t.csv", "-o", victim, "--resume"], "inputs": []}}, file)
        small = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)))
        subprocess.run([PROGRAM, "replay", "stranger.json"], cwd=self.folder, capture_output=True, timeout=60, preexec_fn=small)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted([*before, "stranger.json"]))
        for seconds in (-1, 10**18):
            with open(self.path("stranger.json"), "w") as file:
                json.dump({**given, "seconds": seconds}, file)
            self.assertIn("before 1970 or after 9999", self.jalki("replay", "stranger.json", expect=1).stderr)

    def test_jobs_of_a_batch_write_where_the_replay_does(self):
        with open(self.path("jobs.yaml"), "w") as file:
            file.write(f"jalki_batch: 1\ndefaults: {{model: {MODEL}}}\njobs:\n"
                       "- {name: one, command: value, read: t.h5, output: new/one.h5, json: one.json}\n"
                       "- {name: two, command: value, read: t.h5, irr: 0.2}\n"
                       "- {name: three, command: inspect, read: t.h5, format: json, stdout: three.json}\n")
        self.jalki("batch", "jobs.yaml", "--json", "b.json", "--manifest", "bm.json")
        figures = self.load("b.json")
        for name in ("one.json", "three.json", "b.json", "new/one.h5"):
            os.remove(self.path(name))
        os.rmdir(self.path("new"))
        before = sorted(os.listdir(self.folder))
        said = subprocess.run([PROGRAM, "replay", "bm.json", "-o", "again"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted([*before, "again"]))
        self.assertEqual(sorted(os.listdir(self.path("again"))), ["b.json", "new+one.h5", "one.json", "stdout", "three.json"], said)
        for then, now in zip(figures["rows"], self.load("again/b.json")["rows"], strict=True):
            self.assertEqual((now["state"], now["value"]), ("done", then["value"]))

    def test_ids_are_not_recorded(self):
        with open(self.path("e.json"), "w") as file:
            file.write(self.jalki("explain", "t.h5", "--model", MODEL, "--claim", "C0000000007", "--format",
                                  "json").stdout)
        self.assertNotIn("C0000000007", json.dumps(self.load("e.json")["manifest"]))
        self.assertIn("--with-ids", self.jalki("replay", "e.json", expect=1).stderr)

    def test_outputs_are_kept(self):
        self.jalki("replay", "m.json", "-o", "again")
        self.assertEqual(self.read("again/c.csv"), self.read("c.csv"))
        self.assertIn("not there yet", self.jalki("replay", "m.json", "-o", "again", expect=1).stderr)


if __name__ == "__main__":
    unittest.main()
