import type { DemoFlights } from "../../src/demo/demo-flights.ts";
import { demoJobText } from "../../src/demo/demo-job.ts";

/** The demo's addresses on S3. */
export const PLACES = {
  bucket: "scoreframe-demo",
  table: "s3://scoreframe-demo/flights/flights-3m.parquet",
  workspace: "s3://scoreframe-demo/scoring",
  output: "s3://scoreframe-demo/tables/flight_delay_scores",
} as const;

const IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/flight-delays:1";

/** The job of the demo; on AWS it would be the same with an image, the user's own role and buckets. */
export function awsJobText(flights: DemoFlights, rows: number | null): string {
  const backend = `  kind: sagemaker
  image: ${IMAGE}
  execution_role_arn: arn:aws:iam::000000000000:role/scoring
  instance_type: ml.c5.xlarge
  max_concurrent_transforms: 4
  price_per_hour: 0.204
  poll_interval_s: 0.5`;
  return demoJobText({ flights, rows, table: PLACES.table, backend, output: PLACES.output });
}

/** What the emulator runs instead of the image. */
export function emulatorConfig({ model }: DemoFlights): string {
  return `${JSON.stringify({ images: { [IMAGE]: { model } } }, null, 2)}\n`;
}
