import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { delimiter, dirname, join, posix } from "node:path";
import process from "node:process";
import { root } from "../../../../scripts/lib/toolchain.mjs";
import { runCommand } from "../../../support/run-command.ts";
import { copyFromContext } from "./build-context.ts";
import type { Stage } from "./dockerfile.ts";
import { lastOf, readDockerfile } from "./dockerfile.ts";

/** What the Dockerfile makes, as a folder: the files below it, and how a container starts. */
export type StagedImage = {
  readonly folder: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
};

const RUN_MS = 3 * 60_000;

/** Programs of a container: this Node by its name, and those of the system. */
export const CONTAINER_PATH = [dirname(process.execPath), process.env["PATH"]].join(delimiter);

/**
 * Follows the Dockerfile without an engine: each stage is a folder, into which the same files are copied of the same context, and in which the
 * same commands run. Only `npm ci` is replaced: the packages that it would install are linked, and no others.
 */
export async function stageImage(folder: string): Promise<StagedImage> {
  const stages = readDockerfile();
  for (const stage of stages) await followStage(stage, folder);
  const last = stages.at(-1) as Stage;
  return {
    folder: join(folder, last.name),
    workdir: lastOf(last, "WORKDIR"),
    env: envOf(last),
    entrypoint: JSON.parse(lastOf(last, "ENTRYPOINT")) as string[],
    command: JSON.parse(lastOf(last, "CMD")) as string[],
  };
}

async function followStage(stage: Stage, folder: string): Promise<void> {
  let workdir = join(folder, stage.name);
  for (const { name, args } of stage.instructions) {
    if (name === "WORKDIR") {
      workdir = join(folder, stage.name, args);
      await mkdir(workdir, { recursive: true });
    } else if (name === "COPY") await copy(args, workdir, folder);
    else if (name === "RUN" && args.startsWith("npm ci")) await linkPackages(workdir, args);
    else if (name === "RUN") await run(args, workdir, envOf(stage));
  }
}

function envOf({ instructions }: Stage): Record<string, string> {
  const pairs = instructions.filter(({ name }) => name === "ENV").map(({ args }) => args.split("="));
  return Object.fromEntries(pairs) as Record<string, string>;
}

async function copy(args: string, workdir: string, folder: string): Promise<void> {
  const [, stage, list = ""] = /^(?:--from=(\w+) )?(.*)$/.exec(args) ?? [];
  const words = list.split(/\s+/);
  const target = join(workdir, words.at(-1) ?? "");
  for (const source of words.slice(0, -1)) {
    if (stage !== undefined) await cp(join(folder, stage, source), target, { recursive: true });
    else await copyFromContext(source, source === "." ? target : join(target, posix.basename(source)));
  }
}

async function linkPackages(workdir: string, args: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(workdir, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const here = new Set(await installedPackages());
  for (const [path, { dev = false }] of Object.entries(packages)) {
    if (!here.has(path) || (dev && args.includes("--omit=dev"))) continue;
    await mkdir(dirname(join(workdir, path)), { recursive: true });
    await symlink(join(root, path), join(workdir, path), "junction");
  }
}

/** `node_modules/a`, `node_modules/@b/c`: those that this platform needs. */
async function installedPackages(): Promise<string[]> {
  const names = await readdir(join(root, "node_modules"));
  const scopes = names.filter((name) => name.startsWith("@"));
  const scoped = await Promise.all(
    scopes.map(async (scope) => (await readdir(join(root, "node_modules", scope))).map((name) => `${scope}/${name}`)),
  );
  return [...names, ...scoped.flat()].map((name) => `node_modules/${name}`);
}

async function run(command: string, workdir: string, env: Readonly<Record<string, string>>): Promise<void> {
  const clean = { ...env, PATH: CONTAINER_PATH, NODE_OPTIONS: "" };
  const { code, output } = await runCommand("sh", ["-c", `cd '${workdir}' && ${command}`], RUN_MS, clean);
  if (code !== 0) throw new Error(`RUN ${command}: ended with ${code}:\n${output}`);
}
