import process from "node:process";
import { onTestFinished } from "vitest";

/** Sets variables of the environment until the end of the test; undefined unsets one. */
export function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    onTestFinished(() => write(name, before));
    write(name, value);
  }
}

function write(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
