import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { ServedModel } from "../server/served-model.ts";
import { loadModuleModel } from "./load-module-model.ts";
import { nearestFile } from "./nearest-file.ts";
import { loadOnnxModel } from "./onnx/load-onnx-model.ts";

const ONNX_EXTENSION = ".onnx";

export const MODEL_EXTENSIONS: readonly string[] = [".ts", ".mts", ".js", ".mjs", ONNX_EXTENSION];

/**
 * Loads a TypeScript or JavaScript module, or an ONNX file, from an absolute path. Fails with `MODEL_LOAD_FAILED`, or with
 * `DEPENDENCY_MISSING` if no ONNX runtime is installed.
 */
export async function loadModel(path: string, log: (line: string) => void): Promise<ServedModel> {
  await assertModelFile(path);
  return extname(path).toLowerCase() === ONNX_EXTENSION ? loadOnnxModel(path) : loadModuleModel(path, log);
}

/** Throws `MODEL_LOAD_FAILED` unless `path` is a file. The message names the file that was probably meant. */
export async function assertModelFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return;
  if (found !== null)
    throw new ScoreframeError("MODEL_LOAD_FAILED", `The model ${path} is a folder; name the file in it.`);
  const nearest = await nearestFile(path);
  const hint = nearest === null ? "Relative paths start at the folder of the job file." : `Did you mean ${nearest}?`;
  throw new ScoreframeError("MODEL_LOAD_FAILED", `There is no model file ${path}. ${hint}`);
}
