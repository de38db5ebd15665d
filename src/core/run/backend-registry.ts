import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { BackendPlugin } from "../ports/scoring-backend.ts";
import { nearest } from "../util/nearest.ts";
import type { PluginEntry, PluginRegistry, PluginWording } from "./plugin-registry.ts";
import { createPluginRegistry } from "./plugin-registry.ts";

/** The backends that a job may name. */
export type BackendRegistry = PluginRegistry<BackendPlugin>;

export function createBackendRegistry(entries: readonly PluginEntry<BackendPlugin>[]): BackendRegistry {
  return createPluginRegistry(entries, WORDING);
}

const WORDING: PluginWording<BackendPlugin> = {
  idOf: ({ id }) => id,
  unknown(id, ids) {
    const near = nearest(id, ids);
    return new ScoreframeError(
      "BACKEND_UNKNOWN",
      `There is no backend "${id}".${near === undefined ? "" : ` Did you mean "${near}"?`} There are: ${ids.join(", ")}. ` +
        "Name the module of a backend of your own in the job, plugins: [./yours.ts], or pass it: createScoreframe({ backends: [yours] }).",
      { option: "backend.kind", backend: id },
    );
  },
  duplicate: (id) =>
    new ScoreframeError("BACKEND_OPTIONS_INVALID", `Two backends have the id "${id}". Give yours another one.`, {
      backend: id,
    }),
  duplicateOfModule: (id, module, option) =>
    new ScoreframeError(
      "PLUGIN_LOAD_FAILED",
      `The module ${module} has a backend "${id}", and there is another of that id. Give yours another id.`,
      { backend: id, option, operation: "load plug-ins" },
    ),
};
