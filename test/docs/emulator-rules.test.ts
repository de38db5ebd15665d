import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TransformInstanceType } from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { section, tableRows } from "./support/markdown.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/reference/emulators/sagemaker.md");

/** Each rule of the page by its beginning, with the titles of the tests that hold the emulator to it. */
const PROOFS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "### Requests": {
    "AWS JSON 1.1 with a signature": ["is rejected: %s", "know nothing of each other"],
    "Another `Content-Type`": ["does not know a request %s"],
    "Lengths, patterns, enumerations": ["names all of them, in the service's words", "names what is missing"],
    "A value of the wrong type": ["is rejected if a value has the wrong type", "is rejected with a body %s"],
    "`MaxPayloadInMB` is at most 100": ["is rejected: %s"],
    "InstanceType is one of": ["is rejected: %s"],
    "Names of models are taken": ["have a name that is taken until they are deleted"],
    "A job's name can never be used": ["have a name that is taken forever"],
    "Names that differ in capitals": ["are taken in whichever capitals, since an ARN has none"],
    "An unknown model": ["need a model"],
    "An unknown job": [
      "that are not there are a ValidationException, not the ResourceNotFound of the API model",
      "are waited for by the SDK's own waiter",
    ],
    "An input without objects": ["are rejected if there are none: %s", "are rejected if the bucket does not exist"],
    "Lists: newest first": [
      "are listed newest first, page by page, by a part of their names",
      "are listed by status, name and time, ten to a page",
      "are listed in any order",
      "are not listed by %o",
    ],
    "At most 50 tags": ["are at most 50, those that are there already among them", "are rejected with %s"],
    "A model needs a role": ["are rejected with %s", "have the ARNs of their partition: %s"],
    "Over a quota": [
      "rejects a job that needs more instances than are left, until another job is over",
      "is what the SDK takes for it: it waits, and tries again",
    ],
  },
  "### Objects": {
    "`S3Prefix` takes every object": [
      "are all whose key begins with the prefix, those of its neighbours and in its folders, too",
      "have keys of any characters, which their outputs keep",
    ],
    "`ManifestFile`": [
      "are those that a manifest names",
      "fail one by one if a manifest names what is not there",
      "are rejected if the manifest has %s",
    ],
    "An object is one instance's alone": [
      "are shared out among the instances, each whole, and instances without one are idle",
    ],
    "`MaxConcurrentTransforms` bounds": ["of one instance share its requests"],
    "The output is `S3OutputPath`": [
      "keep the part of their key behind the last slash of a prefix that is no folder",
      "are those of the decompressed object",
    ],
    "Two objects with one output": ["are rejected if two of them would have one output"],
    "Objects appear as they are finished": [
      "stops half-way, and then has no output",
      "overwrite what another job has written",
    ],
  },
  "### Records": {
    "`Line`: a record ends": [
      "are its lines, byte for byte: empty ones, carriage returns and a last one without an end, too",
    ],
    "`SingleRecord`: one to a request": [
      "sends each line alone, and writes the answers in the order of the lines",
      "sends as many lines at once as fit, never of two objects",
    ],
    "`SplitType` `None`": ["are one if it is not split"],
    "A record, or an object that is not split": [
      "fail their object if one is larger than the payload, and nothing of it is kept",
      "fail their object if it is not split and larger than the payload",
    ],
    "`MaxPayloadInMB` 0: no limit": ["have no limit with a payload of 0, and travel in pieces"],
    "An object without a record": [
      "may be empty: several records at once are then one request of no bytes, and one at a time is no request",
    ],
    "`Gzip`: decompressed": ["are those of the decompressed object"],
    "The request has ContentType": [
      "has the types of the job, and nothing that shows the object, the line or the job",
      "has no types if the job has none",
    ],
    "Answers are in the order": [
      "keep their order with many requests at the same time",
      "are not put together in the output without AssembleWith",
    ],
  },
  "### The container": {
    "`GET /ping` until 200": [
      "is pinged until it is ready, then asked for its parameters, then sent its first record",
      "has two seconds for each ping",
      "is not ready if its ping leads elsewhere, or answers another 2xx",
    ],
    "The job's settings go before": ["says how it wants to be used if the job does not", "is overruled by the job"],
    "`/execution-parameters` that answers": ["fails the job if its parameters cannot be used: %s"],
    "`SAGEMAKER_BATCH=true`": ["has the environment that the service sets, the job's before the model's"],
    "A request may take": [
      "has failed when its time is over, as often as it is sent",
      "is sent three times again and no more if the job does not say",
    ],
    "It is sent again after a 5xx": [
      "is sent again after a 5xx, and then counts as if nothing had been",
      "is not sent again after a %i, which is the client's error",
      "has failed when the connection breaks off",
    ],
    "Only 2xx is an answer": ["is not led elsewhere", "may be any 2xx, of any content or none"],
    "An answer may be of any size": [
      "is written whole, among small ones, in the order of the records",
      "with an error is logged by its beginning, and not read to its end",
    ],
    "A server that answers more": ["turns a larger one into what Amazon's model server answers in its place"],
  },
  "### Ends": {
    "One record that fails": [
      "keeps the output of the other objects if one has a bad record",
      "ends its object at once: what comes after it is not sent",
    ],
    "`FailureReason` never names": [
      "is sent three times again and no more if the job does not say",
      "fails the job if it never answers its ping with 200",
      "is what the first object failed with, if they failed in several ways",
    ],
    "The log names the object": ["is sent three times again and no more if the job does not say"],
    "Machines that `capacity`": ["that is missing fails a job which has been accepted, before it starts"],
    "`InProgress`, then": [
      "are InProgress without a start, InProgress, and Completed with an end",
      "end with Stopped if it is stopped before it has started",
    ],
    "A stopped job has no output": ["stops half-way, and then has no output"],
    "A job that is over": ["are over once: a job that has ended, or is being stopped, cannot be stopped"],
  },
  "### Filter and join": {
    "InputFilter, then the model": ["set the answer into the object of a record, with every digit"],
    "ContentType and Accept are the same": ["are rejected with %s"],
    "A filter has at most 63": ["are rejected with %s"],
    "`$[1:3]` has both ends": [
      "take both ends of a range for a part of it",
      "count from the end with negative numbers, also in a range",
      "fail the object by %s",
    ],
    "An object gets the answer": ["make an object if a record is not one", "add the answer to the cells of a row"],
    "Numbers keep every digit": ["set the answer into the object of a record, with every digit"],
    "A name or index that is not there": [
      "fail the object by %s",
      "fail the object by a name that is not there",
      "fail the object by an answer or a record that is not JSON",
      "fail the object by what is not UTF-8, and do not repair it",
    ],
  },
};

