import { rmSync } from "node:fs";

const files = new Set<string>();

/** Removes a file or a folder when the process ends, unless the function that is returned is called before. */
export function removeAtExit(path: string): () => void {
  if (files.size === 0) process.on("exit", removeAll);
  files.add(path);
  return () => {
    files.delete(path);
    if (files.size === 0) process.off("exit", removeAll);
  };
}

function removeAll(): void {
  for (const path of files) rmSync(path, { force: true, recursive: true });
}
