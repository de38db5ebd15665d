import { writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { RunProgress } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { startCli } from "../cli/support/run-cli.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";

/** Answers each row with one more, after some milliseconds. */
async function listen(port: number, delayMs = 0): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { instances } = JSON.parse(Buffer.concat(chunks).toString()) as { instances: { x: number }[] };
    await sleep(delayMs);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ predictions: instances.map(({ x }) => x + 1) }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

async function freePort(): Promise<number> {
  const server = await listen(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it.each(["run", "check"])("%s says at once that the server is away, and goes on when it is there", async (command) => {
  const cwd = await temporaryFolder();
  const port = await freePort();
  await writeFile(
    join(cwd, "job.yaml"),
    `name: job
source: { kind: sql, sql: select x from range(30) t(x) }
backend: { kind: http, url: "http://127.0.0.1:${port}/x" }
output: { path: out }
`,
  );
  const cli = startCli([command, "job.yaml"], { cwd });
  await cli.hasSaid(`http://127.0.0.1:${port} cannot be reached`);
  await cli.hasSaid("Waiting up to 60 s");
  await sleep(2000);
  await listen(port);
  const { exitCode, stderr } = await cli.ended;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/answers after \d/) });
});

it("progress counts rows as they are answered, also of a shard that is not whole, and ends exact", async () => {
  const server = await listen(0, 120);
  const folder = await temporaryFolder();
  const engine = await createScoreframe({ workspace: join(folder, "runs") });
  onTestFinished(() => engine.close());
  const seen: RunProgress[] = [];
  const run = await engine.run(
    {
      name: "job",
      source: { kind: "sql", sql: "select x from range(200) t(x)" },
      requests: { batch_size: 10 },
      backend: { kind: "http", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`, concurrency: 1 },
      output: { path: join(folder, "out") },
    },
    { onProgress: (progress) => seen.push(progress) },
  );
  expect(run.report.shards.total).toBe(1);
  const counts = seen.map(({ scoredRows }) => scoredRows);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(new Set(counts.filter((rows) => rows > 0 && rows < 200)).size).toBeGreaterThan(5);
  expect(counts.at(-1)).toBe(200);
});
