import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgressReporter } from "../../../src/cli/progress/progress-reporter.ts";
import type { RunEvent } from "../../../src/core/ports/event-sink.ts";
import { memoryStream } from "../support/memory-context.ts";

function progress(scoredRows: number): RunEvent {
  const counts = { inputRows: 100, shardedRows: 100, scoredRows, stitchedRows: 0, publishedRows: 0 };
  return { type: "progress", progress: { ...counts, shards: 1, requestBytes: 5000, retries: 0 } };
}

const RETRY: RunEvent = { type: "retry", shard: 2, attempt: 3, waitMs: 1500, reason: "status 503" };

/** What a terminal shows after all that was written: lines, with the cursor's way up and its erasing obeyed. */
function screen(text: string): string[] {
  const lines: string[] = [""];
  const named = text.replaceAll("\u001b[1A", "<up>").replaceAll("\u001b[0J", "<erase>");
  for (const piece of named.split(/(\r|\n|<up>|<erase>)/)) {
    if (piece === "\n") lines.push("");
    else if (piece === "<up>") lines.pop();
    else if (piece === "<erase>" || piece === "\r") lines[lines.length - 1] = "";
    else lines[lines.length - 1] += stripVTControlCharacters(piece);
  }
  return lines.filter((line) => line !== "");
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2024-05-01T09:30:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the progress on a terminal", () => {
  it("is redrawn in place", () => {
    const stream = memoryStream({ isTTY: true, columns: 80 });
    const reporter = createProgressReporter(stream);
    reporter.onEvent(progress(10));
    vi.advanceTimersByTime(200);
    reporter.onEvent(progress(90));
    vi.advanceTimersByTime(200);
    expect(screen(stream.text()).join("\n")).toMatch(/^scoring +90% .* 90 of 100 rows\n.*5.0 kB of requests$/);
    reporter.end();
  });

  it("leaves nothing behind but what was noted, in order", () => {
    const stream = memoryStream({ isTTY: true, columns: 80 });
    const reporter = createProgressReporter(stream);
    reporter.onEvent(progress(10));
    vi.advanceTimersByTime(200);
    reporter.onEvent({ type: "warning", message: "the rows are few" });
    reporter.onEvent(progress(20));
    vi.advanceTimersByTime(200);
    reporter.note("Stopping…");
    reporter.end();
    vi.advanceTimersByTime(10_000);
    expect(screen(stream.text())).toEqual(["Warning: the rows are few", "Stopping…"]);
  });
});

describe("the progress in a log", () => {
  it("is a line every five seconds and at the ends of stages, with the time", () => {
    const stream = memoryStream();
    const reporter = createProgressReporter(stream);
    reporter.onEvent({ type: "run-started", runId: "r1", job: "j" });
    reporter.onEvent(progress(50));
    vi.advanceTimersByTime(5000);
    reporter.onEvent({ type: "stage-finished", stage: "score", seconds: 5.5 });
    reporter.end();
    expect(stream.text().split("\n")).toEqual([
      "2024-05-01T09:30:00Z run r1 of j",
      "2024-05-01T09:30:00Z extract: 100 rows",
      "2024-05-01T09:30:05Z scoring: 50 of 100 rows (50%), 5.0 kB of requests",
      "2024-05-01T09:30:05Z score: 50 rows after 5.50 s",
      "",
    ]);
  });

  it("has no control characters", () => {
    const stream = memoryStream();
    const reporter = createProgressReporter(stream);
    reporter.onEvent(progress(50));
    vi.advanceTimersByTime(20_000);
    reporter.end();
    expect(stream.text()).toBe(stripVTControlCharacters(stream.text()));
  });

  it("counts retries, and shows each one only with --verbose", () => {
    const [brief, long] = [memoryStream(), memoryStream()];
    createProgressReporter(brief).onEvent(RETRY);
    createProgressReporter(long, { verbose: true }).onEvent(RETRY);
    expect(brief.text()).toBe("");
    expect(long.text()).toContain("retry 3 of shard 2 in 1.50 s: status 503");
  });

  it("is silent with --quiet, but for warnings", () => {
    const stream = memoryStream();
    const reporter = createProgressReporter(stream, { quiet: true });
    reporter.onEvent({ type: "run-started", runId: "r1", job: "j" });
    reporter.onEvent(progress(50));
    vi.advanceTimersByTime(20_000);
    reporter.onEvent({ type: "stage-finished", stage: "score", seconds: 5.5 });
    reporter.onEvent({ type: "warning", message: "the rows are few" });
    reporter.end();
    expect(stream.text()).toBe("2024-05-01T09:30:20Z Warning: the rows are few\n");
  });
});
