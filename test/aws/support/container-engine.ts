import { runCommand } from "../../support/run-command.ts";

/** Why containers cannot be started here; null if an engine answers. Asks Docker's client, since testcontainers takes a second to load. */
export async function containerEngineMissing(): Promise<string | null> {
  const { code, output } = await runCommand("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (code === 0) return null;
  const why = output.includes("ENOENT") ? "there is no docker on the PATH" : (output.split("\n").at(-1) ?? "");
  return `no container engine answers (${why.replace(/\.$/, "")})`;
}

/** The same for what `docker compose` does. */
export async function composePluginMissing(): Promise<string | null> {
  const missing = await containerEngineMissing();
  if (missing !== null) return missing;
  const { code } = await runCommand("docker", ["compose", "version"]);
  return code === 0 ? null : "docker has no compose plugin";
}
