import { describe, expect, it } from "vitest";
import { runSummary } from "../../../src/cli/render/run-summary.ts";
import { plainStyle } from "../../../src/cli/render/style.ts";
import { sampleReport } from "../support/sample-report.ts";

const layout = { style: plainStyle, workingDirectory: "/home/ann/work" };

describe("the summary of a run", () => {
  it("says what went in and out, where it is and how long it took", () => {
    expect(runSummary(sampleReport(), layout)).toBe(
      [
        "Succeeded: flight-delay-scores",
        "  run       20240501T093000-k3f9ab",
        "  rows      3,000,000 of 3,000,000 scored",
        "  output    out/scores (6 files, 61.2 MB, 2 partitions)",
        "  requests  6,000 to local in 61 shards, 305.0 MB",
        "  time      15.0 s, 200,000 rows/s",
        "            extract 1.20 s, shard 4.00 s, score 12.0 s, stitch 11.5 s, publish 0.50 s",
        "",
      ].join("\n"),
    );
  });

  it("says how many rows were not scored, where they are and what to do", () => {
    const text = runSummary(
      sampleReport({
        status: "succeeded_with_dead_letters",
        ledger: { input: 10, scored: 7, dead_lettered: 2, skipped: 1 },
        dead_letter: { path: "/home/ann/work/.scoreframe/runs/r/dead-letter", rows: 2 },
        retries: 1,
      }),
      layout,
    );
    expect(text).toContain("rows          7 of 10 scored, 2 dead-lettered, 1 skipped\n");
    expect(text).toContain("dead letters  2 rows with their causes in .scoreframe/runs/r/dead-letter\n");
    expect(text).toContain("305.0 MB, 1 retry\n");
    expect(text).toMatch(/\nNext: .*\.scoreframe\/runs\/r\/dead-letter/);
  });

  it("says that nothing was published where nothing was", () => {
    expect(runSummary(sampleReport({ status: "incomplete", output: null }), layout)).toMatch(
      /^Stopped: flight[\s\S]*output {4}nothing was published\n/,
    );
  });

  it("does not claim that the requests of a run that did not end were sent", () => {
    const report = sampleReport({ status: "failed", output: null, shards: { total: 61, scored: 12 } });
    expect(runSummary(report, layout)).toContain(
      "requests  6,000 written for local in 61 shards (12 scored), 305.0 MB\n",
    );
  });

  it("names an output outside of the working directory by its whole path", () => {
    const report = sampleReport();
    const output = { ...report.output!, path: "/data/out" };
    expect(runSummary({ ...report, output }, layout)).toContain("output    /data/out (");
  });
});
