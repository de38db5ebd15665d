import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { StatusPolicy } from "../../../../src/backends/http/index.ts";
import { createHttpSession, httpBackend } from "../../../../src/backends/http/index.ts";
import type { RunEvent } from "../../../../src/core/ports/event-sink.ts";
import type { BackendContext, RequestShard } from "../../../../src/core/ports/scoring-backend.ts";
import type { Protocol, ProtocolId } from "../../../../src/core/protocols/protocol.ts";
import { PROTOCOLS } from "../../../../src/core/protocols/protocols.ts";

export type Scored = {
  /** The response file's lines, of all shards in order. */
  readonly lines: string[];
  readonly retries: number;
  readonly events: RunEvent[];
  /** Milliseconds that were waited for, on a clock that only moves by waiting. */
  readonly waits: number[];
};

export type ScoreOptions = {
  readonly protocol?: ProtocolId | Protocol;
  readonly header?: string;
  readonly batchSize?: number;
  readonly isolateFailedRows?: boolean;
  readonly signal?: AbortSignal;
  readonly statusPolicy?: StatusPolicy;
  /** What the clock says at first. */
  readonly now?: number;
  /** Called for every wait. */
  readonly onWait?: (milliseconds: number) => void;
  /** Called with every file in the responses' folder when scoring has ended. */
  readonly onFiles?: (names: string[]) => void;
};

/** A line of `count` rows: x counts from `first`. */
export function instancesLine(rows: number, first = 0): string {
  return `{"instances":[${Array.from({ length: rows }, (_, i) => `{"x":${first + i}}`).join(",")}]}`;
}

/** Scores shards of request lines through the HTTP backend, with the job's options. Waits cost no time. */
export async function scoreOverHttp(
  job: Readonly<Record<string, unknown>>,
  shards: readonly (readonly string[])[],
  options: ScoreOptions = {},
): Promise<Scored> {
  const directory = await mkdtemp(join(tmpdir(), "scoreframe-http-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const signal = options.signal ?? new AbortController().signal;
  const events: RunEvent[] = [];
  const waits: number[] = [];
  let now = options.now ?? Date.now();
  const context: BackendContext = {
    runId: "test",
    protocol: typeof options.protocol === "object" ? options.protocol : PROTOCOLS[options.protocol ?? "instances"],
    batchSize: options.batchSize ?? 100,
    isolateFailedRows: options.isolateFailedRows ?? true,
    logDirectory: directory,
    baseDirectory: directory,
    clock: {
      now: () => now,
      sleep: async (milliseconds) => {
        waits.push(milliseconds);
        options.onWait?.(milliseconds);
        now += milliseconds;
      },
    },
    events: (event) => events.push(event),
    signal,
  };
  const given: RequestShard[] = await Promise.all(
    shards.map(async (lines, shard) => {
      const requestPath = join(directory, `${shard}.jsonl`);
      const text = lines.map((line) => `${line}\n`).join("");
      await writeFile(requestPath, text);
      const responsePath = join(directory, "responses", `${shard}.out`);
      const bytes = Buffer.byteLength(text);
      const header = options.header ?? null;
      return { shard, requestPath, header, responsePath, lines: lines.length, rows: lines.length, bytes, digest: "" };
    }),
  );
  const parsed = httpBackend.parseOptions(job);
  const { statusPolicy } = options;
  const session =
    statusPolicy === undefined
      ? await httpBackend.create(parsed).open(context)
      : createHttpSession({ ...parsed, statusPolicy }, context);
  const texts: string[] = [];
  let retries = 0;
  try {
    const offered = (async function* () {
      yield* given;
    })();
    for await (const response of session.score(offered, signal)) {
      texts[response.shard] = await readFile(given[response.shard]?.responsePath ?? "", "utf8");
      retries += response.retries;
    }
  } finally {
    await session.close();
    options.onFiles?.(await readdir(join(directory, "responses")).catch(() => []));
  }
  return { lines: texts.flatMap((text) => text.split("\n").slice(0, -1)), retries, events, waits };
}
