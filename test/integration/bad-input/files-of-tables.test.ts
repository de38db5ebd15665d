import { mkdir, readFile, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { query } from "../../support/query.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const FIXTURES = resolve(import.meta.dirname, "../../../fixtures/parquet");

const project = useProject();

/** The table becomes a folder with a Parquet file for each query. */
async function folderOf(...queries: readonly string[]): Promise<string> {
  const folder = join(project.path, "data");
  await mkdir(folder);
  for (const [index, each] of queries.entries()) {
    await query(`copy (${each}) to '${folder}/${index + 1}.parquet' (format parquet)`);
  }
  await project.spoilJob("rows.csv", "data");
  return folder;
}

const ROW = "select 1::bigint as id, 1.5::double as x";

describeBadInput(
  "Files of a table",
  () => [project.path],
  (when) => {
    when("two Parquet files have types that have no common one", async () => {
      await folderOf(
        "select 9007199254740993::bigint as id, 1.5::double as x",
        "select 0.5::double as id, 2.5::double as x",
      );
      return project.failingRun({ exitCode: 1 });
    });

    when("two Parquet files spell a column in two ways", async () => {
      await folderOf(ROW, "select 2::bigint as id, 2.5::double as X");
      return project.failingRun({ exitCode: 1 });
    });

    when("a Parquet file has two columns that differ in case only", async () => {
      await project.write("rows.parquet", await readFile(join(FIXTURES, "fields-differ-in-case.parquet")));
      await project.spoilJob("rows.csv", "rows.parquet");
      return project.failingRun({ exitCode: 1 });
    });

    when("a decimal has more than 38 digits", async () => {
      await project.write("rows.parquet", await readFile(join(FIXTURES, "decimal-40-digits.parquet")));
      await project.spoilJob("rows.csv", "rows.parquet");
      return project.failingRun({ exitCode: 1 });
    });

    when("a Parquet file has times with nanoseconds that would be cut off", async () => {
      await project.write("rows.parquet", await readFile(join(FIXTURES, "int96-nanoseconds.parquet")));
      await project.spoilJob("rows.csv", "rows.parquet");
      return project.failingRun({ exitCode: 1 });
    });

    when("a Parquet file is encrypted", async () => {
      await project.write("rows.parquet", await readFile(join(FIXTURES, "encrypted.parquet")));
      await project.spoilJob("rows.csv", "rows.parquet");
      return project.failingRun({ exitCode: 1 });
    });

    when("the folder is a Delta table", async () => {
      const folder = await folderOf(ROW);
      await mkdir(join(folder, "_delta_log"));
      return project.failingRun({ exitCode: 1 });
    });

    when("the manifest of a published table is damaged", async () => {
      await folderOf(ROW);
      await project.write("data/_manifest.json", '{ "format_version": 1, "files": [');
      return project.failingRun({ exitCode: 1 });
    });

    when("a link of the folder leads nowhere", async () => {
      const folder = await folderOf(ROW);
      await symlink("/mnt/gone/2.parquet", join(folder, "2.parquet"));
      return project.failingRun({ exitCode: 1 });
    });

    when("a link of the folder leads back to it", async () => {
      const folder = await folderOf(ROW);
      await symlink("..", join(folder, "up"));
      return project.failingRun({ exitCode: 1 });
    });

    when("folders name other columns than others do", async () => {
      const folder = await folderOf(ROW);
      await mkdir(join(folder, "ds=2024-05-01"));
      await query(`copy (${ROW}) to '${folder}/ds=2024-05-01/2.parquet' (format parquet)`);
      return project.failingRun({ exitCode: 1 });
    });

    when("a file contradicts the name of its folder", async () => {
      const folder = await folderOf();
      await mkdir(join(folder, "ds=2024-05-01"));
      await query(
        `copy (select *, date '2024-05-02' as ds from (${ROW})) to '${folder}/ds=2024-05-01/1.parquet' (format parquet)`,
      );
      return project.failingRun({ exitCode: 1 });
    });
  },
);
