import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateModelCommand, ListTransformJobsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { createS3Client } from "../../../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../../../src/adapters/object-store/s3-object-store.ts";
import type { ObjectStore } from "../../../../src/core/ports/object-store.ts";
import type { SagemakerEmulator } from "../../../../src/emulators/index.ts";
import { createSagemakerEmulator } from "../../../../src/emulators/index.ts";
import { runInProcess } from "../../../cli/support/memory-context.ts";
import type { Reported } from "../../../integration/bad-input/support/describe-bad-input.ts";
import { publishedFiles } from "../../../integration/bad-input/support/published-files.ts";
import { newBucket } from "../../support/buckets.ts";
import type { Answer, ModelServer } from "../../support/model-server.ts";
import { startModelServer } from "../../support/model-server.ts";
import type { AnswerS3, RecordingProxy, S3Call } from "../../support/recording-proxy.ts";
import { recordingProxy } from "../../support/recording-proxy.ts";
import type { Intervene, SagemakerRequest } from "../../support/sagemaker-proxy.ts";
import { startSagemakerProxy } from "../../support/sagemaker-proxy.ts";

export const ROLE = "arn:aws:iam::123456789012:role/scoring";
export const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/numbers:1";

/** The job's backend with a model that is made for the run. */
export const OF_AN_IMAGE = [
  "--set",
  `backend={kind: sagemaker, image: "${IMAGE}", execution_role_arn: "${ROLE}", poll_interval_s: 0.05, price_per_hour: 0.5}`,
];

/** What must never be read anywhere. */
export const SECRETS = {
  AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "IQoJb3JpZ2luX2VjEXAMPLETOKEN",
} as const;

/** 20 numbers in two files of two lines of five rows each. */
const JOB = `name: numbers
source: { kind: sql, tables: {}, sql: "select n from range(20) t(n)" }
model: { features: [n] }
requests: { batch_size: 5, file_size_mb: 0.00013 }
backend: { kind: sagemaker, model_name: numbers, poll_interval_s: 0.05, price_per_hour: 0.5 }
output: { path: out }
`;

export type SagemakerCall = SagemakerRequest & { readonly action: string };

export type RunEnd = { readonly exitCode: number; readonly stderr: string; readonly report: Record<string, never> };

/** A job that works, on a local cloud whose services may be made to answer as AWS does when something is wrong. */
export type Cloud = {
  readonly folder: string;
  readonly bucket: string;
  readonly workspace: string;
  /** The bucket without anything between. */
  readonly store: ObjectStore;
  /** What was asked so far; `role`: of S3 by SageMaker itself. */
  readonly calls: {
    readonly s3: readonly S3Call[];
    readonly role: readonly S3Call[];
    readonly sagemaker: readonly SagemakerCall[];
  };
  /** What S3, SageMaker and the container say from now on. */
  s3(answers: AnswerS3): void;
  sagemaker(intervene: Intervene): void;
  container(answer: Answer): void;
  env(changes: Readonly<Record<string, string>>): void;
  write(name: string, text: string): Promise<string>;
  /** Statuses of the transform jobs that there are. */
  jobs(): Promise<string[]>;
  /** A command that has to succeed. */
  succeeds(...args: readonly string[]): Promise<RunEnd>;
  /** A command that has to fail with this code: what it says, after the proof that the output is as it was, and no secret is printed or stored anywhere. */
  failure(exitCode: number, ...args: readonly string[]): Promise<Reported & { readonly stderr: string }>;
};

