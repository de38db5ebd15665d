import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../../scripts/lib/toolchain.mjs";

type Instruction = { readonly name: string; readonly args: string };
export type Stage = { readonly base: string; readonly name: string; readonly instructions: readonly Instruction[] };

/** The stages of the Dockerfile, in their order. The last one, which is the image, is named `final` here. */
export function readDockerfile(): Stage[] {
  const text = readFileSync(join(root, "Dockerfile"), "utf8").replaceAll(/^\s*#.*\n/gm, "");
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const line of text.replaceAll("\\\n", " ").split("\n")) {
    const [, name = "", args = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === "FROM") {
      const [base = "", , stage = "final"] = args.split(/\s+/);
      stages.push({ base, name: stage, instructions: [] });
    } else if (name !== "") stages.at(-1)?.instructions.push({ name, args });
  }
  return stages;
}

/** What the last instruction of this name in a stage says. */
export function lastOf({ instructions }: Stage, name: string): string {
  return instructions.findLast((each) => each.name === name)?.args ?? "";
}
