import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { inject } from "vitest";
import { createSagemakerEmulator } from "../../../src/emulators/index.ts";
import { openContainer } from "../../aws/emulators/support/container-server.ts";
import type { S3Server } from "../../aws/support/s3-servers.ts";
import { runCommand } from "../../support/run-command.ts";
import type { ClientPackages } from "./global-setup.ts";
import { startRecorder } from "./recorder.ts";

/** What a client found, check by check, and the operations that it called; or why it could not be run. */
export type CheckRun =
  | {
      /** Null if it passed, else the traceback. */
      readonly problems: ReadonlyMap<string, string | null>;
      readonly called: ReadonlySet<string>;
      readonly output: string;
    }
  | { readonly missing: string };

const LIMIT_MS = 5 * 60_000;

/** What is run: a file of `checks` with the packages that it needs, or the program of `go`. */
export type CheckProgram = { readonly packages: ClientPackages; readonly program: string } | "go";

/** Runs a program of checks in one process, against its own emulator. The model echoes its input, rejects `bad`, and never answers `slow`. */
export async function runChecks(program: CheckProgram): Promise<CheckRun> {
  const s3 = inject("s3").ministack;
  if ("missing" in s3) return s3;
  const command = await commandOf(program, s3);
  if ("missing" in command) return command;
  const container = await openContainer({
    invoke: ({ body }) => (body.includes("slow") ? null : body.includes("bad") ? { status: 400 } : body.trim()),
  });
  const emulator = await createSagemakerEmulator({
    s3Endpoint: s3.endpoint,
    images: { "echo:*": { url: container.url } },
  });
  const recorder = await startRecorder(emulator.url);
  const folder = await mkdtemp(join(tmpdir(), "checks-"));
  try {
    const results = join(folder, "results.jsonl");
    const { file, args } = command;
    const { output } = await runCommand(file, args(results), LIMIT_MS, environment(recorder.url, s3));
    return { problems: resultsIn(await readFile(results, "utf8").catch(() => "")), called: recorder.called, output };
  } finally {
    await recorder.close();
    await emulator.close();
    await container.close();
    await rm(folder, { recursive: true });
  }
}

type Command = { readonly file: string; args(results: string): readonly string[] } | { readonly missing: string };

async function commandOf(program: CheckProgram, s3: S3Server): Promise<Command> {
  const clients = inject("clients");
  if (program === "go") {
    if ("missing" in clients.go) return clients.go;
    const bucket = await bucketOfRecords(s3);
    return { file: clients.go.file, args: (results) => [results, bucket] };
  }
  const python = clients[program.packages];
  if ("missing" in python) return python;
  const path = fileURLToPath(new URL(`../checks/${program.program}.py`, import.meta.url));
  return { file: join(python.bin, "python"), args: (results) => [path, results] };
}

/** For a client that has no S3: a folder of each kind of record. */
async function bucketOfRecords({ endpoint, accessKeyId, secretAccessKey }: S3Server): Promise<string> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  const Bucket = `client-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  const records = { "good/a.csv": "1,2\n3,4\n", "bad/a": "bad\n", "slow/a": "slow\n" };
  for (const [Key, Body] of Object.entries(records)) await client.send(new PutObjectCommand({ Bucket, Key, Body }));
  return Bucket;
}

/** Nothing of the clients is set but what any user of theirs would set. */
function environment(endpoint: string, s3: S3Server): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SAGEMAKER: endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    // The AWS SDK for Go knows this one alone.
    AWS_REGION: "us-east-1",
    SAGEMAKER_SUPPRESS_V2_WARNING: "1",
  };
}

function resultsIn(text: string): Map<string, string | null> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const { check, problem } = JSON.parse(line) as { check: string; problem: string | null };
      return [check, problem];
    }),
  );
}
