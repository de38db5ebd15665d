import { describe, expect, test } from "vitest";
import { tensorAnswerJson } from "../../../src/core/protocols/responses/tensor-answer.ts";

const answer = (outputs: unknown, more: object = {}): string => JSON.stringify({ model_name: "m", ...more, outputs });
const tensor = (shape: unknown, data: unknown, name = "y") => ({ name, shape, datatype: "FP64", data });

describe("an answer of tensors is predictions", () => {
  test.each([
    ["one value a row", [tensor([2], [1, 2])], "[1,2]"],
    ["one value a row in a column", [tensor([2, 1], [1, 2])], "[1,2]"],
    ["lists", [tensor([2, 3], [1, 2, 3, 4, 5, 6])], "[[1,2,3],[4,5,6]]"],
    [
      "nested data",
      [
        tensor(
          [2, 2],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      ],
      "[[1,2],[3,4]]",
    ],
    ["lists of lists", [tensor([1, 2, 2], [1, 2, 3, 4])], "[[[1,2],[3,4]]]"],
    ["text", [tensor([2, 1], ["a", "b"])], '["a","b"]'],
    ["null", [tensor([2, 1], [null, 0.5])], "[null,0.5]"],
    [
      "several outputs",
      [tensor([2], ["a", "b"], "label"), tensor([2, 2], [1, 2, 3, 4], "p")],
      '[{"label":"a","p":[1,2]},{"label":"b","p":[3,4]}]',
    ],
    ["no rows", [tensor([0], [])], "[]"],
  ])("%s", (_what, outputs, json) => {
    expect(tensorAnswerJson(answer(outputs), null)).toBe(json);
  });

  test("every digit of which is kept", () => {
    const text = '{"outputs":[{"name":"y","shape":[2],"datatype":"INT64","data":[9007199254740993,1.10]}]}';
    expect(tensorAnswerJson(text, null)).toBe("[9007199254740993,1.10]");
  });

  test.each(['{"predictions":[1]}', "[1]", '{"error":"no model"}', "oops"])(
    "unless it has no tensors: %s stays",
    (text) => {
      expect(tensorAnswerJson(text, "7")).toBe(text);
    },
  );
});

describe("an answer of tensors is rejected", () => {
  test.each([
    [
      "two rows merged into one",
      [tensor([2, 1], ["Nb"])],
      "PREDICTION_COUNT_MISMATCH",
      '"y" has 1 values for the shape [2,1]',
    ],
    ["values too many", [tensor([1, 2], [1, 2, 3])], "PREDICTION_COUNT_MISMATCH", "3 values"],
    [
      "the second output too short",
      [tensor([2], [1, 2]), tensor([2], [1], "z")],
      "PREDICTION_COUNT_MISMATCH",
      '"z" has 1',
    ],
    [
      "outputs of different rows",
      [tensor([2], [1, 2]), tensor([1], [1], "z")],
      "PREDICTION_COUNT_MISMATCH",
      '"z" has 1',
    ],
    ["no shape", [tensor(undefined, [1])], "RESPONSE_INVALID", "no shape"],
    ["a negative shape", [tensor([-1], [1])], "RESPONSE_INVALID", "no shape"],
    ["data elsewhere, as binary", [tensor([1], undefined)], "RESPONSE_INVALID", "no list of data"],
    ["an output twice", [tensor([1], [1]), tensor([1], [2])], "RESPONSE_INVALID", "twice"],
    ["no output", [], "RESPONSE_INVALID", "no tensor"],
    ["outputs that are no list", { y: [1] }, "RESPONSE_INVALID", "outputs"],
    ["no outputs", undefined, "RESPONSE_INVALID", "outputs"],
  ])("with %s", (_what, outputs, code, complaint) => {
    expect(JSON.parse(tensorAnswerJson(answer(outputs), null)).error).toMatchObject({
      code,
      message: expect.stringContaining(complaint),
    });
  });

  test("with the id of another request", () => {
    const text = answer([tensor([1], [1])], { id: "8" });
    expect(JSON.parse(tensorAnswerJson(text, "7")).error).toMatchObject({ code: "ECHOED_ID_MISMATCH" });
    expect(tensorAnswerJson(text, "8")).toBe("[1]");
    expect(tensorAnswerJson(text, null)).toBe("[1]");
    expect(tensorAnswerJson(answer([tensor([1], [1])]), "7")).toBe("[1]");
  });
});
