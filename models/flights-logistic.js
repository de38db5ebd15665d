// Does the flight arrive 15 minutes late or later? A logistic regression in plain JavaScript, so that `npx scoreframe demo` needs no
// package that runs models. Its weights are in flights-logistic.json, fitted by train/fit-flights-logistic.ts; see README.md.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** @typedef {{ readonly distance: number, readonly hour: number, readonly weekday: number }} Flight */

/**
 * What the weights are multiplied with: `distance` in miles, `hour` 0 to 23, `weekday` 1 (Monday) to 7.
 *
 * @param {Flight} flight
 */
export function flightFeatures({ distance, hour, weekday }) {
  // A day is a circle, so that 23 and 0 are neighbours.
  const angle = (hour / 24) * 2 * Math.PI;
  return {
    intercept: 1,
    distance_in_1000_miles: distance / 1000,
    sin_day: Math.sin(angle),
    cos_day: Math.cos(angle),
    sin_half_day: Math.sin(2 * angle),
    cos_half_day: Math.cos(2 * angle),
    thursday_or_friday: weekday === 4 || weekday === 5 ? 1 : 0,
    weekend: weekday >= 6 ? 1 : 0,
  };
}

/**
 * The probability of being late.
 *
 * @param {Readonly<Record<string, number>>} weights
 * @param {Flight} flight
 */
export function probabilityOfLate(weights, flight) {
  const terms = Object.entries(flightFeatures(flight)).map(([name, value]) => value * (weights[name] ?? 0));
  return 1 / (1 + Math.exp(-terms.reduce((sum, term) => sum + term, 0)));
}

export default {
  /** @param {{ readonly directory: string }} context */
  async load({ directory }) {
    return JSON.parse(await readFile(join(directory, "flights-logistic.json"), "utf8")).weights;
  },

  /**
   * @param {readonly Flight[]} rows
   * @param {Readonly<Record<string, number>>} weights
   */
  predict(rows, weights) {
    return rows.map((flight) => {
      const late = probabilityOfLate(weights, flight);
      if (Number.isNaN(late)) return { error: "distance, hour and weekday must be numbers" };
      return { label: late >= 0.5 ? 1 : 0, probabilities: [1 - late, late] };
    });
  },

  example: { distance: 992, hour: 8, weekday: 1 },
};
