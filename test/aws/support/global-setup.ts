import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { startMinistack } from "../../../scripts/local-cloud/start-ministack.ts";
import type { StartedServer } from "../../../scripts/local-cloud/start-server.ts";
import { startServer } from "../../../scripts/local-cloud/start-server.ts";
import { freePort } from "../../../src/backends/local/process/free-port.ts";
import { runCommand } from "../../support/run-command.ts";
import { startLocalstack } from "./localstack.ts";
import type { S3Server, S3ServerName } from "./s3-servers.ts";

const VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const GO_BIN = fileURLToPath(new URL("../../../node_modules/.cache/go-v1.8.0/", import.meta.url));
const BUILD_MS = 8 * 60_000;

type Started = { readonly server: S3Server; readonly process: StartedServer };
type Start = (folder: string) => Promise<Started | { readonly missing: string }>;

/** Installs what is not there, starts every server once for all tests of the folder, and stops them at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "s3-servers-"));
  const processes: StartedServer[] = [];
  const started = async (start: Start): Promise<S3Server | { readonly missing: string }> => {
    const found = await start(folder);
    if ("missing" in found) return found;
    processes.push(found.process);
    return found.server;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((process) => process.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const servers = await Promise.all([started(ministack), started(versitygw), started(startLocalstack)]);
    const [first, second, third] = servers;
    project.provide("s3", { ministack: first, versitygw: second, localstack: third } satisfies Record<
      S3ServerName,
      unknown
    >);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function ministack(): ReturnType<Start> {
  const started = await startMinistack();
  if ("missing" in started) return started;
  return { process: started, server: { endpoint: started.endpoint, accessKeyId: "test", secretAccessKey: "test" } };
}

async function versitygw(folder: string): ReturnType<Start> {
  const built = await runCommand("go", ["install", VERSITYGW], BUILD_MS, { GOBIN: GO_BIN });
  if (built.code !== 0) return { missing: `\`go install ${VERSITYGW}\` failed: ${built.output.split("\n").at(-1)}` };
  const [port, data] = [String(await freePort()), join(folder, "versitygw")];
  await mkdir(data);
  const server = { endpoint: `http://127.0.0.1:${port}`, accessKeyId: "tester", secretAccessKey: "secret-of-tester" };
  const keys = ["--access", server.accessKeyId, "--secret", server.secretAccessKey];
  const args = [...keys, "--port", `127.0.0.1:${port}`, "--quiet", "posix", data];
  const process = await startServer(join(GO_BIN, "versitygw"), args, {}, server.endpoint);
  return { process, server };
}
