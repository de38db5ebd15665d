import { expect } from "vitest";

/** The one document that `--json` printed: one line on stdout and nothing else. */
export function documentOf(stdout: string): ReturnType<typeof JSON.parse> {
  expect(stdout.split("\n")).toEqual([expect.stringMatching(/^\{.*\}$/), ""]);
  return JSON.parse(stdout);
}
