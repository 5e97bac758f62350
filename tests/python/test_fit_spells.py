# SPDX-License-Identifier: Apache-2.0
"""`fit` on histories in spells that `generate --panel` made under a known model: settled share, monthly share, breakage and half-life,
how often the 95 % intervals hold the truth (a small run; a larger one is on the page about fits), and
what is said of panels that cannot tell."""
import json
import math
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
try:
    import model_file
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402

TRUTH = SOURCE / "tests" / "fit" / "truth_payers.yaml"
SEEDS = (11, 12, 13)
CLASSES = ["none", "weak", "able"]


def truth_of(model, term):
    if term["figure"] == "half_life":
        return model["scorecard"]["half_life"]
    payers = next(s for s in model["segments"] if s["id"] == term["segment"])["payers"]
    figure = payers[term["figure"]]
    return figure[CLASSES.index(term["capacity_class"])] if term["figure"] == "monthly_share" else figure[term["treatment"]]


def fitted(folder, *options):
    done = program.must_run(["fit", folder / "p.h5", "--model", TRUTH, "-o", folder / "m.yaml", "--json", folder / "f.json", "--quiet", *options])
    return json.loads((folder / "f.json").read_text()), done


def intervals(model, spells):
    for term in spells["terms"]:
        own = term["std_error"] is not None and (term["segment"] is not None or term["figure"] == "half_life")
        if own:
            yield term["figure"], term["interval"][0] <= truth_of(model, term) <= term["interval"][1]


def recovery(folder, model):
    held = []
    for seed in SEEDS:
        program.must_run(["generate", "--panel", "--model", TRUTH, "-n", 5000, "--months", 24, "--seed", seed, "-o", folder / "p.h5", "--quiet"])
        found, _ = fitted(folder)
        spells = found["spells"]
        assert spells["learned"] and spells["since_last_payment"] == 1, spells
        held += list(intervals(model, spells))
        covariance = json.loads((folder / "m.covariance.json").read_text())["spells"]
        size = len(covariance["parameters"])
        assert size == len(covariance["covariance"]) and size >= 18
        for i, (parameter, row) in enumerate(zip(covariance["parameters"], covariance["covariance"])):
            assert math.isclose(math.sqrt(row[i]), parameter["std_error"], rel_tol=1e-9), parameter
    share = sum(inside for _, inside in held) / len(held)
    print(f"{len(held)} intervals, {100 * share:.1f} % hold the truth; outside: {[figure for figure, inside in held if not inside]}")
    assert share >= 0.95 - 3.29 * math.sqrt(0.95 * 0.05 / len(held)), held
    new = model_file.load_yaml(str(folder / "m.yaml"))
    card = {item["name"]: item for item in new["scorecard"]["characteristics"]}
    assert card["months_since_last_payment"]["fades"] and "fades" not in card["employment"]
    assert 1 <= new["scorecard"]["half_life"] <= 600
    for segment in new["segments"]:
        assert set(segment["payers"]) == {"settled_share", "breakage", "monthly_share", "monthly", "since_last_payment"}


def cannot_tell(folder):
    """One long period a claim, and payments that come one by one."""
    program.must_run(["generate", "--panel", "--model", SOURCE / "tests" / "fit" / "truth.yaml", "-n", 2000, "--months", 12, "-o", folder / "p.h5",
                      "--quiet"])
    found, _ = fitted(folder)
    assert not found["spells"]["learned"] and found["spells"]["why_not"], found["spells"]
    assert any(said.startswith("payers: the panel cannot tell") and "pays at once" in said for said in found["messages"])
    assert "settled_share" not in (folder / "m.yaml").read_text()  # curves of cash and payers beside them would count twice
    program.must_run(["generate", "--panel", "--model", TRUTH, "-n", 2000, "--months", 24, "--period-months", 12, "-o", folder / "p.h5", "--quiet"])
    found, _ = fitted(folder)
    assert "12 months long" in found["spells"]["why_not"] or "months long" in found["spells"]["why_not"], found["spells"]


def quarters(folder):
    """Coarser periods are said to blur what is read from months."""
    program.must_run(["generate", "--panel", "--model", TRUTH, "-n", 4000, "--months", 36, "--period-months", 3, "-o", folder / "p.h5", "--quiet"])
    found, _ = fitted(folder)
    assert found["spells"]["learned"], found["spells"]
    assert any("blurred by up to" in said for said in found["messages"]), found["messages"]
    for term in found["spells"]["terms"]:
        if term["figure"] == "breakage" and term["segment"] == "rest" and term["treatment"] == "amicable":
            assert 0.04 < term["estimate"] < 0.16, term  # truth 0.08


def main():
    program.statistics()
    model = model_file.load_yaml(str(TRUTH))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        recovery(folder, model)
        cannot_tell(folder)
        quarters(folder)
        done = program.run(["fit", folder / "p.h5", "--model", TRUTH, "--grace", "0"])
        assert done.returncode == 2 and "--grace" in done.stderr


if __name__ == "__main__":
    main()