/** A new cloud for each test of a file. Without arguments a command is `run job.yaml` with the workspace on S3. */
export function useCloud(): Cloud {
  let folder = "";
  let bucket = "";
  let store: ObjectStore;
  let emulator: SagemakerEmulator;
  let model: ModelServer;
  let proxies: { readonly s3: RecordingProxy; readonly role: RecordingProxy; readonly sagemaker: { close(): void } };
  let answerS3: AnswerS3;
  let intervene: Intervene;
  let answer: Answer;
  let direct: SageMakerClient;
  const sagemakerCalls: SagemakerCall[] = [];

  beforeEach(async (context) => {
    const made = await newBucket(context, "ministack");
    const s3Endpoint = process.env["AWS_ENDPOINT_URL_S3"] as string;
    bucket = made.name;
    store = createS3ObjectStore(
      createS3Client({ endpoint: s3Endpoint, region: "us-east-1", credentials: DIRECT }),
      `s3://${bucket}`,
    );
    folder = await realpath(await mkdtemp(join(tmpdir(), "scoreframe-aws-")));
    await writeFile(join(folder, "job.yaml"), JOB);
    [answerS3, intervene, answer] = [() => null, () => "pass", doubled];
    model = await startModelServer((body) => answer(body));
    const role = await recordingProxy(s3Endpoint);
    emulator = await createSagemakerEmulator({
      s3Endpoint: role.endpoint,
      images: { [IMAGE]: { url: model.url } },
      settings: { retryDelay: 0.1, latency: { start: 0.05, stop: 0.05 } },
    });
    direct = new SageMakerClient({ endpoint: emulator.url, region: "us-east-1", credentials: DIRECT });
    await direct.send(
      new CreateModelCommand({ ModelName: "numbers", ExecutionRoleArn: ROLE, PrimaryContainer: { Image: IMAGE } }),
    );
    sagemakerCalls.length = 0;
    const s3 = await recordingProxy(s3Endpoint, (call, headers) => answerS3(call, headers));
    const sagemaker = await startSagemakerProxy(emulator.url, (action, count, request) => {
      sagemakerCalls.push({ action, ...request });
      return intervene(action, count, request);
    });
    proxies = { s3, role, sagemaker };
    stubEnv({
      ...SECRETS,
      AWS_PROFILE: "",
      AWS_REGION: "us-east-1",
      AWS_MAX_ATTEMPTS: "2",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: join(folder, "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
      AWS_ENDPOINT_URL: "",
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_SAGEMAKER: sagemaker.url,
      HTTPS_PROXY: "",
    });
  });
  afterEach(async () => {
    await proxies?.s3.stop();
    proxies?.sagemaker.close();
    await emulator?.close();
    await proxies?.role.stop();
    model?.close();
    direct?.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  const workspace = (): string => `s3://${bucket}/scoring`;
  const invoke = async (args: readonly string[], output: string) => {
    const [command = "run", ...rest] = args;
    const job = ["runs", "stitch"].includes(command) ? [] : ["job.yaml"];
    const place = rest.includes("--workspace") ? [] : ["--workspace", workspace()];
    // Only what shows progress can be quiet.
    const shown = output === "--quiet" && command !== "run" ? [] : [output];
    return runInProcess([command, ...job, ...rest, ...place, "--json", ...shown], folder);
  };

  /** Everything that was said and stored, and what Node would print of the error with its causes. */
  async function expectNoSecrets(texts: readonly string[]): Promise<void> {
    const stored: string[] = [];
    for await (const { key } of store.list("")) stored.push((await store.readText(key))?.text ?? "");
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !/^(config|credentials)/.test(entry.name)) {
        stored.push(await readFile(join(entry.parentPath, entry.name), "latin1"));
      }
    }
    for (const text of [...texts, ...stored]) {
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/X-Amz-Signature=/i);
    }
  }

  return {
    get folder() {
      return folder;
    },
    get bucket() {
      return bucket;
    },
    get workspace() {
      return workspace();
    },
    get store() {
      return store;
    },
    get calls() {
      return { s3: proxies.s3.calls, role: proxies.role.calls, sagemaker: sagemakerCalls };
    },
    s3: (answers) => {
      answerS3 = answers;
    },
    sagemaker: (next) => {
      intervene = next;
    },
    container: (next) => {
      answer = next;
    },
    env: stubEnv,
    async write(name, text) {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    },
    async jobs() {
      const { TransformJobSummaries = [] } = await direct.send(new ListTransformJobsCommand({}));
      return TransformJobSummaries.map(({ TransformJobStatus = "" }) => TransformJobStatus);
    },
    async succeeds(...args) {
      const { exitCode, stdout, stderr } = await invoke(args, "--quiet");
      const report = JSON.parse(stdout);
      expect(report.error ?? null).toBeNull();
      await expectNoSecrets([stdout, stderr]);
      return { exitCode, stderr, report };
    },
    async failure(code, ...args) {
      const before = await publishedFiles(join(folder, "out"));
      const { exitCode, stdout, stderr } = await invoke(args, "--verbose");
      const { error } = JSON.parse(stdout);
      expect(error).not.toBeNull();
      expect(exitCode).toBe(code);
      expect(await publishedFiles(join(folder, "out"))).toEqual(before);
      await expectNoSecrets([stdout, stderr]);
      return { ...error, stderr };
    },
  };
}

const DIRECT = { accessKeyId: "test", secretAccessKey: "test" };

/** `{"instances":[{"n":1},…]}` answered with twice of each. */
export const doubled: Answer = (body) => {
  const { instances } = JSON.parse(body) as { instances: { n: number }[] };
  return { body: JSON.stringify({ predictions: instances.map(({ n }) => 2 * n) }) };
};

function stubEnv(changes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(changes)) vi.stubEnv(name, value);
}
