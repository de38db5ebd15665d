import { ScoreframeError } from "../errors/scoreframe-error.ts";

type Named = { readonly name: string };

/** Throws `COLUMN_COLLISION` where two columns of the output would have one name; `option` is the prefix's name for the user. */
export function refuseCollisions(
  taken: readonly Named[],
  predictions: readonly Named[],
  option: string,
  shard?: number,
): void {
  const names = new Set(taken.map(({ name }) => name));
  const own = new Set<string>();
  for (const { name } of predictions) {
    if (names.has(name)) {
      throw collision(
        `The model answers a column "${name}", and the table has one of that name. Set ${option} (for example "predicted_"), or rename the column.`,
        name,
        option,
        shard,
      );
    }
    if (own.has(name))
      throw collision(`The model's answers give two columns "${name}". Rename one in the model.`, name, option, shard);
    own.add(name);
  }
}

function collision(message: string, column: string, option: string, shard: number | undefined): ScoreframeError {
  return new ScoreframeError("COLUMN_COLLISION", message, {
    ...(shard === undefined ? {} : { shard }),
    option,
    details: { column },
  });
}
