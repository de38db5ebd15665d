import type { z } from "zod";
import type { jobSchema } from "./job-schema.ts";
import type { sourceSchema } from "./source-schema.ts";

type DeepReadonly<T> = T extends readonly unknown[]
  ? readonly DeepReadonly<T[number]>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** The `source` of a job, of the kinds that the package has. */
export type BuiltinSource = DeepReadonly<z.output<typeof sourceSchema>>;

/** What a job's `source` holds: which source, and its options. */
export type SourceChoice = { readonly kind: string; readonly [option: string]: unknown };

/** A job, parsed: variables filled in, defaults in place, frozen. Keys are those of the job file. */
export type Job = Omit<DeepReadonly<z.output<typeof jobSchema>>, "source"> & { readonly source: SourceChoice };
