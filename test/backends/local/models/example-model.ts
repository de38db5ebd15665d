import { defineModel } from "../../../../src/model.ts";

export default defineModel({
  example: { a: 1, b: 2 },
  predict: (rows: readonly { readonly a: unknown; readonly b: unknown }[]) => rows.map(({ a, b }) => `${a} ${b}`),
});
