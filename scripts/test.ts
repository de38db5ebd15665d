// `npm test`: the checks that need nothing but Node. `npm run test:all`, which CI runs, adds what installs servers and clients in Python, Go or
// Java, the coverage, and the packed package. All checks run even if an earlier one fails. The last line is the sum.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { coverageThresholds } from "../vitest.config.ts";
import { checkPackage } from "./check-package.ts";
import { runProgram } from "./lib/run-program.ts";
import { programPath, root } from "./lib/toolchain.mjs";
import type { TestResults } from "./lib/vitest-results.ts";
import { resultsPath } from "./lib/vitest-results.ts";

type Line = {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds?: number;
};

const all = process.argv.includes("--all");
/** Vitest's projects, and those that need no other language on the machine. */
const PROJECTS = ["unit", "conformance", "integration", "aws", "clients", "servers"];
const PROJECTS_OF_NODE = ["unit", "conformance", "integration"];

const lines: Line[] = [];
/** What was not run, and why: a report must never look more complete than it is. */
const notRun: string[] = [];
const problems: string[] = [];

const started = performance.now();
const secondsSince = (start: number): number => (performance.now() - start) / 1000;

function heading(text: string): void {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 100 - text.length))}`);
}

/** A check that is one program: it passes or fails as a whole. */
async function checkProgram(name: string, args: readonly string[]): Promise<void> {
  heading(name);
  const start = performance.now();
  const { code, timedOut } = await runProgram(process.execPath, args, { cwd: root, live: true, timeoutMs: 5 * 60_000 });
  const passed = code === 0;
  if (!passed)
    problems.push(`${name}: ${timedOut ? "took more than 5 minutes" : `ended with ${code ?? "no exit code"}`}`);
  lines.push({ name, passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, seconds: secondsSince(start) });
}

const script = (name: string): string => join(root, "scripts", name);

/** A run that hangs is ended. On two quiet cores the tests take a third of this, real model servers included; on busy ones they may take it. */
const TEST_MINUTES = 45;

/** All projects in one run, because coverage is a property of all tests together. */
async function runTests(): Promise<void> {
  const projects = all ? PROJECTS : PROJECTS_OF_NODE;
  heading(all ? "tests, with coverage" : "tests");
  rmSync(resultsPath, { force: true });
  rmSync(summaryPath, { force: true });
  const start = performance.now();
  const { code, timedOut } = await runProgram(
    process.execPath,
    [
      programPath("vitest"),
      "run",
      ...projects.map((name) => `--project=${name}`),
      ...(all ? ["--coverage"] : []),
      "--reporter=default",
      "--reporter=./scripts/lib/vitest-results.ts",
    ],
    { cwd: root, live: true, timeoutMs: TEST_MINUTES * 60_000 },
  );
  const seconds = secondsSince(start);
  if (!existsSync(resultsPath)) {
    problems.push(
      `tests: Vitest ${timedOut ? `took more than ${TEST_MINUTES} minutes` : `ended with ${code} and without results`}`,
    );
    lines.push({ name: "tests", passed: 0, failed: 1, skipped: 0, seconds });
    return;
  }
  const results = JSON.parse(readFileSync(resultsPath, "utf8")) as TestResults;
  for (const name of projects) {
    const counts = results.projects[name];
    if (counts) lines.push({ name: `tests: ${name}`, ...counts });
    else problems.push(`tests: ${name}: none was run`);
  }
  notRun.push(...describeSkipped(results.skipped));
  for (const error of results.errors) problems.push(`outside of a test: ${error}`);
  const failedTests = Object.values(results.projects).reduce((sum, counts) => sum + counts.failed, 0);
  if (failedTests > 0) problems.push(`tests: ${failedTests} failed (above)`);
  const coverageOk = !all || checkCoverage();
  // Vitest's exit code also covers the thresholds; any other reason of it must not be lost.
  const unexplained = code !== 0 && failedTests === 0 && results.errors.length === 0 && coverageOk;
  if (unexplained)
    problems.push(`tests: Vitest ${timedOut ? `took more than ${TEST_MINUTES} minutes` : `ended with ${code}`}`);
  const clean = results.errors.length === 0 && !unexplained;
  lines.push({
    name: "tests: no error outside of a test",
    passed: clean ? 1 : 0,
    failed: clean ? 0 : 1,
    skipped: 0,
    seconds,
  });
}

/** Each reason once: if a whole server is missing, one line per test would hide all others. */
function describeSkipped(skipped: TestResults["skipped"]): string[] {
  const names = Map.groupBy(skipped, ({ reason }) => reason);
  return Array.from(names, ([reason, tests]) => {
    const [first, ...others] = tests;
    return `${first?.name}${others.length === 0 ? "" : ` and ${others.length} more tests`}: ${reason}`;
  });
}

const summaryPath = join(root, "coverage", "coverage-summary.json");

/** False if the coverage was measured and is too low. */
function checkCoverage(): boolean {
  if (!existsSync(summaryPath)) {
    notRun.push("coverage: Vitest wrote no summary");
    return true;
  }
  const { total } = JSON.parse(readFileSync(summaryPath, "utf8")) as { total: Record<string, { pct: number }> };
  const tooLow = Object.entries(coverageThresholds).filter(([metric, floor]) => (total[metric]?.pct ?? 0) < floor);
  for (const [metric, floor] of tooLow)
    problems.push(`coverage: ${metric} ${total[metric]?.pct} %, at least ${floor} % wanted`);
  const measured = Object.keys(coverageThresholds).map((metric) => `${metric} ${total[metric]?.pct} %`);
  console.log(`coverage: ${measured.join(", ")}`);
  lines.push({
    name: "coverage",
    passed: tooLow.length === 0 ? 1 : 0,
    failed: tooLow.length === 0 ? 0 : 1,
    skipped: 0,
  });
  return tooLow.length === 0;
}

async function checkPackedPackage(): Promise<void> {
  heading("the package as its users get it");
  for (const { name, seconds, problem, notRun: reason } of await checkPackage()) {
    if (problem !== undefined) problems.push(`package: ${name}: ${problem.split("\n")[0]}`);
    if (reason !== undefined) notRun.push(`package: ${name}: ${reason}`);
    const [passed, failed, skipped] = problem !== undefined ? [0, 1, 0] : reason !== undefined ? [0, 0, 1] : [1, 0, 0];
    lines.push({ name: `package: ${name}`, passed, failed, skipped, seconds });
  }
}

await checkProgram("format and lint", [programPath("biome"), "check", "--error-on-warnings"]);
await checkProgram("lock file", [script("check-lock.ts")]);
await checkProgram("types", [programPath("tsc"), "-p", "tsconfig.json"]);
await checkProgram("architecture", [script("check-architecture.ts")]);
await checkProgram("dead code", [programPath("knip")]);
await checkProgram("generated files are fresh", [script("generate.ts"), "--check"]);
await runTests();
if (all) {
  await checkPackedPackage();
} else {
  const left = PROJECTS.filter((name) => !PROJECTS_OF_NODE.includes(name)).map((name) => `tests of ${name}`);
  notRun.push(`${left.join(", ")}, coverage, the packed package: \`npm run test:all\` runs them, too`);
}

heading("report");
const width = Math.max(...lines.map((line) => line.name.length));
for (const { name, passed, failed, skipped, seconds } of lines) {
  const parts = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
  const time = seconds === undefined ? "" : `${seconds.toFixed(1)} s`;
  console.log(`${failed > 0 ? "✗" : " "} ${name.padEnd(width)}  ${time.padStart(8)}  ${parts}`);
}
if (notRun.length > 0) {
  console.log("\nNOT RUN:");
  for (const entry of notRun) console.log(`  ! ${entry}`);
}
if (problems.length > 0) {
  console.log("\nFAILED:");
  for (const entry of problems) console.log(`  ✗ ${entry}`);
}
const sum = (key: "passed" | "failed" | "skipped"): number => lines.reduce((total, line) => total + line[key], 0);
console.log(`\nNode ${process.version}, ${secondsSince(started).toFixed(0)} s in all`);
console.log(
  `${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : ""}`,
);
process.exitCode = sum("failed") > 0 ? 1 : 0;
