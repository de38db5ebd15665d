import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { startCli } from "../../cli/support/run-cli.ts";
import { query } from "../../support/query.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

describeBadInput(
  "The output",
  () => [project.path],
  (when) => {
    when("the path is a file", async () => {
      await project.write("out", "a foreign file\n");
      return project.failingRun({ exitCode: 1 });
    });

    when("a folder above it is a file", async () => {
      await project.spoilJob("path: out", "path: rows.csv/out");
      return project.failingRun({ exitCode: 1 });
    });

    when("the path is the job's own folder", async () => {
      await project.spoilJob("path: out", "path: .");
      return project.failingRun({ exitCode: 1 });
    });

    when("the folder holds foreign files", async () => {
      await mkdir(join(project.path, "out"));
      await project.write("out/part-0.parquet", "half of a file");
      return project.failingRun({ exitCode: 1 });
    });

    when("a partition to replace holds a foreign file", async () => {
      await project.spoilJob("path: out", "path: out\n  partition_by: [id]");
      await project.run();
      await project.write("out/id=2/mine.parquet", "theirs");
      return project.failingRun({ exitCode: 1 });
    });

    when("its manifest is cut off", async () => {
      await project.run();
      await project.write("out/_manifest.json", '{"format_version": 1, "fi');
      return project.failingRun({ exitCode: 1 });
    });

    when("its manifest names a file outside of the table", async () => {
      await project.run();
      const manifest = await readFile(join(project.path, "out/_manifest.json"), "utf8");
      await project.write("out/_manifest.json", manifest.replace(/"path": "[^"]*"/, '"path": "../../precious.txt"'));
      return project.failingRun({ exitCode: 1 });
    });

    when("a journal in it is cut off", async () => {
      await project.run();
      await mkdir(join(project.path, "out/_scoreframe/switch"), { recursive: true });
      await project.write("out/_scoreframe/switch/v2-x.json", '{"version": 2, "rem');
      return project.failingRun({ exitCode: 1 });
    });

    when("a folder in it is a link to elsewhere", async () => {
      await mkdir(join(project.path, "out"));
      await symlink("/tmp", join(project.path, "out/_scoreframe"));
      return project.failingRun({ exitCode: 1 });
    });

    when("a partition's value is too long for a folder", async () => {
      await project.spoilJob("path: out", "path: out\n  partition_by: [day]");
      const sql = "select id, x, repeat('ü', 126) as day from rows";
      return project.failingRun({ exitCode: 1, args: ["job.yaml", "--set", `source.sql=${sql}`] });
    });

    when("its manifest is not ours", async () => {
      await mkdir(join(project.path, "out"));
      await project.write("out/_manifest.json", "{}");
      return project.failingRun({ exitCode: 1 });
    });

    when("it holds a table of another form", async () => {
      await project.run();
      return project.failingRun({ exitCode: 1, args: ["job.yaml", "--set", "output.partition_by=[id]"] });
    });

    when("it holds a column of another type", async () => {
      await project.run();
      const sql = "select id, 'A-' || x as x from rows";
      return project.failingRun({
        exitCode: 1,
        args: ["job.yaml", "--set", "output.if_exists=append", "--set", `source.sql=${sql}`],
      });
    });

    when("it does not hold a column of the rows", async () => {
      await project.run();
      const sql = "select id, x, x + 1 as y from rows";
      return project.failingRun({
        exitCode: 1,
        args: ["job.yaml", "--set", "output.if_exists=append", "--set", `source.sql=${sql}`],
      });
    });

    when("it holds predictions of another type", async () => {
      await project.run();
      await project.write(
        "model.ts",
        "export default { predict: (rows) => rows.map(({ x }) => ({ double: x / 3 })) };\n",
      );
      return project.failingRun({ exitCode: 1, args: ["job.yaml", "--set", "output.if_exists=append"] });
    });

    when("it holds a table, and `if_exists` is `error`", async () => {
      await project.run();
      return project.failingRun({ exitCode: 1, args: ["job.yaml", "--set", "output.if_exists=error"] });
    });

    when("its lock is half a file", async () => {
      await mkdir(join(project.path, "out/_scoreframe"), { recursive: true });
      await project.write("out/_scoreframe/lock.json", '{"run_id": "20');
      return project.failingRun({ exitCode: 1 });
    });

    when("another run writes to it", async () => {
      await project.run();
      await project.write(
        "model.ts",
        `import { existsSync } from "node:fs";
export default {
  async predict(rows) {
    while (!existsSync("go-on")) await new Promise((resolve) => setTimeout(resolve, 20));
    return rows.map(({ x }) => ({ double: x * 2 }));
  },
};
`,
      );
      const first = startCli(["run", "job.yaml", "--json", "--set", "source.sql=select id + 4 as id, x from rows"], {
        cwd: project.path,
      });
      await first.hasSaid("model ready");
      const failure = await project.failingRun({ exitCode: 1 });
      await project.write("go-on", "");
      const { stdout } = await first.ended;
      const report = JSON.parse(stdout);
      expect(report).toMatchObject({ status: "succeeded", ledger: { input: 4, scored: 4 } });
      expect(failure.message).toContain(`run ${report.run_id} `);
      expect(await query(`select id::int as id from '${project.path}/out/*.parquet' order by id`)).toEqual(
        [5, 6, 7, 8].map((id) => ({ id })),
      );
      return failure;
    });
  },
);
