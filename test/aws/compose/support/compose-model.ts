import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../../scripts/lib/toolchain.mjs";
import { runCommand } from "../../../support/run-command.ts";

/** The reference implementation of the Compose specification, by which `docker compose` reads its files, too. */
const VERSION = "v2.16.2";
const COMPOSE_GO = `github.com/compose-spec/compose-go/v2/cmd@${VERSION}`;
const GO_BIN = join(root, "node_modules", ".cache", `compose-go-${VERSION}`);
const BUILD_MS = 4 * 60_000;

export type ComposeService = {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Null: the variable is passed on from the caller's environment. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly { readonly host_ip?: string; readonly published?: string; readonly target: number }[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly { readonly source: string; readonly target: string; readonly read_only?: boolean }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly profiles?: readonly string[];
};
export type ComposeModel = { readonly services: Readonly<Record<string, ComposeService>> };

/**
 * docker-compose.yml as Compose understands it: held against the schema of the specification, with these variables filled in, and nothing of
 * ours between.
 */
export async function readCompose(
  env: Readonly<Record<string, string>> = {},
): Promise<ComposeModel | { readonly missing: string }> {
  const built = await runCommand("go", ["install", COMPOSE_GO], BUILD_MS, { GOBIN: GO_BIN });
  if (built.code !== 0) return { missing: `\`go install ${COMPOSE_GO}\` failed: ${built.output.split("\n").at(-1)}` };
  const folder = await mkdtemp(join(tmpdir(), "compose-model-"));
  try {
    const { code, output } = await runCommand(join(GO_BIN, "cmd"), ["-format", "json", await include(folder, env)]);
    if (code !== 0) throw new Error(`docker-compose.yml is not valid:\n${output}`);
    return JSON.parse(output) as ComposeModel;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A file that includes ours: this program knows the variables of an `env_file`, and not those of its environment. */
async function include(folder: string, env: Readonly<Record<string, string>>): Promise<string> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, "variables"), variables.join(""));
  const included = {
    path: join(root, "docker-compose.yml"),
    project_directory: root,
    env_file: join(folder, "variables"),
  };
  const path = join(folder, "docker-compose.yml");
  await writeFile(path, JSON.stringify({ include: [included] }));
  return path;
}
