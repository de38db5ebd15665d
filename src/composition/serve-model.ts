export { type ServeResult, serveModel } from "../backends/local/serve-model.ts";
