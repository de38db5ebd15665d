import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";

// Imports no package: it has to explain why none can be imported.

const NATIVE_PACKAGES = /nodejs-polars|@duckdb\/node-bindings|duckdb native binding/;
const LOAD_FAILURES =
  /Cannot find (?:module|package)|Failed to load|native binding|Unsupported (?:architecture|OS)|invalid ELF|dlopen|\.node\b/;

/**
<<<<<<< HEAD
 * `SETUP_INCOMPLETE` where an error comes from a package that is not there or does not load, and null where it does not. npm leaves out
 * a native package silently when the Node that it runs under is too old for it.
=======
 * `SETUP_INCOMPLETE` if an error comes from a package that is missing or does not load, else null. npm silently omits a native package when the
 * installed Node is too old for it.
>>>>>>> 0a51032 (The last words that a reader had to decode; test helpers are named for the error that they return)
 */
export function setupError(thrown: unknown): ScoreframeError | null {
  for (let error = thrown; hasMessage(error); error = error.cause) {
    const reason = error.message.split("\n")[0] ?? "";
    const isNative = NATIVE_PACKAGES.test(error.message) && LOAD_FAILURES.test(error.message);
    // A failed import of a model or a job is wrapped in our own error, and is not a fault of the installation.
    const isOurs = error === thrown && error.code === "ERR_MODULE_NOT_FOUND" && /Cannot find package/.test(reason);
    if (isNative || isOurs) return incomplete(reason, thrown);
  }
  return null;
}

function incomplete(reason: string, cause: unknown): ScoreframeError {
  const what = /Cannot find (?:module|package) '([^']+)'/.exec(reason)?.[1];
  const problem = what === undefined ? `a native package does not load (${reason})` : `the package ${what} is missing`;
  return new ScoreframeError(
    "SETUP_INCOMPLETE",
    `The installation is not complete: ${problem}. Install again with a newer Node: npx -y -p node@24 npm ci`,
    { cause },
  );
}

function hasMessage(value: unknown): value is { message: string; code?: unknown; cause?: unknown } {
  return typeof value === "object" && value !== null && "message" in value && typeof value.message === "string";
}
