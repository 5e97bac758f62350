# SPDX-License-Identifier: Apache-2.0
"""Personal data: pseudonyms are the keyed hash that the documentation says, join, change no figure and lead back; erased
claims are gone from the file and nothing else changes; ids stay out of messages, manifests, drafts and pages."""
import csv
import hashlib
import hmac
import json
import os
import stat
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["JALKI_PROGRAM"]
MODEL = os.path.join(os.environ["JALKI_SOURCE"], "models", "nordic.yaml")
KEY = b"a key of thirty-two random bytes"
DIGITS = "abcdefghijkmnpqrstuvwxyz23456789"


def pseudonym(kind, text, key=KEY):
    """The first 80 bits of the hash, five a digit."""
    bits = int.from_bytes(hmac.new(key, kind.encode() + b"\0" + text.encode(), hashlib.sha256).digest()[:10], "big")
    return "".join(DIGITS[bits >> (75 - 5 * i) & 31] for i in range(16))


class Personal(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = self.temporary.name
        with open(self.path("key"), "wb") as file:
            file.write(KEY + b"\n")

    def tearDown(self):
        self.temporary.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def jalki(self, *arguments, expect=0):
        result = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, expect, (arguments, result.stdout, result.stderr))
        return result

    def rows(self, name):
        with open(self.path(name), newline="") as file:
            return list(csv.DictReader(file))

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def tape(self, count=400):
        self.jalki("generate", "-n", str(count), "-o", "t.csv", "--quiet")
        self.jalki("import", "t.csv", "-o", "t.h5", "--cutoff", "2026-06-30", "--quiet")
        return self.rows("t.csv")

    def test_pseudonyms(self):
        tape = self.tape()
        self.jalki("import", "t.csv", "-o", "p.h5", "--cutoff", "2026-06-30", "--quiet", "--pseudonyms", "key",
                   "--pseudonym-list", "pairs.csv", "--threads", "2")
        pairs = self.rows("pairs.csv")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("pairs.csv")).st_mode), 0o600)
        wanted = [("claim", row["claim_id"]) for row in tape] + [("debtor", r["debtor_id"]) for r in tape if r["debtor_id"]]
        self.assertEqual(sorted((p["kind"], p["id"]) for p in pairs), sorted(wanted))
        for pair in pairs:
            self.assertEqual(pair["pseudonym"], pseudonym(pair["kind"], pair["id"]))
        for row in tape:  # nothing of an id is in the store
            self.assertNotIn(row["claim_id"].encode(), self.content("p.h5"))
            self.assertFalse(row["debtor_id"] and row["debtor_id"].encode() in self.content("p.h5"))
        for store in ("t", "p"):
            self.jalki("value", f"{store}.h5", "--model", MODEL, "--claims", f"{store}.claims.csv", "--quiet")
        plain, hidden = self.rows("t.claims.csv"), self.rows("p.claims.csv")
        self.assertEqual([pseudonym("claim", row.pop("claim_id")) for row in plain], [r.pop("claim_id") for r in hidden])
        self.assertEqual([pseudonym("debtor", row.pop("debtor_id")) for row in plain], [r.pop("debtor_id") for r in hidden])
        self.assertEqual(plain, hidden)  # no figure changes; debtors are joined as before

    def test_bad_rows_and_keys(self):
        with open(self.path("bad.csv"), "w") as file:
            file.write("claim_id,debtor_id,country,currency,written_off_on,principal\n"
                       "PERSON-1,DEBTOR-1,FI,EUR,2024-02-29,10\nPERSON-1,DEBTOR-1,FI,EUR,2024-02-29,20\n"
                       "PERSON-2,DEBTOR-1,FI,EUR,2024-02-29,x\n" + "P" * 200 + ",DEBTOR-1,FI,EUR,2024-02-29,30\n")
        result = self.jalki("import", "bad.csv", "-o", "b.h5", "--max-rejects", "90%", "--pseudonyms", "key")
        rejects = self.rows("b.h5.rejects.csv")
        self.assertEqual([r["reason"] for r in rejects], ["duplicate", "bad_number", "text_too_long"])
        self.assertEqual(rejects[1]["claim_id"], pseudonym("claim", "PERSON-2"))
        for text in (self.content("b.h5.rejects.csv").decode(), result.stdout, result.stderr):
            self.assertNotIn("PERSON", text)
            self.assertNotIn("PPPP", text)
        with open(self.path("short"), "w") as file:
            file.write("too short\n")
        self.assertIn("is no key", self.jalki("import", "bad.csv", "-o", "c.h5", "--pseudonyms", "short", expect=1).stderr)
        self.assertFalse(os.path.exists(self.path("c.h5")))

    def test_lists_join_by_the_key(self):
        self.tape()
        paid = [row["claim_id"] for row in self.rows("t.csv")[:50]]
        with open(self.path("pay.csv"), "w") as file:
            file.write("claim_id,paid_on,amount\n" + "".join(f"{c},2026-07-15,1.50\n" for c in paid))
        for name, more in (("t", ()), ("p", ("--pseudonyms", "key"))):
            for cutoff in ("2026-06-30", "2026-12-31"):
                self.jalki("import", "t.csv", "-o", f"{name}{cutoff}.h5", "--cutoff", cutoff, "--quiet", *more)
            out = self.jalki("panel", f"{name}2026-06-30.h5", f"{name}2026-12-31.h5", "--payments", "pay.csv", "-o",
                             f"{name}.panel.h5", "--treatment", "amicable", "--format", "json", "--quiet", *more).stdout
            figures = json.loads(out)
            del figures["manifest"]
            if name == "t":
                plain = figures
        self.assertEqual(plain, figures)

    def test_erase(self):
        tape = self.tape()
        self.jalki("value", "t.h5", "--model", MODEL, "--claims", "before.csv", "--quiet")
        gone = [row["claim_id"] for row in tape[10:30]]
        with open(self.path("erase.csv"), "w") as file:
            file.write("claim_id;note\n" + "".join(f"{c};x\n" for c in [*gone, gone[0], "NOBODY"]))
        out = json.loads(self.jalki("erase", "t.h5", "--claims", "erase.csv", "-o", "less.h5", "--format", "json").stdout)
        self.assertEqual([out[k] for k in ("claims_listed", "claims_found", "rows_before", "rows_erased")], [21, 20, 400, 20])
        self.jalki("value", "less.h5", "--model", MODEL, "--claims", "after.csv", "--quiet")
        alone = {r["claim_id"] for r in tape if not r["debtor_id"] or r["debtor_id"] not in {x["debtor_id"] for x in tape[10:30]}}
        before = [row for row in self.rows("before.csv") if row["claim_id"] not in gone]
        after = self.rows("after.csv")
        self.assertEqual([row["claim_id"] for row in after], [row["claim_id"] for row in before])
        for one, other in zip(before, after):  # claims of other debtors are worth what they were
            self.assertTrue(one == other or one["claim_id"] not in alone, one["claim_id"])
        for claim in gone:
            self.assertNotIn(claim.encode(), self.content("less.h5"))
        self.assertEqual(self.jalki("verify", "less.h5").returncode, 0)
        # the same as a tape that never had them
        with open(self.path("t.csv")) as file:
            lines = file.read().splitlines()
        with open(self.path("never.csv"), "w") as file:
            file.write("\n".join(line for line in lines if line.split(",")[0] not in gone) + "\n")
        self.jalki("import", "never.csv", "-o", "never.h5", "--cutoff", "2026-06-30", "--quiet")
        self.jalki("value", "never.h5", "--model", MODEL, "--claims", "never.claims.csv", "--quiet")
        self.assertEqual(after, self.rows("never.claims.csv"))

    def test_erase_debtors_in_place_and_by_pseudonym(self):
        tape = self.tape()
        debtors = {row["debtor_id"] for row in tape[:5] if row["debtor_id"]}
        with open(self.path("erase.csv"), "w") as file:
            file.write("claim_id\n" + "".join(f"{row['claim_id']}\n" for row in tape[:5]))
        left = [row["claim_id"] for row in tape[5:] if row["debtor_id"] not in debtors]
        self.jalki("import", "t.csv", "-o", "p.h5", "--cutoff", "2026-06-30", "--quiet", "--pseudonyms", "key", "--compress", "3")
        os.chmod(self.path("t.h5"), 0o640)
        self.jalki("erase", "t.h5", "--claims", "erase.csv", "--whole-debtors")
        self.jalki("erase", "p.h5", "--claims", "erase.csv", "--whole-debtors", "--pseudonyms", "key")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("t.h5")).st_mode), 0o640)
        for store, ids in (("t", left), ("p", [pseudonym("claim", c) for c in left])):
            self.jalki("value", f"{store}.h5", "--model", MODEL, "--claims", "c.csv", "--quiet")
            self.assertEqual([row["claim_id"] for row in self.rows("c.csv")], ids)
        untouched = self.content("t.h5")
        out = self.jalki("erase", "t.h5", "--claims", "erase.csv")  # they are gone already
        self.assertIn("0 of 5 listed claims found", out.stdout)
        self.assertEqual(self.content("t.h5"), untouched)
        for text, words in (("id\nX\n", "no column claim_id"), ("claim_id\n\n", "lists no claim")):
            with open(self.path("wrong.csv"), "w") as file:
                file.write(text)
            self.assertIn(words, self.jalki("erase", "t.h5", "--claims", "wrong.csv", expect=1).stderr)

    def test_erase_of_a_panel(self):
        self.jalki("generate", "--panel", "--model", MODEL, "-n", "50", "--months", "6", "-o", "h.h5", "--quiet")
        before = json.loads(self.jalki("inspect", "h.h5", "--format", "json").stdout)
        with open(self.path("erase.csv"), "w") as file:
            file.write("claim_id\n" + "".join(f"C{i:010d}\n" for i in range(1, 11)))
        out = json.loads(self.jalki("erase", "h.h5", "--claims", "erase.csv", "--format", "json").stdout)
        after = json.loads(self.jalki("inspect", "h.h5", "--format", "json").stdout)
        self.assertGreater(out["claims_found"], 0)
        self.assertEqual(after["rows"], before["rows"] - out["rows_erased"])
        self.assertEqual(after["claims"], before["claims"] - out["claims_found"])

    def test_ids_are_for_those_who_ask(self):
        self.tape(60)
        with open(self.path("twice.csv"), "w") as file:
            lines = self.content("t.csv").decode().splitlines()
            file.write("\n".join([*lines, lines[1]]) + "\n")
        claim, debtor = lines[1].split(",")[:2]
        shown = {}
        for more in ((), ("--with-ids",)):
            self.jalki("value", "t.h5", "--model", MODEL, "-o", "r.h5", "--manifest", "m.json", "--quiet", *more)
            self.jalki("report", "r.h5", "-o", "page.html", "--quiet", *more)
            texts = [self.jalki("import", "twice.csv", "-o", "w.h5", "--max-rejects", "50%", *more).stdout,
                     self.jalki("import", "twice.csv", "-o", "w.h5", "--max-rejects", "50%", "--format", "json", *more).stdout,
                     self.jalki("map", "twice.csv", *more).stdout, self.content("m.json").decode(),
                     self.content("page.html").decode()]
            ids = [row["claim_id"] for row in self.rows("t.csv")]
            shown[more] = [claim in text or debtor in text or any(c in text for c in ids) for text in texts]
        self.assertEqual(shown[()], [False] * 5)
        self.assertEqual(shown[("--with-ids",)], [True, True, True, False, True])


if __name__ == "__main__":
    unittest.main()
