import { freePort } from "../../src/backends/local/process/free-port.ts";
import { runProgram } from "../lib/run-program.ts";
import type { LocalS3 } from "./local-s3.ts";
import { untilAnswered } from "./until-answered.ts";

/** The last image of LocalStack that starts without a token. */
export const LOCALSTACK_IMAGE = "localstack/localstack:4.14.0";
const PULL_MS = 10 * 60_000;
const START_MS = 60_000;

/** Starts LocalStack in a container, if an engine answers. */
export async function startS3Container(): Promise<LocalS3 | { readonly missing: string }> {
  const engine = await runProgram("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutMs: 10_000 });
  if (engine.code !== 0) return { missing: "no Docker engine answers `docker version`" };
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const args = [
    "run",
    "--detach",
    "--rm",
    "--publish",
    `127.0.0.1:${port}:4566`,
    "--env",
    "SERVICES=s3",
    LOCALSTACK_IMAGE,
  ];
  const { code, stdout, output } = await runProgram("docker", args, { timeoutMs: PULL_MS });
  if (code !== 0) return { missing: `\`docker ${args.join(" ")}\` failed: ${output.trim().split("\n").at(-1)}` };
  const container = stdout.trim();
  const stop = async (): Promise<void> => {
    await runProgram("docker", ["rm", "--force", container], { timeoutMs: START_MS });
  };
  if (await untilAnswered(endpoint, START_MS)) return { name: LOCALSTACK_IMAGE, endpoint, stop };
  const { output: logs } = await runProgram("docker", ["logs", container], { timeoutMs: START_MS });
  await stop();
  return { missing: `${LOCALSTACK_IMAGE} did not come up at ${endpoint}: ${logs.trim().split("\n").at(-1)}` };
}
