// Sets the checkout up: installs what package-lock.json names, under a Node that installs the native packages correctly, and checks that
// they load. It runs on Node 20 and without node_modules. Every npm script calls it first, so it returns at once if there is nothing to do.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  bundledNode,
  chooseNode,
  environmentFor,
  fallbackNode,
  isNewEnough,
  nodeVersion,
  npmCli,
  root,
  runToEnd,
} from "./lib/toolchain.mjs";

const modules = join(root, "node_modules");
const stampPath = join(modules, ".scoreframe-setup");
/** @type {import("node:child_process").StdioOptions} stdout belongs to the command that asked for the set-up, which may print JSON. */
const onStderr = ["ignore", 2, 2];

/** A set-up that cannot be completed. The message says how to fix it. */
export class SetupError extends Error {}

/**
 * Makes node_modules complete, and returns the Node to use.
 *
 * @param {{ verify?: boolean }} [options] `verify` loads the native packages again, even if nothing has changed
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function setUp({ verify = false } = {}) {
  const known = isStamped() ? chooseNode() : undefined;
  if (known && (!verify || !loadProblem(known.path))) return known;
  await install();
  const node = chooseNode();
  if (!node) {
    throw new SetupError(
      `Node ${fallbackNode} was not installed into node_modules/node (does npm's configuration disable install scripts?): ` +
        "use Node 22.18 or newer, or run `npm ci --ignore-scripts=false`.",
    );
  }
  const problem = loadProblem(node.path);
  if (problem) {
    throw new SetupError(
      `${problem} Delete node_modules and run \`npx -y -p node@${fallbackNode} npm ci --include=optional\`; on a platform without a ` +
        "prebuilt binary use Linux (glibc), macOS or Windows on x64 or arm64.",
    );
  }
  writeFileSync(stampPath, expectedStamp());
  return node;
}

/** The stamp names the platform too: a checkout that is shared with a container has the wrong binaries there. */
function expectedStamp() {
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  return `${lock.digest("hex")} ${process.platform}-${process.arch}\n`;
}

function isStamped() {
  return existsSync(stampPath) && readFileSync(stampPath, "utf8") === expectedStamp();
}

async function install() {
  const npm = npmCli("npm");
  const npx = npmCli("npx");
  if (!npm || !npx)
    throw new SetupError("npm was not found next to Node: install npm 11 or newer, then run `npm run setup`.");

  // The Node in node_modules does not count: `npm ci` is about to remove it.
  const own = [process.env.npm_node_execpath, process.execPath].filter((path) => path && !path.startsWith(modules));
  const running = own.find((path) => path && isNewEnough(nodeVersion(path) ?? ""));
  const reason = running ? "" : `; with Node ${fallbackNode}, because ${nodeVersion(own[0] ?? "")} is too old`;
  say(`installing dependencies (about a minute${reason})`);
  const ci = [npm, "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  // Under a Node that is too old npm silently leaves out the Polars binary, because that package asks for Node >= 22.
  const argv = running ? ci : [npx, "-y", "--loglevel=error", "-p", `node@${fallbackNode}`, "--", "node", ...ci];
  const code = await runToEnd(running ?? process.execPath, [...argv, "--prefix", root], {
    // In the checkout, npx would take the Node of the very node_modules that `npm ci` is about to remove.
    cwd: tmpdir(),
    // The install script of onnxruntime-node downloads what only a GPU needs; npm before 11.16 does not read `allowScripts`.
    env: { ...(running ? environmentFor(running) : process.env), ONNXRUNTIME_NODE_INSTALL: "skip" },
    stdio: onStderr,
  });
  if (code !== 0) {
    throw new SetupError(
      `Installing the dependencies failed (npm ended with ${code}, its reason is above): check the network and the registry ` +
        "(`npm config get registry`), then run `npm run setup`.",
    );
  }
}

/**
 * Loads the native packages in a child process: a missing or foreign binary must not end this one.
 *
 * @param {string} node
 * @returns {string | undefined} one sentence about what does not load
 */
function loadProblem(node) {
  for (const name of ["nodejs-polars", "@duckdb/node-api"]) {
    try {
      execFileSync(node, ["--input-type=module", "-e", `await import("${name}")`], {
        cwd: root,
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe"],
        timeout: 60_000,
      });
    } catch (error) {
      const { stderr, message } = /** @type {Error & { stderr?: string }} */ (error);
      const lines = (stderr || message).split("\n");
      const reason = lines.find((line) => /Error|Cannot|not found/.test(line)) ?? lines[0] ?? "no reason given";
      return `The native package ${name} does not load on ${process.platform}-${process.arch} (${reason.trim()}).`;
    }
  }
  return undefined;
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const node = await setUp({ verify: true });
    say(`ready, with Node ${node.version}${node.path === bundledNode ? " (the one in node_modules)" : ""}`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
