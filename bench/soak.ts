/**
 * Memory, listeners and timers over many HTTP requests and many tasks of the worker pool: what grows with their number is a leak.
 * `node bench/soak.ts [requests] [tasks] [minutes]`, 100,000 each by default, for five minutes each at most.
 */
import { fork } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createHttpSession } from "../src/backends/http/index.ts";
import type { RequestShard } from "../src/core/ports/scoring-backend.ts";
import { PROTOCOLS } from "../src/core/protocols/protocols.ts";
import { createFramePool } from "../src/core/worker/frame-pool.ts";

const STEPS = 20;
const LINES_PER_SHARD = 500;
const LINE = `${JSON.stringify({ instances: [{ x: 1 }, { x: 2 }] })}\n`;

if (process.argv[2] === "server") serve();
else await main();

async function main(): Promise<void> {
  const [requests = "100000", tasks = "100000", minutes = "5"] = process.argv.slice(2);
  const longestMs = Number(minutes) * 60_000;
  process.on("warning", ({ message }) => console.log(`warning: ${message}`));
  const folder = mkdtempSync(join(tmpdir(), "scoreframe-soak-"));
  try {
    await soakRequests(Number(requests), longestMs, folder);
    await soakTasks(Number(tasks), longestMs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a process of its own, so that its memory is not counted. */
function serve(): void {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end('{"predictions":[1,2]}'));
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit());
}

async function soakRequests(requests: number, longestMs: number, folder: string): Promise<void> {
  const server = fork(import.meta.filename, ["server"]);
  const [port] = await once(server, "message");
  const { signal } = new AbortController();
  const session = createHttpSession(
    { backend: "soak", url: `http://127.0.0.1:${port}/`, concurrency: 8 },
    {
      runId: "soak",
      protocol: PROTOCOLS.instances,
      batchSize: 2,
      isolateFailedRows: true,
      logDirectory: folder,
      baseDirectory: folder,
      clock: { now: Date.now, sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)) },
      events: () => undefined,
      signal,
    },
  );
  const watch = watcher("requests", requests, longestMs, signal);
  const requestPath = join(folder, "requests.jsonl");
  writeFileSync(requestPath, LINE.repeat(LINES_PER_SHARD));
  async function* shards(): AsyncGenerator<RequestShard> {
    for (let shard = 0; shard * LINES_PER_SHARD < requests && !watch.isLate(); shard += 1) {
      const responsePath = join(folder, `${shard % 16}.out`);
      const bytes = LINE.length * LINES_PER_SHARD;
      const rows = 2 * LINES_PER_SHARD;
      yield { shard, requestPath, header: null, responsePath, lines: LINES_PER_SHARD, rows, bytes, digest: "" };
    }
  }
  for await (const _ of session.score(shards(), signal)) watch.done(LINES_PER_SHARD);
  watch.end();
  await session.close();
  server.disconnect();
}

/** A task without any work, so that nothing but the pool itself is measured. */
async function soakTasks(tasks: number, longestMs: number): Promise<void> {
  const pool = createFramePool();
  const { signal } = new AbortController();
  const watch = watcher("tasks", tasks, longestMs, signal);
  let begun = 0;
  async function work(): Promise<void> {
    while (begun < tasks && !watch.isLate()) {
      begun += 1;
      await pool.run("listWidths", { table: "", columns: [] }, signal);
      watch.done(1);
    }
  }
  await Promise.all(Array.from({ length: 2 * pool.threads }, work));
  watch.end();
  await pool.close();
}

/** Prints a line for each tenth of the work, after a collection of garbage. */
function watcher(what: string, total: number, longestMs: number, signal: AbortSignal) {
  const begin = performance.now();
  const collect = garbageCollector();
  let count = 0;
  console.log(`\n| ${what} | s | heap MiB | outside MiB | RSS MiB | listeners | timers | other handles |`);
  console.log("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  let shown = 0;
  function show(): void {
    shown = count;
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    const handles = process.getActiveResourcesInfo();
    const timers = handles.filter((name) => name === "Timeout").length;
    const cells = [
      count.toLocaleString("en"),
      ((performance.now() - begin) / 1000).toFixed(0),
      ...[heapUsed, external, rss].map((bytes) => (bytes / 2 ** 20).toFixed(1)),
      getEventListeners(signal, "abort").length,
      timers,
      handles.length - timers,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  return {
    isLate: () => performance.now() - begin > longestMs,
    done(more: number) {
      count += more;
      if (count - shown >= total / STEPS) show();
    },
    end: () => (count > shown ? show() : undefined),
  };
}

function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
