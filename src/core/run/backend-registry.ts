import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { BackendPlugin } from "../ports/scoring-backend.ts";
import { nearest } from "../util/nearest.ts";

/** The backends that a job may name. */
export type BackendRegistry = {
  readonly ids: readonly string[];
  /** `BACKEND_UNKNOWN`, with the ids that there are, if none has this one. */
  load(id: string): Promise<BackendPlugin>;
  /** These and those of a job. `BACKEND_LOAD_FAILED` if an id is taken already. */
  with(more: readonly JobBackend[]): BackendRegistry;
};

/** A backend of a module that a job names, and the place of its name in the job. */
export type JobBackend = { readonly plugin: BackendPlugin; readonly module: string; readonly option: string };

export type BackendEntry = { readonly id: string; load(): Promise<BackendPlugin> };

/** Two backends with one id are rejected: it would not be clear which of them runs. */
export function createBackendRegistry(entries: readonly BackendEntry[]): BackendRegistry {
  const byId = new Map<string, BackendEntry>();
  for (const entry of entries) {
    if (byId.has(entry.id)) {
      throw new ScoreframeError(
        "BACKEND_OPTIONS_INVALID",
        `Two backends have the id "${entry.id}". Give yours another one.`,
        { backend: entry.id },
      );
    }
    byId.set(entry.id, entry);
  }
  const ids = [...byId.keys()];
  return {
    ids,
    with(more) {
      for (const { plugin, module, option } of more) {
        if (byId.has(plugin.id) || more.some((other) => other.plugin !== plugin && other.plugin.id === plugin.id)) {
          throw idTaken(plugin.id, module, option);
        }
      }
      const unique = new Map(more.map(({ plugin }) => [plugin.id, plugin]));
      return createBackendRegistry([
        ...entries,
        ...Array.from(unique.values(), (plugin) => ({ id: plugin.id, load: async () => plugin })),
      ]);
    },
    async load(id) {
      const entry = byId.get(id);
      if (entry !== undefined) return entry.load();
      const near = nearest(id, ids);
      throw new ScoreframeError(
        "BACKEND_UNKNOWN",
        `There is no backend "${id}".${near === undefined ? "" : ` Did you mean "${near}"?`} There are: ${ids.join(", ")}. ` +
          "Name the module of a backend of your own in the job, backends: [./yours.ts], or pass it: createScoreframe({ backends: [yours] }).",
        { option: "backend.kind", backend: id },
      );
    },
  };
}

function idTaken(id: string, module: string, option: string): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_LOAD_FAILED",
    `The backend module ${module} has a backend "${id}", and there is another of that id. Give yours another id.`,
    { backend: id, option, operation: "load backends" },
  );
}
