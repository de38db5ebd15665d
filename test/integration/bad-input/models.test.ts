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
import { useProject } from "./support/project.ts";
import type { Told } from "./support/refusals.ts";
import { describeRefusals } from "./support/refusals.ts";

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
async function told(backend: object): Promise<Told> {
  await engine.run(job({ kind: "doubles" }), { baseDirectory: project.path });
  const { report, error } = await engine.tryRun(job(backend), { baseDirectory: project.path });
  expect(report).toMatchObject({ status: "failed", output: null, error: { code: error?.code } });
  const [counts] = await query(
    `select count(*)::int as "rows", (count(*) filter (double = id * 2))::int as "right" from '${project.path}/out/*.parquet'`,
  );
  expect(counts).toEqual({ rows: 20, right: 20 });
  return error as Told;
}

async function toldOf(module: string): Promise<Told> {
  await project.write("bad.ts", module);
  return told({ model: "bad.ts" });
}

describeRefusals(
  "Models",
  () => [project.path, workspace],
  (tell) => {
    tell("the file is missing", () => told({ model: "modle.ts" }));

    tell("it throws while it is imported", () =>
      toldOf('const weights = null;\nthrow new Error("the weights are not there");\n'),
    );

    tell("it throws in `load`", () =>
      toldOf(`export default {
  load() {
    throw new Error("the weights are not there");
  },
  predict: (rows) => rows,
};
`),
    );

    tell("it is no TypeScript", () => toldOf("const weights = 3;\nexport default = weights;\n"));

    tell("it has no `predict`", () => toldOf("export default { predicts: (rows) => rows };\n"));

    tell("it imports what is not installed", () =>
      toldOf('import "no-such-package";\nexport default { predict: (rows) => rows };\n'),
    );

    tell("an ONNX file is none", async () => {
      await project.write("bad.onnx", "no model");
      return told({ model: "bad.onnx" });
    });

    tell("it throws for every row", () =>
      toldOf('export default { predict() { throw new Error("no such feature: y"); } };\n'),
    );

    tell("it exits in the middle of the run", () =>
      toldOf(`export default {
  predict(rows) {
    console.error("out of licences");
    process.exit(7);
  },
};
`),
    );

    tell("its command does not exist", () => told({ command: "no-such-program --port {port}" }));

    tell("its command ends at once", () => told({ command: 'echo "usage: serve MODEL"; exit 3' }));

    tell("its command never listens", () => told({ command: "exec sleep 60", start_timeout_s: 0.4 }));

    tell("its command listens and never answers `/ping`", async () => {
      const server = `require("net").createServer(() => undefined).listen(process.env.PORT, "127.0.0.1")`;
      return told({ command: `"${process.execPath}" -e '${server}'`, start_timeout_s: 2.5 });
    });

    tell("its command answers `/ping` with 404", async () => {
      const server = `require("http").createServer((q, a) => a.writeHead(404).end()).listen(process.env.PORT, "127.0.0.1")`;
      return told({ command: `"${process.execPath}" -e '${server}'`, start_timeout_s: 2.5 });
    });

    tell("no server is there", async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      return told({ kind: "http", url: `http://127.0.0.1:${port}/invocations`, unreachable_timeout_s: 0 });
    });
  },
);
