import { ScoreframeError } from "../errors/scoreframe-error.ts";

type Named = { readonly name: string };

/** What an error says to set, by the option: that of a job, and that of `stitch`. */
const PREFIXES = { "output.prefix": "output.prefix", prefix: "prefix, on the command line --prefix" } as const;

type PrefixOption = keyof typeof PREFIXES;

/**
 * Throws `COLUMN_COLLISION` if two columns of the output would have one name; `option` is the prefix's name for the user. Case is ignored, as
 * SQL does: DuckDB, Spark and Athena find only one of `Score` and `score`.
 */
export function assertNoCollisions(
  taken: readonly Named[],
  predictions: readonly Named[],
  option: PrefixOption,
  shard?: number,
): void {
  const names = new Map(taken.map(({ name }) => [name.toLowerCase(), name]));
  const own = new Map<string, string>();
  for (const { name } of predictions) {
    if (name === "")
      throw collision("The model answers a field without a name. Name it in the model.", name, option, shard);
    const known = names.get(name.toLowerCase());
    if (known !== undefined) {
      const ofThatName = known === name ? "one of that name" : `one called "${known}", which differs in case only`;
      throw collision(
        `The model answers a column "${name}", and the table has ${ofThatName}. Set ${PREFIXES[option]} (for example "predicted_"), or rename the column.`,
        name,
        option,
        shard,
      );
    }
    const twin = own.get(name.toLowerCase());
    if (twin !== undefined) {
      const two =
        twin === name ? `two columns "${name}"` : `columns "${twin}" and "${name}", which differ in case only`;
      throw collision(`The model's answers give ${two}. Rename one in the model.`, name, option, shard);
    }
    own.set(name.toLowerCase(), name);
  }
}

function collision(message: string, column: string, option: string, shard: number | undefined): ScoreframeError {
  return new ScoreframeError("COLUMN_COLLISION", message, {
    ...(shard === undefined ? {} : { shard }),
    option,
    details: { column },
  });
}
