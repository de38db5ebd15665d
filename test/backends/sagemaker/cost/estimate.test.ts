import { describe, expect, it } from "vitest";
import { estimateJob } from "../../../../src/backends/sagemaker/cost/estimate.ts";
import { parseSagemakerOptions } from "../../../../src/backends/sagemaker/sagemaker-options.ts";
import type { PlanEstimate, PlannedWork } from "../../../../src/core/ports/scoring-backend.ts";

const PRICE = { usd: 1, source: "price_per_hour" };

function estimate(options: Readonly<Record<string, unknown>>, work: Partial<PlannedWork>): PlanEstimate {
  const lines = { rows: 500_000, requests: 1000, bytes: 20_000_000, shards: 4, fileBytes: 5_000_000, ...work };
  return estimateJob(parseSagemakerOptions({ model_name: "m", ...options }), lines, PRICE);
}
const advice = (...given: Parameters<typeof estimate>): string => estimate(...given).advice.join("\n");

describe("the plan of a transform job", () => {
  it("costs nothing where there is nothing to send", () => {
    const none = estimate({ instance_count: 4 }, { rows: 0, requests: 0, bytes: 0, shards: 0 });
    expect(none).toEqual({ advice: [], cost: { note: expect.stringContaining("no job"), min_usd: 0, max_usd: 0 } });
  });

  it.each([
    [{ rows: 1, requests: 1, bytes: 24, shards: 1 }, "There is no more than 1 request line: set instance_count: 1."],
    [{ rows: 9, requests: 3, bytes: 90, shards: 2 }, "There are no more than 3 request lines: set instance_count: 2."],
    [{}, "requests.file_size_mb: 2 would make a file for each; or set instance_count: 4."],
    [{ bytes: 1234, shards: 1 }, "requests.file_size_mb: 0.00012 would make a file for each"],
  ])("says how each of 10 instances gets a file: %j", (work, expected) => {
    expect(advice({ instance_count: 10 }, work)).toContain(expected);
  });

  it("advises a file size that makes that number of files", () => {
    for (const [requests, bytes, instances] of [
      [1000, 1234, 10],
      [17, 999, 10],
      [1000, 20_000_000, 100],
      [12, 71_999_999, 12],
      [100, 101_000, 100],
    ] as const) {
      const said = advice({ instance_count: instances }, { requests, bytes, shards: 1 });
      const size = Number(/file_size_mb: ([\d.]+) /.exec(said)?.[1]) * 1e6;
      const linesInFile = Math.floor(size / (bytes / requests));
      expect(linesInFile).toBeGreaterThanOrEqual(1);
      expect(Math.ceil(requests / linesInFile)).toBeGreaterThanOrEqual(instances);
    }
  });

  it("says what one row an invocation costs, and what to do", () => {
    const work = { rows: 300_000, requests: 300_000 };
    expect(advice({}, work)).toContain(
      "Each of 300,000 rows is an invocation of its own. batch_strategy: multi_record",
    );
    const [single, multi] = [estimate({}, work), estimate({ batch_strategy: "multi_record" }, work)];
    expect(single.cost.note).toContain("0.005 to 0.5 seconds for each invocation of 300,000, 1 at a time");
    expect(multi.cost.note).toContain("for each MB of 20, 1 at a time");
    expect(single.cost.max_usd).toBeGreaterThan(100 * (multi.cost.max_usd ?? 0));
  });

  it.each([
    [0.01, "max_cost_usd: 0.01 is below the estimate of 0.03 to 0.31 USD: the job would be stopped before its end"],
    [0.1, "max_cost_usd: 0.1 is below the estimate of 0.03 to 0.31 USD: the job may be stopped before its end"],
  ])("says that a budget of %d USD is below what the job costs", (budget, expected) => {
    expect(advice({ max_cost_usd: budget }, {})).toContain(expected);
  });

  it("is silent about a budget that is enough", () => {
    expect(advice({ max_cost_usd: 1 }, {})).not.toContain("max_cost_usd");
    expect(advice({}, {})).not.toContain("max_cost_usd");
  });

  it("says that a budget cannot be kept without a price", () => {
    const options = parseSagemakerOptions({ model_name: "m", max_cost_usd: 1 });
    const work = { rows: 1, requests: 1, bytes: 24, shards: 1, fileBytes: 5_000_000 };
    const { advice: given } = estimateJob(options, work, { usd: null, source: "unknown, set price_per_hour" });
    expect(given[0]).toContain(
      "backend.max_cost_usd needs the price of ml.c5.xlarge, which is unknown, set price_per_hour",
    );
  });

  it("is silent about concurrency where no more fits", () => {
    expect(advice({}, {})).toContain("max_concurrent_transforms is 1");
    expect(advice({ max_payload_mb: 100 }, {})).not.toContain("max_concurrent_transforms");
  });

  it("knows no cost without a price, and says why", () => {
    const options = parseSagemakerOptions({ model_name: "m" });
    const work = { rows: 1, requests: 1, bytes: 1, shards: 1, fileBytes: 1 };
    const { cost } = estimateJob(options, work, { usd: null, source: "unknown, set price_per_hour" });
    expect(cost).toMatchObject({ min_usd: null, note: expect.stringContaining("unknown, set price_per_hour") });
  });
});
