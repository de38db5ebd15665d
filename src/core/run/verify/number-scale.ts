/** Relative difference that a number may have whose digits are those of double precision: sums in another order differ by less. */
const DOUBLE_TOLERANCE = 1e-6;
/** The same for single precision (float32), of which models of many layers lose two or three digits by another batch size. */
const SINGLE_TOLERANCE = 1e-4;

/** What is known of the numbers at one place of the predictions. */
export type NumberScale = {
  /** Their usual size: a difference is relative to it if the numbers themselves are smaller. */
  readonly size: number;
  /** Relative difference that they may have. */
  readonly tolerance: number;
};

/** `tolerance`: what the job says, if it says anything. */
export function numberScale(values: readonly number[], tolerance: number | undefined): NumberScale {
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const size = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return { size, tolerance: tolerance ?? (areSingle(values) ? SINGLE_TOLERANCE : DOUBLE_TOLERANCE) };
}

/** Whether they look as a float32 does: as a double, or printed with its seven to nine digits. Numbers of few digits show nothing. */
function areSingle(values: readonly number[]): boolean {
  const fractions = values.filter((value) => !Number.isInteger(value));
  const long = fractions.filter((value) => digitsOf(value) >= 7);
  return (
    long.length * 2 > fractions.length && long.every((value) => Math.fround(value) === value || digitsOf(value) <= 9)
  );
}

function digitsOf(value: number): number {
  const [mantissa = ""] = String(Math.abs(value)).split("e");
  return mantissa.replace(".", "").replace(/^0+/, "").length;
}
