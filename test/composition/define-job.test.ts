import { expect, it } from "vitest";
import type { z } from "zod";
import { BUILTIN_BACKENDS } from "../../src/backends/builtin-backends.ts";
import type { httpOptionsSchema } from "../../src/backends/http/http-options-schema.ts";
import type { localOptionsSchema } from "../../src/backends/local/local-options-schema.ts";
import type { sagemakerOptionsSchema } from "../../src/backends/sagemaker/sagemaker-options-schema.ts";
import type { BackendOptionsByKind } from "../../src/composition/backend-inputs.ts";
import type { JobInput as GeneratedJobInput, JsonValue } from "../../src/core/job/schema/job-input.ts";
import type { jobSchema } from "../../src/core/job/schema/job-schema.ts";
import type { BackendInput, JobInput } from "../../src/index.ts";
import { defineJob } from "../../src/index.ts";

// What these tests promise is promised by the compiler: `npm run types` fails if one of the errors that are expected below does not occur.

const rest = { name: "typed", source: { kind: "rows" }, output: { path: "out" } } as const;
const url = "http://localhost:8080/invocations";

it("defineJob accepts every backend of the package with its options, and returns the job as it is", () => {
  const job = { ...rest, backend: { kind: "http", url, headers: { "x-tenant": "a" }, concurrency: 8 } } as const;
  expect(defineJob(job)).toBe(job);
  defineJob({ ...rest, backend: { kind: "local", model: "model.onnx", env: { THREADS: "2" } } });
  defineJob({ ...rest, backend: { kind: "sagemaker", model_name: "flights", batch_strategy: "multi_record" } });
});

it("defineJob rejects an option that the backend does not have, at compile time", () => {
  // @ts-expect-error: it is spelled concurrency.
  defineJob({ ...rest, backend: { kind: "http", url, concurency: 8 } });
  // @ts-expect-error: that is an option of another backend.
  defineJob({ ...rest, backend: { kind: "local", model: "model.onnx", instance_type: "ml.c5.xlarge" } });
  // @ts-expect-error: it is spelled instance_type.
  defineJob({ ...rest, backend: { kind: "sagemaker", model_name: "flights", instance_typ: "ml.c5.xlarge" } });
});

it("defineJob rejects a value of another type, and a needed option that is missing, at compile time", () => {
  // @ts-expect-error: a number is expected.
  defineJob({ ...rest, backend: { kind: "http", url, concurrency: "8" } });
  // @ts-expect-error: there is no such method.
  defineJob({ ...rest, backend: { kind: "http", url, method: "GET" } });
  // @ts-expect-error: url is missing.
  defineJob({ ...rest, backend: { kind: "http" } });
  // @ts-expect-error: kind is missing.
  defineJob({ ...rest, backend: { url } });
  // @ts-expect-error: the key is spelled batch_size.
  defineJob({ ...rest, requests: { batchsize: 5 }, backend: { kind: "http", url } });
});

it("a backend of another kind may have any options, also if its kind is known only at run time", () => {
  defineJob({ ...rest, backend: { kind: "gateway", deployment: "late flights", retries: 3 } });
  const kind: string = "gateway";
  defineJob({ ...rest, backend: { kind, deployment: "late flights" } });
  const job: JobInput = { ...rest, backend: { kind: "gateway", deployment: "late flights" } };
  const own: JobInput<"gateway"> = { ...rest, backend: { kind: "gateway", deployment: "late flights" } };
  expect(job.backend.kind).toBe(own.backend.kind);
});

it("JobInput and BackendInput of a kind have exactly its options", () => {
  const backend: BackendInput<"http"> = { kind: "http", url };
  const job: JobInput<"http"> = { ...rest, backend };
  // @ts-expect-error: it is spelled max_attempts.
  const misspelt: BackendInput<"http"> = { kind: "http", url, max_atempts: 3 };
  expect([job.backend, misspelt]).toHaveLength(2);
});

/** True if each of the two can be used in place of the other, ignoring `readonly`. */
type Same<Left, Right> = [Left] extends [DeepReadonly<Right>] ? ([Right] extends [Left] ? true : false) : false;
type DeepReadonly<T> = unknown extends T
  ? T
  : [z.core.util.JSONType] extends [T]
    ? JsonValue
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T;
type Exact<Left, Right> = Same<Left, Right> & Same<keyof Left, keyof Right>;

it("the generated types are those of the schemas", () => {
  const job: Exact<GeneratedJobInput, z.input<typeof jobSchema>> = true;
  const http: Exact<BackendOptionsByKind["http"], z.input<typeof httpOptionsSchema>> = true;
  const local: Exact<BackendOptionsByKind["local"], z.input<typeof localOptionsSchema>> = true;
  const sagemaker: Exact<BackendOptionsByKind["sagemaker"], z.input<typeof sagemakerOptionsSchema>> = true;
  const kinds: Record<keyof BackendOptionsByKind, boolean> = { http, local, sagemaker };
  expect(job).toBe(true);
  expect(Object.keys(kinds).sort()).toEqual(BUILTIN_BACKENDS.map(({ id }) => id).sort());
});
