import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ICruiseResult, IForbiddenRuleType } from "dependency-cruiser";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { afterEach, describe, expect, test } from "vitest";

// The rules run over the repository in `npm run arch`. Here each one has to catch what it is for: a pattern with a typo forbids nothing,
// and looks as if all were well.

const root = resolve(import.meta.dirname, "..", "..");
const rules = createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")) as {
  forbidden: (IForbiddenRuleType & { name: string; comment: string })[];
  options: object;
};

/** Files of a small tree, and the rules that it breaks. */
type Case = { readonly title: string; readonly files: Readonly<Record<string, string>>; readonly broken: string[] };

const empty = "export const value = 1;";
const polars = 'import "nodejs-polars";';

const cases: readonly Case[] = [
  {
    title: "the core may not know an adapter",
    files: { "src/core/use-cases/run/run.ts": 'import "../../../adapters/store.ts";', "src/adapters/store.ts": empty },
    broken: ["core-points-nowhere"],
  },
  {
    title: "a type is an arrow, too",
    files: {
      "src/core/run/store.ts": 'import type { Store } from "../../adapters/store.ts";\nexport type S = Store;',
      "src/adapters/store.ts": "export type Store = string;",
    },
    broken: ["core-points-nowhere"],
  },
  {
    title: "the core may not use a package that is not listed",
    files: { "src/core/use-cases/run/run.ts": 'import "fastify";' },
    broken: ["core-uses-few-packages"],
  },
  {
    title: "Polars comes through its one door",
    files: { "src/core/stages/shard/worker/encode.ts": polars, "src/core/polars/polars.ts": polars },
    broken: ["polars-behind-one-door"],
  },
  {
    title: "an adapter may not use Polars either",
    files: { "src/adapters/store.ts": polars },
    broken: ["polars-behind-one-door"],
  },
  {
    title: "worker threads are started in core/worker alone",
    files: {
      "src/core/stages/shard/shard.ts": 'import "piscina";',
      "src/core/worker/frame-pool.ts": 'import "piscina";',
    },
    broken: ["threads-in-worker"],
  },
  {
    title: "what runs in a worker thread is reached as a task, or as a type",
    files: {
      "src/core/stages/shard/shard.ts":
        'import type { Line } from "./worker/encode.ts";\nimport "./worker/write.ts";\nexport type L = Line;',
      "src/core/stages/shard/worker/encode.ts": "export type Line = string;",
      "src/core/stages/shard/worker/write.ts": empty,
      "src/core/worker/tasks.ts": 'import "../stages/shard/worker/write.ts";',
    },
    broken: ["worker-files-are-tasks"],
  },
  {
    title: "the ground floor knows nothing but itself and the errors",
    files: {
      "src/core/domain/shard.ts": 'import "../job/job.ts";\nimport "../util/lines.ts";\nimport "../errors/error.ts";',
      "src/core/job/job.ts": empty,
      "src/core/util/lines.ts": empty,
      "src/core/errors/error.ts": empty,
    },
    broken: ["ground-floor"],
  },
  {
    title: "a port speaks of values, protocols and errors",
    files: {
      "src/core/ports/store.ts": 'import "../domain/shard.ts";\nimport "../ledger/ledger.ts";',
      "src/core/domain/shard.ts": empty,
      "src/core/ledger/ledger.ts": empty,
    },
    broken: ["ports-are-short-contracts"],
  },
  {
    title: "the floors of the core know none above them",
    files: {
      "src/core/engine/engine.ts": 'import "../use-cases/run/run.ts";',
      "src/core/use-cases/run/run.ts": 'import "../../run/scope.ts";',
      "src/core/use-cases/plan/plan.ts": 'import "../../engine/engine.ts";',
      "src/core/run/scope.ts": 'import "../stages/shard/shard.ts";',
      "src/core/run/tracker.ts": 'import "../use-cases/run/run.ts";',
      "src/core/stages/shard/shard.ts": 'import "../../run/tracker.ts";',
    },
    // The tree breaks each rule once; that it is a ring, too, cannot be helped.
    broken: ["no-cycle", "run-know-no-floor-above", "stages-know-no-floor-above", "use-cases-know-no-floor-above"],
  },
  {
    title: "what all stages share knows none of them",
    files: {
      "src/core/responses/lines.ts": 'import "../stages/shard/shard.ts";',
      "src/core/stages/shard/shard.ts": empty,
    },
    broken: ["shared-rooms-know-no-stage"],
  },
  ...["extract", "shard", "score", "stitch"].map((stage) => ({
    title: `${stage} knows no later stage, and may know an earlier one`,
    files: {
      [`src/core/stages/${stage}/${stage}.ts`]: 'import "../publish/publish.ts";',
      "src/core/stages/publish/publish.ts": empty,
      "src/core/stages/publish/other.ts": `import "../${stage}/${stage}.ts";`,
    },
    broken: [`${stage}-knows-no-later-stage`],
  })),
  {
    title: "zod stays in core/job",
    files: { "src/core/stages/shard.ts": 'import "zod";', "src/core/job/schema.ts": 'import "zod";' },
    broken: ["schemas-in-job"],
  },
  {
    title: "an adapter uses zod for records that are read back",
    files: {
      "src/adapters/run-store/run-store.ts": 'import "zod";',
      "src/adapters/run-store/report-record.ts": 'import "zod";',
      "src/adapters/records/relative-path.ts": 'import "zod";',
    },
    broken: ["schemas-in-records"],
  },
  {
    title: "a backend uses zod for its options alone",
    files: {
      "src/backends/http/http-backend.ts": 'import "zod";',
      "src/backends/http/http-options-schema.ts": 'import "zod";',
      "src/backends/shared/options/read-options.ts": 'import "zod";',
    },
    broken: ["schemas-of-backends-are-their-options"],
  },
  {
    title: "files are handled by the stages and what runs them",
    files: {
      "src/core/job/schema.ts": 'import "node:fs";',
      "src/core/stages/shard/shard.ts": 'import "node:fs";',
      "src/core/ledger/digest.ts": 'import "node:crypto";',
    },
    broken: ["core-handles-files-by-stage"],
  },
  {
    title: "the core opens no connection, not even where it handles files",
    files: { "src/core/stages/shard/shard.ts": 'import "node:http";' },
    broken: ["core-opens-no-connection"],
  },
  {
    title: "an adapter may not know a backend",
    files: { "src/adapters/store.ts": 'import "../backends/http/index.ts";', "src/backends/http/index.ts": empty },
    broken: ["adapters-point-at-core"],
  },
  {
    title: "a backend may not know an adapter",
    files: { "src/backends/http/index.ts": 'import "../../adapters/store.ts";', "src/adapters/store.ts": empty },
    broken: ["backends-point-at-core"],
  },
  {
    title: "a backend may not know another one, but what they share",
    files: {
      "src/backends/http/index.ts": 'import "../local/index.ts";\nimport "../shared/post.ts";',
      "src/backends/local/index.ts": empty,
      "src/backends/shared/post.ts": empty,
    },
    broken: ["backends-are-strangers"],
  },
  {
    title: "what AWS clients share knows none of them",
    files: {
      "src/backends/sagemaker/index.ts": 'import "../../aws/error.ts";',
      "src/aws/error.ts": 'import "../adapters/store.ts";',
      "src/adapters/store.ts": empty,
    },
    broken: ["aws-points-at-core"],
  },
  {
    title: "nothing that scores may need an emulator",
    files: { "src/backends/http/index.ts": 'import "../../emulators/s3.ts";', "src/emulators/s3.ts": empty },
    broken: ["backends-point-at-core", "no-imports-of-emulators"],
  },
  {
    title: "an emulator may not know the composition",
    files: { "src/emulators/s3.ts": 'import "../composition/engine.ts";', "src/composition/engine.ts": empty },
    broken: ["emulators-point-inward"],
  },
  {
    title: "the container stays in the composition",
    files: { "src/adapters/store.ts": 'import "inversify";', "src/composition/engine.ts": 'import "inversify";' },
    broken: ["container-in-composition"],
  },
  {
    title: "the command line goes through the composition",
    files: { "src/cli/run.ts": 'import "../backends/http/index.ts";', "src/backends/http/index.ts": empty },
    broken: ["cli-goes-through-composition"],
  },
  {
    title: "no code imports the command line",
    files: { "src/composition/engine.ts": 'import "../cli/run.ts";', "src/cli/run.ts": empty },
    broken: ["no-imports-of-the-cli"],
  },
  {
    title: "the sources know no test runner",
    files: { "src/adapters/store.ts": 'import "node:test";' },
    broken: ["no-test-runner-in-src"],
  },
  {
    title: "the sources know no test",
    files: { "src/adapters/store.ts": 'import "../../test/helper.ts";', "test/helper.ts": empty },
    broken: ["no-test-code-in-src"],
  },
  {
    title: "the sources need no dev dependency",
    files: { "src/adapters/store.ts": 'import "typescript";' },
    broken: ["no-dev-dependency-in-src"],
  },
  {
    title: "a package has to be declared",
    files: { "src/adapters/store.ts": 'import "pino";' },
    broken: ["no-undeclared-package"],
  },
  {
    title: "an import has to lead somewhere",
    files: { "src/adapters/store.ts": 'import "./missing.ts";' },
    broken: ["no-unresolvable"],
  },
  {
    title: "no two files need each other",
    files: {
      "src/core/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;',
      "src/core/b.ts": 'import type { A } from "./a.ts";\nexport type B = A;',
    },
    broken: ["no-cycle"],
  },
  {
    title: "the definition of a model stays light",
    files: { "src/model.ts": 'import "./core/a.ts";', "src/core/a.ts": polars },
    broken: ["model-is-light", "polars-behind-one-door"],
  },
];

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function brokenRules(files: Readonly<Record<string, string>>): Promise<string[]> {
  const baseDir = mkdtempSync(join(tmpdir(), "scoreframe-boundaries-"));
  folders.push(baseDir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(baseDir, path)), { recursive: true });
    writeFileSync(join(baseDir, path), `${text}\nexport {};\n`);
  }
  writeFileSync(
    join(baseDir, "package.json"),
    JSON.stringify({
      dependencies: { "nodejs-polars": "*", piscina: "*", fastify: "*", inversify: "*", zod: "*" },
      devDependencies: { typescript: "*", vitest: "*" },
    }),
  );
  // A junction, so that Windows needs no right to make links.
  symlinkSync(join(root, "node_modules"), join(baseDir, "node_modules"), "junction");
  const { output } = await cruise(
    Object.keys(files).filter((path) => path.startsWith("src/")),
    { ...rules.options, baseDir, validate: true, ruleSet: { forbidden: rules.forbidden } },
    { symlinks: false },
    { tsConfig: extractTSConfig(join(root, "tsconfig.json")) },
  );
  return [...new Set((output as ICruiseResult).summary.violations.map((violation) => violation.rule.name))].sort();
}

describe("the architecture's rules", () => {
  for (const { title, files, broken } of cases) {
    test(title, async () => {
      expect(await brokenRules(files)).toEqual([...broken].sort());
    });
  }

  test("each is tried here, and says what to do instead", () => {
    const tried = new Set(cases.flatMap((entry) => entry.broken));
    expect(rules.forbidden.map((rule) => rule.name).filter((name) => !tried.has(name))).toEqual([]);
    for (const rule of rules.forbidden) expect(rule.comment, rule.name).toContain("Instead: ");
  });
});
