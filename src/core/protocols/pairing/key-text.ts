import type { ExactJson } from "../../json/exact-json.ts";
import { stringifyExact } from "../../json/exact-json.ts";

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** No integer column has values of more digits. */
const MOST_DIGITS = 60;

/** The text of a key, by which keys are compared: an integer without needless digits, text as it is. Null if the value cannot be a key. */
export function keyText(value: ExactJson | undefined): string | null {
  const spelled = spelling(value);
  return spelled === null || typeof value === "string" ? spelled : integerText(spelled);
}

/** The texts that a key in a response may mean, the likeliest first: `12.0` is 12, unless there is a text key "12.0". */
export function keyTexts(value: ExactJson | undefined): readonly string[] {
  const [spelled, integer] = [spelling(value), keyText(value)];
  return spelled === null || integer === null ? [] : spelled === integer ? [spelled] : [spelled, integer];
}

function spelling(value: ExactJson | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  const text = stringifyExact(value);
  return text.startsWith("{") || text.startsWith("[") ? null : text;
}

/** `1.20e1` and `12.0` as `12`; what is no integer stays as it is spelled. */
function integerText(text: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
  if (sign === undefined) return text;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const zeros = digits.length - significant.length - fraction.length + Number(exponent);
  return zeros < 0 || significant.length + zeros > MOST_DIGITS ? text : `${sign}${significant}${"0".repeat(zeros)}`;
}
