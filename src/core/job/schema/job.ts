import type { z } from "zod";
import type { jobSchema } from "./job-schema.ts";

type DeepReadonly<T> = T extends readonly unknown[]
  ? readonly DeepReadonly<T[number]>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** A job, parsed: variables filled in, defaults in place, frozen. Keys are those of the job file. */
export type Job = DeepReadonly<z.output<typeof jobSchema>>;
