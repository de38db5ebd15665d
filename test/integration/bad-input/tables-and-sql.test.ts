import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { query } from "../../support/query.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

async function parquetTable(): Promise<Buffer> {
  const path = join(project.path, "rows.parquet");
  await query(`copy (select range as id, range * 1.5 as x from range(1000)) to '${path}' (format parquet)`);
  return readFile(path);
}

describeBadInput(
  "Tables",
  () => [project.path],
  (when) => {
    when("the file is missing", async () => {
      await project.spoilJob("rows.csv", "row.csv");
      return project.failingRun();
    });

    when("its folder is missing", async () => {
      await project.spoilJob("rows.csv", "data/rows.csv");
      return project.failingRun();
    });

    when("the file is empty", async () => {
      await project.write("rows.csv", "");
      return project.failingRun({ exitCode: 1 });
    });

    when("the ending says no format", async () => {
      await project.write("rows.data", "id,x\n1,2\n");
      await project.spoilJob("rows.csv", "rows.data");
      return project.failingRun({ exitCode: 1 });
    });

    when("a Parquet file is cut off", async () => {
      await project.write("rows.parquet", (await parquetTable()).subarray(0, -100));
      await project.spoilJob("rows.csv", "rows.parquet");
      return project.failingRun({ exitCode: 1 });
    });

    when("the end of a Parquet file is damaged", async () => {
      const file = await parquetTable();
      file.fill(0xff, file.length - 200, file.length - 100);
      await project.write("rows.parquet", file);
      await project.spoilJob("rows.csv", "rows.parquet");
      return project.failingRun({ exitCode: 1 });
    });

    when("a CSV line has too many fields", async () => {
      await project.write("rows.csv", "id,x\n1,1.5\n2,2.5,7\n3,-1\n");
      return project.failingRun({ exitCode: 1 });
    });

    when("a CSV line has too few fields", async () => {
      await project.write("rows.csv", "id,x\n1,1.5\n2\n3,-1\n");
      return project.failingRun({ exitCode: 1 });
    });

    when("two names of a CSV header differ in case only", async () => {
      await project.write("rows.csv", "id,x,ID\n1,1.5,2\n");
      return project.failingRun({ exitCode: 1 });
    });

    when("a CSV file is not in UTF-8", async () => {
      await project.write("rows.csv", Buffer.from("id,x,town\n1,1.5,K\u00f6ln\n", "latin1"));
      return project.failingRun({ exitCode: 1 });
    });

    when("a JSON file has no object", async () => {
      await project.write("rows.json", "[]");
      await project.spoilJob("rows.csv", "rows.json");
      return project.failingRun({ exitCode: 1 });
    });

    when("a key of a JSON object comes twice", async () => {
      await project.write("rows.jsonl", '{"id":1,"x":1.5}\n{"id":2,"x":2.5,"id":3}\n');
      await project.spoilJob("rows.csv", "rows.jsonl");
      return project.failingRun({ exitCode: 1 });
    });

    when("keys of JSON rows differ in case only", async () => {
      await project.write("rows.jsonl", '{"id":1,"x":1.5}\n{"id":2,"X":2.5}\n');
      await project.spoilJob("rows.csv", "rows.jsonl");
      return project.failingRun({ exitCode: 1 });
    });

    when("a row of a JSON array is no object", async () => {
      await project.write("rows.json", '[{"id":1,"x":1.5},\n[2,2.5]]\n');
      await project.spoilJob("rows.csv", "rows.json");
      return project.failingRun({ exitCode: 1 });
    });

    when("a value of JSON Lines does not have the declared type", async () => {
      await project.write("rows.jsonl", '{"id":1,"x":1.5}\n{"id":2.5,"x":2.5}\n');
      await project.spoilJob("rows.csv", "{ path: rows.jsonl, types: { id: BIGINT } }");
      return project.failingRun({ exitCode: 1 });
    });

    when("the last line of JSON Lines is cut off", async () => {
      await project.write("rows.jsonl", '{"id":1,"x":1.5}\n{"id":2,\n');
      await project.spoilJob("rows.csv", "rows.jsonl");
      return project.failingRun({ exitCode: 1 });
    });

    when("a DuckDB file is not valid", async () => {
      await project.write("rows.duckdb", "no database");
      await project.spoilJob("rows.csv", "rows.duckdb");
      return project.failingRun({ exitCode: 1 });
    });

    when("a quote in a CSV file is never closed", async () => {
      await project.write("rows.csv", 'id,x\n1,"1.5\n2,2.5\n3,-1\n');
      return project.failingRun({ exitCode: 1 });
    });

    when("a backslash escapes the quotes of a CSV file", async () => {
      await project.write("rows.csv", 'id,x,note\n1,1.5,"say \\"yes\\""\n');
      return project.failingRun({ exitCode: 1 });
    });

    when("the first line of a CSV file may be names or a row", async () => {
      await project.write("rows.csv", "7,85,66\n8,86,67\n");
      return project.failingRun({ exitCode: 1 });
    });

    when("lines come before the table in a CSV file", async () => {
      await project.write("rows.csv", "Report of May\n\nid,x\n1,1.5\n2,2.5\n");
      return project.failingRun({ exitCode: 1 });
    });

    when("a CSV file of several has no header", async () => {
      await project.write("parts/1.csv", "id,x\n1,1.5\n");
      await project.write("parts/2.csv", "2,2.5\n3,-1\n");
      await project.spoilJob("rows.csv", "parts");
      return project.failingRun({ exitCode: 1 });
    });

    when("a CSV file of several has other names", async () => {
      await project.write("parts/1.csv", "id,x\n1,1.5\n");
      await project.write("parts/2.csv", "id,y\n2,2.5\n");
      await project.spoilJob("rows.csv", "parts");
      return project.failingRun({ exitCode: 1 });
    });

    when("a CSV file of several has another delimiter", async () => {
      await project.write("parts/1.csv", "id,x\n1,1.5\n");
      await project.write("parts/2.csv", "id;x\n2;2,5\n");
      await project.spoilJob("rows.csv", "parts");
      return project.failingRun({ exitCode: 1 });
    });

    when("a cell does not fit its declared type", async () => {
      await project.spoilJob("{ rows: rows.csv }", "{ rows: { path: rows.csv, types: { x: BIGINT } } }");
      return project.failingRun({ exitCode: 1 });
    });

    when("a declared type is of no column", async () => {
      await project.spoilJob("{ rows: rows.csv }", "{ rows: { path: rows.csv, types: { idd: BIGINT } } }");
      return project.failingRun({ exitCode: 1 });
    });
  },
);

