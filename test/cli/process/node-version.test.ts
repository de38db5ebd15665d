import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nodeTooOld } from "../../../src/cli/process/node-version.ts";

describe("the check of the Node version", () => {
  it.each(["22.18.0", "22.19.1", "23.0.0", "24.21.0", "100.0.0"])("lets %s pass", (version) => {
    expect(nodeTooOld(version, "/p/main.js")).toBeNull();
  });

  it.each(["22.17.9", "20.20.2", "18.0.0"])("rejects %s and says what to do", (version) => {
    expect(nodeTooOld(version, "/p/main.js")).toMatch(
      new RegExp(`needs Node 22\\.18 or newer, and this is Node ${version}\\..*npx -y -p node@24 node /p/main\\.js$`),
    );
  });

  it("is what package.json promises", () => {
    const { engines } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    expect(nodeTooOld("22.18.0", "/p/main.js")).toBeNull();
    expect(engines.node).toBe(">=22.18");
  });
});
