import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSagemakerConfig, SAGEMAKER_CONFIG } from "../../src/emulators/sagemaker/read-config.ts";
import { SAGEMAKER_OPERATIONS } from "../../src/emulators/sagemaker/sagemaker-service.ts";
import { DEFAULT_SETTINGS } from "../../src/emulators/sagemaker/sagemaker-settings.ts";
import { codeBlocks } from "./support/markdown.ts";

const page = readFileSync(new URL("../../docs/reference/emulators/sagemaker.md", import.meta.url), "utf8");
const keys = Object.keys(SAGEMAKER_CONFIG.shape);
const rows = [...page.matchAll(/^\| `(\w+)` \| `([\w.]+)` \| (.*?) \|/gm)].map(([, key, option, fallback]) => ({
  key,
  option,
  fallback: fallback?.replaceAll("`", ""),
}));

describe("the page of the SageMaker emulator", () => {
  it("shows a configuration with every key, and their defaults where there is one", () => {
    const text = codeBlocks(page).find(({ info }) => info[1] === "emulator")?.text ?? "";
    const { images, account, settings } = parseSagemakerConfig(text, "page");
    expect(Object.keys(images ?? {})).toHaveLength(3);
    expect(account).toBe("123456789012");
    expect(settings).toEqual({
      ...DEFAULT_SETTINGS,
      retriedStatuses: [500, 502, 503, 504],
      responseLimit: 6_553_500,
      quotas: { "ml.m5.large": 8 },
      capacity: { "ml.p3.2xlarge": 0 },
      throttle: { CreateTransformJob: 1 },
    });
  });

  it("has every key in its table, with the option of the library", () => {
    expect(rows.map(({ key }) => key)).toEqual(keys);
    const options = Object.keys(DEFAULT_SETTINGS).map((name) => `settings.${name}`);
    expect(rows.map(({ option }) => option).sort()).toEqual(["account", "images", ...options].sort());
  });

  it("has their defaults", () => {
    const shown = Object.fromEntries(rows.map(({ key, fallback }) => [key, fallback]));
    expect(shown).toMatchObject({
      latency: Object.values(DEFAULT_SETTINGS.latency).join(", "),
      ping_timeout: String(DEFAULT_SETTINGS.pingTimeout),
      record_newline: DEFAULT_SETTINGS.recordNewline,
      retry_delay: String(DEFAULT_SETTINGS.retryDelay),
      bytes_per_mb: DEFAULT_SETTINGS.bytesPerMb.toLocaleString("en-US"),
      stopped_output: DEFAULT_SETTINGS.stoppedOutput,
    });
    const off = Object.keys(shown).filter((key) => shown[key] === "none");
    expect(off).toEqual(["images", "response_limit", "quotas", "capacity", "throttle"]);
    expect(DEFAULT_SETTINGS).toMatchObject({ responseLimit: null, quotas: {}, capacity: {}, throttle: {} });
  });

  it("has every operation", () => {
    const [, list = ""] = /## What it does\n\n([\w,\n ]+);/.exec(page) ?? [];
    expect(list.split(/,\s+/)).toEqual(Object.keys(SAGEMAKER_OPERATIONS).sort());
  });
});
