import { styleText } from "node:util";
import type { CliStream } from "../cli-context.ts";

export type StyleName = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Colours a text, or leaves it as it is. */
export type Style = (name: StyleName, text: string) => string;

export const plainStyle: Style = (_name, text) => text;

/** Colours if the stream shows them. NO_COLOR and FORCE_COLOR apply. */
export function styleFor(stream: CliStream): Style {
  // Node asks the stream itself whether it is a terminal.
  return (name, text) => styleText(name, text, { stream: stream as NodeJS.WritableStream, validateStream: true });
}
