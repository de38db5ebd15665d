// Checks the package as its users get it: builds and packs it, lints the tarball, installs it into an empty folder, and uses it
// there under every Node that is supported.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { runProgram } from "./lib/run-program.ts";
import { bundledNode, environmentFor, nodeVersion, npmCli, programPath, root } from "./lib/toolchain.mjs";

export type PackageCheck = {
  readonly name: string;
  readonly seconds: number;
  /** Undefined if it passed. */
  readonly problem?: string;
  /** Why it could not be run at all. */
  readonly notRun?: string;
};

type Manifest = {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

/** Thrown by a check that cannot be run here; the message says why. */
class NotRun extends Error {}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const reports = join(root, ".reports");

/** The oldest Node that package.json allows. */
const floor = "22.18.0";

/** In bytes. Code, a sample and a small model fit well; anything larger is a mistake. */
const largestTarball = 2_000_000;

/** Condition of the exports map for work in a checkout; it leads to sources that are not published. */
const sourceCondition = "scoreframe-source";

const subpaths = Object.keys(manifest.exports).filter((path) => path !== "./package.json");

export async function checkPackage(): Promise<readonly PackageCheck[]> {
  const checks: PackageCheck[] = [];
  const check = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    try {
      await work();
      checks.push({ name, seconds: seconds() });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      checks.push({
        name,
        seconds: seconds(),
        ...(error instanceof NotRun ? { notRun: message } : { problem: message }),
      });
    }
    const last = checks.at(-1);
    console.log(`package: ${name}: ${last?.problem ?? last?.notRun ?? "ok"}`);
    return last?.problem === undefined && last?.notRun === undefined;
  };

  if (!(await check("build", build))) return checks;
  await check("exports map and build agree", exportsMatchBuild);
  let tarball = "";
  const packed = await check("npm pack", async () => {
    tarball = await pack();
  });
  if (!packed) return checks;
  await check("publint", () => lintTarball(tarball));
  await check("are the types wrong", () => checkTypes(tarball));

  const consumer = mkdtempSync(join(tmpdir(), "scoreframe-consumer-"));
  try {
    if (!(await check("install into an empty folder", () => install(consumer, tarball)))) return checks;
    await check("typed import", () => typedImport(consumer));
    for (const node of await nodesToTry(checks)) {
      const label = `Node ${node.version}`;
      await check(`every subpath loads, ${label}`, () => loadSubpaths(consumer, node.path));
      await check(`npx scoreframe --version, ${label}`, () => printVersion(consumer, node.path));
      await check(`npx scoreframe demo, ${label}`, () => runDemo(consumer, node.path));
    }
  } finally {
    rmSync(consumer, { recursive: true, force: true });
  }
  return checks;
}

async function build(): Promise<void> {
  await succeed("the build", process.execPath, [join(root, "scripts", "build.ts")], { cwd: root });
}

// Both directions: a subpath without a file breaks its users, and a file that cannot be imported is dead weight or forgotten.
async function exportsMatchBuild(): Promise<void> {
  const targets = Object.values(manifest.exports).flatMap((value) =>
    typeof value === "string"
      ? [value]
      : Object.entries(value)
          .filter(([condition]) => condition !== sourceCondition)
          .map(([, path]) => path),
  );
  const missing = [...targets, ...Object.values(manifest.bin)].filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0)
    throw new Error(`package.json names files that are missing in the build: ${missing.join(", ")}`);

  const backends = readdirSync(join(root, "dist", "backends"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(entry.parentPath, entry.name, "index.js")))
    .map((entry) => `./backends/${entry.name}`);
  const unreachable = backends.filter((path) => !(path in manifest.exports));
  if (unreachable.length > 0) throw new Error(`backends without a subpath in package.json: ${unreachable.join(", ")}`);

  for (const path of Object.values(manifest.bin)) {
    if (!readFileSync(join(root, path), "utf8").startsWith("#!/usr/bin/env node\n")) {
      throw new Error(`${path} does not begin with "#!/usr/bin/env node", so that npx could not start it`);
    }
  }
}

async function pack(): Promise<string> {
  const folder = join(reports, "pack");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Without scripts: the build has just been made, and `prepack` would make it again.
  const printed = await npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root);
  const [packed] = JSON.parse(printed) as { filename: string; size: number; files: { path: string }[] }[];
  if (!packed) throw new Error("npm pack wrote no tarball");
  const paths = packed.files.map((file) => file.path);
  const absent = ["LICENSE", "README.md", "job.schema.json"].filter((path) => !paths.includes(path));
  if (absent.length > 0) throw new Error(`the tarball has no ${absent.join(", ")}`);
  const strange = paths.filter((path) => /\.test\.|\.tsbuildinfo$|(^|\/)\.env|(?<!\.d)\.ts$/.test(path));
  if (strange.length > 0) throw new Error(`the tarball holds what no user needs: ${strange.join(", ")}`);
  if (packed.size > largestTarball)
    throw new Error(`the tarball has ${packed.size} bytes, more than ${largestTarball}`);
  return join(folder, packed.filename);
}

