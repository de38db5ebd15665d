import { validateHeaderValue } from "node:http";
import { z } from "zod";

const header = z
  .string()
  .min(1)
  .check(({ value, issues }) => {
    try {
      validateHeaderValue("content-type", value);
    } catch {
      issues.push({ code: "custom", message: "must be a media type, such as application/json.", input: value });
    }
  })
  .optional();

/** Options of backends that send requests themselves or have them sent. */
export const contentTypeOptions = {
  content_type: header.describe("The `Content-Type` of requests. Without it: the [protocol](../protocols.md)'s."),
  accept: header.describe("The `Accept` of requests. Without it: the protocol's."),
};

/** The headers that the options are. */
export function contentTypeHeaders(options: {
  readonly content_type?: string | undefined;
  readonly accept?: string | undefined;
}): Readonly<Record<string, string>> {
  return {
    ...(options.content_type === undefined ? {} : { "content-type": options.content_type }),
    ...(options.accept === undefined ? {} : { accept: options.accept }),
  };
}
