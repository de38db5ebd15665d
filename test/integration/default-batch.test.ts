import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";

type Changes = { readonly batch_size?: number; readonly protocol?: "json_lines" };

it.each<[string, string, Changes, number[]]>([
  ["500 rows", "select x as text from range(1200) t(x)", {}, [500, 500, 200]],
  ["no more than 1 MB of them", "select repeat('x', 300000) as text from range(7) t(x)", {}, [3, 3, 1]],
  ["one row that has more", "select repeat('x', 1500000) as text from range(2) t(x)", {}, [1, 1]],
  [
    "what the job says, whatever they weigh",
    "select repeat('x', 300000) as text from range(7) t(x)",
    { batch_size: 7 },
    [7],
  ],
  ["500 lines", "select x as text from range(1200) t(x)", { protocol: "json_lines" }, [500, 500, 200]],
])("a request holds %s", async (_, sql, { batch_size, protocol }, rows) => {
  const received: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const count = protocol === undefined ? JSON.parse(body).instances.length : body.split("\n").length;
    received.push(count);
    const ones = Array.from({ length: count }, () => 1);
    response.end(protocol === undefined ? JSON.stringify({ predictions: ones }) : ones.join("\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = await temporaryFolder();
  const engine = await createScoreframe({ workspace: join(folder, "runs") });
  onTestFinished(async () => {
    await engine.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const job: JobInput = {
    name: "job",
    source: { kind: "sql", sql },
    ...(protocol === undefined ? {} : { model: { protocol } }),
    requests: batch_size === undefined ? {} : { batch_size },
    backend: { kind: "http", url: `http://127.0.0.1:${port}/x`, concurrency: 1 },
    output: { path: join(folder, "out") },
    // The requests of the run alone are counted.
    verify: false,
  };
  expect((await engine.plan(job)).requests).toBe(rows.length);
  await engine.run(job);
  expect(received.toSorted((a, b) => b - a)).toEqual(rows);
});
