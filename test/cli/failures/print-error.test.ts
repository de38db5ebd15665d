import { describe, expect, it } from "vitest";
import { formatError, printError } from "../../../src/cli/failures/print-error.ts";
import { plainStyle } from "../../../src/cli/render/style.ts";
import { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";
import { memoryStream } from "../support/memory-context.ts";

const brief = { verbose: false, width: 60, style: plainStyle };
const cause = new Error("connect ECONNREFUSED 127.0.0.1:8080");
const error = new ScoreframeError(
  "BACKEND_UNREACHABLE",
  "The server did not answer. See whether it runs, then run again.",
  {
    backend: "http",
    shard: 3,
    details: { attempts: 6 },
    cause,
  },
);

describe("a printed error", () => {
  it("says its code and its message, wrapped between words", () => {
    expect(formatError(error, brief)).toBe(
      "Error BACKEND_UNREACHABLE: The server did not answer. See\nwhether it runs, then run again.\n",
    );
  });

  it("keeps the line breaks of a message that lists problems", () => {
    const problems = new ScoreframeError("JOB_INVALID", "2 problems:\n  - a: unknown key\n  - b: unknown key");
    expect(formatError(problems, brief)).toBe(
      "Error JOB_INVALID: 2 problems:\n  - a: unknown key\n  - b: unknown key\n",
    );
  });

  it("spells out control characters, which could hide what is before them on a terminal", () => {
    const hostile = new ScoreframeError("MODEL_EXITED", "It ends with:\r\n  \x1b[2J\x1b]0;title\x07\tdone\x9b1A", {
      details: { log: "a\x1b[1mb" },
    });
    expect(formatError(hostile, { ...brief, verbose: true })).toContain(
      "It ends with:\n  \\x1b[2J\\x1b]0;title\\x07\tdone\\x9b1A\n",
    );
    expect(formatError(hostile, { ...brief, verbose: true })).toContain("log: a\\x1b[1mb");
  });

  it("says neither facts nor causes unless it is asked", () => {
    expect(formatError(error, brief)).not.toMatch(/shard|ECONNREFUSED|at /);
  });

  it("says facts, causes and stacks with --verbose", () => {
    const text = formatError(error, { ...brief, verbose: true });
    expect(text).toContain("  backend: http\n  shard: 3\n  attempts: 6\n");
    expect(text).toMatch(/ {2}at .*print-error\.test\.ts/);
    expect(text).toContain("  caused by Error: connect ECONNREFUSED 127.0.0.1:8080\n");
  });

  it("never shows a stack that a message brought along, unless it is asked", () => {
    const inside = new ScoreframeError(
      "INTERNAL",
      "It broke: TypeError: x is not a function\n    at run (/a/b.ts:1:2)\n    at /c.ts:3:4",
    );
    expect(formatError(inside, { ...brief, width: 200 })).toBe(
      "Error INTERNAL: It broke: TypeError: x is not a function\n" +
        "Run it again with --verbose to see where, and report it with what that prints.\n",
    );
    expect(formatError(inside, { ...brief, verbose: true })).toContain("at run (/a/b.ts:1:2)");
  });

  it("keeps a path whole, however narrow the terminal is", () => {
    const path = `/data/${"long/".repeat(20)}file.parquet`;
    const text = formatError(new ScoreframeError("TABLE_NOT_FOUND", `There is no file ${path} at all.`), brief);
    expect(text.split("\n")).toContain(path);
  });

  it("is one line where it goes into a log", () => {
    const stderr = memoryStream();
    printError(error, { stderr }, { verbose: false });
    expect(stderr.text().trimEnd().split("\n")).toHaveLength(1);
  });
});
