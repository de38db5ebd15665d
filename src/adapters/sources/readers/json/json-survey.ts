import type { DeclaredType } from "./declared-type.ts";
import type { NumberSurvey } from "./json-number.ts";
import { createNumberSurvey } from "./json-number.ts";

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
  /** Why the fields are not surveyed, where they are too many: their number is then unknown. */
  tooWide: JsonPlace | undefined;
};

/** Fields of one object, over all rows. An object with more is read as text that holds its JSON. */
export const MOST_FIELDS = 1000;
/** Columns of a table. */
export const MOST_COLUMNS = 10_000;
/** Fields of a table, those inside of objects included: memory is bounded by it. */
const MOST_NODES = 100_000;

export type JsonSurvey = {
  readonly root: JsonNode;
  /** Types of columns that the job declares. */
  readonly types: ReadonlyMap<string, DeclaredType>;
  /** Fields that were found and not declared. */
  nodes: number;
  /** Objects that were read; each has the number at which it began. */
  objects: number;
};

const NO_NUMBERS = createNumberSurvey();

export function createJsonSurvey(types: ReadonlyMap<string, DeclaredType>): JsonSurvey {
  return { root: createNode(undefined, "", undefined, undefined), types, nodes: 0, objects: 0 };
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

/** A new field; undefined if the object has too many, and is text from now on. */
export function newField(survey: JsonSurvey, node: JsonNode, name: string, place: JsonPlace): JsonNode | undefined {
  const most = node === survey.root ? MOST_COLUMNS : MOST_FIELDS;
  if (node.order.length >= most || survey.nodes >= MOST_NODES) {
    node.tooWide = place;
    if (node !== survey.root) survey.nodes -= forgetFields(node);
    return undefined;
  }
  survey.nodes += 1;
  return addField(node, name, place, node === survey.root ? survey.types.get(name) : undefined);
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
