import { cancelCases } from "./cases/cancel-cases.ts";
import { countCases } from "./cases/count-cases.ts";
import { exactnessCases } from "./cases/exactness-cases.ts";
import { failureCases } from "./cases/failure-cases.ts";
import { pairingCases } from "./cases/pairing-cases.ts";
import type { ConformanceCase } from "./conformance-case.ts";

/** The contract of a scoring backend. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...pairingCases,
  ...exactnessCases,
  ...failureCases,
  ...countCases,
  ...cancelCases,
];
