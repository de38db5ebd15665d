import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import model, { probabilityOfLate } from "../../../models/flights-logistic.js";

const directory = new URL("../../../models/", import.meta.url).pathname;
const weights = await model.load({ directory });

it("the demo's model shows the course of the day: evenings are later than mornings", () => {
  const at = (hour: number) => probabilityOfLate(weights, { distance: 700, hour, weekday: 3 });
  expect(at(20)).toBeGreaterThan(2 * at(7));
});

it("the demo's model is calibrated on the flights that it was fitted on", async () => {
  const csv = await readFile(new URL("../../../fixtures/flights-sample.csv", import.meta.url), "utf8");
  const flights = csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [, date = "", delay, distance] = line.split(",");
      const departure = new Date(`${date.replace(" ", "T")}Z`);
      const weekday = departure.getUTCDay() === 0 ? 7 : departure.getUTCDay();
      return {
        late: Number(delay) >= 15 ? 1 : 0,
        flight: { distance: Number(distance), hour: departure.getUTCHours(), weekday },
      };
    });
  const predicted = model.predict(
    flights.map(({ flight }) => flight),
    weights,
  );
  // The likelihood's maximum: where there is an intercept, predictions add up to what happened.
  const expected = predicted.reduce((sum, { probabilities }) => sum + (probabilities?.[1] ?? Number.NaN), 0);
  expect(expected).toBeCloseTo(
    flights.reduce((sum, { late }) => sum + late, 0),
    1,
  );
});

it("the demo's model fails a flight without its hour, and no other", () => {
  const rows = [
    { distance: 700, weekday: 3 },
    { distance: 700, hour: 7, weekday: 3 },
  ] as never;
  expect(model.predict(rows, weights)).toEqual([
    { error: "distance, hour and weekday must be numbers" },
    { label: 0, probabilities: [expect.any(Number), expect.any(Number)] },
  ]);
});
