import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { runCli } from "../cli/support/run-cli.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";
import { query } from "../support/query.ts";

const TOKEN = "secret-of-the-gateway";

/** A gateway that adds one to each row, for those who have the token. */
async function startGateway(): Promise<string> {
  const server = createServer(async (request, response) => {
    const allowed = request.url === "/deployments/late%20flights/score" && request.headers["x-gateway-token"] === TOKEN;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (!allowed) return void response.writeHead(403).end();
    const { instances } = JSON.parse(Buffer.concat(chunks).toString()) as { instances: { x: number }[] };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ predictions: instances.map(({ x }) => x + 1) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function job(backend: string): string {
  return `name: job
source: { kind: sql, sql: select x from range(7) t(x) }
${backend}
output: { path: out }
`;
}

async function sums(folder: string): Promise<unknown> {
  return (await query(`select count(*)::int as n, sum(prediction - x)::int as ones from '${folder}/out/*.parquet'`))[0];
}

describe("`backends` in a job", () => {
  it("loads the TypeScript module of the guide, by a path from the job file's folder, and stores no secret of it", async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "jobs", "node_modules"), { recursive: true });
    const snippet = await readFile(join(root, "docs/snippets/gateway-backend.ts"), "utf8");
    const local = (name: string): string => join(root, "src", name);
    await writeFile(
      join(cwd, "jobs", "gateway-backend.ts"),
      snippet
        .replace('"scoreframe/backends/http"', `"${local("backends/http/index.ts")}"`)
        .replaceAll('"scoreframe"', `"${local("index.ts")}"`),
    );
    const backend = `backends: [./gateway-backend.ts]
backend: { kind: gateway, gateway: "${await startGateway()}", deployment: late flights, token: "\${GATEWAY_TOKEN}" }`;
    await writeFile(join(cwd, "jobs", "job.yaml"), job(backend));
    const run = await runCli(["run", "jobs/job.yaml", "--json"], { cwd, env: { GATEWAY_TOKEN: TOKEN } });
    expect({ ...run }).toMatchObject({ exitCode: 0 });
    expect(await sums(join(cwd, "jobs"))).toEqual({ n: 7, ones: 7 });
    const { run_id } = JSON.parse(run.stdout) as { run_id: string };
    const recorded = await readFile(join(cwd, ".scoreframe/runs", run_id, "job.json"), "utf8");
    expect(recorded).toContain("GATEWAY_TOKEN");
    expect(recorded + run.stdout + run.stderr).not.toContain(TOKEN);
  });

  it.each([
    ["for import alone", { exports: { ".": { import: "./backend.mjs" } } }],
    ["by its main file", { main: "backend.mjs" }],
  ])("loads an installed package, %s", async (_, manifest) => {
    const cwd = await temporaryFolder();
    const folder = join(cwd, "node_modules", "@team", "plus-one");
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "@team/plus-one", version: "1.0.0", ...manifest }),
    );
    await copyFile(join(root, "test/integration/models/plus-one-backend.mjs"), join(folder, "backend.mjs"));
    await writeFile(join(cwd, "job.yaml"), job('backends: ["@team/plus-one"]\nbackend: { kind: plus-one }'));
    const run = await runCli(["run", "job.yaml"], { cwd });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(await sums(cwd)).toEqual({ n: 7, ones: 7 });
  });

  it.each([
    ["a syntax that Node cannot strip", "enum A { B }\nexport default A;\n", /stripping its types/],
    ["an import without its extension", 'import "./client";\n', /Imports need their extension/],
    [
      "a backend of another specification",
      'export const b = { specificationVersion: "v9", id: "b", capabilities: {}, parseOptions() {}, create() {} };\n',
      /exports `b` with the specificationVersion "v9"/,
    ],
    ["no export at all", "const nothing: number = 1;\n", /exports nothing/],
  ])("reports a module with %s", async (_, text, message) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "b.ts"), text);
    await writeFile(join(cwd, "job.yaml"), job("backends: [b.ts]\nbackend: { kind: b }"));
    const { exitCode, stdout } = await runCli(["check", "job.yaml", "--json"], { cwd });
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "PLUGIN_LOAD_FAILED",
      message: expect.stringMatching(message),
      option: "backends.0",
    });
    expect(exitCode).not.toBe(0);
  });
});
