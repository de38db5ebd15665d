import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JobInput, RunEvent } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";

/** What must be nowhere: in a file of the run, in an event, or in an error with its causes. */
const SECRET = 'k3y-"of\\the/gateway';
const BY_HEADER = "header-value-4711";
const IN_QUERY = "query-value-0815";

type Echo = (secrets: readonly string[], rows: readonly { n: number }[]) => { status?: number; body: string };

let server: Server;
let url: string;
let echo: Echo;
let workspace: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const { authorization = "", "x-id": id = "" } = request.headers;
      const sent = [authorization, String(id), new URL(request.url ?? "", url).search];
      const { status = 200, body } = echo(sent, JSON.parse(text).instances);
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/score?sig=${IN_QUERY}`;
});
afterAll(() => server.close());
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function job(changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "numbers",
    source: { kind: "sql", sql: "select n from range(20) t(n)" },
    backend: {
      kind: "http",
      url,
      max_attempts: 2,
      headers: { authorization: "Bearer ${API_TOKEN}", "x-id": BY_HEADER },
    },
    failure: { max_failed_rows: 0.9 },
    output: { path: join(workspace, "out") },
    ...changes,
  } as JobInput;
}

/** Runs a job; what could be seen of it: events, the error with its causes, the report and the run's files, except what the server answered. */
async function seenOf(input: JobInput, set: Record<string, string> = {}): Promise<string> {
  const engine = await createScoreframe({ workspace });
  const seen: unknown[] = [];
  const onEvent = (event: RunEvent): void => void seen.push(event);
  const options = { env: { ...process.env, API_TOKEN: SECRET }, set, onEvent };
  try {
    const { report, error } = await engine.tryRun(input, options);
    seen.push(report, error?.toJSON(), inspect(error, { depth: 10 }));
  } catch (thrown) {
    seen.push(inspect(thrown, { depth: 10 }));
  }
  const checked = await engine.check(input, options).catch((thrown: unknown) => inspect(thrown, { depth: 10 }));
  seen.push(checked);
  await engine.close();
  const files = (readdirSync(workspace, { recursive: true }) as string[]).filter(
    (name) => statSync(join(workspace, name)).isFile() && !/responses|\.parquet$/.test(name),
  );
  const letters = files.length === 0 ? [] : await deadLetters();
  return [
    JSON.stringify(seen),
    JSON.stringify(letters),
    ...files.map((name) => readFileSync(join(workspace, name), "utf8")),
  ].join("\n");
}

async function deadLetters(): Promise<unknown[]> {
  const folder = `${workspace}/runs/*/dead-letter/*.parquet`;
  return query(`select _error_message from read_parquet('${folder}')`).catch(() => []);
}

const spellings = [SECRET, JSON.stringify(SECRET).slice(1, -1), BY_HEADER, IN_QUERY];

function expectNone(seen: string): void {
  for (const secret of spellings) {
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
}

describe("what a server repeats of a request is in no log, error, event, report or dead letter", () => {
  test.each<[string, Echo, string]>([
    [
      "in the error of a row",
      (sent, rows) => ({
        body: JSON.stringify({ predictions: rows.map(({ n }) => (n === 3 ? { error: `denied: ${sent}` } : n)) }),
      }),
      "denied: ***",
    ],
    [
      "in the body of a rejection",
      (sent) => ({ status: 401, body: JSON.stringify({ message: `unknown key ${sent.join(" ")}` }) }),
      "unknown key ***",
    ],
    [
      "at the end of an excerpt that is cut",
      (sent) => ({ status: 400, body: "x".repeat(200 - "header-val".length) + String(sent[1]) }),
      "***…",
    ],
    ["in a response of another shape", (sent) => ({ body: JSON.stringify({ [String(sent[0])]: sent }) }), "***"],
    [
      "as a prediction's key",
      (sent, rows) => ({
        body: JSON.stringify({ predictions: rows.map(({ n }) => (n % 2 ? n : { [String(sent[1])]: n })) }),
      }),
      "TOO_MANY_FAILED_ROWS|PREDICTIONS_INCOMPATIBLE|succeeded",
    ],
  ])("%s", async (_where, answer, remains) => {
    echo = answer;
    const seen = await seenOf(job());
    expectNone(seen);
    expect(seen).toMatch(new RegExp(remains.replaceAll("*", "\\*")));
  });
});

describe("a secret of the job is not shown", () => {
  const fine: Echo = (_sent, rows) => ({ body: JSON.stringify({ predictions: rows.map(({ n }) => n) }) });

  test("where a run succeeds: values of headers and queries are *** in its record", async () => {
    echo = fine;
    const seen = await seenOf(job({ output: { path: join(workspace, "out") } }));
    expectNone(seen);
    const [run = ""] = readdirSync(join(workspace, "runs"));
    const record = JSON.parse(readFileSync(join(workspace, "runs", run, "job.json"), "utf8"));
    expect(record.backend).toMatchObject({
      url: url.replace(IN_QUERY, "***"),
      headers: { authorization: "Bearer ${API_TOKEN}", "x-id": "***" },
    });
  });

  test.each<[string, Partial<JobInput>]>([
    [
      "an error of SQL",
      { source: { kind: "sql", sql: "select nosuch from range(3) t(n) where 'a' = '{{ db_password }}'" } },
    ],
    [
      "a value that SQL cannot convert",
      { source: { kind: "sql", sql: "select $p::date as n", parameters: { p: "{{ db_password }}" } } },
    ],
    [
      "the path of a table",
      { source: { kind: "sql", sql: "select * from t", tables: { t: "nowhere/{{ db_password }}/t.parquet" } } },
    ],
    [
      "an address of a table",
      {
        source: {
          kind: "sql",
          sql: "select * from t",
          tables: { t: "https://u:{{ db_password }}@host.invalid/t.parquet" },
        },
      },
    ],
    ["the path of the output", { output: { path: "/proc/{{ db_password }}/out" } }],
    ["the argument of a command", { backend: { kind: "local", command: "echo --x {{ db_password }}; exit 3" } }],
    ["a value of the wrong type", { requests: { batch_size: "{{ db_password }}" } as never }],
  ])("in %s", async (_where, changes) => {
    echo = fine;
    const secret = "hunter2-of-the-db";
    const seen = await seenOf(job(changes), { db_password: secret });
    expect(seen).not.toContain(secret);
    expect(seen).toContain("***");
  });

  test("by an option that is wrong", async () => {
    const seen = await seenOf(job({ backend: { kind: "http", url: "ftp://h/{{ token }}" } }), {
      token: "hunter2-token",
    });
    expect(seen).toContain("BACKEND_OPTIONS_INVALID");
    expect(seen).not.toContain("hunter2");
  });

  test("in the arguments of a command that are secrets by their name", async () => {
    const command = `echo start --api-key abcdef123456 TOKEN=uvwxyz987654 -H 'x-api-key: ghijkl555555' >&2; exit 3`;
    const seen = await seenOf(job({ backend: { kind: "local", command } }));
    expect(seen).not.toMatch(/abcdef123456|uvwxyz987654|ghijkl555555/);
    const [run = ""] = readdirSync(join(workspace, "runs"));
    expect(readFileSync(join(workspace, "runs", run, "job.json"), "utf8")).not.toMatch(/abcdef|uvwxyz|ghijkl/);
  });

  test("by a program that scores rows without a job", async () => {
    echo = (sent) => ({ status: 403, body: String(sent[1]) });
    const engine = await createScoreframe({ workspace });
    const scored = engine.score([{ n: 1 }], { kind: "http", url, headers: { "x-id": BY_HEADER } });
    const error = await scored.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    await engine.close();
    expect(inspect(error, { depth: 10 })).not.toContain(BY_HEADER);
    expect(inspect(error, { depth: 10 })).toContain("***");
  });
});
