import { defineModel } from "../../../../src/model.ts";

export default defineModel({
  load() {
    throw new Error("the weights are missing");
  },
  predict: () => [],
});
