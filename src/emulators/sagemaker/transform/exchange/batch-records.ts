/** As many records as fit into the limit, in their order; each fits alone. 0 is no limit. */
export async function* batchRecords<Record extends { readonly body: Buffer }>(
  records: AsyncIterable<Record>,
  limit: number,
): AsyncGenerator<readonly Record[]> {
  let batch: Record[] = [];
  let bytes = 0;
  for await (const record of records) {
    if (batch.length > 0 && limit > 0 && bytes + record.body.length > limit) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += record.body.length;
  }
  if (batch.length > 0) yield batch;
}
