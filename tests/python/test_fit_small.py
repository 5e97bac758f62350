# SPDX-License-Identifier: Apache-2.0
"""A fit on a panel in which a dozen debtors paid: too few to tell points and curves apart. It says so, and its points
stay near nothing instead of running up and down against each other: the model that made the panel has none beyond 0.9."""
import os
import re
import subprocess
import tempfile
import unittest

PROGRAM, SOURCE = os.environ["JALKI_PROGRAM"], os.environ["JALKI_SOURCE"]
MODEL = os.path.join(SOURCE, "models", "nordic.yaml")


class SmallPanel(unittest.TestCase):
    def test_points_stay_small(self):
        with tempfile.TemporaryDirectory() as folder:
            for seed in (4, 5):  # of the second, the levels fit each payer without a rest
                panel, model = os.path.join(folder, "p.h5"), os.path.join(folder, "m.yaml")
                for arguments in (["generate", "-n", "800", "--panel", "--months", "12", "--seed", str(seed), "--model", MODEL, "-o", panel],
                                  ["fit", panel, "--model", MODEL, "-o", model, "--full"]):
                    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("points and the curves apart", done.stdout)
                with open(model) as file:
                    points = [float(number) for number in re.findall(r"points: (-?[0-9.]+)", file.read())]
                self.assertGreater(len(points), 30)
                self.assertLess(max(abs(number) for number in points), 4.0)
                os.unlink(panel)


if __name__ == "__main__":
    unittest.main()
