import { basename, join } from "node:path";
import type { RunFolders } from "../ports/run-store.ts";

/** The path of a request file's response file: the request's name, which holds its digest, followed by `.out`. */
export function responsePathOf(folders: Pick<RunFolders, "responses">, requestFile: string): string {
  return join(folders.responses, `${basename(requestFile)}.out`);
}
