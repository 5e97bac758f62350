# SPDX-License-Identifier: Apache-2.0
"""`fit --interactions` on histories in which age counts a fifth in one segment and 1.6 times in the other (scripts/shape.py, which also has a larger
comparison): the factors are found, other claims are told better, and where nothing differs nothing is kept."""
import json
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["JALKI_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "reference"))
sys.path.insert(0, str(SOURCE / "scripts"))
try:
    import yaml
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)
import program  # noqa: E402
import shape  # noqa: E402

CLAIMS = 3000 if os.environ.get("JALKI_FEW_CASES") else 6000


def history(folder, name, claims, seed):
    program.must_run(["generate", "--panel", "--model", folder / "truth.yaml", "-n", claims, "--months", 24, "--seed", seed, "-o", folder / name, "--quiet"])


def fit(folder, name, *options):
    program.must_run(["fit", folder / "panel.h5", "--model", folder / "base.yaml", "-o", folder / f"{name}.yaml", "--json", folder / f"{name}.json", "--splines", "all",
                      "--quiet", *options])
    return json.loads((folder / f"{name}.json").read_text())


def test_deviance(folder):
    program.must_run(["backtest", folder / "other.h5", "--model", folder / "plain.yaml", "--model", folder / "apart.yaml", "--json", folder / "t.json", "--quiet"])
    models = json.loads((folder / "t.json").read_text())["models"]
    return models[1]["errors"]["deviance"] - models[0]["errors"]["deviance"], models[0]["errors"]["null_model"]["deviance"]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shape.models(folder, shape.FACTORS)
        history(folder, "panel.h5", CLAIMS, 7)
        history(folder, "other.h5", 8000, 8)
        fit(folder, "plain")
        found = {i["characteristic"]: i for i in fit(folder, "apart", "--interactions", "--threads", 2)["interactions"]}
        age = found["age_years"]
        assert age["kept"] and age["gain"] > age["gain_std_error"] > 0.0, found
        factors = {f["segment"]: f for f in age["segments"]}
        # Truth: the ratio of the factors is 8; the shape itself is that of all together.
        apart = factors["rest"]["factor"] - factors["fi"]["factor"]
        error = (factors["rest"]["std_error"] ** 2 + factors["fi"]["std_error"] ** 2) ** 0.5
        assert apart > 2.0 * error > 0.0 and factors["fi"]["factor"] < 0.6, factors
        less, null = test_deviance(folder)
        assert less < 0.0, less
        item = next(i for i in yaml.safe_load((folder / "apart.yaml").read_text())["scorecard"]["characteristics"] if i["name"] == "age_years")
        assert {k: float(v) for k, v in item["in_segments"].items()} == {k: f["factor"] for k, f in factors.items()}, item["in_segments"]
        assert fit(folder, "again", "--interactions", "--threads", 1)["terms"] == json.loads((folder / "apart.json").read_text())["terms"]
        # Nothing differs: nothing is kept, and it is said.
        shape.models(folder)
        history(folder, "panel.h5", CLAIMS, 9)
        none = fit(folder, "none", "--interactions")
        kept = [i["characteristic"] for i in none["interactions"] if i["kept"]]
        assert "age_years" not in kept and len(kept) <= 1, none["interactions"]
        assert any("debtors held out gain nothing" in said for said in none["messages"])
        # A factor for a segment that is not there.
        text = (folder / "apart.yaml").read_text()
        (folder / "wrong.yaml").write_text(text.replace("\n        fi: ", "\n        if: ").replace('\n        "fi": ', '\n        "if": '))
        ran = program.run(["fit", folder / "panel.h5", "--model", folder / "wrong.yaml"])
        assert ran.returncode != 0 and "no segment of the model" in ran.stderr and "in_segments" in ran.stderr, ran
    print(f"factors {factors['fi']['factor']:.2f} and {factors['rest']['factor']:.2f} (0.2 and 1.6 in the truth), deviance of other claims {100 * less / null:+.3f} % of the null model's")


if __name__ == "__main__":
    main()
