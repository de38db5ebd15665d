import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { root } from "./toolchain.mjs";

/** The results of one run of Vitest, as `scripts/test.ts` counts them. */
export type TestResults = {
  readonly projects: Readonly<Record<string, { passed: number; failed: number; skipped: number }>>;
  /** Every test that did not run, and the reason that it gave. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Errors outside of a test: an import that fails, an unhandled rejection. */
  readonly errors: readonly string[];
};

export const resultsPath: string = join(root, ".reports", "vitest.json");

/**
 * Writes what `scripts/test.ts` needs to know. Vitest's own JSON reporter leaves out the project of a test and the reason of a skip,
 * and a skip without its reason looks like a test that was forgotten.
 */
class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message?: string }[]): void {
    const projects: Record<string, { passed: number; failed: number; skipped: number }> = {};
    const skipped: { name: string; reason: string }[] = [];
    const errors = unhandled.map((error) => error.message ?? String(error));
    for (const module of modules) {
      const counts = projects[module.project.name] ?? { passed: 0, failed: 0, skipped: 0 };
      projects[module.project.name] = counts;
      const file = relative(root, module.moduleId);
      for (const error of module.errors()) errors.push(`${file}: ${error.message}`);
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) errors.push(`${file} > ${suite.fullName}: ${error.message}`);
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        // A test that was still pending when the run ended did not pass.
        if (result.state === "passed") counts.passed += 1;
        else if (result.state !== "skipped") counts.failed += 1;
        else {
          counts.skipped += 1;
          skipped.push({ name: `${file} > ${test.fullName}`, reason: result.note ?? "no reason given" });
        }
      }
    }
    mkdirSync(join(root, ".reports"), { recursive: true });
    writeFileSync(resultsPath, JSON.stringify({ projects, skipped, errors } satisfies TestResults, null, 2));
  }
}

// Vitest takes a reporter from a file by its default export.
export default ResultsReporter;
