export { type ServeResult, serveModel } from "../backends/local/server/serve-model.ts";
