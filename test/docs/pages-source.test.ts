import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pagesSource } from "../../docs/snippets/pages-source.ts";
import type { FrameSource } from "../../src/index.ts";
import { query } from "../support/query.ts";

const PAGES: Readonly<Record<string, unknown>> = {
  "/rows": { rows: [{ id: "9007199254740993", n: 1 }], next: "/rows?page=2" },
  "/rows?page=2": { rows: [{ id: "b", n: 2.5 }, { id: null }], next: null },
  "/broken": { rows: [{ id: "a" }], next: "/gone" },
};

const folder = mkdtempSync(join(tmpdir(), "scoreframe-pages-"));
const signal = new AbortController().signal;
let server: Server;
let origin: string;

function createPages(url: string): FrameSource {
  return pagesSource.create(pagesSource.parseOptions({ url }), { baseDirectory: folder, openStore: () => null });
}

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    response.writeHead(url in PAGES ? 200 : 404).end(JSON.stringify(PAGES[url]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the source of the guide", () => {
  it("gives the rows of all pages, in their order and with their types", async () => {
    const source = createPages(`${origin}/rows`);
    const columns = await source.describe({ signal });
    const table = await source.extract(join(folder, "rows.parquet"), { signal });
    expect(table).toMatchObject({ rows: 3, columns });
    expect(columns).toEqual([
      { name: "id", type: "VARCHAR" },
      { name: "n", type: "DOUBLE" },
    ]);
    expect(await query(`from '${table.path}'`)).toEqual([
      { id: "9007199254740993", n: 1 },
      { id: "b", n: 2.5 },
      { id: null, n: null },
    ]);
  });

  it("names the page that it cannot read", async () => {
    const source = createPages(`${origin}/broken`);
    await expect(source.extract(join(folder, "broken.parquet"), { signal })).rejects.toMatchObject({
      code: "SOURCE_FAILED",
      message: expect.stringContaining(`The page ${origin}/gone could not be read: status 404.`),
    });
  });
});
