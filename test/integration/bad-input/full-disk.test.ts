import { join } from "node:path";
import type { TestContext } from "vitest";
import { expect, it } from "vitest";
import { query } from "../../support/query.ts";
import type { Reported } from "./support/describe-bad-input.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";
import { publishedFiles } from "./support/published-files.ts";
import type { SmallDisk } from "./support/small-disk.ts";
import { runOnSmallDisk, whyNoSmallDisk } from "./support/small-disk.ts";

const project = useProject();
const lacking = whyNoSmallDisk();

/** Text that no format makes smaller than half: 2.6 MB extracted, 1.4 MB as features, 0.25 MB of requests, 0.34 MB of answers, 1.4 MB stitched. */
const LARGE = `select n as id, n as x, ${[0, 1, 2, 3].map((i) => `md5((n + ${i}000000)::varchar)`).join(" || ")} as note from range(20000) t(n)`;

/** Publishes four rows, then runs a larger job with a folder on a small disk. Resolves to its error, after the proof that the table is unchanged. */
async function runOn(
  disk: Omit<SmallDisk, "folder"> & { readonly folder: "out" | ".scoreframe" },
  context: TestContext,
) {
  if (lacking !== null) context.skip(lacking);
  await project.run("--workspace", "elsewhere");
  const before = await publishedFiles(join(project.path, "out"));
  const folder = join(project.path, disk.folder);
  const args = ["run", "job.yaml", "--json", "--set", `source.sql=${LARGE}`];
  const { stdout, stderr, exitCode } = await runOnSmallDisk({ ...disk, folder }, args, project.path);
  const { error, ...report } = JSON.parse(stdout);
  expect(report).toMatchObject({ status: "failed", output: null });
  expect(stderr).toContain(`Error ${error.code}: ${error.message}\n`);
  expect(exitCode).toBe(1);
  const after = await publishedFiles(join(project.path, "out"));
  delete after[join(project.path, "out", ".ballast")];
  expect(after).toEqual(before);
  return error as Reported;
}

describeBadInput(
  "A full disk",
  () => [project.path],
  (when) => {
    when("while the source is read", (context) => runOn({ folder: ".scoreframe", size: "1m" }, context));

    when("while shards are written", (context) => runOn({ folder: ".scoreframe", size: "3m" }, context));

    when("while answers are kept", (context) => runOn({ folder: ".scoreframe", size: "4500k" }, context));

    when("while answers are set beside their rows", (context) =>
      runOn({ folder: ".scoreframe", size: "5400k" }, context),
    );

    when("while the table is written", (context) => runOn({ folder: "out", size: "512k" }, context));

    when("before the run has begun, in the workspace", (context) =>
      runOn({ folder: ".scoreframe", size: "64k", state: "full" }, context),
    );

    when("before the run has begun, where the table is", (context) =>
      runOn({ folder: "out", size: "512k", state: "full" }, context),
    );

    when("a read-only disk under the workspace", (context) =>
      runOn({ folder: ".scoreframe", size: "1m", state: "read-only" }, context),
    );

    when("a read-only disk under the table", (context) =>
      runOn({ folder: "out", size: "1m", state: "read-only" }, context),
    );
  },
);

it("with room again the same command publishes every row", async (context) => {
  await runOn({ folder: "out", size: "512k" }, context);
  await project.run("--set", `source.sql=${LARGE}`);
  const [found] = await query(
    `select count(*)::int as "rows", count(distinct id)::int as ids, (count(*) filter (double = id * 2))::int as "right" from '${project.path}/out/*.parquet'`,
  );
  expect(found).toEqual({ rows: 20_000, ids: 20_000, right: 20_000 });
});
