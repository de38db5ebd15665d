import { describe, expect, it } from "vitest";
import { httpBackend } from "../../../src/backends/http/index.ts";
import { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";

const url = "http://localhost:8080/invocations";

/** The complaint about the options, or a failed test when there is none. */
function complaint(options: Readonly<Record<string, unknown>>): ScoreframeError {
  try {
    httpBackend.parseOptions(options);
  } catch (error) {
    if (ScoreframeError.is(error)) return error;
    throw error;
  }
  throw new Error("the options were accepted");
}

describe("options of the http backend", () => {
  it("suggests the option that was meant by an unknown one", () => {
    const error = complaint({ url, max_atempts: 3 });
    expect(error.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error.message).toContain("Did you mean `max_attempts`?");
    expect(error.facts.option).toBe("backend.max_atempts");
  });

  it.each([
    ["no url", {}, "backend.url is missing"],
    ["a path as url", { url: "/invocations" }, "http:// or https://"],
    ["another scheme", { url: "ftp://host/" }, "http:// or https://"],
    ["half a request at a time", { url, concurrency: 0.5 }, "whole number from 1 to 1024"],
    ["a number as text", { url, concurrency: "4" }, "must be a whole number"],
    ["a negative time", { url, request_timeout_s: -1 }, "backend.request_timeout_s"],
    ["another method", { url, method: "GET" }, "one of POST, PUT"],
    ["headers that are not text", { url, headers: { "x-retries": 3 } }, "backend.headers.x-retries must be text"],
    ["headers that are no object", { url, headers: ["a"] }, "must be an object of texts, not a list"],
    ["a length of the user's", { url, headers: { "Content-Length": "3" } }, "set by the connection itself"],
    ["a header twice", { url, headers: { Accept: "a/b", accept: "c/d" } }, "is there twice"],
    ["a health path on another server", { url, health_path: "//other/ping" }, "must be a path"],
  ])("rejects %s", (_, options, message) => {
    const error = complaint(options);
    expect(error.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error.message).toContain(message);
  });

  it.each([
    ["a password in the url", { url: "http://user:s3cret@host/" }],
    ["a header with a line break", { url, headers: { authorization: "s3cret\r\nx: y" } }],
    ["a secret as url", { url: "s3cret" }],
    ["a secret as headers", { url, headers: "s3cret" }],
  ])("does not repeat %s", (_, options) => {
    expect(JSON.stringify(complaint(options))).not.toContain("s3cret");
  });

  it("gives the planner the job's payload limit", () => {
    const limited = httpBackend.create(httpBackend.parseOptions({ url, max_request_bytes: 6_000_000 }));
    const unlimited = httpBackend.create(httpBackend.parseOptions({ url }));
    expect(limited.capabilities.maxRequestBytes).toBe(6_000_000);
    expect(unlimited.capabilities.maxRequestBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes an option without a value for an absent one", () => {
    expect(httpBackend.parseOptions({ url, headers: null, concurrency: null })).toEqual(
      httpBackend.parseOptions({ url }),
    );
  });
});
