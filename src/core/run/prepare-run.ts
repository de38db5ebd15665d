import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { loadJobFile } from "../job/read/load-job-file.ts";
import { parseJob } from "../job/read/parse-job.ts";
import { maskOf } from "../job/record/job-provenance.ts";
import type { Job } from "../job/schema/job.ts";
import { isPluginSource } from "../job/schema/source-schema.ts";
import type { FrameSource } from "../ports/frame-source.ts";
import type { OpenStore } from "../ports/object-store.ts";
import type { BackendPlugin, ScoringBackend } from "../ports/scoring-backend.ts";
import type { SourcePlugin } from "../ports/source-plugin.ts";
import type { TableOutput } from "../ports/table-output.ts";
import type { ProtocolId } from "../protocols/protocol.ts";
import type { RequestOptions } from "../protocols/request-options.ts";
import type { SecretMask } from "../secrets/secret-mask.ts";
import { withMaskedErrors } from "../secrets/secret-mask.ts";
import type { BackendRegistry } from "./backend-registry.ts";
import type { JobOptions, JobReference } from "./options.ts";
import type { JobPlugin } from "./plugin-registry.ts";
import type { RequestBatch } from "./requests/request-batch.ts";
import { requestBatch } from "./requests/request-batch.ts";
import { requestOptions } from "./requests/request-options.ts";
import type { SourceRegistry } from "./source-registry.ts";
import { chooseSource } from "./source-registry.ts";

/** What the modules of a job have. */
export type JobPlugins = {
  readonly sources: readonly JobPlugin<SourcePlugin>[];
  readonly backends: readonly JobPlugin<BackendPlugin>[];
};
/** Imports the modules that a job names, by paths from the folder. */
export type PluginLoader = (
  job: { readonly plugins?: readonly string[] | undefined; readonly backends?: readonly string[] | undefined },
  baseDirectory: string,
) => Promise<JobPlugins>;
/** Makes the output that a path names; a path on this machine may be relative to the folder. `durable`: see `output.durable` of a job. */
export type OutputFactory = (
  path: string,
  baseDirectory: string,
  options?: { readonly durable?: boolean },
) => Promise<TableOutput>;

export type PreparationTools = {
  readonly backends: BackendRegistry;
  readonly sources: SourceRegistry;
  readonly loadPlugins: PluginLoader;
  readonly openStore: OpenStore;
  readonly output: OutputFactory;
};

/** A job whose every choice is made and checked, with nothing begun. */
export type PreparedRun = {
  readonly job: Job;
  /** Takes the job's secrets out of whatever leaves the process. */
  readonly mask: SecretMask;
  readonly baseDirectory: string;
  readonly source: FrameSource;
  readonly backend: ScoringBackend;
  readonly protocol: ProtocolId;
  readonly requestOptions: RequestOptions;
  readonly batch: RequestBatch;
  readonly output: TableOutput;
};

export async function prepareRun(
  reference: JobReference,
  options: JobOptions,
  tools: PreparationTools,
): Promise<PreparedRun> {
  const { job, baseDirectory } = await readJob(reference, options, tools.sources);
  const mask = maskOf(job);
  return withMaskedErrors(mask, () => prepareJob({ job, mask, baseDirectory }, options, tools));
}

async function prepareJob(
  { job, mask, baseDirectory }: Pick<PreparedRun, "job" | "mask" | "baseDirectory">,
  options: JobOptions,
  tools: PreparationTools,
): Promise<PreparedRun> {
  const plugins = await tools.loadPlugins(job, baseDirectory);
  const backend = await chooseBackend(job.backend, tools.backends.with(plugins.backends));
  const protocol = chooseProtocol(job.model.protocol, backend);
  return {
    job,
    mask,
    baseDirectory,
    backend,
    protocol,
    requestOptions: requestOptions(job, protocol, backend),
    batch: requestBatch(job, backend.capabilities),
    source: await chooseSource(
      job.source,
      { baseDirectory, openStore: tools.openStore, rows: options.rows },
      tools.sources.with(plugins.sources),
    ),
    output: await tools.output(job.output.path, baseDirectory, { durable: job.output.durable }),
  };
}

async function readJob(
  reference: JobReference,
  options: JobOptions,
  sources: SourceRegistry,
): Promise<{ job: Job; baseDirectory: string }> {
  const filling = {
    ...(options.set === undefined ? {} : { set: options.set }),
    env: options.env ?? process.env,
    hasPluginSources: sources.ids.some((kind) => isPluginSource({ kind })),
  };
  if (typeof reference !== "string") {
    return { job: parseJob(reference, filling), baseDirectory: resolve(options.baseDirectory ?? ".") };
  }
  const workingDirectory = resolve(options.baseDirectory ?? ".");
  const readText = (path: string): Promise<string> => readFile(path, "utf8");
  return loadJobFile(reference, { ...filling, workingDirectory, readText, listFolder: (path) => readdir(path) });
}

/** The backend of `{ kind, ...options }`, its options checked. */
export async function chooseBackend(
  choice: { readonly kind: string },
  backends: BackendRegistry,
): Promise<ScoringBackend> {
  const { kind, ...options } = choice;
  const plugin = await backends.load(kind);
  return plugin.create(plugin.parseOptions(options));
}

/** What the job asks for, or the backend's first. */
export function chooseProtocol(wanted: string | undefined, backend: ScoringBackend): ProtocolId {
  const { protocols } = backend.capabilities;
  const chosen = wanted ?? protocols[0];
  const found = protocols.find((protocol) => protocol === chosen);
  if (found !== undefined) return found;
  throw new ScoreframeError(
    "PROTOCOL_UNSUPPORTED",
    `The backend ${backend.id} does not speak the protocol "${chosen}". It speaks: ${protocols.join(", ")}. Set model.protocol to one of them.`,
    { backend: backend.id, option: "model.protocol" },
  );
}
