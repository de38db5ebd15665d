import { expect, it } from "vitest";
import { fillRunId, parseJob } from "../../../../src/core/job/read/parse-job.ts";
import { jobSet } from "../../../../src/core/job/record/job-provenance.ts";
import { sampleJob } from "../sample-job.ts";

const recorded = (set: Record<string, string>, changes: Record<string, unknown> = {}) =>
  jobSet(fillRunId(parseJob(sampleJob(changes), { set, env: { TOKEN: "hunter2" } }), "r"));

it("what --set gave a job is recorded as it was written", () => {
  const set = { ds: "2024-05-01", region: "eu", "requests.batch_size": "500", "output.path": "out/{{ ds }}" };
  expect(recorded(set, { name: "{{ region }}" })).toEqual(set);
});

it("of a job that is changed once more, the later values count", () => {
  const first = parseJob(sampleJob(), { set: { "requests.batch_size": "5", ds: "a" } });
  expect(jobSet(parseJob(first, { set: { "requests.batch_size": "9" } }))).toEqual({
    ds: "a",
    "requests.batch_size": "9",
  });
});

const http = (changes: Record<string, unknown>) => ({ backend: { kind: "http", url: "http://h/", ...changes } });

it.each([
  ["a key that names a secret", { "backend.headers.authorization": "hunter2" }, {}],
  ["a variable whose name does", { api_key: "hunter2" }, http({ headers: { "x-key": "{{ api_key }}" } })],
  ["a variable in a secret's place", { t: "hunter2" }, http({ headers: { authorization: "Bearer {{ t }}" } })],
  ["a variable for the password of an address", { p: "hunter2" }, http({ url: "http://user:{{ p }}@host/" })],
  ["a variable for the token of an address", { t: "hunter2" }, http({ url: "http://host/?token={{ t }}" })],
  ["an address with a password", { "backend.url": "http://user:hunter2@host/" }, http({})],
  [
    "an object with a secret in it",
    { backend: "{kind: http, url: 'http://h/', headers: {authorization: hunter2}}" },
    {},
  ],
  ["a secret of the environment", { "backend.headers.authorization": "Bearer ${TOKEN}" }, {}],
])("%s is not recorded with its value", (_, set, changes) => {
  const text = JSON.stringify(recorded(set as Record<string, string>, changes));
  expect(text).not.toContain("hunter2");
  expect(text).toMatch(/\*\*\*|\$\{TOKEN\}/);
});
