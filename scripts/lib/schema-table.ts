import type { JsonSchema } from "../../src/core/job/schema/job-json-schema.ts";

export type TableOptions = {
  /** Of the first column. */
  readonly heading: string;
  /** Put before the name of every key. */
  readonly prefix?: string;
  /** Whether numbers are shown with their bounds. */
  readonly bounds?: boolean;
};

/** A Markdown table of an object's keys: name, type, default, meaning. */
export function keyTable(schema: JsonSchema, { heading, prefix = "", bounds = false }: TableOptions): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(members(schema, bounds)).map(([key, child]) => {
    const initial = child.properties === undefined ? child.default : undefined;
    const fallback = required.has(key)
      ? "needed"
      : initial === undefined || (bounds && JSON.stringify(initial) === "{}")
        ? ""
        : `\`${JSON.stringify(initial).replaceAll('"', "")}\``;
    return `| \`${prefix}${key}\` | ${typeText(child, bounds)} | ${fallback} | ${cell(child.description ?? "")} |`;
  });
  return `| ${heading} | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** With the keys of an object inside as `object.key`, in a table that is the only one. */
function members({ properties = {} }: JsonSchema, deep: boolean): Readonly<Record<string, JsonSchema>> {
  if (!deep) return properties;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, child]) =>
      child.properties === undefined
        ? [[key, child] as const]
        : Object.entries(child.properties).map(([inner, each]) => [`${key}.${inner}`, each] as const),
    ),
  );
}

function typeText(schema: JsonSchema, bounds: boolean): string {
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches !== undefined) return [...new Set(branches.map((branch) => typeText(branch, bounds)))].join(" or ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.items !== undefined) return `list of ${typeText(schema.items, bounds)}`;
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined) {
    return `names, each with ${typeText(schema.additionalProperties, bounds)}`;
  }
  const words: Readonly<Record<string, string>> = {
    string: "text",
    integer: "whole number",
    boolean: "`true`, `false`",
  };
  const word = words[schema.type ?? ""] ?? schema.type ?? "anything";
  return bounds ? `${word}${range(schema)}` : word;
}

function range({ minimum, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): string {
  if (minimum === undefined) return "";
  const shown = (value: number): string => value.toLocaleString("en-US");
  return maximum === Number.MAX_SAFE_INTEGER
    ? `, at least ${shown(minimum)}`
    : `, ${shown(minimum)} to ${shown(maximum)}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
