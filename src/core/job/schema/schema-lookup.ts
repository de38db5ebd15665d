import type { JobPath } from "../../domain/job-path.ts";
import { isRecord, valueAt } from "../../domain/job-path.ts";
import type { JsonSchema } from "./job-json-schema.ts";
import { jobJsonSchema } from "./job-json-schema.ts";
import { isPluginSource } from "./source-schema.ts";

/**
 * What a job may hold at a path: `text`; `typed` (a number, a switch, a list, an object); `either` of the two; `open` (an option of a
 * plug-in, which alone knows its type).
 */
export type ValueClass = "text" | "typed" | "either" | "open";

/** The class of the value at a path, or undefined if a job has no such key. */
export function valueClassAt(path: JobPath, job: unknown): ValueClass | undefined {
  if (path[0] === "source" && path.length > 1 && path[1] !== "kind" && isPluginSource(valueAt(job, ["source"]))) {
    return "open";
  }
  const found = schemasAt(path);
  if (found.length === 0) return undefined;
  const texts = found.filter((schema) => isTextual(schema));
  if (found.some((schema) => isOpen(schema))) return "open";
  if (texts.length === 0) return "typed";
  return texts.length === found.length ? "text" : "either";
}

/** Whether a job may hold nothing but a whole number there. */
export function isWholeNumberAt(path: JobPath): boolean {
  return schemasAt(path).some(({ type }) => type === "integer");
}

/** Keys that an object at this path may have; the branch of a union follows the object's `kind`. */
export function knownKeys(path: JobPath, job: unknown): readonly string[] {
  const object = valueAt(job, path);
  const kind = isRecord(object) ? object["kind"] : undefined;
  const branches = schemasAt(path);
  const matching = branches.filter((branch) => branch.properties?.["kind"]?.const === kind);
  return (matching.length > 0 ? matching : branches).flatMap((branch) => Object.keys(branch.properties ?? {}));
}

/** The kinds of an object at this path that have a key, as `kind` names them. */
export function kindsWithKey(path: JobPath, key: string): readonly string[] {
  return schemasAt(path).flatMap(({ properties }) => {
    const kind = properties?.["kind"]?.const;
    return typeof kind === "string" && Object.hasOwn(properties ?? {}, key) ? [kind] : [];
  });
}

/** Every place of a job that has a name, in the order of the schema. */
export function namedPaths(): readonly JobPath[] {
  const found: JobPath[] = [];
  const visit = (schema: JsonSchema, path: JobPath): void => {
    for (const branch of branchesOf(schema)) {
      for (const [name, child] of Object.entries(branch.properties ?? {})) {
        found.push([...path, name]);
        visit(child, [...path, name]);
      }
    }
  };
  visit(jobJsonSchema(), []);
  return found;
}

function schemasAt(path: JobPath): readonly JsonSchema[] {
  let current = branchesOf(jobJsonSchema());
  for (const key of path) current = current.flatMap((schema) => childrenOf(schema, key));
  return current;
}

function childrenOf(schema: JsonSchema, key: string | number): readonly JsonSchema[] {
  if (typeof key === "number") return schema.items === undefined ? [] : branchesOf(schema.items);
  const properties = schema.properties;
  if (properties !== undefined && Object.hasOwn(properties, key)) return branchesOf(properties[key] ?? {});
  if (isOpen(schema)) return [schema];
  return typeof schema.additionalProperties === "object" ? branchesOf(schema.additionalProperties) : [];
}

function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const branches = schema.anyOf ?? schema.oneOf;
  return branches === undefined ? [schema] : branches.flatMap((branch) => branchesOf(branch));
}

function isTextual(schema: JsonSchema): boolean {
  return schema.type === "string";
}

/** The empty schema: anything goes, at any depth. */
function isOpen(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 0;
}
