// A model server as a third party might have written it: node command-server.mjs <port> [mode]
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [port, mode = ""] = process.argv.slice(2);
process.stdout.write(`starting ${mode}\n`);
if (mode === "stubborn") process.on("SIGTERM", () => process.stdout.write("ignoring SIGTERM\n"));
if (mode === "family") {
  const child = spawn("sleep", ["300"], { stdio: "ignore" });
  writeFileSync(process.env.PID_FILE ?? "pids", `${process.pid} ${child.pid}`);
}

createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(request.url === (mode === "health" ? "/healthy" : "/ping") ? 200 : 404).end("fine");
    return;
  }
  let body = "";
  request.on("data", (piece) => {
    body += piece;
  });
  request.on("end", () => {
    if (mode === "dies") {
      process.stderr.write("out of memory\n");
      process.exit(9);
    }
    const predictions = JSON.parse(body).instances.map(
      (/** @type {{ id: number }} */ { id }) => `${request.url} ${id}`,
    );
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ predictions }));
  });
}).listen(Number(port ?? process.env.PORT), mode === "ipv6" ? "::1" : "127.0.0.1");
