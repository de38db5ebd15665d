import { optional } from "../host/shapes/containers.ts";
import { oneOf, timestamp, whole } from "../host/shapes/scalars.ts";
import { NAME_CONTAINS, NEXT_TOKEN } from "./shapes/names.ts";

/** The query that all lists of the service have. */
export const LIST_QUERY = {
  NextToken: optional(NEXT_TOKEN),
  MaxResults: optional(whole({ min: 1, max: 100 })),
  SortOrder: optional(oneOf(["Ascending", "Descending"])),
  NameContains: optional(NAME_CONTAINS),
  CreationTimeBefore: optional(timestamp()),
  CreationTimeAfter: optional(timestamp()),
};

export const PAGE_SIZE = 10;

type Listed = { readonly name: string; readonly created: Date };
type Query = {
  readonly NameContains?: string;
  readonly CreationTimeBefore?: Date;
  readonly CreationTimeAfter?: Date;
};

export function isListed({ name, created }: Listed, query: Query): boolean {
  return (
    name.toLowerCase().includes(query.NameContains?.toLowerCase() ?? "") &&
    isWithin(created, query.CreationTimeAfter, query.CreationTimeBefore)
  );
}

/** Both bounds are exclusive. */
export function isWithin(time: Date, after: Date | undefined, before: Date | undefined): boolean {
  return (after === undefined || time > after) && (before === undefined || time < before);
}

/** Newest first unless the order is given; equal ones by name. */
export function compareBy<Item extends Listed>(
  key: (item: Item) => string | number,
  order: "Ascending" | "Descending" = "Descending",
): (left: Item, right: Item) => number {
  const sign = order === "Ascending" ? 1 : -1;
  return (left, right) => sign * (compare(key(left), key(right)) || compare(left.name, right.name));
}

function compare(left: string | number, right: string | number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
