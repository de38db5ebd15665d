// A model with something to load: it reads its weights once, from a file that lies beside it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineModel } from "scoreframe/model";

type Penguin = {
  readonly beak_length_mm: number;
  readonly beak_depth_mm: number;
  readonly flipper_length_mm: number;
  readonly body_mass_g: number;
};
type Weights = { readonly centres: Readonly<Record<string, readonly number[]>>; readonly scales: readonly number[] };

export default defineModel({
  async load({ directory, log }): Promise<Weights> {
    const weights = JSON.parse(await readFile(join(directory, "penguin-weights.json"), "utf8")) as Weights;
    log(`knows ${Object.keys(weights.centres).join(", ")}`);
    return weights;
  },
  predict(penguins: readonly Penguin[], { centres, scales }) {
    return penguins.map((penguin) => {
      const measured = [penguin.beak_length_mm, penguin.beak_depth_mm, penguin.flipper_length_mm, penguin.body_mass_g];
      const distances = Object.entries(centres).map(([species, centre]) => {
        const parts = centre.map((value, i) => (((measured[i] ?? Number.NaN) - value) / (scales[i] ?? 1)) ** 2);
        return { species, distance: Math.sqrt(parts.reduce((sum, part) => sum + part, 0)) };
      });
      return distances.reduce((nearest, other) => (other.distance < nearest.distance ? other : nearest));
    });
  },
  example: { beak_length_mm: 38.6, beak_depth_mm: 17.2, flipper_length_mm: 199, body_mass_g: 3750 },
});
