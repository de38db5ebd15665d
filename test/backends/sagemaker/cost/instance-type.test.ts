import { TransformInstanceType } from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { assertInstanceType } from "../../../../src/backends/sagemaker/cost/instance-type.ts";

const KNOWN = Object.values(TransformInstanceType);

/** The warnings about a type; throws if it is rejected. */
function warnings(type: string): string[] {
  const warnings: string[] = [];
  assertInstanceType(type, KNOWN, (message) => warnings.push(message));
  return warnings;
}

describe("an instance type", () => {
  it("that the SDK knows gives no warning", () => {
    expect(KNOWN.flatMap(warnings)).toEqual([]);
  });

  it.each([
    ["ml.m5.larg", "ml.m5.large"],
    ["ml.m5.xlrage", "ml.m5.xlarge"],
    ["ml.5m.large", "ml.m5.large"],
    ["ml.c55.xlarge", "ml.c5.xlarge"],
    ["ml.g4dn.xxlarge", "ml.g4dn.2xlarge"],
  ])("that is misspelt is rejected, with what was meant: %s", (type, meant) => {
    expect(() => warnings(type)).toThrow(`Did you mean ${meant}?`);
  });

  it.each(["ml.m9i.large", "ml.c10g.96xlarge", "ml.p6-b200.48xlarge", "ml.trn3.medium", "ml.abc1.metal"])(
    "that may be newer than the SDK is warned of: %s",
    (type) => {
      expect(warnings(type)).toEqual([expect.stringContaining(type)]);
    },
  );
});
