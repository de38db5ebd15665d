import type { ColumnType, TimeUnit, TypedColumn } from "../domain/types/column-type.ts";
import { ScoreframeError } from "../errors/scoreframe-error.ts";

/** Bytes before the first message of an Arrow IPC file ("ARROW1" and padding), and before that message's flatbuffer. */
const MESSAGE_OFFSET = 8;
const FLATBUFFER_OFFSET = MESSAGE_OFFSET + 8;
const TIME_UNITS: readonly (TimeUnit | null)[] = [null, "Milliseconds", "Microseconds", "Nanoseconds"];

/**
 * The columns of an Arrow IPC file. Read from the bytes because the JavaScript API of Polars throws for the type of any frame that holds a
 * binary column. Layout: https://github.com/apache/arrow/blob/main/format/Schema.fbs, numbers of members in the order of that file.
 */
export function readArrowSchema(ipc: Buffer): TypedColumn[] {
  const message = tableAt(ipc, FLATBUFFER_OFFSET + ipc.readUInt32LE(FLATBUFFER_OFFSET));
  return message
    .table(2)
    .tables(1)
    .map((field) => ({ name: field.text(0), type: fieldType(field) }));
}

type ArrowType = (type: Table, children: Table[]) => ColumnType | null;

/** By number in the union `Type`. */
const ARROW_TYPES: Readonly<Record<number, ArrowType>> = {
  1: () => "Null",
  2: (type) => `${type.byte(1) === 1 ? "Int" : "UInt"}${type.int(0)}` as ColumnType,
  3: (type) => (["Float16", "Float32", "Float64"] as const)[type.short(0)] ?? null,
  4: () => "Binary",
  5: () => "String",
  6: () => "Boolean",
  7: (type) => ({ Decimal: [type.int(0), type.int(1)] }),
  8: () => "Date",
  9: () => "Time",
  10: (type) => timestamp(type),
  12: (_type, children) => list(children),
  13: (_type, children) => ({ Struct: children.map((field) => ({ name: field.text(0), dtype: fieldType(field) })) }),
  15: () => "Binary",
  16: (type, children) => (children[0] === undefined ? null : { Array: [fieldType(children[0]), type.int(0)] }),
  18: (type) => ({ Duration: TIME_UNITS[type.short(0, 1)] ?? "Milliseconds" }),
  19: () => "Binary",
  20: () => "String",
  21: (_type, children) => list(children),
  23: () => "Binary",
  24: () => "String",
};

function fieldType(field: Table): ColumnType {
  const read = ARROW_TYPES[field.byte(2)];
  const type = read?.(field.table(3), field.tables(5)) ?? null;
  if (type === null) {
    throw new ScoreframeError(
      "COLUMN_TYPE_UNSUPPORTED",
      `Column ${JSON.stringify(field.text(0))} has a type that cannot be carried (Arrow type ${field.byte(2)}). Cast it in the source's SQL.`,
    );
  }
  return type;
}

function list(children: Table[]): ColumnType | null {
  return children[0] === undefined ? null : { List: fieldType(children[0]) };
}

function timestamp(type: Table): ColumnType | null {
  const unit = TIME_UNITS[type.short(0)];
  const zone = type.text(1);
  return unit == null ? null : { Datetime: [unit, zone === "" ? null : { inner: zone }] };
}

/** A table of a flatbuffer: members are found through its vtable, absent ones have their default. */
type Table = {
  byte(member: number): number;
  short(member: number, absent?: number): number;
  int(member: number): number;
  text(member: number): string;
  table(member: number): Table;
  tables(member: number): Table[];
};

function tableAt(bytes: Buffer, position: number): Table {
  const vtable = position - bytes.readInt32LE(position);
  const size = bytes.readUInt16LE(vtable);
  const find = (member: number): number | null => {
    const slot = 4 + 2 * member;
    const offset = slot < size ? bytes.readUInt16LE(vtable + slot) : 0;
    return offset === 0 ? null : position + offset;
  };
  const follow = (at: number): number => at + bytes.readUInt32LE(at);
  const target = (member: number): number | null => {
    const at = find(member);
    return at === null ? null : follow(at);
  };
  return {
    byte: (member) => bytes[find(member) ?? -1] ?? 0,
    short(member, absent = 0) {
      const at = find(member);
      return at === null ? absent : bytes.readInt16LE(at);
    },
    int(member) {
      const at = find(member);
      return at === null ? 0 : bytes.readInt32LE(at);
    },
    text(member) {
      const at = target(member);
      return at === null ? "" : bytes.toString("utf8", at + 4, at + 4 + bytes.readUInt32LE(at));
    },
    table: (member) => tableAt(bytes, target(member) ?? position),
    tables(member) {
      const at = target(member);
      if (at === null) return [];
      return Array.from({ length: bytes.readUInt32LE(at) }, (_, index) => tableAt(bytes, follow(at + 4 + 4 * index)));
    },
  };
}
