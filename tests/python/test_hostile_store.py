# SPDX-License-Identifier: Apache-2.0
"""Stores made to do harm, one mischief each: counts that unlock any index, data that stand in other files, filters that
want code loaded, chunks that fill memory. Each is a sound HDF5 file, so that the library opens it; the program must
refuse it in words, whatever command reads it."""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

try:
    import h5py
    import numpy as np
except ImportError as reason:
    print(f"SKIPPED: {reason} (package python3-h5py)")
    sys.exit(77)

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = os.path.join(os.environ["JALKI_SOURCE"], "models", "nordic.yaml")
SECRET = "nobody-may-see-this"
REFUSED = "never followed"


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, **options)


class HostileStore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jalki-hostile-store-")
        cls.tape, cls.panel = os.path.join(cls.folder, "t.h5"), os.path.join(cls.folder, "p.h5")
        cls.results = os.path.join(cls.folder, "r.h5")
        for made in (run("generate", "-n", "200", "-o", cls.tape, "--quiet"),
                     run("generate", "-n", "40", "--panel", "--months", "6", "--model", MODEL, "-o", cls.panel, "--quiet"),
                     run("value", cls.tape, "--model", MODEL, "-o", cls.results)):
            assert made.returncode == 0, made.stderr
        with open(os.path.join(cls.folder, "secret.txt"), "w") as file:
            file.write((SECRET + " " * 40)[:40] * 50)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def victim(self, change, source=None):
        path = os.path.join(self.folder, "victim.h5")
        shutil.copy(source or self.tape, path)
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    def refuses(self, change, words, source=None, commands=None, **options):
        path = self.victim(change, source)
        for command in commands or (["inspect", path], ["value", path, "--model", MODEL]):
            command = [path if part == "VICTIM" else part for part in command]
            done = run(*command, cwd=self.folder, **options)
            with self.subTest(command=command[0], words=words):
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(words, done.stderr)
                self.assertTrue(done.stderr.startswith("jalki: "), done.stderr)
                self.assertNotIn(SECRET, done.stderr + done.stdout)

    # ---- counts and indices ----

    def attribute(self, name, value):
        def change(file):
            file.attrs[name] = np.int64(value)
        return change

    def test_counts_of_a_tape(self):
        for value in (0, -1, 201, -2**63, 2**31, 2**62):
            self.refuses(self.attribute("debtors", value), "debtors")
        for value in (0, -1, 2**40, 2**62):
            self.refuses(self.attribute("rows", value), "rows")

    def test_counts_of_a_panel(self):
        commands = [["inspect", "VICTIM"], ["fit", "VICTIM", "--model", MODEL, "-o", "f.yaml"],
                    ["backtest", "VICTIM", "--model", MODEL]]
        for name in ("debtors", "claims"):
            for value in (0, -1, 2**40):
                self.refuses(self.attribute(name, value), name, self.panel, commands)

    def test_no_debtors_and_a_chosen_index(self):
        def change(file):
            file.attrs["debtors"] = np.int64(0)
            file["tape/debtor_index"][:] = 0x7fff0000
        self.refuses(change, "debtors")

    def test_values_out_of_bounds(self):
        debtors = int(h5py.File(self.tape, "r").attrs["debtors"])
        for name, value in (("debtor_index", debtors), ("debtor_index", -1), ("debtor_index", -2**31),
                            ("principal", -2**63), ("principal", -2**62), ("fees", 2**62), ("written_off_on", -2**31), ("country", -1),
                            ("country", 9999)):
            def change(file):
                file["tape"][name][7] = value
            self.refuses(change, f"/tape/{name}")

    def test_missing_values_that_are_needed_in_a_panel(self):
        for name, value in (("period_months", np.nan), ("cash", -2**63), ("balance_start", -2**63)):
            def change(file):
                file["tape"][name][3] = value
            self.refuses(change, f"/tape/{name}", self.panel, [["fit", "VICTIM", "--model", MODEL, "-o", "f.yaml"]])

    def test_the_empty_tape_still_opens(self):
        empty = os.path.join(self.folder, "empty.csv")
        with open(empty, "w") as file:
            file.write("claim_id,country,written_off_on,principal\n")
        made = run("import", empty, "-o", "empty.h5", "--cutoff", "2026-01-01", "--quiet", cwd=self.folder)
        if made.returncode == 0:
            self.assertEqual(run("inspect", "empty.h5", cwd=self.folder).returncode, 0)

    def test_strings_without_end(self):
        """Of a fixed width that a file may claim for any text, of a length that only reading tells, and just short of both."""
        def fixed(width):
            return self.replace("dict/product", lambda file, old: file.create_dataset("dict/product", data=old.astype(f"S{width}")))

        def variable(length):
            def make(file, old):
                words = [word.decode() for word in old[:-1]] + ["x" * length]
                file.create_dataset("dict/product", data=words, dtype=h5py.string_dtype())
            return self.replace("dict/product", make)
        self.refuses(fixed(4097), "the strings of /dict/product are longer than 4096 bytes")
        self.refuses(variable(4097), "a string of /dict/product is longer than 4096 bytes")
        self.refuses(variable(256), "a string is empty or longer than 255 bytes")
        for sound in (fixed(4096), variable(255)):
            done = run("inspect", self.victim(sound))
            self.assertEqual(done.returncode, 0, done.stderr)

    # ---- data that stand elsewhere ----

    def replace(self, path, make):
        def change(file):
            old = file[path][:]
            del file[path]
            make(file, old)
        return change

    def test_external_storage(self):
        def dictionary(file, old):
            file.create_dataset("dict/product", shape=(50,), dtype="S40",
                                external=[("secret.txt", 0, h5py.h5f.UNLIMITED)])
        self.refuses(self.replace("dict/product", dictionary), REFUSED)

        def column(file, old):
            file.create_dataset("tape/principal", shape=old.shape, dtype="<i8",
                                external=[("secret.txt", 0, h5py.h5f.UNLIMITED)])
        self.refuses(self.replace("tape/principal", column), REFUSED)

    def test_external_storage_of_results(self):
        def column(file, old):
            file.create_dataset("result/value", shape=old.shape, dtype="<f4",
                                external=[("secret.txt", 0, h5py.h5f.UNLIMITED)])
        self.refuses(self.replace("result/value", column), REFUSED, self.results,
                     [["report", "VICTIM", "--tape", self.tape, "--model", MODEL, "-o", "page.html"]])

    def test_virtual_data_sets(self):
        with h5py.File(os.path.join(self.folder, "other.h5"), "w") as file:
            file["words"] = np.array([SECRET.encode()] * 50, dtype="S40")
        for extent in (50, 70):
            def dictionary(file, old):
                layout = h5py.VirtualLayout(shape=(extent,), dtype="S40")
                layout[:50] = h5py.VirtualSource(os.path.join(self.folder, "other.h5"), "words", shape=(50,))
                file.create_virtual_dataset("dict/product", layout)
            self.refuses(self.replace("dict/product", dictionary), REFUSED)

    def test_links(self):
        with h5py.File(os.path.join(self.folder, "other.h5"), "w") as file:
            file["words"] = np.array([SECRET.encode()] * 50, dtype="S40")
        for link in (h5py.ExternalLink("other.h5", "words"), h5py.SoftLink("/dict/country")):
            def dictionary(file, old):
                file["dict/product"] = link
            self.refuses(self.replace("dict/product", dictionary), "dictionary of the column is missing")

        def group(file):
            file.move("dict", "old")
            file["dict"] = h5py.ExternalLink(self.tape, "dict")
        self.refuses(group, "dictionary of the column is missing")

    # ---- code and memory ----

    def filtered(self, path, code, dtype, chunk):
        def make(file, old):
            properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            properties.set_chunk((chunk,))
            properties.set_filter(code, h5py.h5z.FLAG_OPTIONAL, (1,))
            space = h5py.h5s.create_simple((len(old),), (h5py.h5s.UNLIMITED,))
            kind = h5py.h5t.py_create(np.dtype(dtype), logical=False)
            data = h5py.h5d.create(file.id, path.encode(), kind, space, dcpl=properties)
            data.write_direct_chunk((0,), np.zeros(chunk, dtype).tobytes())
        return self.replace(path, make)

    def test_no_plugin_runs(self):
        plugins = os.path.join(self.folder, "plugins")
        os.makedirs(plugins, exist_ok=True)
        code = ('#include <fcntl.h>\n#include <unistd.h>\n'
                '__attribute__((constructor)) static void ran(void) { (void)close(open("RAN", O_CREAT | O_WRONLY, 0600)); }\n'
                'int H5PLget_plugin_type(void) { return 0; }\nconst void *H5PLget_plugin_info(void) { return 0; }\n')
        compiled = shutil.which("cc") and subprocess.run(
            ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", os.path.join(plugins, "libmischief.so")], input=code,
            text=True).returncode == 0
        self.assertTrue(compiled, "no compiler for the plugin")
        environment = {**os.environ, "HDF5_PLUGIN_PATH": plugins}
        for path, dtype in (("dict/product", "S16"), ("tape/principal", "<i8")):
            self.refuses(self.filtered(path, 32123, dtype, 300), "not supported", env=environment)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "RAN")), "the plugin ran")

    def test_filters_that_are_built_in_but_not_ours(self):
        for code in (h5py.h5z.FILTER_FLETCHER32, h5py.h5z.FILTER_NBIT):
            self.refuses(self.filtered("dict/product", code, "S16", 300), "not supported")

    def test_chunks_that_fill_memory(self):
        def column(file, old):
            data = file.create_dataset("tape/principal", shape=old.shape, maxshape=(None,), chunks=(1 << 27,),
                                       dtype="<i8", compression="gzip")
            self.assertEqual(data.chunks, (1 << 27,))
        self.refuses(self.replace("tape/principal", column), "chunks are far longer")

        def dictionary(file, old):
            file.create_dataset("dict/product", shape=(50,), maxshape=(None,), chunks=(1 << 24,), dtype="S40",
                                compression="gzip")
        self.refuses(self.replace("dict/product", dictionary), "not supported")

    # ---- what others may do to a store without harm ----

    def test_columns_packed_by_other_programs(self):
        """Chunks that are deflated alone, shuffled alone, neither, or not as the column's others: the values are the same."""
        def column(shuffled, deflated, last=None):
            def make(file, old):
                chunk = 64
                data = file.create_dataset("tape/principal", shape=old.shape, chunks=(chunk,), maxshape=(None,), dtype="<i8",
                                           shuffle=shuffled, compression="gzip" if deflated else None)
                data[:] = old
                if last is not None: # each filter that the mask names was left out for the chunk
                    rest = np.zeros(chunk, "<i8")
                    rest[:len(old) % chunk] = old[len(old) // chunk * chunk:]
                    plain = rest.tobytes()
                    turned = np.frombuffer(plain, "u1").reshape(chunk, 8).T.tobytes()
                    packed = {0b01: zlib.compress(plain), 0b10: turned, 0b11: plain}[last]
                    data.id.write_direct_chunk((len(old) // chunk * chunk,), packed, filter_mask=last)
            return make
        def claims_of(path):
            listed = os.path.join(self.folder, "claims.csv")
            done = run("value", path, "--model", MODEL, "--claims", listed)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(listed) as file:
                return file.read()
        whole = claims_of(self.tape)
        self.assertEqual(whole.count("\n"), 201)
        for shuffled, deflated, last in ((False, False, None), (False, True, None), (True, False, None), (True, True, None),
                                         (True, True, 0b01), (True, True, 0b10), (True, True, 0b11)):
            with self.subTest(shuffled=shuffled, deflated=deflated, last=last):
                path = self.victim(self.replace("tape/principal", column(shuffled, deflated, last)))
                self.assertEqual(claims_of(path), whole)

    def test_a_user_block_in_front(self):
        path = os.path.join(self.folder, "block.h5")
        with h5py.File(self.tape, "r") as old, h5py.File(path, "w", userblock_size=512) as file:
            for name, value in old.attrs.items():
                file.attrs[name] = value
            for name in old:
                old.copy(name, file)
        done = run("inspect", path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("user block", done.stderr)

    def test_results_that_were_never_written(self):
        def column(file, old):
            properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
            h5py.h5d.create(file.id, b"result/value", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((1 << 50,)),
                            dcpl=properties)
        self.refuses(self.replace("result/value", column), "/result/value", self.results,
                     [["report", "VICTIM", "--tape", self.tape, "--model", MODEL, "-o", "page.html"]])

    # ---- what the system refuses is not the file's fault ----

    def test_few_descriptors(self):
        def limit(count):
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
        for count in range(4, 10):
            done = subprocess.run([PROGRAM, "value", self.tape, "--model", MODEL], capture_output=True, text=True,
                                  preexec_fn=limit(count), timeout=60)
            self.assertNotIn("damaged", done.stderr)
            self.assertTrue(done.returncode == 0 or "jalki: " in done.stderr or "shared libraries" in done.stderr,
                            done.stderr)


if __name__ == "__main__":
    unittest.main()
