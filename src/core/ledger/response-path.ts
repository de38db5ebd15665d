import { basename, join } from "node:path";
import type { RunFolders } from "../ports/run-store.ts";

/** Where the response file of a request file is: its name, which holds the request's digest, is the request's with `.out` behind it. */
export function responsePathOf(folders: Pick<RunFolders, "responses">, requestFile: string): string {
  return join(folders.responses, `${basename(requestFile)}.out`);
}
