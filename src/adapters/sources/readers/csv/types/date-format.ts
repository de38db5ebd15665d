import { isDayOf } from "../../../../../core/domain/cell-kind.ts";

/** A declared format of dates: which texts it writes, and the type of their values. */
export type DateFormat = {
  readonly format: string;
  readonly type: "DATE" | "TIMESTAMP";
  readonly matches: (text: string) => boolean;
};

type Part = { readonly name: string; readonly pattern: string };

const MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December";
const DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday";
const short = (names: string): string =>
  names
    .split("|")
    .map((name) => name.slice(0, 3))
    .join("|");

/** Strict: what strftime writes with the same format. */
const PARTS: Readonly<Record<string, Part>> = {
  "%Y": { name: "year", pattern: "\\d{4}" },
  "%y": { name: "shortYear", pattern: "\\d\\d" },
  "%m": { name: "month", pattern: "\\d\\d" },
  "%-m": { name: "month", pattern: "[1-9]\\d?" },
  "%B": { name: "monthName", pattern: MONTHS },
  "%b": { name: "monthName", pattern: short(MONTHS) },
  "%d": { name: "day", pattern: "\\d\\d" },
  "%-d": { name: "day", pattern: "[1-9]\\d?" },
  "%A": { name: "weekday", pattern: DAYS },
  "%a": { name: "weekday", pattern: short(DAYS) },
  "%H": { name: "hour", pattern: "[01]\\d|2[0-3]" },
  "%-H": { name: "hour", pattern: "1?\\d|2[0-3]" },
  "%I": { name: "hour", pattern: "0[1-9]|1[0-2]" },
  "%-I": { name: "hour", pattern: "[1-9]|1[0-2]" },
  "%p": { name: "half", pattern: "AM|PM" },
  "%M": { name: "minute", pattern: "[0-5]\\d" },
  "%-M": { name: "minute", pattern: "[1-5]?\\d" },
  "%S": { name: "second", pattern: "[0-5]\\d" },
  "%-S": { name: "second", pattern: "[1-5]?\\d" },
  "%f": { name: "fraction", pattern: "\\d{6}" },
  "%g": { name: "fraction", pattern: "\\d{3}" },
};

/** Throws for a format that has other parts, or no whole date. */
export function parseDateFormat(format: string, fault: (reason: string) => Error): DateFormat {
  const names = new Set<string>();
  const pattern = format.replaceAll(/%-?[A-Za-z]|%%|[\s\S]/g, (token) => {
    if (token === "%%") return "%";
    if (token.length === 1) return token.replace(/[\\^$.*+?()[\]{}|/%-]/, "\\$&");
    const part = PARTS[token];
    if (part === undefined || names.has(part.name)) {
      const problem = part === undefined ? "is unknown" : "is there twice";
      throw fault(
        `\`dateformat\` is ${JSON.stringify(format)}, in which ${token} ${problem}. It can have: ${Object.keys(PARTS).join(" ")}`,
      );
    }
    names.add(part.name);
    return `(?<${part.name}>${part.pattern})`;
  });
  const isDate =
    (names.has("year") || names.has("shortYear")) && (names.has("month") || names.has("monthName")) && names.has("day");
  if (!isDate)
    throw fault(
      `\`dateformat\` is ${JSON.stringify(format)}, and must have a year, a month and a day, such as %d.%m.%Y`,
    );
  const whole = new RegExp(`^${pattern}$`);
  const hasTime = ["hour", "minute", "second", "fraction"].some((name) => names.has(name));
  return {
    format,
    type: hasTime ? "TIMESTAMP" : "DATE",
    matches: (text) => isDate && exists(whole.exec(text)?.groups),
  };
}

function exists(groups: Record<string, string> | undefined): boolean {
  if (groups === undefined) return false;
  const { year, shortYear, month, monthName, day } = groups;
  const short = MONTHS.split("|").findIndex((name) => name.slice(0, 3) === monthName?.slice(0, 3)) + 1;
  // strptime takes 69 to 99 for the last century.
  const full = year === undefined ? Number(shortYear) + (Number(shortYear) < 69 ? 2000 : 1900) : Number(year);
  return isDayOf(full, month === undefined ? short : Number(month), Number(day));
}
