// Lengths and patterns of the API model of SageMaker, version 2017-07-24.
import { text } from "../../host/shapes/scalars.ts";

export const JOB_NAME = text({ min: 1, max: 63, pattern: "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" });
export const MODEL_NAME = text({ max: 63, pattern: "[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?" });
export const ROLE_ARN = text({
  min: 20,
  max: 2048,
  pattern: "arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
});
export const RESOURCE_ARN = text({ max: 256, pattern: "arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:.+" });
export const S3_URI = text({ max: 1024, pattern: "(https|s3)://([^/]+)/?(.*)" });
export const KMS_KEY = text({ max: 2048, pattern: "[a-zA-Z0-9:/_-]*" });
export const NEXT_TOKEN = text({ max: 8192, pattern: ".*" });
export const NAME_CONTAINS = text({ max: 63, pattern: "[a-zA-Z0-9\\-]+" });
