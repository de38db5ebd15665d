// `node scripts/run.mjs <tool> [args…]`: sets the checkout up if need be and runs a tool under the right Node. The tool is `node`,
// `program` (Node in the caller's folder), `scoreframe` (the command line from its sources, in the caller's folder), or the name of a
// dependency's program.

import { join } from "node:path";
import process from "node:process";
import { environmentFor, programPath, root, runToEnd } from "./lib/toolchain.mjs";
import { SetupError, setUp } from "./setup.mjs";

// Node 22 warns that type stripping is experimental, and the command line's stderr is for the user.
const quiet = ["--disable-warning=ExperimentalWarning"];

/**
 * @param {string} tool
 * @param {string[]} args
 */
function commandFor(tool, args) {
  if (tool === "node") return { argv: [...quiet, ...args], cwd: root };
  if (tool === "program") return { argv: [...quiet, ...args], cwd: process.env.INIT_CWD ?? process.cwd() };
  if (tool === "scoreframe") {
    const main = join(root, "src", "cli", "main.ts");
    // npm changes to the root of the checkout, and INIT_CWD has the caller's folder.
    return { argv: [...quiet, main, ...args], cwd: process.env.INIT_CWD ?? process.cwd() };
  }
  return { argv: [programPath(tool), ...args], cwd: root };
}

/**
 * Makes `import "scoreframe/model"` lead to the sources, as a checkout may have no build or an old one. By the environment, so
 * that a model that runs in a separate process gets it, too.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function fromSources(env) {
  const condition = "--conditions=scoreframe-source";
  return { ...env, NODE_OPTIONS: [env.NODE_OPTIONS, condition].filter(Boolean).join(" ") };
}

const [tool, ...args] = process.argv.slice(2);
try {
  if (!tool) throw new SetupError("Say what to run: `node scripts/run.mjs <tool> [arguments]`.");
  const node = await setUp();
  const { argv, cwd } = commandFor(tool, args);
  process.exitCode = await runToEnd(node.path, argv, { cwd, env: fromSources(environmentFor(node.path)) });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`set-up: ${error.message}\n`);
  process.exitCode = 1;
}
