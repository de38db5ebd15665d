// The arrows of the architecture, as rules:
//
//   cli -> composition -> { adapters, backends, emulators, core },  adapters -> core,  backends -> core,  core -> nothing
//   { adapters, backends, emulators } -> aws -> core:  what every client of an AWS service needs
//
// A forbidden arrow fails `npm run arch`; each comment says what to do instead. CommonJS, because the tool loads it so.

/** The rooms of the core that handle files by design: everything else there works on values. */
const filesInCore = "^src/core/(use-cases|run|stages|responses|polars|worker|util)/";

/** The stages in the order in which a shard passes them. */
const stages = ["extract", "shard", "score", "stitch", "publish"];

/** The floors of the core from the top down: each may use those below it. */
const floors = ["engine", "use-cases", "run", "stages"];

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "core-points-nowhere",
      severity: "error",
      comment:
        "The core knows no outer layer. Instead: describe what is needed as a port in src/core/ports and let src/composition hand it in.",
      from: { path: "^src/core/" },
      to: { path: "^src/", pathNot: "^src/core/" },
    },
    {
      name: "core-uses-few-packages",
      severity: "error",
      comment:
        "The core imports no npm package but those that are listed for their one folder. Instead: put the code that needs the package " +
        "into an adapter or a backend, behind a port; or argue for a new entry in .dependency-cruiser.cjs.",
      from: { path: "^src/core/" },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"],
        pathNot: "node_modules/(nodejs-polars|piscina|zod|yaml|fastest-levenshtein)/",
      },
    },
    {
      name: "polars-behind-one-door",
      severity: "error",
      comment:
        "src/core/polars/polars.ts owns every known trap of the Polars API, and is the only file that imports it. Instead: import what you need from " +
        "there, or add a function to it.",
      from: { path: "^src/", pathNot: "^src/core/polars/polars\\.ts$" },
      to: { path: "node_modules/nodejs-polars/" },
    },
    {
      name: "threads-in-worker",
      severity: "error",
      comment:
        "The pool of worker threads belongs to src/core/worker. Instead: add a task to src/core/worker/tasks.ts and call `pool.run`.",
      from: { path: "^src/", pathNot: "^src/core/worker/" },
      to: { path: "node_modules/piscina/" },
    },
    {
      name: "worker-files-are-tasks",
      severity: "error",
      comment:
        "What is in a folder worker/ runs in a worker thread: on the main thread a panic of Polars would end the process, and its work would block every " +
        "other run. Instead: add a task to src/core/worker/tasks.ts and call `pool.run`; types may be imported anywhere.",
      from: { path: "^src/", pathNot: "/worker/" },
      to: { path: "^src/core/stages/[^/]+/worker/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "ground-floor",
      severity: "error",
      comment:
        "src/core/domain and src/core/util are pure types and small helpers that everything may use, so they know nothing but each other and the errors. " +
        "Instead: take the value as an argument, or put the file where its knowledge is.",
      from: { path: "^src/core/(domain|util)/" },
      to: { path: "^src/", pathNot: "^src/core/(domain|util|errors)/" },
    },
    {
      name: "ports-are-short-contracts",
      severity: "error",
      comment:
        "A port is implemented outside, so it may speak of values, protocols and errors only. Instead: describe what crosses the port as a type in " +
        "src/core/domain.",
      from: { path: "^src/core/ports/" },
      to: { path: "^src/", pathNot: "^src/core/(ports|domain|protocols|errors)/" },
    },
    ...floors.slice(1).map((floor, index) => ({
      name: `${floor}-know-no-floor-above`,
      severity: "error",
      comment:
        `Arrows of the core run downward: ${floors.join(", ")}, and then what all of them use. Instead: move what both need down, into src/core/run or ` +
        "src/core/domain.",
      from: { path: `^src/core/${floor}/` },
      to: { path: `^src/core/(${floors.slice(0, index + 1).join("|")})/` },
    })),
    {
      name: "shared-rooms-know-no-stage",
      severity: "error",
      comment:
        "Ports, protocols, the job, records of shards, responses and the Polars door are used by every stage and know none. Instead: move the shared part down.",
      from: { path: "^src/core/(ports|protocols|job|secrets|lines|json|ledger|responses|polars)/" },
      to: { path: "^src/core/(engine|use-cases|run|stages)/" },
    },
    ...stages.slice(0, -1).map((stage, index) => ({
      name: `${stage}-knows-no-later-stage`,
      severity: "error",
      comment: `A shard passes the stages in their order: ${stages.join(", ")}. Instead: let the later stage take what the earlier one returns.`,
      from: { path: `^src/core/stages/${stage}/` },
      to: { path: `^src/core/stages/(${stages.slice(index + 1).join("|")})/` },
    })),
    {
      name: "schemas-in-job",
      severity: "error",
      comment:
        "Inside the core, zod and yaml belong to the job file (src/core/job). Instead: parse there, and pass the typed value on.",
      from: { path: "^src/core/", pathNot: "^src/core/job/" },
      to: { path: "node_modules/(zod|yaml)/" },
    },
    {
      name: "schemas-in-records",
      severity: "error",
      comment:
        "An adapter uses zod for one thing: to parse a record that is read back from disk or S3, which anyone may have written. Instead: put the schema " +
        "into a file named *-record.ts, or into src/adapters/records if several records share it.",
      from: { path: "^src/adapters/", pathNot: "^src/adapters/(records/|.*-record\\.ts$)" },
      to: { path: "node_modules/zod/" },
    },
    {
      name: "schemas-of-backends-are-their-options",
      severity: "error",
      comment:
        "A backend uses zod for the options of a job alone, in its *-options-schema.ts, from which types, the published JSON Schema and the reference " +
        "page are generated, and in src/backends/shared/options, which reads them. Instead: parse there, and pass the typed value on.",
      from: {
        path: "^src/backends/",
        pathNot: "^src/backends/([^/]+/[^/]+-options-schema\\.ts$|[^/]+/[^/]+-options\\.ts$|shared/options/)",
      },
      to: { path: "node_modules/(zod|yaml)/" },
    },
    {
      name: "core-handles-files-by-stage",
      severity: "error",
      comment:
        "Node's own modules that touch the outside (files, processes) are used by the stages and what runs them. Instead: take an ObjectStore, a Clock " +
        "or another port as an argument.",
      from: { path: "^src/core/", pathNot: filesInCore },
      // Pure helpers without effects are fine anywhere.
      to: {
        dependencyTypes: ["core"],
        pathNot: "^(node:)?(crypto|util|path|path/posix|buffer|url|events|timers/promises)$",
      },
    },
    {
      name: "core-opens-no-connection",
      severity: "error",
      comment:
        "The network belongs to adapters and backends, files handled by the core are local. Instead: take a port as an argument.",
      from: { path: "^src/core/" },
      to: { dependencyTypes: ["core"], path: "^(node:)?(net|tls|http|https|http2|dgram|dns|child_process|cluster)$" },
    },
    {
      name: "adapters-point-at-core",
      severity: "error",
      comment:
        "An adapter implements a port of the core and knows nothing else. Instead: move what two adapters share into src/core, or into src/adapters itself.",
      from: { path: "^src/adapters/" },
      to: { path: "^src/", pathNot: "^src/(adapters|aws|core)/" },
    },
    {
      name: "backends-point-at-core",
      severity: "error",
      comment:
        "A backend implements the ScoringBackend port and knows nothing else, so that a third party could have written it. Instead: take what it " +
        "needs from the context that the port hands in. (src/model.ts, the definition of a model, is the one public type they share.)",
      from: { path: "^src/backends/" },
      to: { path: "^src/", pathNot: "^src/(aws|backends|core)/|^src/model\\.ts$" },
    },
    {
      name: "aws-points-at-core",
      severity: "error",
      comment:
        "src/aws holds what all clients of AWS services share: settings, addresses, errors. Instead: put what one client needs beside that client.",
      from: { path: "^src/aws/" },
      to: { path: "^src/", pathNot: "^src/(aws|core)/" },
    },
    {
      name: "backends-are-strangers",
      severity: "error",
      comment:
        "A backend does not import another one: it has to work, be tested and be removed alone. Instead: move what they share into src/backends itself " +
        "or into src/core.",
      from: { path: "^src/backends/([^/]+)/" },
      to: { path: "^src/backends/([^/]+)/", pathNot: "^src/backends/($1|shared)/" },
    },
    {
      name: "no-imports-of-emulators",
      severity: "error",
      comment:
        "Emulators replace a service in tests and for `emulate`; code that scores must not depend on one. Instead: move shared code into src/core.",
      from: { path: "^src/(core|adapters|backends)/" },
      to: { path: "^src/emulators/" },
    },
    {
      name: "emulators-point-inward",
      severity: "error",
      comment:
        "Emulators reuse core, adapters and backends, never the composition or the command line. Instead: take it as an argument.",
      from: { path: "^src/emulators/" },
      to: { path: "^src/(composition|cli)/" },
    },
    {
      name: "container-in-composition",
      severity: "error",
      comment:
        "Only src/composition knows the container. Instead: write a plain factory that takes its collaborators as arguments, and bind it there.",
      from: { path: "^(src|bench|examples)/", pathNot: "^src/composition/" },
      to: { path: "node_modules/(inversify|@inversifyjs|reflect-metadata)/" },
    },
    {
      name: "cli-goes-through-composition",
      severity: "error",
      comment:
        "The command line prints and never computes: it imports only src/composition, and types, errors and pure helpers of the core. " +
        "Instead: add a use case to src/core/use-cases and let the composition offer it.",
      from: { path: "^src/cli/" },
      to: { path: "^src/(adapters|backends|emulators)/" },
    },
    {
      name: "no-imports-of-the-cli",
      severity: "error",
      comment:
        "The command line is the outermost layer. Instead: move what is worth sharing into the layer that owns it.",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" },
    },
    {
      name: "model-is-light",
      severity: "error",
      comment:
        "A model module imports scoreframe/model alone, and starts in its own process for every run: loading a library there costs each user " +
        "that time. Instead: keep src/model.ts to types and defineModel.",
      from: { path: "^src/model\\.ts$" },
      to: { path: "node_modules/", reachable: true },
    },
    {
      name: "no-test-runner-in-src",
      severity: "error",
      comment:
        "What is published runs without a test runner; src/testing offers the conformance suite as data. Instead: bind the data to the runner in test/.",
      from: { path: "^src/", pathNot: "^src/testing/" },
      to: { path: "node_modules/(vitest|@vitest|fast-check)/|^(node:)?test$|^src/testing/" },
    },
    {
      name: "no-test-code-in-src",
      severity: "error",
      comment: "Sources do not import tests, benchmarks, scripts or examples. Instead: move the shared part into src.",
      from: { path: "^src/" },
      to: { path: "^(test|bench|scripts|examples|docs)/" },
    },
    {
      name: "no-dev-dependency-in-src",
      severity: "error",
      comment:
        "A user's installation has no dev dependencies. Instead: declare the package under `dependencies`, or under `peerDependencies` with " +
        "`optional: true` and import it when it is needed, with an error that says what to install.",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm", "npm-peer", "npm-optional", "type-only"] },
    },
    {
      name: "no-undeclared-package",
      severity: "error",
      comment:
        "A package that package.json does not name works by chance. Instead: add it there, with an exact version.",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      comment: "The imported file does not exist. Instead: correct the path; imports carry the extension `.ts`.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-cycle",
      severity: "error",
      comment:
        "Files that need each other cannot be read or tested alone; type-only cycles count. Instead: move what both need into a third file.",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // At the root only: a package that keeps its code in dist/ must stay visible to the rules.
    exclude: { path: "^(dist|coverage|out|examples/.*/out)/" },
    tsConfig: { fileName: "tsconfig.json" },
    // Imports of types alone are arrows, too.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["scoreframe-source", "types", "import", "node", "default"],
      extensions: [".ts", ".mts", ".mjs", ".js", ".cjs", ".json", ".d.ts"],
    },
    builtInModules: { add: ["node:test", "node:sqlite"] },
    cache: false,
  },
};