const sources = ["test/aws/emulators", "test/emulators"].flatMap((folder) =>
  readdirSync(fileURLToPath(new URL(`../../${folder}/`, import.meta.url)))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => read(`${folder}/${name}`)),
);

describe.each(Object.entries(PROOFS))("the emulator's page, %s", (heading, proofs) => {
  it("has no rule without a test, and no other", () => {
    const rules = tableRows(section(page, heading)).map(([rule = ""]) => rule);
    const beginnings = Object.keys(proofs);
    const found = rules.map((rule) => beginnings.find((beginning) => rule.startsWith(beginning)) ?? `${rule}: no test`);
    expect(found).toEqual(beginnings);
  });

  it.each(Object.entries(proofs))("%s … has tests that are there", (_rule, titles) => {
    const missing = titles.filter((title) => !sources.some((source) => source.includes(`"${title}",`)));
    expect(missing).toEqual([]);
  });
});

describe("the emulator's page", () => {
  it("has tests for the rules of every table", () => {
    const chapter = section(page, "## The rules that it keeps");
    expect(chapter.match(/^### .*$/gm)).toEqual(Object.keys(PROOFS));
  });

  it("knows how many types of instances there are", () => {
    expect(page).toContain(`one of the ${Object.keys(TransformInstanceType).length} that batch transform has`);
  });
});
