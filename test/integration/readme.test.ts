import { exec } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { codeBlocks } from "../docs/support/markdown.ts";
import { query } from "../support/query.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The README's commands for the table of one's own, without their comments; the first one goes into the folder. */
const [enter, ...commands] = codeBlocks(readme)
  .filter(({ info }) => info[0] === "sh")
  .flatMap(({ text }) => text.trimEnd().split("\n"))
  .map((line) => line.replace(/\s+#.*$/, ""))
  .filter((line) => line.includes("quickstart") || line.includes("job.yaml"));

let folder: string;

beforeAll(() => {
  const base = mkdtempSync(join(tmpdir(), "scoreframe readme-"));
  folder = join(base, "examples", "quickstart");
  cpSync(join(root, "examples", "quickstart"), folder, { recursive: true });
  // What `npm install` of the package leaves there.
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "scoreframe"), "junction");
  return () => rmSync(base, { recursive: true, force: true });
});

/** Runs a command of the README in the copied folder, in the way that the README describes for folders outside of the checkout. */
async function sh(command: string): Promise<string> {
  // What the npm that started this test has set would lead the inner one to this checkout's own folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name)));
  const elsewhere = command.replace("npm run -s", `npm run -s --prefix "${root}"`);
  return (await promisify(exec)(elsewhere, { cwd: folder, env })).stdout;
}

const table = (select: string) =>
  query(`select ${select} from read_parquet('${folder}/out/churn/*/*.parquet', hive_partitioning = true) order by all`);

describe("the README's quickstart", () => {
  it("is checked, planned and run by the commands of the README", async () => {
    expect(enter).toBe("cd examples/quickstart");
    expect(readme).toContain("add `--prefix <checkout>` after `npm run -s`");
    const outputs: string[] = [];
    for (const command of commands) outputs.push(await sh(command));
    expect(outputs).toEqual([
      expect.stringContaining("Ready: churn can be run."),
      expect.stringMatching(/^ {2}rows +8$/m),
      expect.stringMatching(/^Succeeded: churn$/m),
    ]);
  });

  it("gives every customer of the file, to the last digit of the id", async () => {
    const csv = readFileSync(join(folder, "customers.csv"), "utf8");
    const ids = csv
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[0]);
    expect(ids).toHaveLength(8);
    expect(await table("customer_id, typeof(customer_id) as type")).toEqual(
      ids.map((id) => ({ customer_id: id, type: "BIGINT" })),
    );
  });

  it("gives each customer the prediction of its own row", async () => {
    const formula = "1 / (1 + exp(0.08 * visits + 0.002 * spend_eur - 0.03 * last_visit_days))";
    expect(
      await table(`count(*) filter (abs(churn - ${formula}) < 1e-12 and at_risk = (churn > 0.5))::integer as rightly`),
    ).toEqual([{ rightly: 8 }]);
    expect(await table("distinct typeof(churn) as churn, typeof(at_risk) as at_risk")).toEqual([
      { churn: "DOUBLE", at_risk: "BOOLEAN" },
    ]);
  });

  it("doubles nothing when it is run again, by command or by program", async () => {
    await sh(commands.at(-1) ?? "");
    expect(await table("count(*)::integer as n")).toEqual([{ n: 8 }]);
    const printed = await sh(`"${process.execPath}" score.ts`);
    expect(printed).toBe("{ input: 8, scored: 8, deadLettered: 0, skipped: 0 }\n");
    expect(readme).toContain(`console.log(run.ledger); // ${printed}`);
    expect(await table("count(*)::integer as n, count(distinct customer_id)::integer as ids")).toEqual([
      { n: 8, ids: 8 },
    ]);
    expect(readdirSync(join(folder, "out", "churn", "ds=2024-05-01"))).toHaveLength(1);
  });
});
