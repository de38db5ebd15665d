/** The types of a request. */
export type SentTypes = { readonly contentType: string; readonly accept: string };

const TYPE = "(?:content|media|mime)[- ]?types?";
/** How stock containers and frameworks say that they do not read a type, often with 400 or 500 instead of 415. */
const UNREAD = new RegExp(
  `\\b${TYPE}\\b[^.]{0,120}\\b(?:not|unsupported|invalid|unknown|only)\\b|\\b(?:unsupported|unknown|invalid|unexpected|only supports?)\\b[^.]{0,60}\\b${TYPE}\\b|UnsupportedFormat|is not an accepted type`,
  "i",
);
/** How they say that they do not write the requested type. */
const UNWRITTEN =
  /\baccept (?:type|header)\b[^.]{0,120}\bnot\b|\b(?:unsupported|invalid)\b[^.]{0,40}\baccept\b|not an accepted response type/i;

/** Which option to set if a response says that the type of the request is wrong; null if it says nothing of that. */
export function contentTypeHint(status: number, text: string, sent: SentTypes): string | null {
  if (status === 406 || UNWRITTEN.test(text)) {
    return `The server does not write ${sent.accept}, which was asked for. Set \`accept\` to a type that it writes, such as application/json`;
  }
  if (status !== 415 && !UNREAD.test(text)) return null;
  const other = sent.contentType === "application/json" ? "" : ", such as application/json";
  return `The server does not read ${sent.contentType}, which was sent. Set \`content_type\` to a type that it reads${other}, or choose another \`model.protocol\``;
}
