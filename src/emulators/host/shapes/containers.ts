import { validationError } from "../service-error.ts";
import type { Shape } from "./shape.ts";
import { broken, wrongType } from "./shape.ts";

type Limits = { readonly min?: number; readonly max?: number };

export function list<Item>(item: Shape<Item>, limits: Limits = {}): Shape<readonly Item[]> {
  return {
    read(value, at, problems) {
      if (!Array.isArray(value)) throw wrongType(value, "a List");
      checkLength(value, value.length, at, limits, problems);
      return value.map((each, index) => item.read(each, `${at}.${index + 1}.member`, problems));
    },
  };
}

/** An object whose keys are data. */
export function mapOf(key: Shape<string>, member: Shape<string>, limits: Limits = {}): Shape<Record<string, string>> {
  return {
    read(value, at, problems) {
      if (!isObject(value)) throw wrongType(value, "a Map");
      const entries = Object.entries(value);
      checkLength(value, entries.length, at, limits, problems);
      return Object.fromEntries(
        entries.map(([name, each]) => [
          key.read(name, `${at}.${name}.key`, problems),
          member.read(each, `${at}.${name}.member`, problems),
        ]),
      );
    },
  };
}

type Member = { readonly shape: Shape<unknown>; readonly isRequired: boolean };
type Members = Readonly<Record<string, Member>>;
export type Required<Value> = { readonly shape: Shape<Value>; readonly isRequired: true };
export type Optional<Value> = { readonly shape: Shape<Value>; readonly isRequired: false };

export type StructureOf<Of extends Members> = {
  readonly [Name in keyof Of as Of[Name]["isRequired"] extends true ? Name : never]: ReadOf<Of[Name]>;
} & { readonly [Name in keyof Of as Of[Name]["isRequired"] extends true ? never : Name]?: ReadOf<Of[Name]> };
type ReadOf<Of extends Member> = Of["shape"] extends Shape<infer Value> ? Value : never;

export function required<Value>(shape: Shape<Value>): Required<Value> {
  return { shape, isRequired: true };
}

export function optional<Value>(shape: Shape<Value>): Optional<Value> {
  return { shape, isRequired: false };
}

/** An object with known members. A null is a missing member. Unknown members are rejected, not ignored. */
export function structure<Of extends Members>(members: Of): Shape<StructureOf<Of>> {
  return {
    read(value, at, problems) {
      if (!isObject(value)) throw wrongType(value, "a Structure");
      const unknown = Object.keys(value).find((name) => !Object.hasOwn(members, name) && value[name] !== null);
      if (unknown !== undefined) {
        const where = at === "" ? "the request" : `'${at}'`;
        throw validationError(
          `The emulator knows no member '${unknown}' of ${where}: ${Object.keys(members).join(", ")}`,
        );
      }
      const found: Record<string, unknown> = {};
      for (const [name, { shape, isRequired }] of Object.entries(members)) {
        const path = at === "" ? lowerFirst(name) : `${at}.${lowerFirst(name)}`;
        const member = value[name] ?? undefined;
        if (member !== undefined) found[name] = shape.read(member, path, problems);
        else if (isRequired) problems.push(broken(null, path, "Member must not be null"));
      }
      return found as StructureOf<Of>;
    },
  };
}

function checkLength(value: unknown, length: number, at: string, { min, max }: Limits, problems: string[]): void {
  if (min !== undefined && length < min) {
    problems.push(broken(value, at, `Member must have length greater than or equal to ${min}`));
  }
  if (max !== undefined && length > max) {
    problems.push(broken(value, at, `Member must have length less than or equal to ${max}`));
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
