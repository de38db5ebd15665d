import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readJobText } from "../../src/core/job/read/read-job-text.ts";
import type { JobInput } from "../../src/index.ts";
import { codeBlocks, section } from "../docs/support/markdown.ts";
import { scoring } from "./support/scoring.ts";
import type { ServerName, TestServer } from "./support/servers.ts";
import { serverFor } from "./support/servers.ts";

const page = readFileSync(new URL("../../docs/reference/servers.md", import.meta.url), "utf8");
const MODEL = fileURLToPath(new URL("models/mlflow", import.meta.url));

const recipes = (
  [
    ["## MLflow", "mlflow"],
    ["## MLServer", "mlserver"],
    ["## SageMaker containers", "sagemaker"],
  ] as const satisfies (readonly [string, ServerName])[]
).flatMap(([heading, name]) =>
  codeBlocks(section(page, heading))
    .filter(({ info }) => info[0] === "yaml")
    .map(({ text, line }) => ({ name, place: `${heading}:${line}`, text })),
);

/** The recipe with the address of the server that runs, or the path of the model. */
function here(text: string, { origin }: TestServer): string {
  return text.replace(/http:\/\/localhost:\d+/, origin).replace("./model", MODEL);
}

const { score } = scoring();

describe("the recipes of docs/reference/servers.md", () => {
  it.for(recipes)("score every row unchanged: $place", async ({ name, text }, context) => {
    const server = serverFor(context, name);
    const { value } = await readJobText(here(text, server), "yaml", "recipe");
    const { backend, ...job } = value as Pick<JobInput, "backend" | "model" | "requests">;
    const env = backend.kind === "local" ? { env: server.env } : {};
    const sql = "select n as id, case when n = 5 then 'nan' else 'row' end as text from range(1200) t(n)";
    const scored = await score(sql, { ...backend, ...env }, job);
    expect(scored.error).toBeNull();
    expect(scored.report.ledger).toMatchObject({ input: 1200, scored: 1200 });
    expect(await scored.query("select id::int as id from scored where score is null")).toEqual([{ id: 5 }]);
  });
});
