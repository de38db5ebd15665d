import { expect, it } from "vitest";
import { runInProcess } from "../../cli/support/memory-context.ts";
import { query } from "../../support/query.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

async function columns(): Promise<string[]> {
  const found = await query(`describe select * from '${project.path}/out/*.parquet'`);
  return found.map(({ column_name: name, column_type: type }) => `${name} ${type}`);
}

it("a query without rows publishes an empty table with the types of its columns and of the stated predictions", async () => {
  await project.run(
    "--set",
    "source.sql=select id, x from rows where x > 100",
    "--set",
    "output.predictions.double=double",
  );
  expect(await query(`select * from '${project.path}/out/*.parquet'`)).toEqual([]);
  expect(await columns()).toEqual(["id BIGINT", "x DOUBLE", "double DOUBLE"]);
});

it("without stated predictions the empty table has the columns of the source", async () => {
  await project.run("--set", "source.sql=select id, x from rows where x > 100");
  expect(await columns()).toEqual(["id BIGINT", "x DOUBLE"]);
});

it("a Parquet file without rows and a CSV file with nothing but a header are tables without rows", async () => {
  await query(`copy (select 1::bigint as id, 1::double as x where false) to '${project.path}/rows.parquet'`);
  await project.run("--set", "source.tables.rows=rows.parquet");
  expect(await columns()).toEqual(["id BIGINT", "x DOUBLE"]);
  await project.write("rows.csv", "id,x\n");
  await project.run();
  expect(await columns()).toEqual(["id VARCHAR", "x VARCHAR"]);
});

it("no rows replace a table without partitions, and no partition of one that has some", async () => {
  const nothing = ["--set", "source.sql=select id, x from rows where x > 100"];
  await project.run();
  await project.run(...nothing);
  expect(await query(`select * from '${project.path}/out/*.parquet'`)).toEqual([]);
  await project.spoilJob("path: out", "path: parts\n  partition_by: [id]");
  await project.run();
  await project.run(...nothing);
  expect(await query(`select id::int as id from '${project.path}/parts/*/*.parquet' order by id`)).toEqual(
    [1, 2, 3, 4].map((id) => ({ id })),
  );
});

it("no rows are a warning, and an error if the job says how many there must be: the table stays", async () => {
  const nothing = ["--set", "source.sql=select id, x from rows where x > 100"];
  const { stderr } = await runInProcess(["run", "job.yaml", ...nothing], project.path);
  expect(stderr).toContain("The source gives no rows");
  await project.run();
  const failure = await project.failingRun({
    exitCode: 1,
    args: ["job.yaml", ...nothing, "--set", "failure.min_rows=1"],
  });
  expect(JSON.stringify(failure)).toContain("The source gives 0 rows, and failure.min_rows is 1: nothing was scored");
});
