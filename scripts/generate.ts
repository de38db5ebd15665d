import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUILTIN_BACKENDS } from "../src/backends/builtin-backends.ts";
import type { GeneratedFile } from "./generate-job-schema.ts";
import { generateJobFiles } from "./generate-job-schema.ts";
import { generateJobTypes } from "./generate-job-types.ts";
import { generatePages } from "./generate-pages.ts";
import { renderSupportMatrix, SUPPORT_MATRIX_PATH } from "./generate-support-matrix.ts";
import { generateTypesPage } from "./generate-types.ts";
import { root } from "./lib/toolchain.mjs";

/** Writes every file that is made from the code; with `--check` it writes nothing and fails if one is stale. */
const plugins = await Promise.all(BUILTIN_BACKENDS.map((backend) => backend.load()));
const matrix = renderSupportMatrix(plugins);
const made: readonly GeneratedFile[] = [
  ...generateJobFiles(plugins),
  ...generateJobTypes(plugins),
  { path: SUPPORT_MATRIX_PATH, text: matrix },
  await generateTypesPage(),
];
const files = [...made, ...generatePages(matrix, plugins, new Set(made.map(({ path }) => path)))];

const stale = files.filter(({ path, text }) => {
  const target = join(root, path);
  return !existsSync(target) || readFileSync(target, "utf8") !== text;
});
if (process.argv.includes("--check")) {
  for (const { path } of stale) console.error(`${path} is stale. Run: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, text } of stale) writeFileSync(join(root, path), text);
  console.log(stale.length === 0 ? "Everything is fresh." : `Written: ${stale.map(({ path }) => path).join(", ")}`);
}
