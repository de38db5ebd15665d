import "reflect-metadata";
import { Container } from "inversify";
import { loadJobPlugins } from "../adapters/plugins/load-job-plugins.ts";
import { BUILTIN_SOURCES } from "../adapters/sources/builtin-sources.ts";
import { systemClock } from "../adapters/system-clock.ts";
import { BUILTIN_BACKENDS } from "../backends/builtin-backends.ts";
import { createEngine } from "../core/engine/create-engine.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { EventSink } from "../core/ports/event-sink.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { BackendPlugin } from "../core/ports/scoring-backend.ts";
import type { SourcePlugin } from "../core/ports/source-plugin.ts";
import { createBackendRegistry } from "../core/run/backend-registry.ts";
import type { OutputFactory } from "../core/run/prepare-run.ts";
import { createSourceRegistry } from "../core/run/source-registry.ts";
import { createFramePool } from "../core/worker/frame-pool.ts";
import { openStore, openTableOutput } from "./open-stores.ts";
import { TOKENS } from "./tokens.ts";

export type CompositionOptions = {
  readonly runStore: RunStore;
  /** Backends in addition to those of the package. */
  readonly backends: readonly BackendPlugin[];
  /** Sources in addition to those of the package. */
  readonly sources?: readonly SourcePlugin[];
  /** What the workspace keeps of runs whose job does not say. @default "all" */
  readonly keep?: string;
  readonly clock?: Clock;
  readonly events?: EventSink;
};

/** Binds every port to its adapter. Order does not matter: nothing is resolved here. */
export function createContainer(options: CompositionOptions): Container {
  const container = new Container({ defaultScope: "Singleton" });
  container.bind(TOKENS.clock).toConstantValue(options.clock ?? systemClock);
  container.bind(TOKENS.events).toConstantValue(options.events ?? (() => undefined));
  container.bind(TOKENS.framePool).toResolvedValue(() => createFramePool(), []);
  container.bind(TOKENS.runStore).toConstantValue(options.runStore);
  container
    .bind(TOKENS.sourceRegistry)
    .toConstantValue(
      createSourceRegistry([
        ...BUILTIN_SOURCES,
        ...(options.sources ?? []).map((plugin) => ({ kind: plugin.kind, load: async () => plugin })),
      ]),
    );
  container.bind(TOKENS.outputFactory).toResolvedValue(
    (clock): OutputFactory =>
      (path, baseDirectory, options) =>
        openTableOutput(path, baseDirectory, clock, options),
    [TOKENS.clock],
  );
  container
    .bind(TOKENS.backendRegistry)
    .toConstantValue(
      createBackendRegistry([
        ...BUILTIN_BACKENDS,
        ...options.backends.map((plugin) => ({ id: plugin.id, load: async () => plugin })),
      ]),
    );
  container.bind(TOKENS.engine).toResolvedValue(
    (pool, runStore, clock, events, sources, output, backends) =>
      createEngine({
        pool,
        runStore,
        clock,
        events,
        sources,
        output,
        backends,
        loadPlugins: loadJobPlugins,
        openStore,
        keep: options.keep ?? "all",
      }),
    [
      TOKENS.framePool,
      TOKENS.runStore,
      TOKENS.clock,
      TOKENS.events,
      TOKENS.sourceRegistry,
      TOKENS.outputFactory,
      TOKENS.backendRegistry,
    ],
  );
  return container;
}
