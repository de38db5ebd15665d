import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { localBackend } from "../../../src/backends/local/index.ts";
import type { RunEvent } from "../../../src/core/ports/event-sink.ts";
import type { RequestShard, ScoringSession } from "../../../src/core/ports/scoring-backend.ts";
import { PROTOCOLS } from "../../../src/core/protocols/protocols.ts";

export const modelsFolder: string = fileURLToPath(new URL("./models/", import.meta.url));

export type LocalJob = {
  readonly folder: string;
  readonly events: RunEvent[];
  /** Opens the backend; it is closed when the test ends. */
  open(options: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<ScoringSession>;
  /** Scores request lines, one shard each; resolves to the answer lines of all shards. */
  score(session: ScoringSession, lines: readonly string[]): Promise<string[]>;
  log(): Promise<string>;
};

/** A folder of its own for requests, answers and the model's log, and the local backend in it. */
export async function localJob(): Promise<LocalJob> {
  const folder = await mkdtemp(join(tmpdir(), "local-backend-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const events: RunEvent[] = [];
  return {
    folder,
    events,
    async open(options, signal = new AbortController().signal) {
      const session = await localBackend.create(localBackend.parseOptions(options)).open({
        runId: "test",
        protocol: PROTOCOLS.instances,
        batchSize: 2,
        isolateFailedRows: true,
        logDirectory: join(folder, "logs"),
        baseDirectory: modelsFolder,
        clock: { now: Date.now, sleep: (ms, stop) => setTimeout(ms, undefined, { signal: stop ?? signal }) },
        events: (event) => void events.push(event),
        signal,
      });
      onTestFinished(() => session.close());
      return session;
    },
    async score(session, lines) {
      const answers: string[] = [];
      for await (const { shard } of session.score(shardsOf(folder, lines), new AbortController().signal)) {
        answers.push((await readFile(`${requestPathOf(folder, shard)}.out`, "utf8")).trimEnd());
      }
      return answers;
    },
    log: () => readFile(join(folder, "logs", "model.log"), "utf8"),
  };
}

function requestPathOf(folder: string, shard: number): string {
  return join(folder, `shard-${shard}.jsonl`);
}

async function* shardsOf(folder: string, lines: readonly string[]): AsyncGenerator<RequestShard> {
  for (const [shard, line] of lines.entries()) {
    const requestPath = requestPathOf(folder, shard);
    await writeFile(requestPath, `${line}\n`);
    const rows = line.split('"id"').length - 1;
    yield {
      shard,
      requestPath,
      header: null,
      responsePath: `${requestPath}.out`,
      lines: 1,
      rows,
      bytes: line.length + 1,
      digest: "",
    };
  }
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until the condition holds; the test's own time limit ends a wait that is in vain. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(20);
}
