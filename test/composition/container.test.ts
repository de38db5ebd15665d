import { afterAll, describe, expect, it } from "vitest";
import { createFolderRunStore } from "../../src/adapters/run-store/folder-run-store.ts";
import { httpCapabilities } from "../../src/backends/http/http-capabilities.ts";
import { createContainer } from "../../src/composition/create-container.ts";
import { createScoreframe } from "../../src/composition/create-scoreframe.ts";
import { TOKENS } from "../../src/composition/tokens.ts";
import { defineBackend } from "../../src/core/ports/scoring-backend.ts";

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

describe("the container", () => {
  const container = createContainer({
    runStore: createFolderRunStore("/tmp/scoreframe-composition-test"),
    backends: [own],
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

  it("rejects two backends of one id", async () => {
    await expect(createScoreframe({ backends: [{ ...own, id: "local" }] })).rejects.toMatchObject({
      code: "BACKEND_OPTIONS_INVALID",
      message: expect.stringContaining('"local"'),
    });
  });
});
