import type { TableInput } from "../../../tables/table-input.ts";

/** The characters that split a file, as bytes. */
export type CsvDialect = { readonly delimiter: number; readonly quote: number; readonly escape: number };

const COMMA = 0x2c;
const TAB = 0x09;
export const QUOTE = 0x22;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const BLANK = 0x20;

/** The delimiters that are looked for, the first one wins among equals. */
export const DELIMITERS: readonly number[] = [COMMA, TAB, 0x3b, 0x7c];

/** What the job declares of the dialect; a delimiter that is not declared has to be found. */
export type DeclaredDialect = Omit<CsvDialect, "delimiter"> & { readonly delimiter: number | undefined };

/** Throws what `fault` makes of an option that is not a single character. */
export function declaredDialect(
  { options, format }: Pick<TableInput, "options" | "format">,
  fault: (reason: string) => Error,
): DeclaredDialect {
  const byte = (option: "delimiter" | "quote" | "escape"): number | undefined => {
    const text = options[option] === "\\t" ? "\t" : options[option];
    if (text === undefined) return undefined;
    const code = text.charCodeAt(0);
    if (text.length === 1 && code < 128 && code !== LINE_FEED && code !== CARRIAGE_RETURN) return code;
    throw fault(`\`${option}\` is ${JSON.stringify(text)}, and must be one ASCII character`);
  };
  const quote = byte("quote") ?? QUOTE;
  const delimiter = byte("delimiter") ?? (format === "tsv" ? TAB : undefined);
  if (delimiter === quote) throw fault("`delimiter` and `quote` are the same character");
  return { delimiter, quote, escape: byte("escape") ?? quote };
}

/** How a message shows a delimiter. */
export function showDelimiter(delimiter: number): string {
  return delimiter === TAB ? "a tab" : `\`${String.fromCharCode(delimiter)}\``;
}
