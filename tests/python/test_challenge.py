#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`value --challenger`: both valuations are those of two runs of their own, claim by claim; what decisions lose in the other's eyes is
what the two files of claims say; threads and the order of options do not show; nothing is left of a run that fails."""
import json
import os
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import program  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
ACTIONS = ["close", "sell", "surveil", "amicable", "legal"]


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    found, first = [0.0] * len(values), 0
    while first < len(order):
        end = first
        while end < len(order) and values[order[end]] == values[order[first]]:
            end += 1
        for i in order[first:end]:
            found[i] = (first + end + 1) / 2
        first = end
    return found


def correlation(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    return both / (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5


def lost(row, decision):
    return float(row["value"]) - float(row["q_" + decision] or 0)


def main():
    program.path()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        champion = SOURCE / "models/nordic.yaml"
        for name in ("nordic.yaml", "scorecard.yaml", "segments.yaml", "law"):
            os.symlink(SOURCE / "models" / name, folder / name)
        other = folder / "other.yaml"
        other.write_text("jalki_model: 1\ninclude: nordic.yaml\nname: other\nversion: '3'\nirr: 0.18\nepochs: [6, 6, 12, 12, 24, 60, 60]\n"
                         "scorecard:\n  characteristics+: [{name: default_marks, missing: 0.3, bins: [{below: 2, points: 0.5}, {points: -0.9}]}]\n"
                         "segments+: [{like: fi-finance, id: fi-large, when: {balance: [5000, null]}, cost: {legal: {filing: 300}}}]\n", encoding="utf-8")
        program.must_run(["generate", "-n", 2500, "-o", folder / "t.csv", "--seed", 21, "--quiet"])
        tape = folder / "t.h5"
        program.import_tape(str(folder / "t.csv"), str(tape), "2026-06-30")
        sides = []
        for name, model in (("a", champion), ("b", other)):
            os.makedirs(folder / name)
            made = program.value_store(str(tape), str(model), str(folder / name))
            sides.append((program.read_json(made["value.json"]), program.read_rows(made["claims.csv"])))
        environment = {"JALKI_MODELS": str(SOURCE / "models")}
        files = ["--challenger", other, "--disagree", folder / "d.csv", "--challenger-top", 100000, "--challenger-page", folder / "p.html"]
        texts = set()
        for threads in (1, 3):
            program.must_run(["value", tape, "--model", champion, *files, "--claims", folder / "c.csv", "--full", "--json", folder / "v.json", "--quiet", "--any-include",
                              "--threads", threads], environment)
            texts.add((folder / "d.csv").read_text(encoding="utf-8"))
        assert len(texts) == 1
        figures = program.read_json(folder / "v.json")
        told = figures["challenge"]
        assert program.read_rows(folder / "c.csv") == sides[0][1], "the champion's claims are as ever"
        for key, (whole, _) in zip(("champion", "challenger"), sides):
            for figure in ("claims", "face", "value", "bid", "irr"):
                assert abs(told[key][figure] - whole[figure]) <= 1e-9 * (1 + abs(whole[figure])), (key, figure)
        assert told["challenger"]["version"] == "3" and told["challenger"]["model"] == "other"
        a, b = sides[0][1], sides[1][1]
        differing = [i for i in range(len(a)) if a[i]["decision"] != b[i]["decision"]]
        assert told["differing"] == len(differing) > 100
        rows = {row["claim_id"]: row for row in program.read_rows(folder / "d.csv")}
        assert set(rows) == {a[i]["claim_id"] for i in differing}
        for i in differing:
            row = rows[a[i]["claim_id"]]
            assert (row["decision"], row["decision_challenger"]) == (a[i]["decision"], b[i]["decision"])
            assert (row["score"], row["score_challenger"], row["class"], row["class_challenger"]) == (
                a[i]["score"], b[i]["score"], a[i]["capacity_class"], b[i]["capacity_class"])
            for key, wanted in (("value", float(a[i]["value"])), ("value_challenger", float(b[i]["value"])),
                                ("loss_by_champion", lost(a[i], b[i]["decision"])), ("loss_by_challenger", lost(b[i], a[i]["decision"]))):
                assert abs(float(row[key]) - wanted) <= 0.006 + 1e-5 * abs(wanted), (row, key, wanted)
        order = [float(row["loss_by_champion"]) + float(row["loss_by_challenger"]) for row in rows.values()]
        assert all(x >= y - 0.03 for x, y in zip(order, order[1:]))
        for cell in told["decisions"]:
            mine = [i for i in range(len(a)) if (a[i]["decision"], b[i]["decision"]) == (cell["decision"], cell["decision_challenger"])]
            assert cell["claims"] == len(mine)
            for key, wanted in (("value", sum(float(a[i]["value"]) for i in mine)), ("value_challenger", sum(float(b[i]["value"]) for i in mine)),
                                ("loss_by_challenger", sum(lost(b[i], a[i]["decision"]) for i in mine))):
                assert abs(cell[key] - wanted) <= 0.01 + 1e-5 * abs(wanted), (cell, key, wanted)
        wanted = correlation(ranks([float(row["value"]) for row in a]), ranks([float(row["value"]) for row in b]))
        assert abs(told["rank_correlation"] - wanted) < 1e-4, (told["rank_correlation"], wanted)
        apart = sum(abs(float(x["value"]) - float(y["value"])) for x, y in zip(a, b)) / len(a)
        assert abs(told["mean_difference"] - apart) < 1e-4 * (1 + apart)
        page = (folder / "p.html").read_text(encoding="utf-8")
        assert "Champion and challenger" in page and told["rows"][0]["claim_id"] not in page, "a page names nobody"
        assert (os.stat(folder / "v.json").st_mode | os.stat(folder / "d.csv").st_mode) & 0o077 == 0, "they name claims"
        program.must_run(["value", tape, "--model", champion, *files, "--with-ids", "--quiet", "--any-include"], environment)
        assert told["rows"][0]["claim_id"] in (folder / "p.html").read_text(encoding="utf-8")
        shown = program.must_run_text(["value", tape, "--model", champion, "--challenger", other, "--challenger-top", 3, "--any-include"], environment)
        assert "Decisions of champion and challenger" in shown and "Where they disagree most" in shown and "Challenger other" in shown
        # against itself: nothing
        same = json.loads(program.must_run_text(["value", tape, "--model", champion, "--challenger", champion, "--format", "json"]))["challenge"]
        assert same["differing"] == 0 and same["rows"] == [] and same["mean_difference"] == 0 and abs(same["rank_correlation"] - 1) < 1e-12
        check_failures(folder, tape, champion, other)
    print("passed")


def check_failures(folder, tape, champion, other):
    for arguments, code, words in ((["--disagree", folder / "x.csv"], 2, "--challenger"), (["--challenger", other, "--agent-hours", "10"], 2, "do not go together"),
                                   (["--challenger", folder / "none.yaml"], 1, "none.yaml")):
        done = program.run(["value", tape, "--model", champion, *arguments, "--any-include"])
        assert done.returncode == code and words in done.stderr, (arguments, done.returncode, done.stderr)
    krona = folder / "sek.yaml"
    krona.write_text("jalki_model: 1\ninclude: nordic.yaml\nbase_currency: SEK\nfx: {SEK: 1, EUR: 11.3, DKK: 1.5, NOK: 0.97}\n", encoding="utf-8")
    done = program.run(["value", tape, "--model", champion, "--challenger", krona, "--disagree", folder / "x.csv", "--any-include"])
    assert done.returncode == 1 and "expected the same" in done.stderr and not (folder / "x.csv").exists(), done.stderr


main()
