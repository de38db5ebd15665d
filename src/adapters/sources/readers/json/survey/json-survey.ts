import type { NumberSurvey } from "../bytes/json-number.ts";
import { createNumberSurvey } from "../bytes/json-number.ts";
import type { DeclaredType } from "../types/declared-type.ts";

/** What a JSON value is, as far as a column's type goes; bits, so that a column's kinds are one number. `number`: with a point or an exponent. */
export const KIND = { boolean: 1, text: 2, integer: 4, number: 8, list: 16, object: 32 } as const;

/** Where something was seen. */
export type JsonPlace = { readonly file: string; readonly line: number };

/** What one column (or field, or list element) was seen to hold, over all rows of all files. */
export type JsonNode = {
  readonly parent: JsonNode | undefined;
  /** The key; `[]` of list elements and of the values of a declared MAP. */
  readonly name: string;
  /** Bytes of the key as most files write it; undefined if it has characters that are escaped. */
  readonly key: Buffer | undefined;
  /** Its number among the fields of its object. */
  readonly index: number;
  readonly firstSeen: JsonPlace | undefined;
  readonly declared: DeclaredType | undefined;
  /** `KIND`s that were seen. */
  kinds: number;
  /** The first place of each kind, in the order in which they were seen. */
  readonly kindPlaces: { readonly kind: number; readonly place: JsonPlace }[];
  numbers: NumberSurvey;
  element: JsonNode | undefined;
  readonly fields: Map<string, JsonNode>;
  readonly order: JsonNode[];
  /** The object in which the key was seen last; a second time in the same one is a mistake. */
  seenIn: number;
  /** Set if there are too many fields to survey them: why, as a clause, and where there was one more. */
  tooWide: { readonly reason: string; readonly place: JsonPlace } | undefined;
};

/** Fields of one object, over all rows. An object with more is read as text that holds its JSON. */
const MOST_FIELDS = 1000;
/** Columns of a table. */
export const MOST_COLUMNS = 10_000;
/** Fields inside of objects, over a table: memory is bounded by it. */
const MOST_NESTED_FIELDS = 20_000;

export type JsonSurvey = {
  readonly root: JsonNode;
  /** Types of columns that the job declares. */
  readonly types: ReadonlyMap<string, DeclaredType>;
  /** Fields inside of objects that were found and not declared. */
  nestedFields: number;
  /** Objects that were read; each has the number at which it began. */
  objects: number;
};

const NO_NUMBERS = createNumberSurvey();

export function createJsonSurvey(types: ReadonlyMap<string, DeclaredType>): JsonSurvey {
  return { root: createNode(undefined, "", undefined, undefined), types, nestedFields: 0, objects: 0 };
}

function createNode(
  parent: JsonNode | undefined,
  name: string,
  firstSeen: JsonPlace | undefined,
  declared: DeclaredType | undefined,
): JsonNode {
  const node: JsonNode = {
    parent,
    name,
    key: /["\\\p{Cc}]/u.test(name) ? undefined : Buffer.from(name),
    index: parent?.order.length ?? 0,
    firstSeen,
    declared,
    kinds: 0,
    kindPlaces: [],
    numbers: NO_NUMBERS,
    element: undefined,
    fields: new Map(),
    order: [],
    seenIn: 0,
    tooWide: undefined,
  };
  if (declared?.kind === "list" || declared?.kind === "map") {
    node.element = createNode(node, "[]", undefined, declared.element);
  }
  if (declared?.kind === "struct") {
    for (const [field, type] of declared.fields) addField(node, field, undefined, type);
  }
  return node;
}

function addField(
  node: JsonNode,
  name: string,
  firstSeen: JsonPlace | undefined,
  declared: DeclaredType | undefined,
): JsonNode {
  const field = createNode(node, name, firstSeen, declared);
  node.fields.set(name, field);
  node.order.push(field);
  return field;
}

/** A column that the job declares and no row has. */
export function addDeclaredColumn({ root, types }: JsonSurvey, name: string): void {
  addField(root, name, undefined, types.get(name));
}

/** A new field of an object; undefined if it has too many, and is text from now on. */
export function newField(survey: JsonSurvey, node: JsonNode, name: string, place: JsonPlace): JsonNode | undefined {
  if (node.order.length >= MOST_FIELDS || survey.nestedFields >= MOST_NESTED_FIELDS) {
    const reason =
      node.order.length >= MOST_FIELDS
        ? `have more than ${MOST_FIELDS} different keys`
        : `have keys beyond the ${MOST_NESTED_FIELDS} that the objects of a table may have`;
    node.tooWide = { reason, place };
    survey.nestedFields -= forgetFields(node);
    return undefined;
  }
  survey.nestedFields += 1;
  return addField(node, name, place, undefined);
}

/** A new column; undefined if the table has too many. */
export function newColumn({ root, types }: JsonSurvey, name: string, place: JsonPlace): JsonNode | undefined {
  return root.order.length >= MOST_COLUMNS ? undefined : addField(root, name, place, types.get(name));
}

function forgetFields(node: JsonNode): number {
  let forgotten = 0;
  for (const field of node.order) forgotten += 1 + forgetFields(field);
  if (node.element !== undefined) forgotten += forgetFields(node.element);
  node.fields.clear();
  node.order.length = 0;
  return forgotten;
}

export function elementOf(node: JsonNode, place: JsonPlace): JsonNode {
  node.element ??= createNode(node, "[]", place, undefined);
  return node.element;
}

export function noteKind(node: JsonNode, kind: number, place: JsonPlace): void {
  node.kinds |= kind;
  node.kindPlaces.push({ kind, place });
  if (node.numbers === NO_NUMBERS && (kind === KIND.integer || kind === KIND.number))
    node.numbers = createNumberSurvey();
}

/** Where a value is, for messages: `items[].price`. */
export function pathOf(node: JsonNode): string {
  if (node.parent === undefined) return "";
  const before = pathOf(node.parent);
  if (node.name === "[]" && node.parent.element === node) return `${before}[]`;
  return before === "" ? node.name : `${before}.${node.name}`;
}

/** The column that a value is in. */
export function columnOf(node: JsonNode): string {
  return node.parent?.parent === undefined ? node.name : columnOf(node.parent);
}
