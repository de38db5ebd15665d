/**
 * Fits models/flights-logistic.json on fixtures/flights-sample.csv: the same bytes every time. Judges it on all flights.
 * Run: npx node models/train/fit-flights-logistic.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { flightFeatures, probabilityOfLate } from "../flights-logistic.js";

type Example = {
  readonly distance: number;
  readonly hour: number;
  readonly weekday: number;
  readonly late: number;
  readonly flights: number;
};

/** Keeps the weights finite where a feature separates the few rows perfectly; too weak to be seen otherwise. */
const RIDGE: number = 1e-3;
const MOST_STEPS = 50;

const sample = pathOf("../../fixtures/flights-sample.csv");
const allFlights = pathOf("../../node_modules/vega-datasets/data/flights-3m.parquet");

const training = await readFlights(`read_csv('${sample}')`);
const names = Object.keys(flightFeatures(training[0] ?? { distance: 0, hour: 0, weekday: 1 }));
const weights = fitWeights(training);
const rounded = Object.fromEntries(names.map((name, index) => [name, Number((weights[index] ?? 0).toFixed(6))]));
await writeFile(
  pathOf("../flights-logistic.json"),
  `${JSON.stringify({ fitted_on: "fixtures/flights-sample.csv", rows: count(training), weights: rounded }, null, 2)}\n`,
);

print(JSON.stringify(rounded));
report("the flights that it was fitted on", training);
report("all flights", await readFlights(`read_parquet('${allFlights}')`));

/** Flights that the model cannot tell apart are one example. */
async function readFlights(table: string): Promise<Example[]> {
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  const reader = await connection.runAndReadAll(`
    select distance::double as distance, hour(date)::int as hour, isodow(date)::int as weekday, (delay >= 15)::int as late, count(*)::int as flights
    from ${table} group by all order by all`);
  const rows = reader.getRowObjectsJS() as unknown as Example[];
  connection.closeSync();
  database.closeSync();
  return rows;
}

/** Newton's method; the likelihood is concave, so it ends where no other start would end better. */
function fitWeights(examples: readonly Example[]): number[] {
  const inputs = examples.map((example) => Object.values(flightFeatures(example)));
  let current = names.map(() => 0);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const gradient = current.map((weight) => -RIDGE * weight);
    const curvature = current.map((_, row) => current.map((__, column) => (row === column ? RIDGE : 0)));
    for (const [index, { late, flights }] of examples.entries()) {
      const input = inputs[index] ?? [];
      const probability = 1 / (1 + Math.exp(-dot(input, current)));
      for (const [row, value] of input.entries()) {
        gradient[row] = (gradient[row] ?? 0) + flights * (late - probability) * value;
        const line = curvature[row] ?? [];
        for (const [column, other] of input.entries()) {
          line[column] = (line[column] ?? 0) + flights * probability * (1 - probability) * value * other;
        }
      }
    }
    const change = solve(curvature, gradient);
    current = current.map((weight, index) => weight + (change[index] ?? 0));
    if (Math.max(...change.map(Math.abs)) < 1e-12) return current;
  }
  throw new Error(`The fit did not settle within ${MOST_STEPS} steps.`);
}

/** Gauss's elimination; the matrix is positive definite, so that no pivot is zero. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  for (const [pivot, pivotRow] of rows.entries()) {
    const scale = pivotRow[pivot] ?? 1;
    for (let column = pivot; column < pivotRow.length; column += 1) pivotRow[column] = (pivotRow[column] ?? 0) / scale;
    for (const [index, row] of rows.entries()) {
      if (index === pivot) continue;
      const factor = row[pivot] ?? 0;
      for (let column = pivot; column < row.length; column += 1) {
        row[column] = (row[column] ?? 0) - factor * (pivotRow[column] ?? 0);
      }
    }
  }
  return rows.map((row) => row.at(-1) ?? 0);
}

function report(what: string, examples: readonly Example[]): void {
  const scored = examples.map((example) => ({ ...example, probability: probabilityOfLate(rounded, example) }));
  const rate = scored.reduce((total, { late, flights }) => total + late * flights, 0) / count(scored);
  const loss = meanLoss(scored.map(({ probability, ...example }) => [example, probability]));
  const constant = meanLoss(scored.map(({ probability: _, ...example }) => [example, rate]));
  print(
    `${what}: ${count(scored)} rows, AUC ${areaUnderCurve(scored).toFixed(3)}, log loss ${loss.toFixed(3)} (always ${rate.toFixed(3)}: ${constant.toFixed(3)})`,
  );
}

function meanLoss(pairs: readonly (readonly [Example, number])[]): number {
  const losses = pairs.map(([{ late, flights }, p]) => -flights * Math.log(late === 1 ? p : 1 - p));
  return losses.reduce((total, loss) => total + loss, 0) / count(pairs.map(([example]) => example));
}

/** The share of pairs of a late and a punctual flight that the model orders rightly; ties count half. */
function areaUnderCurve(scored: readonly (Example & { readonly probability: number })[]): number {
  const levels = new Map<number, { late: number; punctual: number }>();
  for (const { probability, late, flights } of scored) {
    const level = levels.get(probability) ?? { late: 0, punctual: 0 };
    if (late === 1) level.late += flights;
    else level.punctual += flights;
    levels.set(probability, level);
  }
  let [punctualBelow, ordered, late] = [0, 0, 0];
  for (const [, level] of [...levels].sort(([a], [b]) => a - b)) {
    ordered += level.late * (punctualBelow + level.punctual / 2);
    punctualBelow += level.punctual;
    late += level.late;
  }
  return ordered / (late * punctualBelow);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

function count(examples: readonly Example[]): number {
  return examples.reduce((total, { flights }) => total + flights, 0);
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
