import type { BackendCapabilities } from "../core/ports/backend-capabilities.ts";
import type { Protocol } from "../core/protocols/protocol.ts";
import { PROTOCOLS } from "../core/protocols/protocols.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { CONFORMANCE_CASES } from "./conformance-cases.ts";
import type { ConformanceTarget } from "./conformance-target.ts";
import { describeDeviation, runCase } from "./run-case.ts";

/** The two functions of a test runner that are needed: Vitest's, node:test's, Jest's. */
export type TestRunner = {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
};

/** Registers every conformance case that concerns the backend, for each protocol that it speaks. */
export function verifyBackend({ describe, it }: TestRunner, target: ConformanceTarget): void {
  const { capabilities, deviations = {} } = target;
  const protocols = capabilities.protocols.map((id) => PROTOCOLS[id]);
  describe(`${target.name} as a scoring backend`, () => {
    it("declares deviations of cases that exist and concern it", async () => {
      const names = protocols.flatMap((protocol) => casesFor(capabilities, protocol)).map((case_) => case_.name);
      const unknown = Object.keys(deviations).filter((name) => !names.includes(name));
      if (unknown.length > 0) throw new Error(`No such case, or not for this backend: ${unknown.join("; ")}`);
    });
    for (const protocol of protocols) {
      describe(protocol.id, () => {
        for (const case_ of casesFor(capabilities, protocol)) {
          const deviation = deviations[case_.name];
          const note = deviation === undefined ? "" : ` (declared: ${describeDeviation(deviation)})`;
          it(case_.name + note, () => runCase(case_, target, protocol));
        }
      });
    }
  });
}

/** The cases that a backend with these capabilities must pass in this protocol. */
export function casesFor(capabilities: BackendCapabilities, protocol: Protocol): ConformanceCase[] {
  return CONFORMANCE_CASES.filter(
    (case_) =>
      (case_.requires?.(capabilities) ?? true) &&
      (case_.concerns?.(protocol) ?? true) &&
      !(case_.once === true && capabilities.protocols[0] !== protocol.id),
  );
}
