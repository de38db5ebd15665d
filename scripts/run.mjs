// `node scripts/run.mjs <tool> [args…]`: sets the checkout up if need be and runs a tool under the right Node. The tool is `node`,
// `scoreframe` (the command line from its sources, where the caller stands), or the name of a program that a dependency brings.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { environmentFor, root, runToEnd } from "./lib/toolchain.mjs";
import { SetupError, setUp } from "./setup.mjs";

/**
 * Which package brings which program, where the two names differ.
 *
 * @type {Record<string, string>}
 */
const packageOf = {
  attw: "@arethetypeswrong/cli",
  biome: "@biomejs/biome",
  depcruise: "dependency-cruiser",
  tsc: "typescript",
};

// Node 22 warns that type stripping is experimental, and the command line's stderr is for the user.
const quiet = ["--disable-warning=ExperimentalWarning"];

/** Where `import "scoreframe/model"` in an example leads: to the sources, as a checkout may have no build. */
const fromSource = "--conditions=scoreframe-source";

/**
 * @param {string} tool
 * @param {string[]} args
 */
function commandFor(tool, args) {
  if (tool === "node") return { argv: [...quiet, fromSource, ...args], cwd: root };
  if (tool === "scoreframe") {
    return {
      argv: [...quiet, fromSource, join(root, "src", "cli", "main.ts"), ...args],
      cwd: process.env.INIT_CWD ?? process.cwd(),
    };
  }
  return { argv: [programOf(tool), ...args], cwd: root };
}

/**
 * The program's JavaScript, to be started directly: the links in node_modules/.bin are shell scripts on Windows.
 *
 * @param {string} tool
 */
function programOf(tool) {
  const name = packageOf[tool] ?? tool;
  const manifestPath = join(root, "node_modules", name, "package.json");
  if (!existsSync(manifestPath))
    throw new SetupError(`No dependency brings a program named ${tool}: look at package.json.`);
  const { bin } = JSON.parse(readFileSync(manifestPath, "utf8"));
  return join(root, "node_modules", name, typeof bin === "string" ? bin : bin[tool]);
}

const [tool, ...args] = process.argv.slice(2);
try {
  if (!tool) throw new SetupError("Say what to run: `node scripts/run.mjs <tool> [arguments]`.");
  const node = await setUp();
  const { argv, cwd } = commandFor(tool, args);
  process.exitCode = await runToEnd(node.path, argv, { cwd, env: environmentFor(node.path) });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`set-up: ${error.message}\n`);
  process.exitCode = 1;
}
