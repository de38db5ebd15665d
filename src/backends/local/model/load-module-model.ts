import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { commonjsHint } from "../../../core/errors/commonjs-hint.ts";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { Model, ModelRow } from "../../../model.ts";
import { rowByColumns } from "../row-by-columns.ts";
import type { ServedModel } from "../server/served-model.ts";
import { placeInModel } from "./place-in-model.ts";

type AnyModel = Model<unknown, ModelRow, unknown>;

/** Imports a module whose default export is a model, and loads it. */
export async function loadModuleModel(path: string, log: (line: string) => void): Promise<ServedModel> {
  const model = modelOf(await importModule(path), path);
  const state = await loadState(model, path, log);
  return {
    description: `model ${basename(path)}`,
    warnings: [],
    predict: async (rows) => model.predict(rows, state),
    rowOf: model.example === undefined ? null : rowByColumns(Object.keys(model.example)),
    example: model.example ?? null,
  };
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (thrown) {
    const hint = (await commonjsHint(thrown, path, (file) => readFile(file, "utf8"))) ?? hintFor(thrown, path);
    throw loadFailed(
      `The model ${path} could not be imported: ${messageOf(thrown)}${placeInModel(thrown)}${hint}`,
      thrown,
    );
  }
}

async function loadState(model: AnyModel, path: string, log: (line: string) => void): Promise<unknown> {
  try {
    return await model.load?.({ directory: dirname(path), log });
  } catch (thrown) {
    throw loadFailed(`The model ${path} failed in load(): ${messageOf(thrown)}${placeInModel(thrown)}`, thrown);
  }
}

function modelOf(module: Readonly<Record<string, unknown>>, path: string): AnyModel {
  const exported = module["default"];
  if (typeof exported === "object" && exported !== null && "predict" in exported) {
    if (typeof exported.predict === "function") return exported as AnyModel;
  }
  throw loadFailed(
    `The model ${path} has no default export with a predict function. Write: export default defineModel({ predict(rows) { … } });`,
  );
}

/** The fix for the usual reasons: Node strips types and transforms nothing, and imports need whole file names. */
function hintFor(thrown: unknown, path: string): string {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : null;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return " (Node runs TypeScript by stripping its types: write the model without enums, namespaces and parameter properties, or compile it and name the .js file.)";
  }
  if (code === "ERR_MODULE_NOT_FOUND") {
    return " (Imports need their extension, such as ./features.ts, and packages must be installed where the model lies.)";
  }
  if (thrown instanceof SyntaxError && code === null) return ` (\`node --check ${path}\` shows where.)`;
  return "";
}

function loadFailed(message: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError("MODEL_LOAD_FAILED", message, cause === undefined ? {} : { cause });
}
