import type { ServiceIdentifier } from "inversify";
import type { Engine } from "../core/engine/engine.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { EventSink } from "../core/ports/event-sink.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { BackendRegistry } from "../core/run/backend-registry.ts";
import type { OutputFactory } from "../core/run/prepare-run.ts";
import type { SourceRegistry } from "../core/run/source-registry.ts";
import type { FramePool } from "../core/worker/frame-pool.ts";

function token<Service>(name: string): ServiceIdentifier<Service> {
  return Symbol.for(`scoreframe.${name}`) as ServiceIdentifier<Service>;
}

/** Every service identifier there is; a test resolves each. */
export const TOKENS = {
  clock: token<Clock>("Clock"),
  events: token<EventSink>("EventSink"),
  framePool: token<FramePool>("FramePool"),
  runStore: token<RunStore>("RunStore"),
  sourceRegistry: token<SourceRegistry>("SourceRegistry"),
  outputFactory: token<OutputFactory>("OutputFactory"),
  backendRegistry: token<BackendRegistry>("BackendRegistry"),
  engine: token<Engine>("Engine"),
};
