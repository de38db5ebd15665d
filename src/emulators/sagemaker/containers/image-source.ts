import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { LocalOptions } from "../../../backends/local/local-options.ts";
import { parseLocalOptions } from "../../../backends/local/local-options.ts";
import { nearestFile } from "../../../backends/local/model/nearest-file.ts";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { didYouMean } from "../../../core/util/did-you-mean.ts";

type Variables = Readonly<Record<string, string>>;

/** What serves an image: a server that runs already, a model that is served here, or a command that serves one. */
export type ImageSource =
  /** Where it listens, with or without `/invocations`. */
  | { readonly url: string }
  /** A `.ts`, `.js` or `.onnx` file. */
  | { readonly model: string; readonly env?: Variables }
  /** `{port}` is replaced with the port; the paths are `/ping` and `/invocations` unless others are given. */
  | {
      readonly command: string;
      readonly env?: Variables;
      readonly health_path?: string;
      readonly invocations_path?: string;
    };

export type CheckedSource =
  | { readonly kind: "elsewhere"; readonly origin: string }
  | { readonly kind: "here"; readonly options: LocalOptions };

const KEYS = ["url", "model", "command", "env", "health_path", "invocations_path"];

/** Throws `EMULATOR_OPTIONS_INVALID` that names the image. */
export function checkImageSource(image: string, source: Readonly<Record<string, unknown>>): CheckedSource {
  const unknown = Object.keys(source).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw invalid(image, `${unknown} is not known.${didYouMean(unknown, KEYS)} The keys are ${KEYS.join(", ")}.`);
  }
  if (!("url" in source)) return { kind: "here", options: checkLocal(image, source) };
  if (Object.keys(source).length > 1)
    throw invalid(image, "a url excludes other keys, because its server runs already.");
  return { kind: "elsewhere", origin: originOf(image, source["url"]) };
}

/** Throws `EMULATOR_OPTIONS_INVALID` if the file of a model is missing: a job would only report that nothing answers its ping. */
export async function checkModelFile(image: string, source: ImageSource, baseDirectory: string): Promise<void> {
  if (!("model" in source)) return;
  const path = resolve(baseDirectory, source.model);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return;
  const near = await nearestFile(path);
  const meant = near === null || near === path ? "" : ` Did you mean ${near}?`;
  throw invalid(image, `there is no model ${path}. Relative paths start at ${resolve(baseDirectory)}.${meant}`);
}

function originOf(image: string, url: unknown): string {
  if (typeof url !== "string" || !isServerUrl(url)) {
    throw invalid(image, "url must be an address such as http://localhost:8080.");
  }
  return serverOrigin(url);
}

export function isServerUrl(url: string): boolean {
  return /^https?:\/\/[^/]/.test(url) && URL.canParse(url);
}

/** The address below which `/ping` and `/invocations` are. */
export function serverOrigin(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/invocations$/, "");
}

function checkLocal(image: string, source: Readonly<Record<string, unknown>>): LocalOptions {
  try {
    return parseLocalOptions(source);
  } catch (thrown) {
    // Its messages name the options of a job's backend.
    throw invalid(image, messageOf(thrown).replace(/^backend\./, ""));
  }
}

function invalid(image: string, problem: string): ScoreframeError {
  return new ScoreframeError("EMULATOR_OPTIONS_INVALID", `images["${image}"]: ${problem}`, {
    operation: "read the images of the emulator",
    details: { image },
  });
}
