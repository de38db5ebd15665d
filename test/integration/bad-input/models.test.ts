import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { Engine, JobInput } from "../../../src/index.ts";
import { createScoreframe } from "../../../src/index.ts";
import { functionBackend } from "../../support/function-backend.ts";
import { query } from "../../support/query.ts";
import type { Reported } from "./support/describe-bad-input.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
let engine: Engine;
let workspace: string;
beforeAll(async () => {
  workspace = join(await mkdtemp(join(tmpdir(), "scoreframe-bad-models-")), "workspace");
  const doubles = functionBackend("doubles", ({ instances }) =>
    JSON.stringify({ predictions: instances.map(({ x }) => ({ double: Number(x) * 2 })) }),
  );
  engine = await createScoreframe({ workspace, backends: [doubles] });
});
afterAll(async () => {
  await engine.close();
  await rm(join(workspace, ".."), { recursive: true, force: true });
});

const job = (backend: object): JobInput => ({
  name: "job",
  source: { kind: "sql", sql: "select n as id, n as x from range(20) t(n)" },
  model: { features: ["x"] },
  requests: { batch_size: 20 },
  backend: { kind: "local", ...backend },
  output: { path: "out" },
});

/** A run with a good model, then the same with a bad one, whose error it resolves to: the table of the first run is as it was. */
async function failureOf(backend: object): Promise<Reported> {
  await engine.run(job({ kind: "doubles" }), { baseDirectory: project.path });
  const { report, error } = await engine.tryRun(job(backend), { baseDirectory: project.path });
  expect(report).toMatchObject({ status: "failed", output: null, error: { code: error?.code } });
  const [counts] = await query(
    `select count(*)::int as "rows", (count(*) filter (double = id * 2))::int as "right" from '${project.path}/out/*.parquet'`,
  );
  expect(counts).toEqual({ rows: 20, right: 20 });
  return error as Reported;
}

async function failureOfModule(module: string): Promise<Reported> {
  await project.write("bad.ts", module);
  return failureOf({ model: "bad.ts" });
}

describeBadInput(
  "Models",
  () => [project.path, workspace],
  (when) => {
    when("the file is missing", () => failureOf({ model: "modle.ts" }));

    when("it throws while it is imported", () =>
      failureOfModule('const weights = null;\nthrow new Error("the weights are not there");\n'),
    );

    when("it throws in `load`", () =>
      failureOfModule(`export default {
  load() {
    throw new Error("the weights are not there");
  },
  predict: (rows) => rows,
};
`),
    );

    when("it is no TypeScript", () => failureOfModule("const weights = 3;\nexport default = weights;\n"));

    when("it has no `predict`", () => failureOfModule("export default { predicts: (rows) => rows };\n"));

    when("it imports what is not installed", () =>
      failureOfModule('import "no-such-package";\nexport default { predict: (rows) => rows };\n'),
    );

    when("an ONNX file is not valid", async () => {
      await project.write("bad.onnx", "no model");
      return failureOf({ model: "bad.onnx" });
    });

    when("it throws for every row", () =>
      failureOfModule('export default { predict() { throw new Error("no such feature: y"); } };\n'),
    );

    when("it exits in the middle of the run", () =>
      failureOfModule(`export default {
  predict(rows) {
    console.error("out of licences");
    process.exit(7);
  },
};
`),
    );

    when("its command does not exist", () => failureOf({ command: "no-such-program --port {port}" }));

    when("its command ends at once", () => failureOf({ command: 'echo "usage: serve MODEL"; exit 3' }));

    when("its command never listens", () => failureOf({ command: "exec sleep 60", start_timeout_s: 0.4 }));

    when("its command listens and never answers `/ping`", async () => {
      const server = `require("net").createServer(() => undefined).listen(process.env.PORT, "127.0.0.1")`;
      return failureOf({ command: `"${process.execPath}" -e '${server}'`, start_timeout_s: 2.5 });
    });

    when("its command answers `/ping` with 404", async () => {
      const server = `require("http").createServer((q, a) => a.writeHead(404).end()).listen(process.env.PORT, "127.0.0.1")`;
      return failureOf({ command: `"${process.execPath}" -e '${server}'`, start_timeout_s: 2.5 });
    });

    when("no server is there", async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      return failureOf({ kind: "http", url: `http://127.0.0.1:${port}/invocations`, unreachable_timeout_s: 0 });
    });
  },
);
