import { execFileSync } from "node:child_process";

const CANDIDATES = ["python3", "python"];
let found: string | undefined;

/** The Python that measures processes and makes the peers' environment. Throws if there is no Python 3.10 or newer. */
export function systemPython(): string {
  found ??= CANDIDATES.map(executableOf).find((path) => path !== undefined);
  if (found === undefined) throw new Error("The benchmarks need Python 3.10 or newer in PATH, as python3.");
  return found;
}

/** The interpreter itself, since a version manager's shim would be measured with it. */
function executableOf(name: string): string | undefined {
  try {
    const code = "import sys; print(sys.executable if sys.version_info >= (3, 10) else '')";
    return (
      execFileSync(name, ["-c", code], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}
