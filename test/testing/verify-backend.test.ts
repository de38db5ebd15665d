import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { httpCapabilities } from "../../src/backends/http/http-capabilities.ts";
import { httpBackend } from "../../src/backends/http/index.ts";
import type { ScoringSession } from "../../src/core/ports/scoring-backend.ts";
import { PROTOCOLS } from "../../src/core/protocols/protocols.ts";
import type { ConformanceTarget, Deviation } from "../../src/testing/index.ts";
import { CONFORMANCE_CASES, startScriptedServer, verifyBackend } from "../../src/testing/index.ts";
import { runCase } from "../../src/testing/run-case.ts";

const EVERY_LINE = "answers every line of every shard with its own rows";

/** The HTTP backend, with a defect in each response file. */
function target(spoil: (path: string) => Promise<void>, deviations: Record<string, Deviation> = {}): ConformanceTarget {
  return {
    name: "spoiled",
    capabilities: httpCapabilities,
    deviations,
    async start(script, context) {
      const server = await startScriptedServer(script, context.protocol);
      const session = await httpBackend.create(httpBackend.parseOptions({ url: server.url })).open(context);
      return { session: spoiled(session, spoil), stop: () => server.stop() };
    },
  };
}

function spoiled(session: ScoringSession, spoil: (path: string) => Promise<void>): ScoringSession {
  return {
    close: () => session.close(),
    async *score(shards, signal) {
      const paths = new Map<number, string>();
      const given = (async function* () {
        for await (const shard of shards) {
          paths.set(shard.shard, shard.responsePath);
          yield shard;
        }
      })();
      for await (const response of session.score(given, signal)) {
        await spoil(paths.get(response.shard) ?? "");
        yield response;
      }
    },
  };
}

const healthy = async (): Promise<void> => {};
const truncating = (path: string): Promise<void> => writeFile(path, '{"predictions":[0]}\n');

function run(name: string, on: ConformanceTarget): Promise<void> {
  const case_ = CONFORMANCE_CASES.find((candidate) => candidate.name === name);
  if (case_ === undefined) throw new Error(`no such case: ${name}`);
  return runCase(case_, on, PROTOCOLS.instances);
}

const gap: Deviation = { kind: "never", reason: "for the sake of this test", code: "LINES_MISSING" };

describe("the conformance suite", () => {
  it("fails a backend that loses lines, with the code of what is wrong", async () => {
    await expect(run(EVERY_LINE, target(truncating))).rejects.toMatchObject({ code: "LINES_MISSING" });
  });

  it("fails a backend that pairs answers with the wrong rows", async () => {
    const swap = (path: string): Promise<void> => writeFile(path, '{"predictions":[1]}\n');
    await expect(run("answers a shard of one row", target(swap))).rejects.toMatchObject({ code: "ROWS_MIXED_UP" });
  });

  it("accepts a declared gap that shows with the declared code", async () => {
    await expect(run(EVERY_LINE, target(truncating, { [EVERY_LINE]: gap }))).resolves.toBeUndefined();
  });

  it("goes red when a declared gap fails otherwise", async () => {
    const declared = { ...gap, code: "ROWS_LOST" };
    await expect(run(EVERY_LINE, target(truncating, { [EVERY_LINE]: declared }))).rejects.toThrow(
      "declared to fail with ROWS_LOST and failed with LINES_MISSING",
    );
  });

  it("goes red when a declared gap is closed", async () => {
    await expect(run(EVERY_LINE, target(healthy, { [EVERY_LINE]: gap }))).rejects.toThrow(
      "delete its declared deviation",
    );
  });

  it("goes red when a gap of no known case is declared", async () => {
    const bodies: (() => Promise<void>)[] = [];
    const runner = {
      describe: (_: string, body: () => void) => body(),
      it: (_: string, body: () => Promise<void>) => bodies.push(body),
    };
    verifyBackend(runner, target(healthy, { "answers in rhyme": gap }));
    await expect(bodies[0]?.()).rejects.toThrow("answers in rhyme");
  });

  it("names every case once", () => {
    const names = CONFORMANCE_CASES.map((case_) => case_.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
