// SPDX-License-Identifier: Apache-2.0
// What the pages use of Observable Plot; bundled with it at build time (cmake/page.cmake). A build without npm has no bundle, and
// the pages show their tables alone.
import {
  areaY, axisX, axisY, barX, barY, cell, dot, gridX, gridY, line, link, plot, pointer, pointerX, rectY, ruleX, ruleY, text, tickX, tickY, tip,
} from "@observablehq/plot";

window.Plot = {
  areaY, axisX, axisY, barX, barY, cell, dot, gridX, gridY, line, link, plot, pointer, pointerX, rectY, ruleX, ruleY, text, tickX, tickY, tip,
};
