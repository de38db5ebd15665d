import { execFileSync } from "node:child_process";
import { DuckDBInstance } from "@duckdb/node-api";
import { assert, asyncProperty, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { fillRunId, parseJob } from "../../../src/core/job/read/parse-job.ts";
import { jobForRecord } from "../../../src/core/job/record/job-record.ts";
import { errorOf, sampleJob } from "./sample-job.ts";

function sqlOf(sql: string, variables: Readonly<Record<string, string>> = {}): string {
  const { source } = parseJob(sampleJob({ source: { kind: "sql", sql } }), { variables });
  return typeof source["sql"] === "string" ? source["sql"] : "";
}

describe("a variable", () => {
  it("is filled in everywhere, in any number, as a part or as the whole", () => {
    const backend = { kind: "http", url: "http://${HOST}:${PORT}/{{ ds }}", list: ["${HOST}"] };
    const job = parseJob(sampleJob({ backend }), { env: { HOST: "h", PORT: "1" }, variables: { ds: "2024-05-01" } });
    expect(job.backend).toEqual({ kind: "http", url: "http://h:1/2024-05-01", list: ["h"] });
  });

  it("becomes a number, a switch or a list if the job expects one", () => {
    const job = parseJob(
      sampleJob({
        requests: { batch_size: "${ROWS}" },
        output: { path: "x", flatten: "{{ flat }}", partition_by: "{{ parts }}", prefix: "{{ number }}" },
      }),
      { env: { ROWS: "500" }, variables: { flat: "true", parts: "[ds, hour]", number: "7" } },
    );
    expect(job.requests.batch_size).toBe(500);
    expect(job.output).toMatchObject({ flatten: true, partition_by: ["ds", "hour"], prefix: "7" });
  });

  it("stays text among a backend's options, because a token may look like a number", () => {
    const job = parseJob(sampleJob({ backend: { kind: "http", token: "${T}" } }), { env: { T: "0123" } });
    expect(job.backend["token"]).toBe("0123");
  });

  it.each([
    ["${HOST}", "name: the environment variable HOST is not set"],
    ["{{ ds }}", "name: `{{ ds }}` has no value; give it with --set ds=2024-05-01"],
    ["{{ regoin }}", "`{{ regoin }}` has no value (region was given); give it with --set regoin=…"],
    ["${toString}", "the environment variable toString is not set"],
    ["{{ constructor }}", "`{{ constructor }}` has no value"],
  ])("%s without a value is an error that says how to give it", async (name, message) => {
    const error = await errorOf(() => parseJob(sampleJob({ name }), { variables: { region: "eu" } }));
    expect(error.code).toBe("TEMPLATE_VARIABLE_MISSING");
    expect(error.message).toContain(message);
  });

  it.each(["${a-b}", "${}", "${open", "{{ ds | upper }}", "{{ ds", "{{ }}"])(
    "misspelt as %s is an error",
    async (name) => {
      expect((await errorOf(() => parseJob(sampleJob({ name })))).code).toBe("JOB_INVALID");
    },
  );

  it("is kept as text behind a second dollar sign", () => {
    expect(parseJob(sampleJob({ name: "$${HOME} and $1 and {port}" })).name).toBe("${HOME} and $1 and {port}");
  });

  it("must not bring a template along", async () => {
    const parse = () => parseJob(sampleJob({ name: "{{ a }}" }), { variables: { a: "{{ b }}" } });
    expect((await errorOf(parse)).message).toContain("variable a: the value must not contain `{{`");
  });
});

describe("the run id", () => {
  it("may be filled in later, when the run starts", () => {
    const job = parseJob(sampleJob({ name: "${A}", output: { path: "out/{{run_id}}" } }), { env: { A: "a" } });
    expect(fillRunId(job, "r-1").output.path).toBe("out/r-1");
    expect(fillRunId(job, "r-1").name).toBe("a");
  });

  it("is filled in at once if it is known", () => {
    expect(parseJob(sampleJob({ name: "{{ run_id }}" }), { variables: { run_id: "r-2" } }).name).toBe("r-2");
  });
});

describe("a value in SQL", () => {
  it.each([
    ["select '{{ v }}'", 'a"b; -- /* x', "select 'a\"b; -- /* x'"],
    ["select 'it''s {{ v }}'", "-- x", "select 'it''s -- x'"],
    ['select "{{ v }}"', "it's", 'select "it\'s"'],
    ["select 1 limit {{ v }}", "5", "select 1 limit 5"],
    ["select {{ v }}", "'a;b', \"c\" -- d\n", "select 'a;b', \"c\" -- d\n"],
    ["-- it's\nselect {{ v }}", "1", "-- it's\nselect 1"],
    ["select date'{{ v }}'", "2024-05-01\\", "select date'2024-05-01\\'"],
  ])("%j takes %j unchanged", (sql, v, expected) => {
    expect(sqlOf(sql, { v })).toBe(expected);
  });

  it.each([
    ["select '{{ v }}'", "x' or 1=1 --"],
    ["select '{{ v }}'", "a\nb"],
    ["select '{{ v }}'", "\0"],
    ["select 'a' || 'it''s {{ v }}'", "'"],
    ["select E'{{ v }}'", "\\"],
    ["select e'\\'{{ v }}'", "'"],
    ['select "{{ v }}"', 'a" from secrets --'],
    ["select $q$ {{ v }} $q$", "$q$"],
    ["select 1 -- {{ v }}", "\n, secret"],
    ["select 1 /* {{ v }} */", "*/ , secret"],
    ["select 1 /* /* */ {{ v }} */", "*/"],
    ["select {{ v }}", "1; drop table t"],
    ["select {{ v }}, '{{ v }}'", "'a"],
    ["select {{ v }}", "1 --"],
    ["select 1-{{ v }}, 2", "-1"],
    ["select {{ v }}, 2", "1 /* "],
    ["select E'it''s {{ v }}'", "\\"],
    ["select E'a'\n'it {{ v }}'", "\\"],
    ["select e'a' -- x\n  '{{ v }}'", "\\"],
    ["select $ü$ {{ v }} $ü$", "$ü$, 1 --"],
    ["select $é1_ß$ it's {{ v }} $é1_ß$", "$é1_ß$"],
  ])("%j rejects %j", async (sql, v) => {
    const error = await errorOf(() => sqlOf(sql, { v }));
    expect(error.code).toBe("JOB_INVALID");
    expect(error.message).toContain("the value of `{{ v }}`");
    expect(error.message).toContain('source.parameters: { value: "{{ v }}" }');
  });

  it("from the environment is held to the same, and not printed", async () => {
    const source = { kind: "sql", sql: "select '${V}'" };
    const error = await errorOf(() => parseJob(sampleJob({ source }), { env: { V: "pass'word" } }));
    expect(error.message).toContain("the value of `${V}` is in single quotes");
    expect(error.message).not.toContain("pass");
  });

  it("that is accepted in quotes is that very text to DuckDB", async () => {
    const connection = await (await DuckDBInstance.create()).connect();
    const forms = constantFrom(
      "'{{ v }}'",
      "e'{{ v }}'",
      "$q$ {{ v }} $q$",
      "/* ' */ '{{ v }}'",
      "-- '\n'{{ v }}'",
      "E'it''s' '{{ v }}'".replace("' '", "'\n'"),
      "$ü$ {{ v }} $ü$",
    );
    const value = string({
      unit: constantFrom("'", '"', "\\", "$", "q", "-", "/", "*", ";", "\n", "a", " ", "{", "é"),
    });
    const holds = asyncProperty(forms, value, async (form, v) => {
      let sql: string;
      try {
        sql = sqlOf(`select ${form} as v, 1 as one`, { v });
      } catch {
        return;
      }
      const rows = (await connection.runAndReadAll(sql)).getRowObjects();
      const text = form.startsWith("$") ? ` ${v} ` : form.startsWith("E") ? `it's${v}` : v;
      expect(rows).toEqual([{ v: text, one: 1 }]);
    });
    await assert(holds, { numRuns: 300 });
  });
});

describe("a value in a command", () => {
  const commandOf = (command: string, v: string): unknown =>
    parseJob(sampleJob({ backend: { kind: "local", command } }), { variables: { v }, env: { V: v } }).backend[
      "command"
    ];

  it.each([
    ["serve {{ v }}", "model.pkl", "serve model.pkl"],
    ["serve {{ v }}", "$(touch x)", "serve '$(touch x)'"],
    ["serve --name=${V}", "it's; rm -r *", "serve --name='it'\\''s; rm -r *'"],
    ['serve "{{ v }}"', '`x` $y "z" \\', 'serve "\\`x\\` \\$y \\"z\\" \\\\"'],
    ["serve '{{ v }}'", "it's", "serve 'it'\\''s'"],
    ["serve `which {{ v }}`", "python3", "serve `which python3`"],
  ])("%s takes %s as text", (command, v, expected) => {
    expect(commandOf(command, v)).toBe(expected);
  });

  it.each(["serve `which {{ v }}`", "serve $(which {{ v }})", "serve # {{ v }}", "cat << {{ v }}", "serve \\{{ v }}"])(
    "%s rejects one that no quotes make text",
    async (command) => {
      const error = await errorOf(() => commandOf(command, "a b"));
      expect(error.message).toContain('Give it as backend.env: { VALUE: "{{ v }}" }');
    },
  );

  it("is that very text to the shell, whatever is in it", () => {
    const forms = constantFrom("{{ v }}", "'{{ v }}'", '"{{ v }}"', "''{{ v }}", "x '' \"\" a\\ b; printf %s {{ v }}");
    const value = string({
      unit: constantFrom("'", '"', "\\", "$", "(", ")", "`", ";", "\n", "a", " ", "#", "*", "~", "!", "é", "&", "<"),
    });
    const holds = property(forms, value, (form, v) => {
      const command = String(
        commandOf(form.startsWith("x") ? form.replace("x ", "printf '' ") : `printf %s ${form}`, v),
      );
      expect(execFileSync("sh", ["-c", command], { encoding: "utf8" })).toBe(v);
    });
    void assert(holds, { numRuns: 100 });
  });

  it("stays quoted in the record of the job, and is quoted again if it comes from the environment", () => {
    const backend = { kind: "local", command: "serve {{ v }} ${V}" };
    const job = parseJob(sampleJob({ backend }), { variables: { v: "$(touch x)" }, env: { V: "a b" } });
    expect(job.backend["command"]).toBe("serve '$(touch x)' 'a b'");
    const record = jobForRecord(job);
    expect(record["backend"]).toMatchObject({ command: "serve '$(touch x)' ${V}" });
    expect(parseJob(record, { env: { V: "a b" } }).backend["command"]).toBe("serve '$(touch x)' 'a b'");
  });
});
