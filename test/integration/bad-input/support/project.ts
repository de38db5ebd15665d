import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { runInProcess } from "../../../cli/support/memory-context.ts";
import type { Reported } from "./describe-bad-input.ts";
import { publishedFiles } from "./published-files.ts";

/** A folder with a job that works: four rows, a model that doubles them. Each test spoils one thing of it. */
export type Project = {
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Writes job.yaml with one text replaced by another. */
  spoilJob(from: string, to: string): Promise<void>;
  /** Runs the job, which must succeed, without a warning unless there are no rows. */
  run(...args: readonly string[]): Promise<void>;
  /** `scoreframe run job.yaml`, which must fail: what it says, after the proof that the output is as it was, byte for byte. */
  failingRun(options?: { readonly exitCode?: number; readonly args?: readonly string[] }): Promise<Reported>;
};

const JOB = `name: job
source:
  kind: sql
  tables: { rows: rows.csv }
  sql: select id, x from rows
model:
  features: [x]
backend:
  kind: local
  model: model.ts
output:
  path: out
`;

/** A new project for each test of a file. */
export function useProject(): Project {
  let folder = "";
  const at = (name: string): string => join(folder, name);
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "scoreframe-bad-")));
    await writeFile(at("rows.csv"), "id,x\n1,1.5\n2,2.5\n3,-1\n4,0.5\n");
    await writeFile(
      at("model.ts"),
      "export default { predict: (rows) => rows.map(({ x }) => ({ double: x * 2 })) };\n",
    );
    await writeFile(at("job.yaml"), JOB);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    get path() {
      return folder;
    },
    async write(name, content) {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), content);
    },
    async spoilJob(from, to) {
      const job = await readFile(at("job.yaml"), "utf8");
      expect(job).toContain(from);
      await writeFile(
        at("job.yaml"),
        job.replace(from, () => to),
      );
    },
    async run(...args) {
      const run = await runInProcess(["run", "job.yaml", "--quiet", ...args], folder);
      expect(run.stderr.replace(/^.*Warning: The source gives no rows: .*\n/m, "")).toBe("");
      expect(run.exitCode).toBe(0);
    },
    async failingRun({ exitCode = 2, args = ["job.yaml"] } = {}) {
      const before = await publishedFiles(at("out"));
      const run = await runInProcess(["run", ...args, "--json", "--quiet"], folder);
      const { error, ...report } = JSON.parse(run.stdout);
      expect(report).toMatchObject({ status: "failed", output: null });
      expect(run.stderr).toContain(`Error ${error.code}: ${error.message}\n`);
      expect(run.exitCode).toBe(exitCode);
      expect(await publishedFiles(at("out"))).toEqual(before);
      return error;
    },
  };
}
