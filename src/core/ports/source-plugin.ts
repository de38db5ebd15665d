import type { FrameSource } from "./frame-source.ts";
import type { OpenStore } from "./object-store.ts";

/** What a source is given when a job creates it. */
export type SourceEnvironment = {
  /** Absolute folder that relative paths of the job are relative to. */
  readonly baseDirectory: string;
  /** Opens the store of an address such as `s3://bucket/key`. */
  readonly openStore: OpenStore;
  /** The rows that the program passed with the job. Only a source that takes rows gets them. */
  readonly rows?: unknown;
};

/** What a source exports: a plain object. Registered by passing it, or by a module that a job names; chosen by `source.kind` in the job. */
export type SourcePlugin<Options = unknown> = {
  readonly specificationVersion: "v1";
  /** The value of `source.kind`. */
  readonly kind: string;
  /** Whether a program may pass rows with the job: `engine.run(job, { rows })`. @default false */
  readonly takesRows?: boolean;
  /** Checks the job's `source` object (without `kind`). Throws `JOB_INVALID` that names the option and the fix. */
  parseOptions(input: Readonly<Record<string, unknown>>): Options;
  /** JSON Schema (draft 7) of that object, for editors and documentation. */
  optionsSchema?(): Readonly<Record<string, unknown>>;
  /** Opens nothing yet: a job is also created to be checked. */
  create(options: Options, environment: SourceEnvironment): FrameSource;
};

/** Types a third-party source, with its options inferred. */
export function defineSource<Options>(plugin: SourcePlugin<Options>): SourcePlugin<Options> {
  return plugin;
}
