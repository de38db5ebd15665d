import { describe, expect, it } from "vitest";
import { setupError } from "../../../src/cli/failures/setup-error.ts";
import { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";

function failure(message: string, code?: string): Error {
  return Object.assign(new Error(message), { code });
}

describe("an incomplete installation", () => {
  it.each([
    failure("Cannot find module 'nodejs-polars-linux-x64-gnu'\nRequire stack:\n- /a/b.js", "MODULE_NOT_FOUND"),
    failure("Cannot find module '@duckdb/node-bindings-linux-x64/duckdb.node'", "MODULE_NOT_FOUND"),
    failure("/x/node_modules/nodejs-polars-linux-x64-gnu/p.node: invalid ELF header", "ERR_DLOPEN_FAILED"),
    failure("Cannot find package 'commander' imported from /x/src/cli/command-line.ts", "ERR_MODULE_NOT_FOUND"),
  ])("names the fix: $message", (thrown) => {
    expect(setupError(thrown)).toMatchObject({
      code: "SETUP_INCOMPLETE",
      message: expect.stringMatching(/npx -y -p node@24 npm ci$/),
    });
  });

  it("is found below the error that it caused", () => {
    const cause = failure("Cannot find module 'nodejs-polars-darwin-arm64'", "MODULE_NOT_FOUND");
    const error = setupError(new ScoreframeError("INTERNAL", "encodeShards failed", { cause }));
    expect(error?.message).toContain("the package nodejs-polars-darwin-arm64 is missing");
  });

  it("is not blamed for a model that imports what is not there", () => {
    const cause = failure("Cannot find package 'left-pad' imported from /home/ann/model.ts", "ERR_MODULE_NOT_FOUND");
    expect(setupError(new ScoreframeError("MODEL_LOAD_FAILED", "The model cannot be loaded.", { cause }))).toBeNull();
  });

  it("is not blamed for an error that names a package in passing", () => {
    expect(setupError(new Error("nodejs-polars: column a not found"))).toBeNull();
    expect(setupError("a text")).toBeNull();
    expect(setupError(null)).toBeNull();
  });
});
