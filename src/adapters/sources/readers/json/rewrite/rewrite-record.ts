import { backslash, closeList, closeObject, colon, comma, openList, openObject, quote } from "../bytes/json-bytes.ts";
import type { JsonCursor } from "../bytes/json-cursor.ts";
import { byteAt, skipSpace, textBetween, textEnd } from "../bytes/json-cursor.ts";
import { plainDigits } from "../bytes/json-number.ts";
import type { LineBuffer } from "../bytes/line-buffer.ts";
import { skipValue } from "../bytes/skip-value.ts";
import type { Rewrite } from "../json-reading.ts";

/**
 * Writes rows again, each as one line without whitespace between its tokens, with the values that DuckDB would change in a form that it keeps. The bytes were
 * checked before.
 */
export function createRecordRewriter(rewrite: Rewrite, cursor: JsonCursor, out: LineBuffer): (at: number) => number {
  function writeValue(at: number, rule: Rewrite | undefined, depth: number): number {
    const byte = byteAt(cursor, at);
    if (rule !== undefined && "form" in rule) return writeForm(at, byte, rule.form, depth);
    if (byte === openObject) return writeObject(at, rule, depth + 1);
    if (byte === openList) return writeList(at, rule, depth + 1);
    return copyValue(at, depth);
  }

  /** A scalar as it is. */
  function copyValue(at: number, depth: number): number {
    const end = skipValue(cursor, at, depth);
    out.copy(cursor.bytes, at, end);
    return end;
  }

  function writeObject(start: number, rule: Rewrite | undefined, depth: number): number {
    out.byte(openObject);
    let at = skipSpace(cursor, start + 1);
    while (byteAt(cursor, at) !== closeObject) {
      if (cursor.bytes[at] === comma) {
        out.byte(comma);
        at = skipSpace(cursor, at + 1);
      }
      const end = textEnd(cursor, at + 1);
      out.copy(cursor.bytes, at, end + 1);
      out.byte(colon);
      const value = skipSpace(cursor, skipSpace(cursor, end + 1) + 1);
      at = skipSpace(cursor, writeValue(value, ruleOf(rule, at + 1, end), depth));
    }
    out.byte(closeObject);
    return at + 1;
  }

  function ruleOf(rule: Rewrite | undefined, start: number, end: number): Rewrite | undefined {
    if (rule === undefined || "form" in rule) return undefined;
    return "element" in rule ? rule.element : rule.fields.get(textBetween(cursor, start, end));
  }

  function writeList(start: number, rule: Rewrite | undefined, depth: number): number {
    const element = rule !== undefined && "element" in rule ? rule.element : undefined;
    out.byte(openList);
    let at = skipSpace(cursor, start + 1);
    while (byteAt(cursor, at) !== closeList) {
      if (cursor.bytes[at] === comma) {
        out.byte(comma);
        at = skipSpace(cursor, at + 1);
      }
      at = skipSpace(cursor, writeValue(at, element, depth));
    }
    out.byte(closeList);
    return at + 1;
  }

  function writeForm(
    at: number,
    byte: number,
    form: Extract<Rewrite, { form: string }>["form"],
    depth: number,
  ): number {
    const end = skipValue(cursor, at, depth);
    const isNull = byte === 0x6e;
    if (isNull || (byte === quote && form !== "json" && form !== "bytes")) out.copy(cursor.bytes, at, end);
    else if (form === "bytes") out.text(bytesText(textBetween(cursor, at + 1, end - 1)));
    else if (form === "digits") out.text(`"${plainDigits(cursor.bytes.toString("latin1", at, end))}"`);
    else if (form === "zero") writeNumber(at, end);
    else writeJson(at, end);
    return end;
  }

  function writeNumber(at: number, end: number): void {
    if (end - at === 2 && cursor.bytes.toString("latin1", at, end) === "-0") out.text("-0.0");
    else out.copy(cursor.bytes, at, end);
  }

  /** A value as a text that holds its JSON, without whitespace between its tokens. */
  function writeJson(start: number, end: number): void {
    out.byte(quote);
    let inText = false;
    let from = start;
    for (let at = start; at < end; at += 1) {
      const byte = cursor.bytes[at] as number;
      if (byte === backslash || byte === quote) {
        out.copy(cursor.bytes, from, at);
        out.byte(backslash);
        from = at;
        if (byte === quote) inText = !inText;
        else {
          // The character that is escaped may be a quote or a backslash.
          at += 1;
          out.byte(backslash);
          from = at;
          if (cursor.bytes[at] === quote || cursor.bytes[at] === backslash) out.byte(backslash);
        }
      } else if (!inText && byte <= 0x20) {
        out.copy(cursor.bytes, from, at);
        from = at + 1;
      }
    }
    out.copy(cursor.bytes, from, end);
    out.byte(quote);
  }

  return (at) => {
    out.beginLine();
    const end = writeValue(at, rewrite, 0);
    out.endLine();
    return end;
  };
}

/** Base64 as the text that DuckDB casts to bytes, in a string of JSON. */
function bytesText(base64: string): string {
  return `"${Buffer.from(base64, "base64").toString("hex").replaceAll(/../g, "\\\\x$&")}"`;
}