async function lintTarball(tarball: string): Promise<void> {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({
    strict: true,
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  const problems = messages
    .filter((message) => !message.path.includes(sourceCondition))
    .map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
  if (problems.length > 0) throw new Error(problems.join("; "));
}

async function checkTypes(tarball: string): Promise<void> {
  await succeed("attw", process.execPath, [
    programPath("attw"),
    tarball,
    "--profile",
    "esm-only",
    "--format",
    "ascii",
    "--no-emoji",
  ]);
}

async function install(consumer: string, tarball: string): Promise<void> {
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const types = JSON.parse(
    readFileSync(join(root, "node_modules", "@types", "node", "package.json"), "utf8"),
  ) as Manifest;
  // Without scripts: a user's package manager may not run them, so the package must work without.
  await npm(["install", "--ignore-scripts", "--prefer-offline", tarball, `@types/node@${types.version}`], consumer);
}

async function typedImport(consumer: string): Promise<void> {
  const names = subpaths.map((path, index) => ({ local: `module${index}`, name: path.replace(/^\./, "scoreframe") }));
  writeFileSync(
    join(consumer, "use.ts"),
    [
      ...names.map(({ local, name }) => `import * as ${local} from ${JSON.stringify(name)};`),
      // A module that resolves to nothing typed is `any`, which would accept everything silently.
      "type IsAny<T> = 0 extends 1 & T ? true : false;",
      ...names.map(({ local }) => `export const ${local}IsTyped: IsAny<typeof ${local}> = false;`),
      "",
    ].join("\n"),
  );
  writeFileSync(
    join(consumer, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        target: "es2022",
        lib: ["es2024", "esnext.disposable"],
        types: ["node"],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      },
      files: ["use.ts"],
    }),
  );
  const { code, output } = await runProgram(process.execPath, [programPath("tsc"), "-p", consumer], { cwd: consumer });
  // Errors in the declarations of dependencies are not ours: only those in the importing file and in our declarations count.
  const theirs = /^(\.\.\/)*node_modules\/(?!scoreframe\/)|^\s/;
  const errors = output.split("\n").filter((line) => line.trim() !== "" && !theirs.test(line));
  if (errors.length > 0) throw new Error(errors.join("\n"));
  if (code === undefined) throw new Error("tsc did not end");
}

// A Node that cannot be fetched is reported, not ignored.
async function nodesToTry(checks: PackageCheck[]): Promise<{ path: string; version: string }[]> {
  const nodes = [{ path: process.execPath, version: process.version }];
  const add = (path: string): void => {
    const version = nodeVersion(path);
    if (version && !nodes.some((node) => node.version === version)) nodes.push({ path, version });
  };
  add(bundledNode);
  try {
    add(await fetchNode(floor));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    checks.push({ name: `everything under Node ${floor}`, seconds: 0, notRun: reason });
  }
  return nodes;
}

/** Installs the bare binary of a Node release and keeps it with the dependencies. */
async function fetchNode(version: string): Promise<string> {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(root, "node_modules", ".cache", `node-${version}`);
  const path = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "another-node", private: true }));
  await npm(["install", "--ignore-scripts", "--no-save", "--prefer-offline", `${name}@${version}`], folder);
  if (!nodeVersion(path)) throw new Error(`the binary of ${name}@${version} does not start here`);
  return path;
}

async function loadSubpaths(consumer: string, node: string): Promise<void> {
  const names = subpaths.map((path) => path.replace(/^\./, "scoreframe"));
  const program = `for (const name of ${JSON.stringify(names)}) {
    const exported = Object.keys(await import(name));
    if (exported.length === 0) throw new Error(name + " exports nothing");
  }`;
  await succeed("the import", node, ["--input-type=module", "-e", program], {
    cwd: consumer,
    env: cleanEnvironment(node),
  });
}

async function printVersion(consumer: string, node: string): Promise<void> {
  const output = await npx(["scoreframe", "--version"], consumer, node);
  if (!output.split("\n").includes(manifest.version)) {
    throw new Error(`printed ${JSON.stringify(output.trim())} instead of ${manifest.version}`);
  }
}

async function runDemo(consumer: string, node: string): Promise<void> {
  if (!existsSync(join(root, "dist", "cli", "commands", "demo.js")))
    throw new NotRun("the command demo does not exist yet");
  await npx(["scoreframe", "demo"], consumer, node);
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const cli = npmCli("npm");
  if (!cli) throw new NotRun("npm was not found next to Node");
  return await succeed(
    `npm ${args[0]}`,
    process.execPath,
    [cli, ...args, "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd,
      env: cleanEnvironment(process.execPath),
    },
  );
}

async function npx(args: readonly string[], cwd: string, node: string): Promise<string> {
  const cli = npmCli("npx");
  if (!cli) throw new NotRun("npx was not found next to Node");
  // `--no`: what is not installed must not be fetched; `--`: options are the program's, not those of npx.
  return await succeed(`npx ${args.join(" ")}`, node, [cli, "--no", "--", ...args], {
    cwd,
    env: cleanEnvironment(node),
  });
}

// npm passes its configuration and the caller's folder to the scripts that it runs; a consumer's shell has neither.
function cleanEnvironment(node: string): NodeJS.ProcessEnv {
  const own =
    /^(npm_(config_(local_prefix|prefix)|package_|lifecycle_|command|execpath)|INIT_CWD|NODE_OPTIONS|VITEST)/i;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  return environmentFor(node, inherited);
}

async function succeed(
  what: string,
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { code, stdout, output, timedOut } = await runProgram(file, args, { ...options, timeoutMs: 3 * 60_000 });
  if (code === 0) return stdout;
  const end = timedOut ? "did not end within 3 minutes" : `ended with ${code ?? "no exit code"}`;
  throw new Error(`${what} ${end}:\n${output.trim()}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const checks = await checkPackage();
  const failed = checks.filter((check) => check.problem !== undefined);
  console.log(`package: ${checks.length - failed.length} of ${checks.length} checks passed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
