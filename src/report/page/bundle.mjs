// SPDX-License-Identifier: Apache-2.0
// node bundle.mjs NPM_FOLDER ENTRY OUTPUT: one minified script of the entry and all that it imports from NPM_FOLDER/node_modules,
// with the licences of the packages that came in at its head.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [folder, entry, output] = process.argv.slice(2).map((path) => resolve(path));
const { buildSync } = createRequire(join(folder, "package.json"))("esbuild");
const result = buildSync({
  entryPoints: [entry],
  nodePaths: [join(folder, "node_modules")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none", // the whole licences follow
  metafile: true,
  write: false,
});

const packages = new Map(); // licence text -> packages under it
for (const input of Object.keys(result.metafile.inputs)) {
  const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (name) {
    const home = join(folder, "node_modules", name);
    const licence = readdirSync(home).find((file) => /^licen[cs]e/i.test(file));
    if (!licence || !existsSync(join(home, licence))) throw new Error(`${name} comes without its licence`);
    const text = readFileSync(join(home, licence), "utf8").trim();
    packages.set(text, (packages.get(text) ?? new Set()).add(name));
  }
}
const notes = [...packages].map(([text, names]) => `${[...names].sort().join(", ")}\n\n${text}`).join("\n\n----\n\n");
const script = result.outputFiles[0].text;
if (/<\/script/i.test(notes + script)) throw new Error("the bundle would end the script element that it stands in");
writeFileSync(output, `/*\n${notes.replaceAll("*/", "* /")}\n*/\n${script}`);
