import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** What the suite has to reach, in percent: a little less than what it does. Work in worker threads and child processes is not measured. */
export const coverageThresholds = { lines: 91, functions: 89, statements: 89, branches: 82 };

// Examples import the package by its name, as users do, and get the sources: a test never runs against an old build.
const conditions = ["scoreframe-source"];

export default defineConfig({
  // The oldest supported Node does not parse `await using`, which tests may write.
  oxc: { target: "es2024" },
  ssr: { resolve: { conditions: [...conditions, "node", "import", "default"] } },
  test: {
    // Forks and not threads: the frame pool starts worker threads of its own, and a native crash must end one file, not the run.
    pool: "forks",
    // Worker threads and child processes run the sources themselves, under Node's type stripping, and need the condition, too.
    execArgv: ["--disable-warning=ExperimentalWarning", ...conditions.map((name) => `--conditions=${name}`)],
    env: { NODE_OPTIONS: conditions.map((name) => `--conditions=${name}`).join(" ") },
    // Vitest leaves a core free, which on a machine of two is half of it. Limits of time are such that only a hang reaches them.
    maxWorkers: Math.max(2, availableParallelism()),
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/conformance/**", "test/integration/**", "test/aws/**", "test/clients/**", "test/servers/**"],
          // Real files, databases and processes on two shared cores: a limit that only a hang reaches.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: "conformance", include: ["test/conformance/**/*.test.ts"], testTimeout: 30_000 } },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "aws",
          include: ["test/aws/**/*.test.ts"],
          // Installs the S3 servers and starts each once.
          globalSetup: ["test/aws/support/global-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "clients",
          include: ["test/clients/**/*.test.ts"],
          // Installs clients of AWS that others wrote, and starts the S3 servers.
          globalSetup: ["test/aws/support/global-setup.ts", "test/clients/support/global-setup.ts"],
          testTimeout: 120_000,
          // A hook runs all checks of a client.
          hookTimeout: 360_000,
        },
      },
      {
        extends: true,
        test: {
          name: "servers",
          include: ["test/servers/**/*.test.ts"],
          // Installs the servers and starts them once; their models follow one script at a time, so that one file runs at a time.
          globalSetup: ["test/servers/support/global-setup.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      // Commands of the command line run in child processes, where nothing is measured; the emulators are test equipment.
      exclude: ["src/cli/main.ts", "src/**/*.d.ts"],
      reporter: ["text-summary", "json-summary", "html"],
      reportOnFailure: true,
      thresholds: coverageThresholds,
    },
  },
});
