import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCli, startCli } from "../cli/support/run-cli.ts";
import { INIT, sampleProject } from "../cli/support/sample-project.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("a signal in the middle of a run", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends it in order: exit code 4, a report, nothing published",
    async (signal) => {
      const cwd = await sampleProject("hangs");
      await runCli(INIT, { cwd });
      const run = startCli(["run", "job.yaml", "--json"], { cwd });
      await run.hasSaid("model ready");
      run.child.kill(signal);
      const { exitCode, stdout, stderr } = await run.ended;
      expect(exitCode).toBe(4);
      const report = JSON.parse(stdout);
      expect(report).toMatchObject({ status: "incomplete", output: null, error: { code: "RUN_CANCELLED" } });
      expect(stderr).toContain("Stopping…");
      expect(stderr).toMatch(/Error RUN_CANCELLED: .*Run the job again/);
      await expect(access(join(cwd, "out", "job", "_manifest.json"))).rejects.toThrow("ENOENT");
      const recorded = await runCli(["runs", report.run_id, "--json"], { cwd });
      expect(JSON.parse(recorded.stdout)).toEqual(report);
    },
  );

  it("a second one ends it at once, with the exit code of a shell", async () => {
    const cwd = await sampleProject("blocks");
    await runCli(INIT, { cwd });
    const run = startCli(["run", "job.yaml", "--json"], { cwd });
    await run.hasSaid("model ready");
    run.child.kill("SIGINT");
    await run.hasSaid("Stopping… press Ctrl-C again to force.");
    run.child.kill("SIGINT");
    expect(await run.ended).toMatchObject({ exitCode: 130, stdout: "" });
  });

  it("ends a server with exit code 0", async () => {
    const cwd = await sampleProject("doubles");
    const serving = startCli(["serve", "--model", "model.ts", "--port", "0"], { cwd });
    await serving.hasSaid("Serving model model.ts at http://127.0.0.1:");
    serving.child.kill("SIGTERM");
    expect(await serving.ended).toMatchObject({ exitCode: 0, stdout: "" });
  });
});

describe("a reader that goes away", () => {
  it("does not end the run", async () => {
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd });
    const run = startCli(["run", "job.yaml"], { cwd });
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    await once(run.child, "exit");
    expect(run.child.exitCode).toBe(0);
    expect(await readdir(join(cwd, "out", "job"))).toContain("_manifest.json");
  });
});

describe("colours", () => {
  it("are for terminals, or if they are forced", async () => {
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd });
    const plain = await runCli(["plan", "job.yaml"], { cwd });
    const forced = await runCli(["plan", "job.yaml"], { cwd, env: { FORCE_COLOR: "1" } });
    expect(plain.stdout).toMatch(/^job\n/);
    expect(forced.stdout.startsWith("\u001b[1mjob\u001b[22m\n")).toBe(true);
  });
});

describe("from a checkout", () => {
  it("npm run scoreframe works in the caller's folder", async () => {
    const cwd = await sampleProject("doubles");
    const env: NodeJS.ProcessEnv = { ...process.env, INIT_CWD: cwd, npm_lifecycle_event: "scoreframe" };
    const child = spawn(process.execPath, ["scripts/run.mjs", "scoreframe", ...INIT], { cwd: ROOT, env });
    const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(stdout).toBe("Wrote job.yaml. Next: scoreframe check job.yaml\n");
    expect(await readdir(cwd)).toContain("job.yaml");
  });

  it("another script of npm does not move the working directory", async () => {
    const cwd = await sampleProject("doubles");
    const elsewhere = await temporaryFolder();
    await runCli(INIT, { cwd, env: { INIT_CWD: elsewhere, npm_lifecycle_event: "scoreframe" } });
    expect(await readdir(cwd)).toContain("job.yaml");
    expect(await readdir(elsewhere)).toEqual([]);
  });
});

describe("an installation that npm left incomplete", () => {
  /** The sources beside node_modules without one package. */
  async function installedWithout(missing: string, emptied: string | null): Promise<string> {
    const folder = await temporaryFolder();
    await cp(join(ROOT, "src"), join(folder, "src"), { recursive: true });
    await cp(join(ROOT, "package.json"), join(folder, "package.json"));
    const modules = join(folder, "node_modules");
    await mkdir(modules);
    for (const name of await readdir(join(ROOT, "node_modules"))) {
      if (!name.startsWith(".")) await symlink(join(ROOT, "node_modules", name), join(modules, name));
    }
    await rm(join(modules, missing));
    if (emptied !== null) {
      // A copy looks for its binary beside itself, a link would find the one of this checkout.
      await rm(join(modules, emptied));
      await cp(join(ROOT, "node_modules", emptied), join(modules, emptied), { recursive: true });
    }
    return join(folder, "src", "cli", "main.ts");
  }

  const sentence =
    /The installation is not complete: the package \S+ is missing\. Install again.*: npx -y -p node@24 npm ci\n$/;

  it("is reported in one sentence if the binary of Polars is missing", async () => {
    const binaries = (await readdir(join(ROOT, "node_modules"))).filter((name) => name.startsWith("nodejs-polars-"));
    const main = await installedWithout(binaries[0]!, "nodejs-polars");
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd, main });
    const { exitCode, stdout, stderr } = await runCli(["run", "job.yaml", "--json", "--quiet"], { cwd, main });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "SETUP_INCOMPLETE" } });
    expect(stderr).toMatch(sentence);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(exitCode).toBe(2);
  });

  it("is reported in one sentence if nothing is installed", async () => {
    const main = await installedWithout("commander", null);
    const { exitCode, stdout, stderr } = await runCli(["run", "job.yaml", "--json"], { cwd: "/", main });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "SETUP_INCOMPLETE" } });
    expect(stderr).toMatch(sentence);
    expect(exitCode).toBe(2);
  });
});
