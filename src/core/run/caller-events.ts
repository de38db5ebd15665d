import { messageOf } from "../errors/scoreframe-error.ts";
import type { EventSink, RunEvent, RunProgress } from "../ports/event-sink.ts";
import type { SecretMask } from "../secrets/secret-mask.ts";

/** What a program gives to be informed while the engine works. */
export type CallerCallbacks = {
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
};

/**
 * The engine's own events and the callbacks of a caller as one sink. A callback that throws, or whose promise rejects, is a warning of the
 * process, once per callback: it is the caller's code, and no reason to lose a run.
 */
export function callerEvents(engine: EventSink, { onEvent, onProgress }: CallerCallbacks): EventSink {
  const event = tolerate("onEvent", onEvent);
  const progress = tolerate("onProgress", onProgress);
  return (each) => {
    engine(each);
    event(each);
    if (each.type === "progress") progress(each.progress);
  };
}

/** Events whose text may come from elsewhere. */
const SAID: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>(["warning", "note", "retry", "model-ready"]);

/** Events whose texts have none of a job's secrets. */
export function maskedEvents(events: EventSink, mask: SecretMask): EventSink {
  return (event) => events(SAID.has(event.type) ? mask.value(event) : event);
}

function tolerate<T>(name: string, callback: ((value: T) => unknown) | undefined): (value: T) => void {
  if (callback === undefined) return () => undefined;
  let warned = false;
  const warn = (thrown: unknown): void => {
    if (!warned) process.emitWarning(`The callback ${name} failed, and the run goes on: ${messageOf(thrown)}`);
    warned = true;
  };
  return (value) => {
    try {
      const result = callback(value);
      if (result instanceof Promise) result.catch(warn);
    } catch (thrown) {
      warn(thrown);
    }
  };
}
