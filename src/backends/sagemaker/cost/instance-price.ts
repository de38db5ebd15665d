import type { PricingClient } from "@aws-sdk/client-pricing";
import { serviceClientSettings } from "../../../aws/service-client.ts";

/** USD of one instance for an hour, and where that is from. */
export type InstancePrice = { readonly usd: number | null; readonly source: string };

/** The price list is kept in few regions only. */
const PRICE_LIST_REGION = "us-east-1";
const PAGE = 100;
/** Short, because a network that blocks the price list must not delay a run. */
const PATIENCE_MS = 10_000;

/**
 * The price of an instance for transform jobs, from AWS's price list (usage type `…Tsform:<instance type>`). Never throws, because a run does not
 * need a price.
 */
export async function askInstancePrice(
  region: string,
  instanceType: string,
  signal: AbortSignal,
): Promise<InstancePrice> {
  const sdk = await import("@aws-sdk/client-pricing").catch(() => null);
  if (sdk === null) {
    return { usd: null, source: "unknown, set price_per_hour (or install @aws-sdk/client-pricing to have AWS asked)" };
  }
  const client = new sdk.PricingClient(serviceClientSettings({ region: PRICE_LIST_REGION }));
  try {
    const usd = await search(
      sdk,
      client,
      region,
      instanceType,
      AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    );
    const missing = `unknown, set price_per_hour: AWS's price list has none of ${instanceType} for transform jobs in ${region}`;
    return { usd, source: usd === null ? missing : `AWS's price list for ${region}` };
  } catch (thrown) {
    signal.throwIfAborted();
    const said = thrown instanceof Error ? thrown.name : "error";
    return { usd: null, source: `unknown, set price_per_hour: AWS's price list could not be asked (${said})` };
  } finally {
    client.destroy();
  }
}

async function search(
  { paginateGetProducts }: typeof import("@aws-sdk/client-pricing"),
  client: PricingClient,
  region: string,
  instanceType: string,
  signal: AbortSignal,
): Promise<number | null> {
  const query = {
    ServiceCode: "AmazonSageMaker",
    FormatVersion: "aws_v1",
    Filters: [{ Type: "TERM_MATCH", Field: "regionCode", Value: region } as const],
    MaxResults: PAGE,
  };
  for await (const { PriceList = [] } of paginateGetProducts({ client }, query, { abortSignal: signal })) {
    for (const entry of PriceList) {
      const usd = priceOf(JSON.parse(String(entry)) as PriceListEntry, instanceType);
      if (usd !== null) return usd;
    }
  }
  return null;
}

/** A product of the price list, as far as it is read. */
type PriceListEntry = {
  readonly product?: { readonly attributes?: { readonly usagetype?: string } };
  readonly terms?: {
    readonly OnDemand?: Readonly<
      Record<string, { readonly priceDimensions?: Readonly<Record<string, PriceDimension>> }>
    >;
  };
};
type PriceDimension = { readonly unit?: string; readonly pricePerUnit?: { readonly USD?: string } };

function priceOf({ product, terms }: PriceListEntry, instanceType: string): number | null {
  if (!product?.attributes?.usagetype?.endsWith(`Tsform:${instanceType}`)) return null;
  const dimensions = Object.values(terms?.OnDemand ?? {}).flatMap(({ priceDimensions = {} }) =>
    Object.values(priceDimensions),
  );
  const usd = Number(
    dimensions.find(({ unit }) => unit === undefined || /^(hrs|hours?)$/i.test(unit))?.pricePerUnit?.USD,
  );
  return usd > 0 ? usd : null;
}
