import { pl } from "../../../polars/polars.ts";
import type { RowCause } from "../../../protocols/responses/error-object.ts";

/** Columns `row`, `code`, `message`, `attempts`, in the order given. */
export function describeCauses(failures: readonly { readonly row: number; readonly cause: RowCause }[]) {
  const causes = failures.map(({ cause }) => cause);
  const text = (name: "code" | "message"): pl.Series =>
    pl.Series(name, causes.map((cause) => cause[name]) as string[], pl.Utf8);
  const number = (name: string, values: number[]): pl.Series => pl.Series(name, Int32Array.from(values));
  return pl.DataFrame([
    number(
      "row",
      failures.map(({ row }) => row),
    ),
    text("code"),
    text("message"),
    number(
      "attempts",
      causes.map(({ attempts }) => attempts),
    ),
  ]);
}
