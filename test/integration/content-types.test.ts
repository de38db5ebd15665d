import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startModelServer } from "../backends/http/support/model-server.ts";
import { runCli } from "../cli/support/run-cli.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";
import { query } from "../support/query.ts";

const ROWS = "select x as a, 1000 - 2 * x as b from range(23) t(x)";
const RIGHT = [{ n: 23, right: 23 }];

async function project(keys: string): Promise<string> {
  const cwd = await temporaryFolder();
  await writeFile(
    join(cwd, "job.yaml"),
    `name: job\nsource: { kind: sql, sql: "${ROWS}" }\noutput: { path: out }\n${keys}\n`,
  );
  return cwd;
}

const counts = (cwd: string, prediction: string) =>
  query(
    `select count(*)::int as n, count(*) filter (${prediction} = a + b)::int as "right" from '${cwd}/out/*.parquet'`,
  );

it.each([
  ["predictions", "", "score"],
  ["scores", "response: { predictions: /scores }", "score"],
])("rows of CSV may be answered by a JSON document with the list %s", async (key, response, column) => {
  const server = await startModelServer(({ body, request }, reply) => {
    const rows = body.split("\n").map((line) => line.split(",").map(Number));
    const isRight = request.headers["content-type"] === "text/csv" && request.headers.accept === "application/json";
    const list = rows.map(([a = 0, b = 0]) => ({ score: a + b }));
    reply.writeHead(isRight ? 200 : 400, { "content-type": "application/json" }).end(JSON.stringify({ [key]: list }));
  });
  const cwd = await project(
    `backend: { kind: http, url: "${server.url}", accept: application/json }\nmodel: { protocol: csv }\nrequests: { csv_header: false, batch_size: 5 }\n${response}`,
  );
  const { exitCode, stderr } = await runCli(["run", "job.yaml"], { cwd });
  expect([exitCode, stderr]).toEqual([0, expect.anything()]);
  expect(await counts(cwd, column)).toEqual(RIGHT);
});

it("a command of the local backend gets the types of `content_type` and `accept`", async () => {
  const cwd = await project(
    'backend: { kind: local, command: node server.mjs, content_type: "application/json; v=1", accept: application/vnd.scores }',
  );
  await writeFile(
    join(cwd, "server.mjs"),
    `import { createServer } from "node:http";
createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece)).on("end", () => {
    const { "content-type": type, accept } = request.headers;
    if (request.method === "GET") response.end();
    else if (type !== "application/json; v=1" || accept !== "application/vnd.scores") response.writeHead(415).end(type + accept);
    else response.end(JSON.stringify({ predictions: JSON.parse(body).instances.map(({ a, b }) => a + b) }));
  });
}).listen(process.env.PORT, "127.0.0.1");
`,
  );
  const { exitCode, stderr } = await runCli(["run", "job.yaml"], { cwd });
  expect([exitCode, stderr]).toEqual([0, expect.anything()]);
  expect(await counts(cwd, "prediction")).toEqual(RIGHT);
});
