import { resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { isS3 } from "../../aws/s3-location.ts";
import type { CliContext } from "../cli-context.ts";

/** Options that every command has. */
export type OutputOptions = { readonly json?: boolean; readonly verbose?: boolean };
export type QuietOptions = { readonly quiet?: boolean };
export type WorkspaceOptions = { readonly workspace?: string };
export type SetOptions = { readonly set: readonly string[] };

export function addOutputOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document on stdout, whatever happens")
    .option("--verbose", "show more: each retry, the facts and causes of an error");
}

export function addQuietOption(command: Command): Command {
  return command.addOption(new Option("--quiet", "show no progress; warnings and errors remain").conflicts("verbose"));
}

export function addWorkspaceOption(command: Command): Command {
  return command.option(
    "--workspace <place>",
    "folder or s3://bucket/prefix in which runs are kept (default: SCOREFRAME_WORKSPACE, or .scoreframe in the working directory)",
  );
}

export function addSetOption(command: Command): Command {
  return command.addOption(
    new Option("--set <key=value>", "fill {{ key }}, or change a key of the job; may be repeated")
      .argParser((value: string, earlier: readonly string[]) => [...earlier, value])
      .default([], "none"),
  );
}

export function workspaceOf({ workspace }: WorkspaceOptions, { env, workingDirectory }: CliContext): string {
  const chosen = workspace ?? (env["SCOREFRAME_WORKSPACE"] || ".scoreframe");
  return isS3(chosen) ? chosen : resolve(workingDirectory, chosen);
}
