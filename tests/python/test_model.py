#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`jalki model diff` and `log`: the differences that were made are told and no others; what they are worth is the difference of
valuations by models that are written out; files, versions and hashes are those on disk."""
import hashlib
import json
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "reference"))
import program  # noqa: E402

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
CHANGES = """jalki_model: 1
include: [nordic.yaml]
name: our view
version: "2"
irr: 0.17
jurisdictions: {FI: {interest: {consumer: 0.10}}, SE: {limitation: {interruption_cost: 3.50}}}
scorecard: {intercept: 0.1}
segments+:
  - {like: fi-finance, id: fi-large, when: {balance: [10000, null]}, cost: {legal: {filing: 120}}}
  - {id: se-finance, effort_hours: {amicable: 0.8}}
"""


def diff(*arguments):
    return json.loads(program.must_run_text(["model", "diff", *arguments, "--format", "json"]))


def value(folder, tape, model, name):
    os.makedirs(folder / name, exist_ok=True)
    made = program.value_store(str(tape), str(model), str(folder / name))
    return program.read_json(made["value.json"]), program.read_rows(made["claims.csv"])


def check_words(mine):
    nordic = mine / "nordic.yaml"
    told = diff(nordic, mine / "our.yaml")
    found = {entry["key"]: (entry["part"], entry["was"], entry["is"]) for entry in told["differences"]}
    fresh = found.pop("segments[fi-large]")
    assert fresh[0] == "segments" and fresh[1] is None and 'id: "fi-large"' in fresh[2] and "balance: [10000, null]" in fresh[2]
    score = found.pop("scorecard.intercept")
    assert score[0] == "score" and score[2] == "0.1" and float(score[1]) != 0.1, score
    assert found == {
        "name": ("general", "nordic-2026", "our view"), "version": ("general", None, "2"), "irr": ("general", "0.15", "0.17"),
        "jurisdictions.FI.interest.consumer": ("law", "0.095", "0.10"),
        "jurisdictions.SE.limitation.interruption_cost": ("law", found["jurisdictions.SE.limitation.interruption_cost"][1], "3.50"),
        "segments[se-finance].effort_hours.amicable": ("segments", "0.5", "0.8")}, found
    meaning = {entry["key"]: entry["meaning"] for entry in told["differences"]}
    assert meaning["irr"] == "required yearly return" and "statutory" in meaning["jurisdictions.FI.interest.consumer"]
    assert told["second"]["version"] == "2" and told["first"]["version"] is None
    # the other way round, and nothing where only the writing differs
    back = diff(mine / "our.yaml", nordic)
    assert {(e["key"], e["is"], e["was"]) for e in told["differences"]} == {(e["key"], e["was"], e["is"]) for e in back["differences"]}
    (mine / "same.yaml").write_text("# written otherwise\njalki_model: 1\ninclude: nordic.yaml\nirr: 15e-2\n", encoding="utf-8")
    assert diff(nordic, mine / "same.yaml")["differences"] == []
    assert "Both say the same" in program.must_run_text(["model", "diff", nordic, mine / "same.yaml"])
    # segments in another order are told: the first that matches counts
    two = "jalki_model: 1\ninclude: nordic.yaml\nsegments+: [{like: fi-finance, id: %s, when: {balance: [1, 2]}}, {like: fi-finance, id: %s, when: {balance: [1, 2]}}]\n"
    (mine / "one.yaml").write_text(two % ("x", "y"), encoding="utf-8")
    (mine / "two.yaml").write_text(two % ("y", "x"), encoding="utf-8")
    assert [entry["key"] for entry in diff(mine / "one.yaml", mine / "two.yaml")["differences"]] == ["segments (order)"]


def check_value(folder, mine):
    program.must_run(["generate", "-n", 1500, "-o", folder / "t.csv", "--seed", 8, "--quiet"])
    program.import_tape(str(folder / "t.csv"), str(folder / "t.h5"), "2026-06-30")
    tape = folder / "t.h5"
    told = diff(mine / "nordic.yaml", mine / "our.yaml", "--tape", tape)
    steps = {step["step"]: step for step in told["steps"]}
    assert list(steps) == ["first", "law", "score", "segments", "general"], list(steps)
    # models with the parts so far written out
    law = "jurisdictions: {FI: {interest: {consumer: 0.10}}, SE: {limitation: {interruption_cost: 3.50}}}\n"
    parts = {"first": "", "law": law, "score": law + "scorecard: {intercept: 0.1}\n",
             "segments": law + "scorecard: {intercept: 0.1}\n" + CHANGES[CHANGES.index("segments+"):], "general": None}
    before = None
    for name, text in parts.items():
        model = mine / ("our.yaml" if text is None else f"part-{name}.yaml")
        if text is not None:
            model.write_text("jalki_model: 1\ninclude: nordic.yaml\nname: part\n" + text, encoding="utf-8")
        figures, claims = value(folder, tape, model, name)
        assert abs(figures["value"] - steps[name]["value"]) < 1e-6 * figures["value"], (name, figures["value"], steps[name])
        if before is not None:
            flips = [claim for claim, old in zip(claims, before[1]) if claim["decision"] != old["decision"]]
            assert steps[name]["other_decision"] == len(flips), name
            assert abs(steps[name]["change"] - (figures["value"] - before[0])) < 0.01
        before = figures["value"], claims
    segments = {row["segment"]: row for row in told["segments"]}
    assert segments["fi-large"]["claims_first"] == 0 and segments["fi-large"]["claims_second"] > 0
    ours, _ = value(folder, tape, mine / "our.yaml", "ours")
    for row in ours["segments"]:
        assert row["claims"] == segments[row["id"]]["claims_second"]
        assert abs(row["value"] - segments[row["id"]]["value_second"]) < 0.01
    shown = program.must_run_text(["model", "diff", mine / "nordic.yaml", mine / "our.yaml", "--tape", tape])
    assert "What the differences are worth, part by part" in shown and "fi-large" in shown


def check_mixture(folder, mine):
    """A scorecard that fades needs its half-life, segments their base currency: parts that are no model alone go together."""
    (mine / "sek.yaml").write_text("jalki_model: 1\ninclude: nordic.yaml\nbase_currency: SEK\nfx: {SEK: 1, EUR: 11.3, DKK: 1.5, NOK: 0.97}\n",
                                   encoding="utf-8")
    done = program.run(["model", "diff", mine / "nordic.yaml", mine / "sek.yaml", "--tape", folder / "t.h5"])
    assert done.returncode == 1 and "expected the same to compare values" in done.stderr, done.stderr


def check_log(mine):
    (mine / "fitted.yaml").write_text("jalki_model: 1\ninclude: our.yaml\nname: fitted\nversion: 2026-06-30.ab\nlineage:\n"
                                      "  fitted_on: 2026-07-01\n  program: jalki\n  parents: [{name: our view, version: \"2\", sha256: %s}]\n"
                                      "  data: [{name: panel.h5, sha256: %s}]\n" % ("a" * 64, "b" * 64), encoding="utf-8")
    told = json.loads(program.must_run_text(["model", "log", mine / "fitted.yaml", "--format", "json"]))
    files = told["files"]
    assert [row["role"] for row in files[:5]] == ["model", "parent", "data", "included", "included"], files[:5]
    assert files[0]["fitted_on"] == "2026-07-01" and files[0]["version"] == "2026-06-30.ab" and files[0]["name"] == "fitted"
    assert files[1]["name"] == "our view" and files[1]["sha256"] == "a" * 64 and files[2]["sha256"] == "b" * 64
    for row in files:
        if row["role"] in ("model", "included"):
            assert row["sha256"] == hashlib.sha256(pathlib.Path(row["path"]).read_bytes()).hexdigest(), row
    assert {pathlib.Path(row["path"]).name for row in files if row["role"] == "included"} == {
        "our.yaml", "nordic.yaml", "fi.yaml", "se.yaml", "dk.yaml", "no.yaml", "ee.yaml", "eu.yaml", "scorecard.yaml", "segments.yaml"}
    assert told["sha256"] == diff(mine / "fitted.yaml", mine / "fitted.yaml")["first"]["sha256"]
    assert "panel.h5" in program.must_run_text(["model", "log", mine / "fitted.yaml"])


def check_usage(mine):
    model = mine / "nordic.yaml"
    for arguments, words in ((["model"], "diff A.yaml B.yaml"), (["model", "diff", model], "two model files"), (["model", "log"], "one model file"),
                             (["model", "merge", model], "expected diff"), (["model", "log", model, "--tape", model], "about diff"),
                             (["model", "diff", model, model, "--irr", "0.1"], "--tape")):
        done = program.run(arguments)
        assert done.returncode == 2 and words in done.stderr, (arguments, done.returncode, done.stderr)
    for arguments in (["model", "diff", model, mine / "missing.yaml"], ["model", "log", mine / "missing.yaml"]):
        done = program.run(arguments)
        assert done.returncode == 1 and "missing.yaml" in done.stderr, done.stderr


def main():
    program.path()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        mine = folder / "models"
        shutil.copytree(SOURCE / "models", mine)
        (mine / "our.yaml").write_text(CHANGES, encoding="utf-8")
        check_words(mine)
        check_value(folder, mine)
        check_mixture(folder, mine)
        check_log(mine)
        check_usage(mine)
    print("passed")


main()
