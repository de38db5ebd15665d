import { parseSourceOptions } from "../../../core/job/read/parse-source-options.ts";
import { sqlSourceSchema } from "../../../core/job/schema/source-schema.ts";
import { defineSource } from "../../../core/ports/source-plugin.ts";
import { createSqlSource } from "./sql-source.ts";

/** `source: { kind: sql }`: the result of a query over files. */
export const sqlPlugin = defineSource({
  specificationVersion: "v1",
  kind: "sql",
  parseOptions: (input) => parseSourceOptions(sqlSourceSchema, "sql", input),
  create: ({ tables, sql, parameters }, { baseDirectory, openStore }) =>
    createSqlSource({ tables, sql, parameters, baseDirectory, openStore }),
});
