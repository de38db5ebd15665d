import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { AwsJsonServer } from "../host/aws-json-server.ts";
import { startAwsJsonServer } from "../host/aws-json-server.ts";
import { createBuckets } from "../host/s3/create-buckets.ts";
import { throttled } from "../host/throttle.ts";
import { createLogStore } from "../logs/log-store.ts";
import { logsService } from "../logs/logs-service.ts";
import { checkOptions } from "./check-options.ts";
import { createContainerCatalogue } from "./containers/container-catalogue.ts";
import type { SagemakerContext } from "./sagemaker-context.ts";
import type { SagemakerEmulatorOptions } from "./sagemaker-options.ts";
import { sagemakerService } from "./sagemaker-service.ts";
import { DEFAULT_SETTINGS } from "./sagemaker-settings.ts";
import { createRegions } from "./state/region-state.ts";

export type SagemakerEmulator = AsyncDisposable & {
  /** What clients take as their endpoint: `http://127.0.0.1:4570`. */
  readonly url: string;
  /** Stops all jobs and what they started, and then listening. */
  close(): Promise<void>;
};

/** Where the service keeps the logs of transform jobs. */
const LOG_GROUP = "/aws/sagemaker/TransformJobs";

/**
 * Starts a SageMaker of models and batch transform jobs on this machine; resolves when it listens. Throws `EMULATOR_OPTIONS_INVALID` for options that
 * are not known, and for a model that is not there.
 */
export async function createSagemakerEmulator(options: SagemakerEmulatorOptions = {}): Promise<SagemakerEmulator> {
  checkOptions(options);
  const log = options.log ?? (() => undefined);
  const logs = createLogStore();
  const closing = new AbortController();
  const containers = await createContainerCatalogue(options.images ?? {}, options.baseDirectory ?? process.cwd());
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
