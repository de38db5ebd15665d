import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { ExactJson, ExactObject } from "../../../../src/core/json/exact-json.ts";
import { exactField, parseExact, stringifyExact } from "../../../../src/core/json/exact-json.ts";
import { parseRecord } from "../../../../src/core/protocols/csv-records.ts";
import type { ProtocolId } from "../../../../src/core/protocols/protocol.ts";
import { readTensors } from "../../../../src/core/protocols/tensors.ts";

export type Reply = { readonly status: number; readonly body: string };
/** What a server makes of the rows of a request: its predictions in any order, or a whole reply. */
export type Answer = (rows: readonly ExactObject[], body: string) => readonly ExactObject[] | Reply;

/** A server of a protocol that answers with what `answer` makes of the rows, numbers as they were spelled. */
export async function startKeyedServer(
  protocol: ProtocolId,
  answer: Answer,
): Promise<{ readonly url: string; readonly received: string[] }> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    received.push(body);
    const answered = answer(rowsOf(protocol, body), body);
    const reply = "status" in answered ? answered : { status: 200, body: responseOf(protocol, answered) };
    response.writeHead(reply.status, { "content-type": protocol === "csv" ? "text/csv" : "application/json" });
    response.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`, received };
}

function rowsOf(protocol: ProtocolId, body: string): ExactObject[] {
  if (protocol === "json_lines") return body.split("\n").map((line) => parseExact(line) as ExactObject);
  if (protocol === "csv") {
    const [names = [], ...records] = body.split("\n").map((line) => parseRecord(line).map(({ text }) => text));
    return records.map((cells) => named(names, cells));
  }
  const request = parseExact(body);
  if (protocol === "records") return request as unknown as ExactObject[];
  if (protocol === "open_inference") {
    const tensors = readTensors(exactField(request, "inputs") as never);
    if ("complaint" in tensors) throw new Error(tensors.complaint);
    const names = tensors.map(({ name }) => name);
    return (tensors[0]?.rows ?? []).map((_, row) =>
      named(
        names,
        tensors.map((each) => each.rows[row] as ExactJson),
      ),
    );
  }
  const rows = exactField(request, protocol);
  if (protocol !== "dataframe_split") return rows as unknown as ExactObject[];
  const { columns, data } = rows as unknown as { columns: string[]; data: ExactJson[][] };
  return data.map((values) => named(columns, values));
}

function named(names: readonly string[], values: readonly ExactJson[]): ExactObject {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

function responseOf(protocol: ProtocolId, predictions: readonly ExactObject[]): string {
  if (protocol === "json_lines") return `${predictions.map(stringifyExact).join("\n")}\n`;
  if (protocol === "csv") {
    const cell = (value: ExactJson): string => (typeof value === "string" ? value : stringifyExact(value));
    return `${predictions.map((each) => Object.values(each).map(cell).join(",")).join("\n")}\n`;
  }
  if (protocol === "records") return stringifyExact(predictions);
  if (protocol !== "open_inference") return stringifyExact({ predictions });
  const outputs = Object.keys(predictions[0] ?? {}).map((name) => {
    const data = predictions.map((each) => each[name] as ExactJson);
    return { name, shape: [data.length], datatype: typeof data[0] === "string" ? "BYTES" : "INT64", data };
  });
  return JSON.stringify({ outputs });
}
