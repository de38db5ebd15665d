import { closeObject, openList, openObject, quote } from "../bytes/json-bytes.ts";
import type { JsonCursor } from "../bytes/json-cursor.ts";
import { byteAt, skipSpace, textBetween, textEnd } from "../bytes/json-cursor.ts";
import {
  isShortest,
  noteExactFraction,
  noteLongInteger,
  noteOtherNumber,
  noteShortInteger,
} from "../bytes/json-number.ts";
import type { JsonNumber } from "../bytes/json-tokens.ts";
import { createJsonNumber, expectWord, readNumber, unexpected } from "../bytes/json-tokens.ts";
import {
  afterComma,
  assertDepth,
  duplicateKey,
  skipElements,
  skipFields,
  skipValue,
  valuePlace,
} from "../bytes/skip-value.ts";
import { unknownField } from "../rewrite/unknown-field.ts";
import { assertDeclared } from "../types/declared-value.ts";
import type { JsonNode, JsonPlace, JsonSurvey } from "./json-survey.ts";
import { elementOf, KIND, MOST_COLUMNS, newColumn, newField, noteKind, pathOf } from "./json-survey.ts";

/** Digits that a number may have and be the same as a DOUBLE in any case. */
const SAFE_DIGITS = 15;

/**
 * Reads rows: checks that the object at a place is JSON, adds what it holds to the survey, and returns the place after it. A row may be read twice, which
 * changes nothing.
 */
export function createRecordScanner(survey: JsonSurvey, cursor: JsonCursor): (at: number) => number {
  const number = createJsonNumber();

  function scanValue(node: JsonNode, at: number, depth: number): number {
    switch (byteAt(cursor, at)) {
      case quote:
        return seen(node, KIND.text, at, textEnd(cursor, at + 1) + 1);
      case openObject:
        return scanObject(node, at, depth + 1);
      case openList:
        return scanList(node, at, depth + 1);
      case 0x74:
        return seen(node, KIND.boolean, at, expectWord(cursor, at, "true"));
      case 0x66:
        return seen(node, KIND.boolean, at, expectWord(cursor, at, "false"));
      case 0x6e:
        return expectWord(cursor, at, "null");
      default:
        return scanNumber(node, at);
    }
  }

  function scanNumber(node: JsonNode, at: number): number {
    const end = readNumber(cursor, at, number);
    seen(node, number.kind, at, end);
    if (node.declared === undefined) noteNumber(node, number, cursor, at, end);
    else if (number.irregular && end - at === 2) node.numbers.bareNegativeZero = true;
    return end;
  }

  function scanObject(node: JsonNode, start: number, depth: number): number {
    seen(node, KIND.object, start, start + 1);
    if (node.declared?.kind === "map") return skipFields(cursor, start, depth, scanElement(node));
    if (isOpaque(node)) return skipFields(cursor, start, depth, skipValue);
    assertDepth(cursor, depth);
    survey.objects += 1;
    const object = survey.objects;
    let expected = 0;
    let at = skipSpace(cursor, start + 1);
    if (byteAt(cursor, at) === closeObject) return at + 1;
    for (;;) {
      if (byteAt(cursor, at) !== quote) throw unexpected(cursor, at, "a key in quotes");
      let field = node.order[expected];
      if (field?.key !== undefined && isKeyAt(cursor, field.key, at + 1)) {
        at += field.key.length + 2;
      } else {
        const end = textEnd(cursor, at + 1);
        const name = textBetween(cursor, at + 1, end);
        field = node.fields.get(name) ?? addField(node, name);
        // Too many fields: what the object holds is text.
        if (field === undefined) return skipFields(cursor, start, depth, skipValue);
        at = end + 1;
      }
      if (field.seenIn === object) throw duplicateKey(cursor, pathOf(field));
      field.seenIn = object;
      expected = field.index + 1;
      at = skipSpace(cursor, scanValue(field, valuePlace(cursor, at, field.name), depth));
      if (byteAt(cursor, at) === closeObject) return at + 1;
      at = afterComma(cursor, at, '"," or "}"');
    }
  }

  function addField(node: JsonNode, name: string): JsonNode | undefined {
    if (node.declared !== undefined) throw unknownField(cursor, node, name);
    if (node !== survey.root) return newField(survey, node, name, here());
    const column = newColumn(survey, name, here());
    if (column === undefined) throw tooManyColumns(cursor);
    return column;
  }

  function scanList(node: JsonNode, start: number, depth: number): number {
    seen(node, KIND.list, start, start + 1);
    return skipElements(cursor, start, depth, isOpaque(node) ? skipValue : scanElement(node));
  }

  function scanElement(node: JsonNode) {
    return (_: JsonCursor, at: number, depth: number): number =>
      scanValue(node.element ?? elementOf(node, here()), at, depth);
  }

  function seen(node: JsonNode, kind: number, start: number, end: number): number {
    if ((node.kinds & kind) === 0) noteKind(node, kind, here());
    if (node.declared !== undefined) assertDeclared(cursor, node, node.declared, kind, start, end);
    return end;
  }

  function here(): JsonPlace {
    return { file: cursor.file, line: cursor.line };
  }

  return (at) => scanObject(survey.root, at, 1);
}

/** Whether the content of an object or a list is ignored, because it is read as text. */
function isOpaque({ tooWide, declared }: JsonNode): boolean {
  return tooWide !== undefined || declared?.kind === "text" || declared?.kind === "json";
}

function isKeyAt({ bytes, end }: JsonCursor, key: Buffer, at: number): boolean {
  const { length } = key;
  if (at + length >= end) return false;
  for (let index = 0; index < length; index += 1) if (bytes[at + index] !== key[index]) return false;
  return bytes[at + length] === quote;
}

function noteNumber(node: JsonNode, number: JsonNumber, cursor: JsonCursor, at: number, end: number): void {
  const { kind, irregular, wholeDigits, scale } = number;
  if (wholeDigits + scale <= SAFE_DIGITS && !irregular) {
    if (kind === KIND.integer) noteShortInteger(node.numbers, number.value, wholeDigits);
    else noteExactFraction(node.numbers, wholeDigits, scale);
    return;
  }
  const text = cursor.bytes.toString("latin1", at, end);
  if (kind === KIND.integer) noteLongInteger(node.numbers, text);
  else if (!irregular && isShortest(text)) noteExactFraction(node.numbers, wholeDigits, scale);
  else noteOtherNumber(node.numbers, text);
}

function tooManyColumns(cursor: JsonCursor): Error {
  const reason =
    `with this row, the rows have more than ${MOST_COLUMNS} different keys. ` +
    'Write the keys that differ from row to row as an object of their own ({"id": 1, "values": {…}}), which is then read as text, or as types says';
  return cursor.problem(reason, cursor.line);
}
