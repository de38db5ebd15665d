import { afterAll, describe, expect, it } from "vitest";
import { createFolderRunStore } from "../../src/adapters/run-store/folder-run-store.ts";
import { httpCapabilities } from "../../src/backends/http/http-capabilities.ts";
import { rowsSource } from "../../src/composition/build-sources.ts";
import { createContainer } from "../../src/composition/create-container.ts";
import { createScoreframe } from "../../src/composition/create-scoreframe.ts";
import { TOKENS } from "../../src/composition/tokens.ts";
import { defineBackend } from "../../src/core/ports/scoring-backend.ts";
import { defineSource } from "../../src/core/ports/source-plugin.ts";

const own = defineBackend({
  specificationVersion: "v1",
  id: "own",
  capabilities: httpCapabilities,
  parseOptions: (input) => input,
  create: () => ({
    id: "own",
    capabilities: httpCapabilities,
    open: () => Promise.reject(new Error("not opened here")),
  }),
});

const ownSource = defineSource({
  specificationVersion: "v1",
  kind: "own",
  parseOptions: (input) => input,
  create: () => rowsSource([]),
});

describe("the container", () => {
  const container = createContainer({
    runStore: createFolderRunStore("/tmp/scoreframe-composition-test"),
    backends: [own],
    sources: [ownSource],
  });
  afterAll(() => container.get(TOKENS.framePool).close());

  it.each(Object.entries(TOKENS))("resolves %s", (_name, token) => {
    expect(container.get<unknown>(token)).toBeDefined();
  });

  it("gives everyone the same worker pool", () => {
    expect(container.get(TOKENS.framePool)).toBe(container.get(TOKENS.framePool));
  });

  it("registers a user's backend in addition to those of the package", () => {
    expect(container.get(TOKENS.backendRegistry).ids).toEqual(["http", "local", "sagemaker", "own"]);
  });

  it("registers a user's source in addition to those of the package, and rejects a second one of a kind", async () => {
    expect(container.get(TOKENS.sourceRegistry).ids).toEqual(["sql", "rows", "own"]);
    await expect(createScoreframe({ sources: [{ ...ownSource, kind: "sql" }] })).rejects.toMatchObject({
      code: "JOB_INVALID",
      message: expect.stringContaining('"sql"'),
    });
  });

  it("rejects two backends of one id", async () => {
    await expect(createScoreframe({ backends: [{ ...own, id: "local" }] })).rejects.toMatchObject({
      code: "BACKEND_OPTIONS_INVALID",
      message: expect.stringContaining('"local"'),
    });
  });
});
