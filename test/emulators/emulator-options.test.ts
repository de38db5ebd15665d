import { describe, expect, it } from "vitest";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";

describe("createSagemakerEmulator, called from JavaScript", () => {
  it.each([
    ["image", { image: {} }, "the option image is not known. Did you mean images?"],
    ["settings.latncy", { settings: { latncy: 1 } }, "the option settings.latncy is not known. Did you mean latency?"],
    [
      "settings.latency.strt",
      { settings: { latency: { strt: 1 } } },
      "the option settings.latency.strt is not known. Did you mean start?",
    ],
  ])("rejects %s", async (option, options, message) => {
    await expect(createSagemakerEmulator(options as object)).rejects.toMatchObject({
      code: "EMULATOR_OPTIONS_INVALID",
      message: expect.stringContaining(message),
      facts: { option },
    });
  });

  it("rejects a model that is not there", async () => {
    const images = { x: { model: "nofile.ts" } };
    await expect(createSagemakerEmulator({ images, baseDirectory: "/nowhere" })).rejects.toMatchObject({
      code: "EMULATOR_OPTIONS_INVALID",
      message: expect.stringContaining("there is no model /nowhere/nofile.ts. Relative paths start at /nowhere."),
    });
  });
});
