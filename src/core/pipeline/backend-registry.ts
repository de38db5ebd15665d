import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { nearest } from "../job/nearest.ts";
import type { BackendPlugin } from "../ports/scoring-backend.ts";

/** The backends that a job may name. */
export type BackendRegistry = {
  readonly ids: readonly string[];
  /** `BACKEND_UNKNOWN`, with the ids that there are, where none has this one. */
  load(id: string): Promise<BackendPlugin>;
};

export type BackendEntry = { readonly id: string; load(): Promise<BackendPlugin> };

/** Two backends with one id are refused: which of them ran would be a matter of luck. */
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
    async load(id) {
      const entry = byId.get(id);
      if (entry !== undefined) return entry.load();
      const near = nearest(id, ids);
      throw new ScoreframeError(
        "BACKEND_UNKNOWN",
        `There is no backend "${id}".${near === undefined ? "" : ` Did you mean "${near}"?`} There are: ${ids.join(", ")}. ` +
          "A backend of your own is registered by passing it: createScoreframe({ backends: [yours] }).",
        { option: "backend.kind", backend: id },
      );
    },
  };
}
