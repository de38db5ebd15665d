import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeBadInput } from "../../integration/bad-input/support/describe-bad-input.ts";
import { s3ServerFor } from "../support/s3-servers.ts";
import { jsonError, S3_ERRORS, s3Says, sagemakerSays } from "./support/aws-says.ts";
import { SECRETS, useCloud } from "./support/cloud.ts";

const cloud = useCloud();
const NO_KEYS = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "" };

const CONFIG = `[profile signed-on]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Scoring
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
[profile empty]
region = us-east-1
[profile broken]
credential_process = /bin/false
[profile borrower]
role_arn = arn:aws:iam::123456789012:role/scoring
source_profile = empty
`;

async function useProfile(name: string): Promise<void> {
  await cloud.write("config", CONFIG);
  cloud.env({ ...NO_KEYS, AWS_PROFILE: name });
}

describeBadInput(
  "Credentials and clocks of AWS",
  () => [cloud.folder, cloud.bucket],
  (row) => {
    row("there are none", async () => {
      cloud.env(NO_KEYS);
      return cloud.failure(2);
    });

    row("the profile does not exist", async () => {
      await useProfile("scoring");
      return cloud.failure(2);
    });

    row("the job's profile for SageMaker does not exist", async () => {
      await cloud.write("config", CONFIG);
      return cloud.failure(2, "run", "--set", "backend.profile=scoring");
    });

    row("the profile has none", async () => {
      await useProfile("empty");
      return cloud.failure(2);
    });

    row("the profile's process fails", async () => {
      await useProfile("broken");
      return cloud.failure(2);
    });

    row("the profile takes a role with those of an empty one", async () => {
      await useProfile("borrower");
      return cloud.failure(2);
    });

    row("the single sign-on has expired", async () => {
      await useProfile("signed-on");
      return cloud.failure(2);
    });

    row("S3 says that they have expired", async () => {
      cloud.s3(s3Says(S3_ERRORS.expiredToken));
      return cloud.failure(2);
    });

    row("SageMaker says that they have expired", async () => {
      cloud.sagemaker(sagemakerSays("ExpiredTokenException", "The security token included in the request is expired"));
      return cloud.failure(2);
    });

    row("they expire while the job runs, and it cannot be stopped", async () => {
      const expired = sagemakerSays(
        "ExpiredTokenException",
        "The security token included in the request is expired",
        "DescribeTransformJob",
        "StopTransformJob",
      );
      cloud.sagemaker(expired);
      const failure = await cloud.failure(2);
      expect(await cloud.jobs()).toHaveLength(1);
      return failure;
    });

    row("the key is unknown to S3", async () => {
      cloud.s3(s3Says(S3_ERRORS.unknownKey));
      return cloud.failure(2);
    });

    row("the secret is not the key's", async (context) => {
      const { endpoint, accessKeyId } = s3ServerFor(context, "versitygw");
      cloud.env({ AWS_ENDPOINT_URL_S3: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SESSION_TOKEN: "" });
      return cloud.failure(2);
    });

    row("the session token is not the key's", async () => {
      cloud.s3(s3Says(S3_ERRORS.invalidToken));
      return cloud.failure(2);
    });

    row("the key is unknown to SageMaker", async () => {
      cloud.sagemaker(
        sagemakerSays("UnrecognizedClientException", "The security token included in the request is invalid."),
      );
      return cloud.failure(2);
    });

    // Older services quote the request that they would have signed, with the token in it.
    row("the secret is not the one that SageMaker knows", async () => {
      const quoted = `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.

The Canonical String for this request should have been
'POST
/

host:api.sagemaker.us-east-1.amazonaws.com
x-amz-security-token:${SECRETS.AWS_SESSION_TOKEN}
'`;
      cloud.sagemaker(sagemakerSays("InvalidSignatureException", quoted));
      return cloud.failure(2);
    });

    row("this machine's clock is wrong, to S3", async () => {
      cloud.s3(
        s3Says({ ...S3_ERRORS.skewed, headers: { ...S3_ERRORS.skewed.headers, date: new Date().toUTCString() } }),
      );
      return cloud.failure(2);
    });

    row("this machine's clock is wrong, to SageMaker", async () => {
      cloud.sagemaker(
        sagemakerSays(
          "InvalidSignatureException",
          "Signature expired: 20261121T140000Z is now earlier than 20261121T150000Z (20261121T150500Z - 5 min.)",
        ),
      );
      return cloud.failure(2);
    });

    row("no region is set", async () => {
      cloud.env({ AWS_REGION: "", AWS_DEFAULT_REGION: "" });
      return cloud.failure(2);
    });

    row("the region is no name of one", async () => {
      cloud.env({ AWS_REGION: "us_east_1" });
      return cloud.failure(2);
    });
  },
);

describe("credentials", () => {
  it("are looked for on the machine's own address for seconds only, if nothing answers there", async () => {
    let asked = 0;
    const silent = createServer(() => {
      asked += 1;
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    cloud.env({
      ...NO_KEYS,
      AWS_EC2_METADATA_DISABLED: "",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    expect((await cloud.failure(2)).message).toContain("there are no credentials.");
    // A second each: one for a token, one without.
    expect(asked).toBeLessThanOrEqual(2);
  });

  it("are renewed in the middle of a run if a process gives them for a time", async () => {
    const script = await cloud.write(
      "give-keys.mjs",
      `import { appendFileSync, readFileSync } from "node:fs";
appendFileSync("${cloud.folder}/given", "x");
const AccessKeyId = "ASIA" + readFileSync("${cloud.folder}/given", "utf8").length;
console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey: "secret", SessionToken: "token", Expiration: new Date(Date.now() + 60_000) }));
`,
    );
    await cloud.write("config", `[profile short]\ncredential_process = "${process.execPath}" "${script}"\n`);
    cloud.env({ ...NO_KEYS, AWS_PROFILE: "short" });
    await cloud.succeeds();
    const keys = cloud.calls.sagemaker.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? "")?.[1]);
    expect(new Set(keys).size).toBeGreaterThan(1);
  });
});

describe("a clock that is wrong", () => {
  const HOUR_MS = 3_600_000;
  const ahead = (): string => new Date(Date.now() + HOUR_MS).toUTCString();
  /** Whether a request was signed by the service's clock. */
  const isCorrected = (signed: unknown): boolean => {
    const time = String(signed).replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z");
    return Math.abs(Date.parse(time) - (Date.now() + HOUR_MS)) < HOUR_MS / 4;
  };

  it("is made up for if the services say what time it is", async () => {
    const skewed = {
      ...S3_ERRORS.skewed,
      body: S3_ERRORS.skewed.body?.replace(/<ServerTime>.*<.ServerTime>/, "") ?? "",
    };
    cloud.s3((_call, headers) =>
      isCorrected(headers["x-amz-date"])
        ? { pass: { date: ahead() } }
        : { ...skewed, headers: { ...skewed.headers, date: ahead() } },
    );
    cloud.sagemaker((_action, _count, { headers }) =>
      isCorrected(headers["x-amz-date"])
        ? { pass: { date: ahead() } }
        : { ...jsonError("InvalidSignatureException", "Signature expired: …"), headers: { date: ahead() } },
    );
    await cloud.succeeds();
  });
});
