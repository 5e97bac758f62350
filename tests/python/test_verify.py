# SPDX-License-Identifier: Apache-2.0
"""Checksums: a flipped bit is found wherever it is, the columns and rows that it lies in are named, and a file without
checksums is said to be so. The sums are made once more here, from their description in src/h5/h5_sums.h, where the
xxhash module is there."""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import numpy as np
except ImportError as reason:
    print(f"SKIPPED: {reason} (package python3-h5py)")
    sys.exit(77)
try:
    import xxhash
except ImportError:
    xxhash = None

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = os.path.join(os.environ["JALKI_SOURCE"], "models", "nordic.yaml")
TAIL = struct.Struct("<8sIIQQQ")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


def verify(path):
    result = run("verify", path, "--format", "json")
    return result, json.loads(result.stdout) if result.stdout else None


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        name = lambda base: os.path.join(cls.folder.name, base)  # noqa: E731
        cls.tape, cls.packed, cls.result, cls.panel = name("t.h5"), name("p.h5"), name("r.h5"), name("h.h5")
        cls.hurt = name("hurt.h5")
        csv = name("t.csv")
        for arguments in (("generate", "-n", "5000", "-o", cls.tape), ("generate", "-n", "5000", "-o", csv),
                          ("import", csv, "-o", cls.packed, "--compress", "3", "--cutoff", "2026-06-30"),
                          ("value", cls.tape, "--model", MODEL, "-o", cls.result),
                          ("generate", "--panel", "--model", MODEL, "-n", "200", "--months", "6", "-o", cls.panel)):
            done = run(*arguments, "--quiet")
            assert done.returncode == 0, (arguments, done.stderr)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def write(self, content):
        with open(self.hurt, "wb") as file:
            file.write(content)

    def test_sound(self):
        for path in (self.tape, self.packed, self.result, self.panel):
            result, found = verify(path)
            self.assertEqual((result.returncode, found["verdict"], found["damaged"]), (0, "sound", 0), path)
            self.assertEqual(found["bytes"], os.path.getsize(path))
            self.assertRegex(found["digest"], "^[0-9a-f]{16}$")
            with h5py.File(path) as file:  # other programs read on
                self.assertIn("jalki_format", file.attrs)

    def test_every_flipped_bit_is_found(self):
        draw = random.Random(1)
        for path in (self.tape, self.packed, self.result, self.panel):
            with open(path, "rb") as file:
                sound = file.read()
            places = [0, 8, 9, 47, len(sound) - 1] + [len(sound) - i for i in (8, 9, 17, 25, 29, 33, 40, 41, 49)]
            places += [draw.randrange(len(sound)) for _ in range(12)]
            for place in places:
                hurt = bytearray(sound)
                hurt[place] ^= 1 << draw.randrange(8)
                self.write(hurt)
                result, found = verify(self.hurt)
                self.assertEqual(result.returncode, 1, (path, place))
                if found is not None:
                    self.assertEqual(found["verdict"], "damaged", (path, place))
                    first = [(d["first_byte"], d["first_byte"] + d["bytes"]) for d in found["damages"]]
                    self.assertTrue(any(a <= place < b for a, b in first) or place >= len(sound) - 40, (place, first))

    def test_cut_and_grown(self):
        with open(self.tape, "rb") as file:
            sound = file.read()
        for content in (sound[:-1], sound[:-40], sound[: len(sound) // 2], sound[:10], sound + b"x", b""):
            self.write(content)
            result = run("verify", self.hurt)
            self.assertEqual(result.returncode, 1, len(content))

    def test_columns_and_rows_are_named(self):
        with h5py.File(self.tape) as file:
            address, rows = file["tape/principal"].id.get_offset(), len(file["tape/principal"])  # one chunk: contiguous
        with open(self.tape, "rb") as file:
            hurt = bytearray(file.read())
        hurt[address + 8 * 4000] ^= 4
        self.write(hurt)
        result, found = verify(self.hurt)
        self.assertEqual(found["damaged"], 1)
        self.assertIn("/tape/principal, rows ", found["damages"][0]["what"])
        said = found["damages"][0]["what"].split("/tape/principal, rows ")[1].split(";")[0].split(" to ")
        self.assertTrue(int(said[0]) <= 4000 <= int(said[1]) < rows, said)
        self.assertIn("principal", run("verify", self.hurt).stdout)

    def test_pieces_that_change_places(self):
        with open(self.tape, "rb") as file:
            sound = file.read()
        piece = 65536
        self.write(sound[:piece] + sound[2 * piece : 3 * piece] + sound[piece : 2 * piece] + sound[3 * piece :])
        self.assertEqual(verify(self.hurt)[1]["damaged"], 2)

    def test_no_checksums(self):
        with h5py.File(self.hurt, "w") as file:
            file.attrs["jalki_format"] = np.bytes_("tape 1")
        result, found = verify(self.hurt)
        self.assertEqual((result.returncode, found["verdict"], found["digest"]), (1, "no checksums", None))
        self.assertIn("no checksums", run("verify", self.hurt).stdout)

    def test_no_file_of_ours(self):
        for arguments in ((MODEL,), (self.folder.name,), ("nowhere.h5",), ("/dev/null",)):
            result = run("verify", *arguments)
            self.assertEqual((result.returncode, result.stdout), (1, ""), arguments)
            self.assertTrue(result.stderr.startswith("jalki: "))

    @unittest.skipIf(xxhash is None, "package python3-xxhash")
    def test_sums_by_another_program(self):
        with open(self.tape, "rb") as file:
            content = file.read()
        magic, version, piece, size, pieces, total = TAIL.unpack(content[-TAIL.size :])
        self.assertEqual((magic, version, piece), (b"JALKISUM", 1, 65536))
        self.assertEqual((pieces, size + 8 * pieces + TAIL.size), (-(-size // piece), len(content)))
        for i, written in enumerate(struct.unpack(f"<{pieces}Q", content[size : size + 8 * pieces])):
            part = content[i * piece : min(size, (i + 1) * piece)]
            self.assertEqual(xxhash.xxh3_64_intdigest(part, seed=i), written, i)
        seed = xxhash.xxh3_64_intdigest(content[-TAIL.size : -8])
        self.assertEqual(xxhash.xxh3_64_intdigest(content[size : size + 8 * pieces], seed=seed), total)


if __name__ == "__main__":
    unittest.main()
