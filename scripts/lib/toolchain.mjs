// What every script needs to know before a dependency may be imported: which Node to use, how to run npm, and where things
// are. Plain JavaScript without dependencies, because it has to run on Node 20 in a clone that has no node_modules yet.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

const windows = process.platform === "win32";

/** The oldest Node that runs the sources as they are: type stripping without a flag came with 22.18. */
const oldestNode = { major: 22, minor: 18 };

/** The Node that is fetched if the running one is too old; the dev dependency `node` pins the same release. */
export const fallbackNode = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;

/**
 * @param {string} version such as `v24.21.0`
 * @returns {boolean}
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
}

/** The binary of the dev dependency `node`, addressed directly: the link in `.bin` is a shell script on Windows. */
export const bundledNode = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

/**
 * The Node to work with: the running one if it is new enough, otherwise the one in node_modules.
 *
 * Inside an npm script `process.execPath` says little, because npm puts node_modules/.bin (and with it the bundled Node) first
 * in PATH; `npm_node_execpath` names the Node that the caller really started npm with.
 *
 * @returns {{ path: string, version: string } | undefined} undefined when neither is there
 */
export function chooseNode() {
  const candidates = [process.env.npm_node_execpath, process.execPath, bundledNode];
  for (const path of candidates) {
    const version = path && nodeVersion(path);
    if (path && version && isNewEnough(version)) return { path, version };
  }
  return undefined;
}

/**
 * @param {string} path a Node binary
 * @returns {string | undefined} its version, or undefined if it is missing or does not start
 */
export function nodeVersion(path) {
  if (samePath(path, process.execPath)) return process.version;
  if (!existsSync(path)) return undefined;
  try {
    return execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/**
 * @param {string} a
 * @param {string} b
 */
function samePath(a, b) {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return a === b;
  }
}

/**
 * The environment for a child process that must use `node`: its folder comes first in PATH, so that the child starts the same one by the
 * name `node`, and `npm_node_execpath` set, so that scripts nested in scripts choose it again.
 *
 * @param {string} node
 * @param {NodeJS.ProcessEnv} [base]
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(node, base = process.env) {
  const env = { ...base };
  // Windows spells it `Path`; a second spelling in the same environment would win or lose by chance.
  const key = Object.keys(env).find((name) => name.toLowerCase() === "path") ?? "PATH";
  const separator = windows ? ";" : ":";
  env[key] = [dirname(node), join(root, "node_modules", ".bin"), env[key]].filter(Boolean).join(separator);
  env.npm_node_execpath = node;
  return env;
}

/**
 * Which package has which program, if the two names differ.
 *
 * @type {Record<string, string>}
 */
const packageOf = {
  attw: "@arethetypeswrong/cli",
  biome: "@biomejs/biome",
  depcruise: "dependency-cruiser",
  tsc: "typescript",
};

/**
 * The JavaScript of a dependency's program, to be started with a chosen Node: the links in node_modules/.bin are
 * shell scripts on Windows, and take the Node that comes first in PATH.
 *
 * @param {string} name such as `tsc`
 * @returns {string}
 */
export function programPath(name) {
  const folder = join(root, "node_modules", packageOf[name] ?? name);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}

/**
 * How to start npm (or npx) under a given Node without a shell: by the path of its JavaScript, which npm passes to its
 * scripts, and which otherwise is next to the Node that npm came with.
 *
 * @param {"npm" | "npx"} tool
 * @returns {string | undefined} the path of npm-cli.js or npx-cli.js
 */
export function npmCli(tool = "npm") {
  const candidates = [];
  const given = process.env.npm_execpath;
  if (given && /np[mx]-cli\.js$/.test(given)) candidates.push(dirname(given));
  for (const node of [process.env.npm_node_execpath, process.execPath]) {
    if (!node) continue;
    const folder = dirname(node);
    candidates.push(
      join(folder, "node_modules", "npm", "bin"),
      join(folder, "..", "lib", "node_modules", "npm", "bin"),
    );
  }
  for (const folder of (process.env.PATH ?? process.env.Path ?? "").split(windows ? ";" : ":")) {
    const link = join(folder, "npm");
    if (windows) candidates.push(join(folder, "node_modules", "npm", "bin"));
    else if (existsSync(link)) candidates.push(dirname(realpathSync(link)));
  }
  return candidates.map((folder) => join(folder, `${tool}-cli.js`)).find((path) => existsSync(path));
}

/**
 * The signals that a script passes on, and how a shell reports a death by each: 128 + n.
 *
 * @type {Record<string, number>}
 */
const deathsBySignal = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Starts a child, passes signals on to it, and gives its exit code. Ctrl-C in a terminal reaches the whole process group: the
 * parent only has to outlive its child, so that the child's answer to the signal is the answer of the script.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<number>}
 */
export function runToEnd(file, args, options) {
  return new Promise((resolveCode, reject) => {
    const child = spawn(file, args, { stdio: "inherit", ...options });
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      if (signal !== "SIGINT") child.kill(signal);
    };
    // npm starts a script by a shell, and passes SIGTERM on to that shell alone, which dies of it and leaves this process behind
    // with another parent: a scheduler's stop would not reach the run.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      child.kill("SIGTERM");
    }, 500);
    if (windows || !process.env.npm_lifecycle_event) clearInterval(watch);
    const finish = () => {
      clearInterval(watch);
      for (const signal of Object.keys(deathsBySignal)) process.off(signal, passOn);
    };
    for (const signal of Object.keys(deathsBySignal)) process.on(signal, passOn);
    child.on("error", (error) => {
      finish();
      reject(error);
    });
    child.on("close", (code, signal) => {
      finish();
      resolveCode(code ?? deathsBySignal[signal ?? ""] ?? 1);
    });
  });
}
