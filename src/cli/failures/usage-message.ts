import { nearest } from "../../core/util/nearest.ts";

/** Commander's messages about a value that is not one of the choices: of an argument, and of an option. */
const WRONG_ARGUMENT =
  /^command-argument value '(?<value>.*)' is invalid for argument '(?<name>.*)'\. Allowed choices are (?<choices>.*)\.$/s;
const WRONG_OPTION =
  /^option '(?<name>.*)' argument '(?<value>.*)' is invalid\. Allowed choices are (?<choices>.*)\.$/s;

/** Commander's message (`error: unknown option '--jsn'\n(Did you mean --json?)`) as sentences that end with what to do. */
export function usageMessage(message: string): string {
  const said = message.replace(/^error: /, "");
  const argument = WRONG_ARGUMENT.exec(said)?.groups;
  if (argument !== undefined) return `There is no ${argument["name"]} '${argument["value"]}'. ${adviceOn(argument)}`;
  const option = WRONG_OPTION.exec(said)?.groups;
  if (option !== undefined) return `Option '${option["name"]}' does not take '${option["value"]}'. ${adviceOn(option)}`;
  const [problem = "", hint] = said.split("\n");
  const sentence = problem.charAt(0).toUpperCase() + problem.slice(1);
  const advice = hint === undefined ? "See scoreframe --help." : hint.replace(/^\(|\)$/g, "");
  return `${sentence.replace(/\.$/, "")}. ${advice}`;
}

function adviceOn({ value = "", choices = "" }: Readonly<Record<string, string | undefined>>): string {
  const near = nearest(value, choices.split(", "));
  return near === undefined ? `There are: ${choices}.` : `Did you mean ${near}?`;
}
