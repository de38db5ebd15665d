import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openRunStore } from "../composition/open-stores.ts";
import type { RunEvent } from "../core/ports/event-sink.ts";
import type { BackendContext, RequestShard, ScoringSession } from "../core/ports/scoring-backend.ts";
import { bindProtocol } from "../core/protocols/bind-protocol.ts";
import type { Protocol } from "../core/protocols/protocol.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../core/protocols/request-options.ts";
import type { AnswerRow } from "./answer-rows.ts";
import { answerRows } from "./answer-rows.ts";
import { demand } from "./conformance-error.ts";
import type { ConformanceRow } from "./conformance-rows.ts";
import { CONFORMANCE_COLUMNS, requestLine } from "./conformance-rows.ts";
import type { ConformanceTarget } from "./conformance-target.ts";
import type { ModelScript } from "./model-script.ts";

/** A shard's rows, line by line. */
export type Lines = readonly (readonly ConformanceRow[])[];

/** What a shard's response file says. */
export type Answered = {
  readonly retries: number;
  /** The rows' answers, line by line. */
  readonly lines: readonly (readonly AnswerRow[])[];
};

/** One case against one backend and protocol: a folder, a model that follows a script, and an open session. Ended by `end`. */
export type Trial = {
  readonly protocol: Protocol;
  readonly session: ScoringSession;
  readonly events: readonly RunEvent[];
  /** Writes a request file. In line-oriented protocols each row is a separate line. */
  writeShard(shard: number, lines: Lines): Promise<RequestShard>;
  /** Scores the shards and reads their response files. */
  score(shards: readonly Lines[]): Promise<Answered[]>;
  /** Names of the files where answers are written. */
  responseFiles(): Promise<string[]>;
  end(): Promise<void>;
};

export type TrialOptions = { readonly protocol: Protocol; readonly batchSize: number };

export async function beginTrial(
  target: ConformanceTarget,
  script: ModelScript,
  options: TrialOptions,
): Promise<Trial> {
  const { batchSize } = options;
  const csvHeader = target.capabilities.requestHeader;
  const protocol = bindProtocol(options.protocol.id, { ...DEFAULT_REQUEST_OPTIONS, csvHeader });
  const directory = await mkdtemp(join(tmpdir(), "scoreframe-conformance-"));
  const events: RunEvent[] = [];
  const lifetime = new AbortController();
  // A service may store requests by the id of a run, so no two cases have the same id.
  const runId = `conformance-${randomUUID()}`;
  const store = await openRunStore((await target.workspace?.()) ?? directory);
  const files = await store.create(runId, lifetime.signal);
  const { requests, responses, logs: logDirectory } = files.folders;
  const context: BackendContext = {
    runId,
    protocol,
    batchSize,
    isolateFailedRows: true,
    logDirectory,
    ...(files.remote === undefined ? {} : { remote: files.remote }),
    baseDirectory: directory,
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
    },
    events: (event) => events.push(event),
    signal: lifetime.signal,
  };
  const started = await target.start(script, context);

  async function writeShard(shard: number, given: Lines): Promise<RequestShard> {
    const lines = protocol.lineHolds === "row" ? given.flat().map((row) => [row]) : given;
    const text = lines.map((rows) => `${requestLine(rows, protocol)}\n`).join("");
    const name = `shard-${String(shard).padStart(5, "0")}.jsonl`;
    const requestPath = join(requests, name);
    await writeFile(requestPath, text);
    await files.keep(requestPath);
    return {
      shard,
      requestPath,
      header: protocol.header(CONFORMANCE_COLUMNS),
      responsePath: join(responses, `${name}.out`),
      lines: lines.length,
      rows: lines.flat().length,
      bytes: Buffer.byteLength(text),
      digest: createHash("sha256").update(text).digest("hex"),
    };
  }

  async function score(shards: readonly Lines[]): Promise<Answered[]> {
    const written = await Promise.all(shards.map((lines, shard) => writeShard(shard, lines)));
    const answered = new Map<number, Answered>();
    for await (const response of started.session.score(inOrder(written), lifetime.signal)) {
      const asked = written[response.shard];
      demand(asked !== undefined, "ROWS_MIXED_UP", `an answer names shard ${response.shard}, which was not given`);
      const lines = answerRows(await readFile(asked.responsePath, "utf8"), protocol);
      demand(
        lines.length === asked.lines,
        "LINES_MISSING",
        `${asked.lines} request lines, ${lines.length} answer lines`,
      );
      answered.set(response.shard, { retries: response.retries, lines });
    }
    return shards.map((_, shard) => {
      const answer = answered.get(shard);
      demand(answer !== undefined, "SHARD_NOT_ANSWERED", `shard ${shard} was taken and never answered`);
      return answer;
    });
  }

  return {
    protocol,
    session: started.session,
    events,
    writeShard,
    score,
    async responseFiles() {
      const names = new Set(await readdir(responses));
      for await (const { name } of files.remote?.list(responses, lifetime.signal) ?? []) names.add(name);
      return [...names];
    },
    async end() {
      try {
        await started.session.close();
      } finally {
        lifetime.abort();
        await started.stop();
        await files.close();
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

async function* inOrder(shards: readonly RequestShard[]): AsyncGenerator<RequestShard> {
  yield* shards;
}
