// SPDX-License-Identifier: Apache-2.0
// node reprice.mjs PAGE.html CASES.json: prices the cases ([{key: figure}, …]) by the engine and the claims that stand in a page, as JSON:
// [{claims, face, value, bid, net, error, ms}, …]. By its own reading of the engine's memory, not the page's.
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const page = readFileSync(process.argv[2], "latin1");
const cases = JSON.parse(readFileSync(process.argv[3], "utf8"));
const part = (id) => inflateSync(Buffer.from(new RegExp(`id="${id}">([^<]*)<`).exec(page)[1], "base64"));
const figures = JSON.parse(Buffer.from(/id="figures">([^<]*)</.exec(page)[1], "latin1").toString("utf8"));
const { keys, segments, countries } = figures.reprice;
const { instance } = await WebAssembly.instantiate(part("engine"));
const engine = instance.exports;
engine.__wasm_call_ctors();
const book = part("book");
const at = engine.room(book.length);
new Uint8Array(engine.memory.buffer).set(book, at);
if (engine.load(at, book.length) !== 0) throw new Error("the book was not read");

const results = cases.map(({ country = null, ...changes }) => {
  const given = new DataView(engine.memory.buffer, engine.figures());
  keys.forEach(({ name, neutral }, i) => given.setFloat64(8 * i, changes[name] ?? neutral, true));
  given.setFloat64(8 * keys.length, changes.asked ?? NaN, true);
  const choices = new Uint8Array(engine.memory.buffer, engine.choices(), 1024 + 256 + 7 + 5).fill(1);
  if (country !== null) countries.forEach((code, i) => { choices[1024 + i] = code === country ? 1 : 0; });
  const started = performance.now();
  if (engine.price(country === null ? 0 : 1) !== 0) throw new Error("no price");
  const ms = performance.now() - started;
  const found = new DataView(engine.memory.buffer, engine.results());
  const number = (i) => found.getFloat64(8 * i, true);
  return { claims: number(0), face: number(1), value: number(2), bid: number(5), gross: number(11), net: number(14), payback: number(17), asked_irr: number(18), irr: number(22), error: number(23), ms };
});
console.log(JSON.stringify({ segments: segments.length, results }));
