// Sets the checkout up: installs what package-lock.json says, under a Node that gets the native parts right, and proves that
// they load. Runs on Node 20 and without node_modules; every npm script that needs dependencies calls it first, so it has to be
// quick when there is nothing to do.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
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
// Outside of node_modules, because `npm ci` removes that folder whole.
const lockFolder = join(root, ".scoreframe-setup.lock");

/** A set-up that cannot be completed; the message is one sentence that names the mend. */
export class SetupError extends Error {}

/**
 * Makes node_modules complete, fresh and loadable, and returns the Node to use.
 *
 * @param {{ verify?: boolean }} [options] `verify` loads the native packages even where the stamp says that they did before
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function setUp({ verify = false } = {}) {
  if (isStamped()) {
    const node = chooseNode();
    if (node && (!verify || loadProblem(node.path) === undefined)) return node;
  }
  return await underLock(async () => {
    // Another script may have done the work while this one waited.
    const waited = isStamped() && chooseNode();
    if (waited && loadProblem(waited.path) === undefined) return waited;
    // Somebody may have installed by hand: what is right already is not installed again.
    const present = isInstalledAsLocked() && chooseNode();
    if (present && loadProblem(present.path) === undefined) {
      stamp();
      return present;
    }
    rmSync(stampPath, { force: true });
    await install();
    const node = chooseNode();
    if (!node) {
      throw new SetupError(
        `Node ${fallbackNode} was not installed into node_modules/node (are install scripts switched off in npm's configuration?): ` +
          `use Node 22.18 or newer, or run \`npm ci --ignore-scripts=false\`.`,
      );
    }
    const problem = loadProblem(node.path);
    if (problem) {
      throw new SetupError(
        `${problem} Delete node_modules and run \`npx -y -p node@${fallbackNode} npm ci --include=optional\`; on a platform without a ` +
          "prebuilt binary use Linux (glibc), macOS or Windows on x64 or arm64.",
      );
    }
    stamp();
    return node;
  });
}

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** The stamp names the platform too: a checkout that is shared with a container holds the wrong binaries there. */
function expectedStamp() {
  return `${lockHash()} ${process.platform}-${process.arch}\n`;
}

function isStamped() {
  return existsSync(stampPath) && readFileSync(stampPath, "utf8") === expectedStamp();
}

function stamp() {
  writeFileSync(stampPath, expectedStamp());
}

/** Compares package-lock.json with the list that npm keeps of what it really installed. */
function isInstalledAsLocked() {
  const listPath = join(modules, ".package-lock.json");
  if (!existsSync(listPath)) return false;
  const installed = JSON.parse(readFileSync(listPath, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || installed[path]?.version === entry.version,
  );
}

async function install() {
  const npm = npmCli("npm");
  const npx = npmCli("npx");
  if (!npm || !npx)
    throw new SetupError("npm was not found beside Node: install npm 11 or newer, then run `npm run setup`.");

  // The Node in node_modules does not count: `npm ci` is about to remove it.
  const own = [process.env.npm_node_execpath, process.execPath].filter((path) => path && !path.startsWith(modules));
  const running = own.find((path) => path && isNewEnough(nodeVersion(path) ?? ""));
  const reason = running
    ? ""
    : `; under Node ${fallbackNode}, as ${nodeVersion(own[0] ?? "") ?? "the one at hand"} is too old`;
  say(`installing dependencies (about a minute${reason})`);
  // Errors alone, but those even where the script was started with `npm run -s`: a set-up that fails has to say why.
  const level = "--loglevel=error";
  const args = [npm, "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", level, "--prefix", root];
  // On a Node that is too old npm leaves out the Polars binary in silence, because that package asks for Node >= 22. Started from
  // another folder, as npx would take the Node of the very node_modules that `npm ci` is about to remove.
  const [file, argv] = running
    ? [running, args]
    : [process.execPath, [npx, "-y", level, "-p", `node@${fallbackNode}`, "--", "node", ...args]];
  const env = {
    ...(running ? environmentFor(running) : process.env),
    // Its install script would download what only a GPU needs; npm before 11.16 does not read `allowScripts`.
    ONNXRUNTIME_NODE_INSTALL: "skip",
  };
  // stdout belongs to the command that asked for the set-up, which may have promised one JSON document there.
  const code = await runToEnd(file, argv, { cwd: tmpdir(), env, stdio: ["ignore", 2, 2] });
  if (code !== 0) {
    throw new SetupError(
      `Installing the dependencies failed (npm ended with ${code}, its reason is above): check the network and the registry ` +
        "(`npm config get registry`), then run `npm run setup`.",
    );
  }
}

/**
 * Loads the native packages in a child: a missing or foreign binary must not take this process down.
 *
 * @param {string} node
 * @returns {string | undefined} one sentence about what does not load
 */
function loadProblem(node) {
  for (const name of ["nodejs-polars", "@duckdb/node-api"]) {
    try {
      execFileSync(node, ["--input-type=module", "-e", `await import(${JSON.stringify(name)})`], {
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

/**
 * Two scripts that start together must not both install. A folder is the lock, as creating one is atomic everywhere.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function underLock(work) {
  let announced = false;
  while (!takeLock()) {
    if (!announced) say("waiting for another set-up of this checkout to end");
    announced = true;
    await sleep(500);
  }
  const release = () => rmSync(lockFolder, { recursive: true, force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function takeLock() {
  const ownerPath = join(lockFolder, "pid");
  try {
    mkdirSync(lockFolder);
    writeFileSync(ownerPath, String(process.pid));
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  // A lock whose owner was killed would block for ever; one without an owner's name is being taken or given back right now.
  try {
    const owner = existsSync(ownerPath) ? Number(readFileSync(ownerPath, "utf8")) : 0;
    const dead = owner ? !isAlive(owner) : Date.now() - statSync(lockFolder).mtimeMs > 10_000;
    if (dead) removeStaleLock(owner);
  } catch {
    // It was given back between two looks: the next round takes it.
  }
  return false;
}

/**
 * Moved aside before it is removed: of two waiters that find the same dead owner, the slower one must not remove the lock that
 * the faster one has taken meanwhile.
 *
 * @param {number} owner
 */
function removeStaleLock(owner) {
  const aside = `${lockFolder}.${process.pid}`;
  renameSync(lockFolder, aside);
  const ownerPath = join(aside, "pid");
  const moved = existsSync(ownerPath) ? Number(readFileSync(ownerPath, "utf8")) : 0;
  if (moved === owner) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, lockFolder);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
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
