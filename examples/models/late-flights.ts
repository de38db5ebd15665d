// A model is a module: rows in, as many predictions out. The same file serves batch runs and real-time requests.
//
//   scoreframe serve --model examples/models/late-flights.ts --dry-run
import { defineModel } from "scoreframe/model";

type Flight = { readonly delay: number | null; readonly distance: number };

export default defineModel({
  predict(flights: readonly Flight[]) {
    return flights.map(({ delay, distance }) => {
      if (delay === null) return { error: "the delay is not known" };
      // Longer flights make up for some of a late start.
      const probability = 1 / (1 + Math.exp(-(delay - 15 - distance / 500) / 10));
      return { delayed: probability >= 0.5, probability };
    });
  },
  example: { delay: 22, distance: 944 },
});
