import type { InputObject } from "./input-object.ts";

/** The objects of each instance that has any: one object is never shared, and instances beyond the number of objects stay idle. */
export function assignObjects(objects: readonly InputObject[], instances: number): readonly (readonly InputObject[])[] {
  const shares: InputObject[][] = Array.from({ length: Math.min(instances, objects.length) }, () => []);
  for (const [index, object] of objects.entries()) shares[index % shares.length]?.push(object);
  return shares;
}
