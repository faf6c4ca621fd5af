// Facts: what a receipt of good form says; true as far as its findings pass.

import { toHex } from './bytes.js';
import { operationName } from './transaction.js';

// Heights, times (ms since 1970), indices and sizes are BigInt; status: what passed, or null.
export function factsOf({ record, entry, subject, headers }, status) {
  const top = headers[0];
  const last = headers[headers.length - 1];
  const at = status ? status.header : null;
  return {
    origin: top.origin,
    chain: top.chainHex,
    operation: operationName(record.transaction.operation),
    signer: toHex(record.transaction.signer),
    height: last.height,
    time: last.time,
    logIndex: record.logIndex,
    entry: entry ? entry.index : null,
    subject: subject ? { sha256: subject.hex, size: subject.size } : null,
    status: at && {
      height: at.height,
      time: at.time,
      organisation: status.organisation,
      revokedFrom: status.revokedFrom,
    },
  };
}
