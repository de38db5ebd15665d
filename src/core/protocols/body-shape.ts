import type { JsonPath } from "../json/json-pointer.ts";
import type { ProtocolId } from "./protocol.ts";

/** A request body that the job defines: where the rows are in it, and what is around them. Plain data, because it is sent to worker threads. */
export type BodyShape = {
  /** The names on the way from the body to the rows. */
  readonly path: JsonPath;
  /** `list`: a request holds several rows. `row`: it is one row, which is at the path itself. */
  readonly holds: "list" | "row";
  /** A row as an object by column, as a list of its values, or as the value of its only feature. */
  readonly rowForm: "object" | "array" | "value";
  /** Other members of the body, the same in each request. */
  readonly body: JsonMembers;
};

export type JsonMembers = { readonly [name: string]: unknown };

/** Where the rows are in the protocols that accept a shape from the job. */
export const SHAPED: Readonly<Partial<Record<ProtocolId, JsonPath>>> = {
  instances: ["instances"],
  dataframe_records: ["dataframe_records"],
  records: [],
};

/** The text of a body before and after what is at its path. The members of an object come before it. */
export function textAround(body: JsonMembers, path: JsonPath): readonly [before: string, after: string] {
  const [name, ...rest] = path;
  if (name === undefined) return ["", ""];
  const others = Object.entries(body).filter(([key]) => key !== name);
  const inner = Object.hasOwn(body, name) ? (body[name] as JsonMembers) : {};
  const [before, after] = textAround(inner, rest);
  const members = others.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`).join("");
  return [`{${members}${JSON.stringify(name)}:${before}`, `${after}}`];
}

/** Why rows cannot be put at the path of a body; null if they can. */
export function bodyComplaint(body: JsonMembers, path: JsonPath): string | null {
  let at: unknown = body;
  for (const name of path) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return "has a value in the way of the rows";
    if (!Object.hasOwn(at, name)) return null;
    at = Reflect.get(at, name);
  }
  if (path.length === 0) return Object.keys(body).length === 0 ? null : "has no place if the rows are the whole body";
  return "has a value in the place of the rows";
}
