import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { nearest } from "../../core/job/nearest.ts";

export type NumberRange = { readonly min: number; readonly max: number; readonly integer?: boolean };

/** Reads a job's `backend` object, option by option. Every complaint is a BACKEND_OPTIONS_INVALID that names `backend.<option>` and the mend. */
export type OptionReader = {
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  number(name: string, range: NumberRange): number | undefined;
  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined;
  /** An object of strings; values never get into a message. */
  texts(name: string): Readonly<Record<string, string>> | undefined;
  list(name: string): readonly string[] | undefined;
  /** A complaint of the caller's own: the sentence goes on after the option's name. */
  invalid(name: string, complaint: string): ScoreframeError;
};

/** Refuses unknown options at once, with the nearest known name. */
export function createOptionReader(
  backend: string,
  input: Readonly<Record<string, unknown>>,
  known: readonly string[],
): OptionReader {
  const invalid = (name: string, complaint: string): ScoreframeError =>
    new ScoreframeError("BACKEND_OPTIONS_INVALID", `backend.${name} ${complaint}`, {
      backend,
      option: `backend.${name}`,
    });

  for (const name of Object.keys(input)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? `Known options: ${known.join(", ")}.` : `Did you mean \`${meant}\`?`;
    throw invalid(name, `is not an option of the backend "${backend}". ${hint}`);
  }

  // A key without a value in YAML is null: the same as leaving it out.
  const read = <Value>(name: string, what: string, accepts: (value: unknown) => value is Value): Value | undefined => {
    const value = input[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!accepts(value)) throw invalid(name, `must be ${what}, not ${kindOf(value)}.`);
    return value;
  };

  return {
    text: (name) => read(name, "text", isText),
    flag: (name) => read(name, "true or false", (value) => typeof value === "boolean"),
    number: (name, range) => read(name, describeRange(range), (value) => isNumberIn(value, range)),
    oneOf: <Choice extends string>(name: string, choices: readonly Choice[]) =>
      read(name, `one of ${choices.join(", ")}`, (value): value is Choice =>
        choices.some((choice) => choice === value),
      ),
    texts: (name) => read(name, "an object of texts", isTexts),
    list: (name) => read(name, "a list of texts", isTextList),
    invalid,
  };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTexts(value: unknown): value is Record<string, string> {
  return isPlainObject(value) && Object.values(value).every((member) => typeof member === "string");
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumberIn(value: unknown, { min, max, integer = false }: NumberRange): value is number {
  return typeof value === "number" && value >= min && value <= max && (!integer || Number.isInteger(value));
}

function describeRange({ min, max, integer = false }: NumberRange): string {
  const kind = integer ? "a whole number" : "a number";
  return max === Number.POSITIVE_INFINITY ? `${kind} of at least ${min}` : `${kind} from ${min} to ${max}`;
}

/** Numbers and flags are shown; a text may be a secret that was put into the wrong option. */
function kindOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "a list";
  if (isPlainObject(value)) return "an object of other things";
  return value === "" ? "empty text" : "this text";
}
