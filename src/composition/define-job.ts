import type {
  AnyBackendInput,
  AnySourceInput,
  BuiltinSourceInput,
  JobInput as JobWithBackend,
} from "../core/job/schema/job-input.ts";
import type { BackendOptionsByKind } from "./backend-inputs.ts";

/** The kinds of the package's own backends. */
type KnownKind = keyof BackendOptionsByKind;

type KnownBackend<Kind extends string> = Kind extends KnownKind
  ? { readonly kind: Kind } & BackendOptionsByKind[Kind]
  : AnyBackendInput & { readonly kind: Kind };

/**
 * The `backend` of a job. `BackendInput<"http">` has exactly the options of that backend, likewise `"local"` and `"sagemaker"`; any other kind is
 * a backend of your own, with any options. `BackendInput` alone is one of all these.
 */
export type BackendInput<Kind extends string = string> = string extends Kind
  ? KnownBackend<KnownKind> | AnyBackendInput
  : KnownBackend<Kind>;

/**
 * The `source` of a job. `SourceInput<"sql">` has exactly the options of that source, likewise `"rows"`; any other kind is a source of your own,
 * with any options. `SourceInput` alone is one of all these.
 */
export type SourceInput<Kind extends string = string> = string extends Kind
  ? BuiltinSourceInput | AnySourceInput
  : Kind extends BuiltinSourceInput["kind"]
    ? Extract<BuiltinSourceInput, { readonly kind: Kind }>
    : AnySourceInput & { readonly kind: Kind };

/**
 * A job as it is written: what has a default may be left out. Keys are those of the job file. `JobInput` alone takes any backend,
 * `JobInput<"http">` only that one and its options. The second name is that of its source: `JobInput<"http", "pages">`.
 */
export type JobInput<
  Kind extends string = string,
  SourceKind extends string = BuiltinSourceInput["kind"],
> = JobWithBackend<BackendInput<Kind>, SourceInput<SourceKind>>;

/**
 * Types a job that is written in TypeScript. The kinds of its source and its backend decide which options they may have.
 *
 * @example
 * export default defineJob({
 *   name: "flight-delay-scores",
 *   source: { kind: "rows", path: "data/flights.parquet" },
 *   backend: { kind: "local", model: "models/flights.onnx" },
 *   output: { path: "out/flight_delay_scores" },
 * });
 */
export function defineJob<
  Kind extends KnownKind | (string & {}),
  SourceKind extends BuiltinSourceInput["kind"] | (string & {}),
>(
  job: JobWithBackend<
    { readonly kind: Kind } & BackendInput<Kind>,
    { readonly kind: SourceKind } & SourceInput<SourceKind>
  >,
): JobWithBackend<
  { readonly kind: Kind } & BackendInput<Kind>,
  { readonly kind: SourceKind } & SourceInput<SourceKind>
> {
  return job;
}
