import type { FaultRule } from "./fault-rule.ts";

/** A rule of statuses: single ones ("413"), ranges ("520-530") and classes ("4xx"). */
export type StatusRule = FaultRule & { readonly statuses: readonly string[] };

/** The first rule that names a status is its rule. */
export type StatusPolicy = readonly StatusRule[];

/** What is known of HTTP servers, gateways and firewalls in general. A backend that knows more of its server puts its rules before these. */
export const DEFAULT_STATUS_POLICY: StatusPolicy = [
  { statuses: ["2xx"], fault: "none", again: "never" },
  {
    statuses: ["413"],
    fault: "size",
    again: "never",
    fix: "The server takes not even a single row of this size: raise its limit for requests, or send fewer features.",
  },
  {
    // Firewalls answer 403 or 406 to a suspicious text, routers of models 404, SageMaker's XGBoost 415 to a row that it cannot parse.
    statuses: ["403"],
    fault: "rows-or-job",
    again: "never",
    fix: "Check the credentials in `headers`.",
  },
  { statuses: ["404"], fault: "rows-or-job", again: "never", fix: "Check `url` and `method`." },
  {
    statuses: ["406", "415"],
    fault: "rows-or-job",
    again: "never",
  },
  {
    statuses: ["422"],
    fault: "rows-or-job",
    again: "never",
    fix: "The server does not take requests of this form: check `model.protocol`, `model.features` and `url`.",
  },
  { statuses: ["401", "407"], fault: "job", again: "never", fix: "Check the credentials in `headers`." },
  {
    statuses: ["3xx"],
    fault: "job",
    again: "never",
    fix: "Redirects are not followed: set `url` to where the server really answers.",
  },
  {
    statuses: ["402", "405", "410", "411", "421", "426", "431", "451", "501", "505", "511"],
    fault: "job",
    again: "never",
    fix: "Check `url` and `method`.",
  },
  {
    statuses: ["408", "504", "524"],
    fault: "server",
    again: "while-away",
    halvesAfter: 2,
    fix: "Send fewer rows per request (`requests.batch_size`), or raise the time limit of the server or its proxy. Raise `unreachable_timeout_s` if the server needs longer to start.",
  },
  { statuses: ["425"], fault: "server", again: "max_attempts" },
  {
    statuses: ["429"],
    fault: "server",
    again: "request_timeout",
    busy: true,
    fix: "Set `requests_per_second` to what the server allows, lower `concurrency`, or raise `request_timeout_s`; then run the job again.",
  },
  {
    statuses: ["503", "529"],
    fault: "server",
    again: "while-away",
    busy: true,
    fix: "Raise `unreachable_timeout_s` if the server needs longer to start. Lower `concurrency` or set `requests_per_second` if it is overloaded. Then run the job again.",
  },
  {
    // A gateway in front of the server reports that it does not respond: with 502, or Cloudflare with 520 to 530.
    statuses: ["502", "520-530"],
    fault: "server",
    again: "while-away",
    halvesAfter: 3,
    fix: "The proxy gets no response from the model server: check that it runs, or raise `unreachable_timeout_s` if it needs longer to start. Send fewer rows per request (`requests.batch_size`) if its worker is stopped for taking too long.",
  },
  { statuses: ["507"], fault: "server", again: "max_attempts", halvesAfter: 3 },
  // Model servers answer 500 to a row that they cannot score.
  { statuses: ["5xx"], fault: "rows", again: "once" },
  { statuses: ["4xx"], fault: "rows", again: "never" },
];
