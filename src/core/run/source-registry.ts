import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { SourceChoice } from "../job/schema/job.ts";
import type { FrameSource } from "../ports/frame-source.ts";
import type { SourceEnvironment, SourcePlugin } from "../ports/source-plugin.ts";
import { nearest } from "../util/nearest.ts";
import type { PluginRegistry, PluginWording } from "./plugin-registry.ts";
import { createPluginRegistry } from "./plugin-registry.ts";

/** The sources that a job may name. */
export type SourceRegistry = PluginRegistry<SourcePlugin>;

/** A source, loaded when a job names it. */
export type SourceEntry = { readonly kind: string; load(): Promise<SourcePlugin> };

export function createSourceRegistry(entries: readonly SourceEntry[]): SourceRegistry {
  return createPluginRegistry(
    entries.map(({ kind, load }) => ({ id: kind, load })),
    WORDING,
  );
}

/** The source of `{ kind, ...options }`, its options checked. Throws `JOB_INVALID`. */
export async function chooseSource(
  { kind, ...options }: SourceChoice,
  environment: SourceEnvironment,
  sources: SourceRegistry,
): Promise<FrameSource> {
  const plugin = await sources.load(kind);
  if (environment.rows !== undefined && plugin.takesRows !== true) {
    throw invalid(
      "source",
      `The job's source is of kind ${kind}, and rows were passed too. Set source: { kind: rows }, or leave the rows out.`,
    );
  }
  return plugin.create(plugin.parseOptions(options), environment);
}

const WORDING: PluginWording<SourcePlugin> = {
  idOf: ({ kind }) => kind,
  unknown(kind, kinds) {
    const near = nearest(kind, kinds);
    const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
    return invalid(
      "source.kind",
      `source.kind: expected one of ${kinds.join(", ")}, found ${JSON.stringify(kind)}${hint}`,
    );
  },
  duplicate: (kind) => invalid("source.kind", `Two sources have the kind "${kind}". Give yours another one.`),
  duplicateOfModule: (kind, module, option) =>
    new ScoreframeError(
      "PLUGIN_LOAD_FAILED",
      `The module ${module} has a source "${kind}", and there is another of that kind. Give yours another kind.`,
      { option, operation: "load plug-ins" },
    ),
};

function invalid(option: string, message: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", message, { option });
}
