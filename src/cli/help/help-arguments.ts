import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { nearest } from "../../core/util/nearest.ts";

/** `help` as `--help`, and `help run` as `run --help`; other arguments unchanged. Throws USAGE for help on a command that does not exist. */
export function helpArguments(args: readonly string[], commands: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first !== "help") return args;
  const [name, ...inner] = rest.filter((arg) => !arg.startsWith("-"));
  if (name === undefined || name === "help") return ["--help"];
  if (commands.includes(name)) return [name, ...inner, "--help"];
  const near = nearest(name, commands);
  const advice = near === undefined ? `There are: ${commands.join(", ")}.` : `Did you mean ${near}?`;
  throw new ScoreframeError("USAGE", `Unknown command '${name}'. ${advice}`);
}
