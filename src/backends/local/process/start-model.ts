import { resolve } from "node:path";
import type { LocalOptions } from "../local-options.ts";
import type { RunningModel, StartContext } from "./running-model.ts";
import { startCommand } from "./start-command.ts";
import { startServerProcess } from "./start-server-process.ts";

/** Starts the model's process, whatever kind of model it is; resolves when it answers. */
export function startModel(
  { model, nonFinite }: Pick<LocalOptions, "model" | "nonFinite">,
  context: StartContext,
): Promise<RunningModel> {
  return model.kind === "command"
    ? startCommand(model, context)
    : startServerProcess(resolve(context.baseDirectory, model.path), nonFinite, context);
}
