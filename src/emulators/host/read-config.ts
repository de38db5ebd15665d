import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { didYouMean } from "../../core/util/did-you-mean.ts";

/** Reads a configuration file of an emulator, YAML or JSON. Throws `EMULATOR_OPTIONS_INVALID`, with the file, the key and what is wrong. */
export async function readConfig<Shape extends z.ZodObject>(path: string, shape: Shape): Promise<z.output<Shape>> {
  const text = await readFile(path, "utf8").catch((thrown: unknown) => {
    throw invalid(path, `it cannot be read: ${messageOf(thrown)}.`, thrown);
  });
  return parseConfig(text, path, shape);
}

/** The same for a text, which messages call by the given name. An empty text sets nothing. */
export function parseConfig<Shape extends z.ZodObject>(text: string, name: string, shape: Shape): z.output<Shape> {
  const result = shape.safeParse(parseYaml(text, name) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join(".") || "the file"}: ${issue.message}${meant(issue, shape)}`,
  );
  throw invalid(name, `${problems.join("; ")}. The keys are ${Object.keys(shape.shape).join(", ")}.`);
}

function meant(issue: z.core.$ZodIssue, shape: z.ZodObject): string {
  if (issue.code !== "unrecognized_keys") return "";
  const known = keysAt(shape, issue.path);
  return issue.keys.map((key) => didYouMean(key, known)).join("");
}

/** The keys that an object of the configuration may have; none if the path leads to something else. */
function keysAt(shape: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (shape instanceof z.ZodOptional) return keysAt(shape.unwrap() as z.ZodType, path);
  if (!(shape instanceof z.ZodObject)) return [];
  const [name, ...rest] = path;
  if (name === undefined) return Object.keys(shape.shape);
  const inner: z.ZodType | undefined = shape.shape[String(name)];
  return inner === undefined ? [] : keysAt(inner, rest);
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    throw invalid(name, messageOf(thrown).split("\n")[0] ?? "", thrown);
  }
}

function invalid(name: string, reason: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError(
    "EMULATOR_OPTIONS_INVALID",
    `The emulator's configuration ${name} is not valid: ${reason}`,
    {
      operation: "read the emulator's configuration",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
