import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createLogStore } from "../logs/log-store.ts";
import { logsService } from "../logs/logs-service.ts";
import type { AwsJsonServer } from "../shared/aws-json-server.ts";
import { startAwsJsonServer } from "../shared/aws-json-server.ts";
import { createBuckets } from "../shared/s3/create-buckets.ts";
import { throttled } from "../shared/throttle.ts";
import { createContainerCatalogue } from "./containers/container-catalogue.ts";
import type { ImageSource } from "./containers/image-source.ts";
import type { SagemakerContext } from "./sagemaker-context.ts";
import { sagemakerService } from "./sagemaker-service.ts";
import type { SagemakerSettings } from "./sagemaker-settings.ts";
import { DEFAULT_SETTINGS } from "./sagemaker-settings.ts";
import { createRegions } from "./state/region-state.ts";

export type SagemakerEmulatorOptions = {
  /** Where the S3 is; without it `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, and without those AWS itself. */
  readonly s3Endpoint?: string;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** What stands behind an image, by its name, in which `*` stands for any part. */
  readonly images?: Readonly<Record<string, ImageSource>>;
  /** What relative paths of models start at. @default the working directory */
  readonly baseDirectory?: string;
  /** Twelve digits for the ARNs. @default "000000000000" */
  readonly account?: string;
  readonly settings?: Partial<Omit<SagemakerSettings, "latency">> & {
    readonly latency?: Partial<SagemakerSettings["latency"]>;
  };
  /** Takes the lines of the jobs' logs, where the reason of each failure is. */
  readonly log?: (line: string) => void;
};

export type SagemakerEmulator = AsyncDisposable & {
  /** What clients take as their endpoint: `http://127.0.0.1:4570`. */
  readonly url: string;
  /** Stops all jobs and what they started, and then listening. */
  close(): Promise<void>;
};

/** Where the service keeps the logs of transform jobs. */
const LOG_GROUP = "/aws/sagemaker/TransformJobs";

/** Starts a SageMaker of models and batch transform jobs on this machine; resolves when it listens. */
export async function createSagemakerEmulator(options: SagemakerEmulatorOptions = {}): Promise<SagemakerEmulator> {
  const log = options.log ?? (() => undefined);
  const logs = createLogStore();
  const closing = new AbortController();
  const containers = createContainerCatalogue(options.images ?? {}, options.baseDirectory ?? process.cwd());
  const context: SagemakerContext = {
    regions: createRegions(),
    containers,
    bucket: createBuckets(options.s3Endpoint, process.env),
    settings: {
      ...DEFAULT_SETTINGS,
      ...options.settings,
      latency: { ...DEFAULT_SETTINGS.latency, ...options.settings?.latency },
    },
    scratch: await mkdtemp(join(tmpdir(), "scoreframe-sagemaker-")),
    closing: closing.signal,
    log({ region, job, stream }, line) {
      logs.append({ region, group: LOG_GROUP, stream: `${job}/${stream}` }, line);
      log(`${job} ${line}`);
    },
  };
  const services = [sagemakerService(context), logsService(logs)];
  const start = async (): Promise<AwsJsonServer> =>
    startAwsJsonServer({
      services: throttled(services, context.settings.throttle),
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      account: options.account ?? "000000000000",
      log,
    });
  const server = await start().catch(async (thrown: unknown) => {
    await rm(context.scratch, { recursive: true, force: true });
    throw thrown;
  });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing.abort();
    closed ??= closeAll(server, context);
    return closed;
  };
  return { url: server.url, close, [Symbol.asyncDispose]: close };
}

async function closeAll(server: AwsJsonServer, { regions, scratch }: SagemakerContext): Promise<void> {
  await server.close();
  const jobs = [...regions.all()].flatMap((region) => [...region.jobs.values()]);
  for (const job of jobs) job.stop.abort();
  await Promise.all(jobs.map(({ finished }) => finished));
  await rm(scratch, { recursive: true, force: true });
}
