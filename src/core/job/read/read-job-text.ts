import type { Document, Node } from "yaml";
import { isCollection, isMap, isScalar, LineCounter, Pair, parseDocument, Scalar, visit } from "yaml";
import type { JobPath } from "../../domain/job-path.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { JobOrigin, TextPosition } from "./job-problem.ts";

/** A job's text as data, with the places of its keys. */
export type JobText = { readonly value: unknown; readonly origin: JobOrigin };

/** Reads YAML 1.2, of which JSON is a part. `name` is what messages call the file. Throws JOB_FILE_UNREADABLE. */
export function readJobText(text: string, format: "yaml" | "json", name: string): JobText {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const fail = (message: string, offset?: number): never => {
    throw unreadable(name, format, message, offset === undefined ? undefined : place(lines, offset));
  };
  const mapKey = templateKey(document);
  if (mapKey !== undefined) {
    fail(
      'a key is a list or an object here; a value that begins with `{{` must be in quotes: "{{ ds }}"',
      mapKey.range?.[0],
    );
  }
  const first = [...document.errors, ...document.warnings][0];
  if (first !== undefined) fail(reason(first.code, first.message), first.pos[0]);
  if (format === "json") checkJson(text, document, fail);
  if (document.contents === null) fail("it is empty; `scoreframe init` writes one that runs");
  const value = toPlainData(document, fail);
  const label = `the job file ${name}`;
  return { value, origin: { label, locate: (path, at) => locate(document, lines, path, at) } };
}

function reason(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "duplicate key";
  if (code === "MULTIPLE_DOCS") return "a job file holds one document, and a second one begins here";
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function toPlainData(document: Document.Parsed, fail: (message: string) => never): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // An alias without an anchor, or aliases that multiply without end.
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** `ds: {{ ds }}` is an object with an object as its key, to YAML. */
function templateKey(document: Document.Parsed): Node | undefined {
  let found: Node | undefined;
  visit(document, {
    Pair(_, pair, ancestors) {
      if (!isCollection(pair.key)) return undefined;
      found = ancestors.findLast((ancestor) => isCollection(ancestor)) ?? pair.key;
      return visit.BREAK;
    },
  });
  return found;
}

/** The message of JSON.parse quotes the text, secrets and all, so only the place is said. */
function checkJson(text: string, document: Document.Parsed, fail: (message: string, offset?: number) => never): void {
  try {
    JSON.parse(text);
  } catch (error) {
    let offset: number | undefined;
    visit(document, {
      Scalar(_, scalar) {
        if (scalar.type === Scalar.QUOTE_DOUBLE || /^(null|true|false|-?\d.*)$/.test(scalar.source ?? ""))
          return undefined;
        offset = scalar.range?.[0];
        return visit.BREAK;
      },
    });
    fail(
      "this is not JSON: names and strings need double quotes, and comments and commas before a closing bracket are not allowed",
      offset ?? placeIn(error),
    );
  }
}

/** Not every error of JSON.parse has one. */
function placeIn(error: unknown): number | undefined {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  return position === undefined ? undefined : Number(position);
}

function locate(
  document: Document.Parsed,
  lines: LineCounter,
  path: JobPath,
  at: "key" | "value",
): TextPosition | undefined {
  // The position of a missing key is that of the nearest object around it.
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const offset = offsetIn(parent, key, length < path.length ? "key" : at);
    if (offset !== undefined) return place(lines, offset);
  }
  return undefined;
}

function offsetIn(parent: unknown, key: string | number | undefined, at: "key" | "value"): number | undefined {
  if (!isCollection(parent)) return undefined;
  const item: unknown = isMap(parent)
    ? parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
    : parent.items[Number(key)];
  const node =
    item instanceof Pair ? ((at === "key" ? item.key : (item.value ?? item.key)) as Node) : (item as Node | undefined);
  return node?.range?.[0];
}

function place(lines: LineCounter, offset: number): TextPosition {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function unreadable(name: string, format: "yaml" | "json", message: string, position?: TextPosition): ScoreframeError {
  const where = position === undefined ? "" : ` at line ${position.line}, column ${position.column}`;
  const text = `The job file ${name} cannot be read as ${format.toUpperCase()}${where}: ${message}.`;
  return new ScoreframeError("JOB_FILE_UNREADABLE", text, { operation: "read the job", details: { ...position } });
}
