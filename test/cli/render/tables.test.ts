import { describe, expect, it } from "vitest";
import { checkList } from "../../../src/cli/render/check-list.ts";
import { planTable } from "../../../src/cli/render/plan-table.ts";
import { formatAge, runsTable } from "../../../src/cli/render/runs-table.ts";
import { plainStyle } from "../../../src/cli/render/style.ts";
import { sampleReport } from "../support/sample-report.ts";

describe("the list of runs", () => {
  it("has one line a run", () => {
    const now = Date.parse("2024-05-01T12:31:00Z");
    const reports = [
      sampleReport({ status: "running", finished_at: null }),
      sampleReport({ ledger: { input: 5, scored: 3, dead_lettered: 2, skipped: 0 } }),
    ];
    expect(runsTable(reports, { now, style: plainStyle }).split("\n")).toEqual([
      "run                     job                  status          rows  dead letters  duration  begun",
      "20240501T093000-k3f9ab  flight-delay-scores  running    3,000,000             0            3 h ago",
      "20240501T093000-k3f9ab  flight-delay-scores  succeeded          5             2    15.0 s  3 h ago",
      "",
    ]);
  });

  it("shows what each run was given with --set, cut to one line", () => {
    const now = Date.parse("2024-05-01T09:31:00Z");
    const sql = `select ${"a, ".repeat(100)} b from t`;
    const reports = [sampleReport({ set: { ds: "2024-05-01", "source.sql": sql } }), sampleReport()];
    const [head, first, second] = runsTable(reports, { now, style: plainStyle }).split("\n");
    expect(head).toMatch(/^run +job +set +status /);
    expect(first).toMatch(/ ds=2024-05-01 source\.sql="select a, a, .*… +succeeded /);
    expect(second).toMatch(/ flight-delay-scores +succeeded /);
  });

  it.each([
    [59_999, "just now"],
    [60_000, "1 min ago"],
    [3_600_000, "1 h ago"],
    [172_800_000, "2 days ago"],
  ])("says of a run that began %d ms ago: %s", (age, text) => {
    expect(formatAge(age)).toBe(text);
  });
});

describe("the list of a check", () => {
  const items = [
    { name: "job", status: "ok", detail: "two lines\nof detail" },
    { name: "rows", status: "warning", detail: "none" },
  ] as const;

  it("shows each item, the first exchange and the verdict", () => {
    const sample = {
      rows: 2,
      scored: 2,
      dead_lettered: 0,
      first_request: '{"instances":[1]}',
      first_answer: '{"predictions":[2]}',
      prediction_columns: [{ name: "prediction", type: "Int64" }],
    } as const;
    expect(checkList({ job: "j", ok: true, items, sample, error: null }, plainStyle)).toBe(
      [
        "ok       job   two lines",
        "               of detail",
        "warning  rows  none",
        '  first request  {"instances":[1]}',
        '  first answer   {"predictions":[2]}',
        "  predictions    prediction Int64",
        "Ready: j can be run.",
        "",
      ].join("\n"),
    );
  });

  it("shows an error that no item mentions, and says that the job is not ready", () => {
    const error = { code: "STORAGE_FAILED", message: "The disk is full." } as const;
    expect(checkList({ job: "j", ok: false, items, sample: null, error }, plainStyle)).toMatch(
      /Error STORAGE_FAILED: The disk is full\.\nNot ready: j would fail\./,
    );
  });

  it("shows an error once if an item mentions it", () => {
    const error = { code: "SQL_INVALID", message: "no such column" } as const;
    const failed = [{ name: "source", status: "failed", detail: "no such column" }] as const;
    const text = checkList({ job: null, ok: false, items: failed, sample: null, error }, plainStyle);
    expect(text.match(/no such column/g)).toHaveLength(1);
    expect(text).toContain("Not ready: The job would fail.");
  });
});

describe("a plan", () => {
  const plan = {
    job: "j",
    rows: 1_000_000,
    features: ["a", "b"],
    passthrough: ["id"],
    protocol: "instances",
    backend: "http",
    request_bytes: 42_000_000,
    bytes_per_row: 42,
    requests: 10_000,
    shards: 9,
    oversized_in_sample: 0,
    unsendable_in_sample: 0,
    sampled_rows: 10_000,
    advice: ["Raise requests.batch_size."],
    cost: { note: "nothing is billed", min_usd: null, max_usd: null },
  };

  it("says of estimates that they are some", () => {
    const text = planTable(plan, plainStyle);
    expect(text).toContain("requests     about 10,000 in 9 shards\n");
    expect(text).toContain("estimated    from 10,000 rows\n");
  });

  it("says of counts that they are exact", () => {
    const text = planTable({ ...plan, sampled_rows: plan.rows }, plainStyle);
    expect(text).toContain("requests     10,000 in 9 shards\n");
    expect(text).not.toContain("about");
  });

  it("ends with its advice", () => {
    expect(planTable(plan, plainStyle)).toMatch(/\n- Raise requests\.batch_size\.\n$/);
  });
});
