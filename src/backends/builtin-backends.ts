import type { BackendPlugin } from "../core/ports/scoring-backend.ts";

/** A backend that comes with the package, imported when a job names it. */
export type BuiltinBackend = {
  /** The value of `backend.kind`. */
  readonly id: string;
  load(): Promise<BackendPlugin>;
};

/** The only list of backends: the registry, the support matrix and the tests read it. */
export const BUILTIN_BACKENDS: readonly BuiltinBackend[] = [
  { id: "http", load: async () => (await import("./http/index.ts")).httpBackend },
  { id: "local", load: async () => (await import("./local/index.ts")).localBackend },
  { id: "sagemaker", load: async () => (await import("./sagemaker/index.ts")).sagemakerBackend },
];
