/* SPDX-License-Identifier: Apache-2.0 */
/* Polars: a tape into a data frame, dates read as dates. Each load has a process of its own, because frames outlive the
 * garbage collector; the best of three.     node polars.js T.csv THREADS */
"use strict";
const { execFileSync } = require("node:child_process");

const [path, threads, once] = process.argv.slice(2);

if (once) {
  const polars = require("nodejs-polars");
  const started = process.hrtime.bigint();
  const frame = polars.readCSV(path, { inferSchemaLength: 10000, tryParseDates: true });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(JSON.stringify({ program: `Polars ${polars.version}, readCSV`, threads: Number(threads), claims: frame.height, seconds }));
} else {
  const environment = { ...process.env, POLARS_MAX_THREADS: threads };
  let best = null;
  for (let i = 0; i < 3; i++) {
    const result = JSON.parse(execFileSync(process.execPath, [__filename, path, threads, "once"], { env: environment, encoding: "utf8" }));
    best = best === null || result.seconds < best.seconds ? result : best;
  }
  console.log(JSON.stringify(best));
}
