// Lengths and patterns of the API model of CloudWatch Logs, version 2014-03-28.
import { text } from "../host/shapes/scalars.ts";

export const LOG_GROUP_NAME = text({ min: 1, max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]+" });
export const LOG_STREAM_NAME = text({ min: 1, max: 512, pattern: "[^:*]*" });
export const TOKEN = text({ min: 1 });
