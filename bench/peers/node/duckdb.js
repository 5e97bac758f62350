/* SPDX-License-Identifier: Apache-2.0 */
/* DuckDB: a tape into a table, and the first 100,000 of ten million claims by value per hour, in memory, with our rule for
 * ties.     node duckdb.js ingest T.csv THREADS | node duckdb.js select THREADS */
"use strict";
const { DuckDBInstance, version } = require("@duckdb/node-api");

const SELECTED = 10000000;

async function bestOf(times, action) {
  let best = Infinity;
  for (let i = 0; i < times; i++) {
    const started = process.hrtime.bigint();
    await action();
    best = Math.min(best, Number(process.hrtime.bigint() - started) / 1e9);
  }
  return best;
}

function say(program, threads, claims, seconds) {
  console.log(JSON.stringify({ program: `DuckDB ${version()}, ${program}`, threads, claims, seconds }));
}

async function open(threads) {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  return instance.connect();
}

/* Types are found by its sniffer: that costs next to nothing beside the reading. */
async function ingest(path, threads) {
  const base = await open(threads);
  const source = `read_csv('${path.replaceAll("'", "''")}')`;
  const seconds = await bestOf(3, async () => {
    await base.run(`CREATE OR REPLACE TABLE tape AS SELECT * FROM ${source}`);
  });
  const rows = await (await base.runAndReadAll("SELECT count(*) FROM tape")).getRows();
  say("read_csv into a table", threads, Number(rows[0][0]), seconds);
}

async function select(threads) {
  const base = await open(threads);
  await base.run(`CREATE TABLE claims AS
    SELECT i AS row, CAST(CASE WHEN u < 0.2 THEN 0 ELSE 10 / (1.001 - u) END AS FLOAT) AS key, CAST(v * 4000 AS DOUBLE) AS balance
    FROM (SELECT i, random() AS u, random() AS v FROM range(${SELECTED}) t(i))`);
  const seconds = await bestOf(5, async () => {
    await base.run(`CREATE OR REPLACE TABLE first AS
      SELECT row FROM claims ORDER BY key DESC, balance DESC, row LIMIT 100000`);
  });
  say("ORDER BY LIMIT", threads, SELECTED, seconds);
}

const [what, ...rest] = process.argv.slice(2);
const done = what === "ingest" ? ingest(rest[0], Number(rest[1])) : select(Number(rest[0]));
done.catch((error) => {
  console.error(String(error));
  process.exit(1);
});
