// Made by `npm run generate` from the backends' options (src/backends/*/*-options-schema.ts).

/** The options of each backend that comes with the package, by its `kind`. */
export type BackendOptionsByKind = {
  /** Options of `backend: { kind: "http" }`. */ readonly http: {
    /** Where requests are sent, `http://` or `https://`. Credentials belong into `headers`. */
    readonly url: string;
    /**
     * The method of every request.
     * @default "POST"
     */
    readonly method?: "POST" | "PUT" | undefined;
    /**
     * Sent with every request, the health check included. Values are secrets: no message, log or event shows them.
     * @default {}
     */
    readonly headers?: { readonly [name: string]: string } | undefined;
    /** The `Content-Type` of requests. Without it: the protocol's. */
    readonly content_type?: string | undefined;
    /** The `Accept` of requests. Without it: the protocol's. */
    readonly accept?: string | undefined;
    /** Certificates of an `https://` URL. */
    readonly tls?:
      | {
          /**
           * PEM file of certificate authorities to trust in addition to those of Node.js, relative to the job file's
           * folder.
           */
          readonly ca?: string | undefined;
          /** PEM file of a client certificate, with the chain below it. Needs `tls.key`. */
          readonly cert?: string | undefined;
          /** PEM file of its private key, without a passphrase. */
          readonly key?: string | undefined;
        }
      | undefined;
    /** Asked with GET until it answers 2xx, before the first request. The body is not read. */
    readonly health_path?: string | undefined;
    /**
     * How long to ask.
     * @default 120
     */
    readonly health_timeout_s?: number | undefined;
    /**
     * Until a connection is open.
     * @default 10
     */
    readonly connect_timeout_s?: number | undefined;
    /**
     * From the request to the head of its response.
     * @default 300
     */
    readonly headers_timeout_s?: number | undefined;
    /**
     * Between two pieces of a response.
     * @default 300
     */
    readonly body_timeout_s?: number | undefined;
    /**
     * One request in all: its tries and the waits between them.
     * @default 600
     */
    readonly request_timeout_s?: number | undefined;
    /**
     * Requests in flight, over all shards.
     * @default 4
     */
    readonly concurrency?: number | undefined;
    /** Most requests begun in a second, evenly spaced. */
    readonly requests_per_second?: number | undefined;
    /**
     * How long the server is waited for while it cannot be reached, or answers nothing but resets and statuses of a
     * gateway such as 502 or 503. A host name that has no address: at most 10 s.
     * @default 60
     */
    readonly unreachable_timeout_s?: number | undefined;
    /**
     * Tries of one request that fails while the server answers others.
     * @default 6
     */
    readonly max_attempts?: number | undefined;
    /** The server's payload limit: requests are cut to it. */
    readonly max_request_bytes?: number | undefined;
    /**
     * Most bytes of one response. All responses in memory together: this many, or 64 MB if that is more, and one
     * further response.
     * @default 64000000
     */
    readonly max_response_bytes?: number | undefined;
    /**
     * A bare `NaN`, `Infinity` or `-Infinity` in a response, as Python's `json` prints them: `refuse` fails its
     * rows, `as_null` reads it as null.
     * @default "refuse"
     */
    readonly non_finite?: "refuse" | "as_null" | undefined;
  };

  /** Options of `backend: { kind: "local" }`. */ readonly local: {
    /** Path of a model: `.ts`, `.mts`, `.js`, `.mjs` or `.onnx`, relative to the job file's folder. */
    readonly model?: string | undefined;
    /** Instead of `model`: a shell command that serves a model over HTTP. `{port}` is replaced by the port to use. */
    readonly command?: string | undefined;
    /** Of a `command`: returns 2xx when it is ready. Without it: `/ping`. */
    readonly health_path?: string | undefined;
    /** Of a `command`: where rows are posted. Without it: `/invocations`. */
    readonly invocations_path?: string | undefined;
    /** The `Content-Type` of requests. Without it: the protocol's. */
    readonly content_type?: string | undefined;
    /** The `Accept` of requests. Without it: the protocol's. */
    readonly accept?: string | undefined;
    /**
     * Until the model must be ready.
     * @default 120
     */
    readonly start_timeout_s?: number | undefined;
    /**
     * How long a server that was ready is waited for when it cannot be reached, while its process runs: workers that
     * are started again.
     * @default 60
     */
    readonly unreachable_timeout_s?: number | undefined;
    /**
     * Until a response must begin.
     * @default 300
     */
    readonly request_timeout_s?: number | undefined;
    /**
     * Requests in flight.
     * @default 2
     */
    readonly concurrency?: number | undefined;
    /**
     * A `NaN` or `Infinity` in a prediction: `refuse` fails its row, `as_null` reads it as null. In the response of
     * a `command` that is a bare `NaN` or `Infinity`.
     * @default "refuse"
     */
    readonly non_finite?: "refuse" | "as_null" | undefined;
    /**
     * Added to the environment of the model's process. Values are treated as secrets.
     * @default {}
     */
    readonly env?: { readonly [name: string]: string } | undefined;
  };

  /** Options of `backend: { kind: "sagemaker" }`. */ readonly sagemaker: {
    /** A model that exists in SageMaker. */
    readonly model_name?: string | undefined;
    /**
     * With `model_name`: `<model_name>-<version>` is used if it exists, else `<model_name>-v<version>`, else
     * `<model_name>`, with a warning.
     */
    readonly version?: string | number | undefined;
    /**
     * A container image: a model is made for the run, tagged, and deleted after it. With `model_name` it is a copy
     * of that model in this image, unless the model has the image already.
     */
    readonly image?: string | undefined;
    /** With `image`: the `model.tar.gz`. */
    readonly model_data_url?: string | undefined;
    /**
     * With `image`: the role that SageMaker assumes. Required if no model exists to take it from; a SageMaker that
     * is not AWS (`AWS_ENDPOINT_URL_SAGEMAKER`) needs none.
     */
    readonly execution_role_arn?: string | undefined;
    /** With `image`: variables of the container, up to 100. */
    readonly model_environment?: { readonly [name: string]: string } | undefined;
    /** With `image`: no network for the container. */
    readonly network_isolation?: boolean | undefined;
    /** With `image`: 1 to 16 subnets of a VPC. */
    readonly subnets?: readonly string[] | undefined;
    /** With `subnets`: 1 to 5 security groups. */
    readonly security_group_ids?: readonly string[] | undefined;
    /** The region of SageMaker. Without it: what the AWS SDK finds. */
    readonly region?: string | undefined;
    /** A profile of `~/.aws/config`, for SageMaker. Without it: what the AWS SDK finds. */
    readonly profile?: string | undefined;
    /**
     * A misspelt one is rejected before the source is read; one that may be newer than the installed SDK is a
     * warning.
     * @default "ml.c5.xlarge"
     */
    readonly instance_type?: string | undefined;
    /** A file is the work of one instance: more instances than files are idle. Without it: 1. */
    readonly instance_count?: number | undefined;
    /** Instead of `instance_count`: at most this many, and no more than there are request files. */
    readonly max_instance_count?: number | undefined;
    /** The `Content-Type` of requests. Without it: the protocol's. */
    readonly content_type?: string | undefined;
    /** The `Accept` of requests. Without it: the protocol's. */
    readonly accept?: string | undefined;
    /**
     * `single_record`: a request line is one invocation. `multi_record`: as many lines as fit in the payload; the
     * container must take several and answer each with a line.
     * @default "single_record"
     */
    readonly batch_strategy?: "single_record" | "multi_record" | undefined;
    /**
     * Most megabytes of an invocation. No request line is larger.
     * @default 6
     */
    readonly max_payload_mb?: number | undefined;
    /**
     * Invocations at a time on each instance; 0 is what the container advises. Times `max_payload_mb` at most 100.
     * @default 1
     */
    readonly max_concurrent_transforms?: number | undefined;
    /**
     * Of one invocation.
     * @default 600
     */
    readonly invocations_timeout_s?: number | undefined;
    /**
     * How often SageMaker repeats an invocation that failed.
     * @default 3
     */
    readonly invocations_max_retries?: number | undefined;
    /**
     * Variables of the job, up to 16.
     * @default {}
     */
    readonly environment?: { readonly [name: string]: string } | undefined;
    /**
     * JSONPath: what of a request line the container gets. See Filters.
     * @default "$"
     */
    readonly input_filter?: string | undefined;
    /**
     * JSONPath: what of its response is kept.
     * @default "$"
     */
    readonly output_filter?: string | undefined;
    /**
     * `input` sets the response beside its request, and each is compared with what was sent.
     * @default "none"
     */
    readonly join_source?: "none" | "input" | undefined;
    /** Key for the responses. */
    readonly output_kms_key_id?: string | undefined;
    /** Key for the instances' disks. */
    readonly volume_kms_key_id?: string | undefined;
    /** Driver image for GPUs. */
    readonly transform_ami_version?: string | undefined;
    /** Where SageMaker records what went in and out. */
    readonly data_capture_s3_uri?: string | undefined;
    /** Key for that. */
    readonly data_capture_kms_key_id?: string | undefined;
    /**
     * Of the job, and of a model that is made. `scoreframe:run` is added.
     * @default {}
     */
    readonly tags?: { readonly [name: string]: string } | undefined;
    /**
     * How often the job's state is queried, varied by up to a fifth.
     * @default 10
     */
    readonly poll_interval_s?: number | undefined;
    /** USD of one instance. Without it: the price list's. */
    readonly price_per_hour?: number | undefined;
    /** The job is stopped when its cost is seen to reach this amount: a little later. Needs a price. */
    readonly max_cost_usd?: number | undefined;
    /** How many seconds after its submission the job is stopped. */
    readonly deadline_s?: number | undefined;
  };
};
