import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { httpTo, scoring } from "./support/scoring.ts";
import { serverFor } from "./support/servers.ts";

const { engine, jobOver } = scoring();

/** Rows that MLflow takes with status 200 and changes. */
const CHANGED = "select n as id, 'a' as text, case when n > 0 then true end as flag from range(3) t(n)";

describe("check", () => {
  it("warns of a null that MLflow converts to false without an error", async (context) => {
    const server = serverFor(context, "mlflow");
    const job = jobOver(CHANGED, httpTo(server, "dataframe_split"), { model: { protocol: "dataframe_split" } });
    const { ok, items, sample } = await engine().check(job);
    expect({ ok, scored: sample?.scored }).toEqual({ ok: true, scored: 3 });
    expect(items.filter(({ status }) => status === "warning")).toMatchObject([
      { name: "features", detail: expect.stringMatching(/MLflow reads null .* as false \("flag"\)/) },
    ]);
  });

  it("warns of nothing if our own server passes the model what was sent", async () => {
    const model = fileURLToPath(new URL("models/seen-model.ts", import.meta.url));
    const { items } = await engine().check(jobOver(CHANGED, { kind: "local", model }));
    expect(items.map(({ status }) => status)).not.toContain("warning");
  });
});
