export type LogEvent = { readonly timestamp: number; readonly message: string };

/** The newest lines of one stream. */
export type LogStream = {
  readonly name: string;
  readonly created: number;
  /** How many older lines were dropped. */
  readonly dropped: number;
  readonly events: readonly LogEvent[];
};

/** What the jobs of all regions have logged, by group and stream. */
export type LogStore = {
  append(place: { readonly region: string; readonly group: string; readonly stream: string }, message: string): void;
  /** Streams by their names; null if nothing was ever logged to the group. */
  streams(region: string, group: string): ReadonlyMap<string, LogStream> | null;
};

/** A job that logs without end must not fill the memory. */
const KEPT_EVENTS = 10_000;

export function createLogStore(): LogStore {
  type Stream = { name: string; created: number; dropped: number; events: LogEvent[] };
  const groups = new Map<string, Map<string, Stream>>();
  const keyOf = (region: string, group: string): string => `${region} ${group}`;
  return {
    append({ region, group, stream: name }, message) {
      const streams = groups.get(keyOf(region, group)) ?? new Map<string, Stream>();
      groups.set(keyOf(region, group), streams);
      const stream = streams.get(name) ?? { name, created: Date.now(), dropped: 0, events: [] };
      streams.set(name, stream);
      stream.events.push({ timestamp: Date.now(), message });
      if (stream.events.length <= KEPT_EVENTS) return;
      stream.events.shift();
      stream.dropped += 1;
    },
    streams: (region, group) => groups.get(keyOf(region, group)) ?? null,
  };
}