describeBadInput(
  "SQL",
  () => [project.path],
  (when) => {
    when("a word is wrong", async () => {
      await project.spoilJob("select id", "selec id");
      return project.failingRun();
    });

    when("a fault is on a later line", async () => {
      await project.spoilJob("sql: select id, x from rows", "sql: |\n    select id,\n           x,,\n    from rows");
      return project.failingRun();
    });

    when("a table is unknown", async () => {
      await project.spoilJob("from rows", "from row");
      return project.failingRun();
    });

    when("a column is unknown", async () => {
      await project.spoilJob("select id, x", "select id, z");
      return project.failingRun();
    });

    when("it is no query", async () => {
      await project.spoilJob("select id, x from rows", "drop table rows");
      return project.failingRun();
    });

    when("two columns have one name", async () => {
      await project.spoilJob("select id, x", "select id, x, id + 1 as x");
      return project.failingRun();
    });

    when("there are two statements", async () => {
      await project.spoilJob("from rows", "from rows; drop table rows");
      return project.failingRun();
    });

    when("a column has a type that no table can keep", async () => {
      await project.spoilJob("select id, x", "select id, x, interval (x) day as wait");
      return project.failingRun();
    });

    when("a nested column has one inside", async () => {
      await project.spoilJob("select id, x", "select id, x, [interval (x) day] as waits");
      return project.failingRun();
    });

    when("a value does not survive a cast", async () => {
      await project.spoilJob("select id, x", "select id, (x || 'a')::int as x");
      return project.failingRun({ exitCode: 1 });
    });
  },
);
