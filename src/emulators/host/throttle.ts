import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { didYouMean } from "../../core/util/did-you-mean.ts";
import type { EmulatedService, Operation } from "./operation.ts";
import { ServiceError } from "./service-error.ts";

/** Allowed calls per second, by the names of operations. */
export type CallRates = Readonly<Record<string, number>>;

/**
 * The same services with a limit on how often the named operations may be called. Calls beyond it are answered with `ThrottlingException: Rate exceeded`
 * before the rest of the request is read. Throws `EMULATOR_OPTIONS_INVALID` for a name that none of them has.
 */
export function throttled(services: readonly EmulatedService[], rates: CallRates): readonly EmulatedService[] {
  const known = services.flatMap(({ operations }) => Object.keys(operations));
  const unknown = Object.keys(rates).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ScoreframeError(
      "EMULATOR_OPTIONS_INVALID",
      `throttle: "${unknown}" is no operation.${didYouMean(unknown, known)} The operations are ${known.join(", ")}.`,
      { operation: "read the emulator's options" },
    );
  }
  return services.map((service) => ({ ...service, operations: limitAll(service.operations, rates) }));
}

function limitAll(operations: EmulatedService["operations"], rates: CallRates): EmulatedService["operations"] {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => {
      const rate = rates[name];
      return [name, rate === undefined ? operation : limit(operation, rate)];
    }),
  );
}

/** A bucket of tokens: it holds those of one second, at least one unless no calls are allowed; each region has its own. */
function limit(operation: Operation, rate: number): Operation {
  const size = rate === 0 ? 0 : Math.max(1, rate);
  const buckets = new Map<string, { tokens: number; filled: number }>();
  return (input, caller) => {
    const now = performance.now();
    const { tokens, filled } = buckets.get(caller.region) ?? { tokens: size, filled: now };
    const left = Math.min(size, tokens + ((now - filled) / 1000) * rate);
    const isAllowed = left >= 1;
    buckets.set(caller.region, { tokens: isAllowed ? left - 1 : left, filled: now });
    if (!isAllowed) throw new ServiceError("ThrottlingException", "Rate exceeded");
    return operation(input, caller);
  };
}
