import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { Engine, JobInput, RunEvent, ScoringSession } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";

type Behaviour = {
  /** Works on a shard until it is stopped; ends some time after that. */
  readonly slow?: boolean;
  readonly closeFails?: boolean;
};

/** A backend that writes down what it does, in order. */
async function lab({ slow = false, closeFails = false }: Behaviour = {}) {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-leaving-"));
  const log: string[] = [];
  const plain = functionBackend("logged", ({ instances }) => JSON.stringify({ predictions: instances.map(() => 1) }));
  const session: ScoringSession = {
    async *score(shards, signal) {
      try {
        for await (const { shard, responsePath, lines } of shards) {
          log.push("working");
          if (slow) await sleep(60_000, undefined, { signal });
          await writeFile(responsePath, '{"predictions":[1]}\n'.repeat(lines));
          yield { shard, retries: 0 };
        }
      } catch (thrown) {
        // What a backend still has to do when it is stopped: end its requests, for example.
        await sleep(200);
        throw thrown;
      } finally {
        log.push("work ended");
      }
    },
    async close() {
      log.push("closed");
      if (closeFails) throw new Error("the model did not end");
    },
  };
  const backend = { ...plain, create: () => ({ ...plain.create({}), open: async () => session }) };
  const engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [backend] });
  onTestFinished(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  const job: JobInput = {
    name: "leaving",
    source: { kind: "rows" },
    requests: { batch_size: 1 },
    backend: { kind: "logged" },
    output: { path: join(folder, "out") },
  };
  return { engine, job, log };
}

const rows = [{ n: 1 }];
const until = async (found: () => boolean): Promise<void> => {
  while (!found()) await sleep(5);
};

function start(engine: Engine, job: JobInput, signal?: AbortSignal) {
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => void events.push(event);
  const run = engine.tryRun(job, { rows, onEvent, ...(signal === undefined ? {} : { signal }) });
  return { run, warnings: () => events.flatMap((event) => (event.type === "warning" ? [event.message] : [])) };
}

it("closes the session of a stopped run when its work has ended, not while it goes on", async () => {
  const { engine, job, log } = await lab({ slow: true });
  const stop = new AbortController();
  const { run } = start(engine, job, stop.signal);
  await until(() => log.includes("working"));
  stop.abort(new Error("the user pressed Ctrl-C"));
  const { error } = await run;
  expect(log).toEqual(["working", "work ended", "closed"]);
  expect(error).toMatchObject({
    code: "RUN_CANCELLED",
    cause: expect.objectContaining({ message: expect.anything() }),
  });
});

it("lets the engine close when its runs have ended", async () => {
  const { engine, job, log } = await lab({ slow: true });
  const { run } = start(engine, job);
  await until(() => log.includes("working"));
  await engine.close();
  expect(log).toEqual(["working", "work ended", "closed"]);
  expect((await run).report.status).toBe("incomplete");
});

it("publishes although the session cannot be closed, and warns", async () => {
  const { engine, job } = await lab({ closeFails: true });
  const { run, warnings } = start(engine, job);
  expect((await run).report.status).toBe("succeeded");
  expect(warnings()).toEqual(["The session of the backend could not be released. the model did not end"]);
});

it("goes on when a callback of the program throws or rejects", async () => {
  const { engine, job } = await lab();
  const warned: string[] = [];
  const listen = (warning: Error): void => void warned.push(warning.message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  const onProgress = (): void => {
    throw new Error("the bar is broken");
  };
  const onEvent = async (): Promise<void> => {
    throw new Error("the log is full");
  };
  const { status } = await engine.run(job, { rows, onProgress, onEvent });
  await sleep(0);
  expect(status).toBe("succeeded");
  expect(warned.sort()).toEqual([
    "The callback onEvent failed, and the run goes on: the log is full",
    "The callback onProgress failed, and the run goes on: the bar is broken",
  ]);
});
