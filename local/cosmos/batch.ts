import type { HttpAsk, HttpReply, JsonObject } from '../json.ts';
import type { Container } from './container.ts';
import type { Cosmos } from './cosmos.ts';
import { isCosmosError, notSupported } from './cosmos-error.ts';
import { write } from './documents.ts';

type BatchOperation = {
  readonly operationType: string;
  readonly id?: string;
  readonly ifMatch?: string;
  readonly resourceBody?: JsonObject;
};

const batchModes = { Create: 'create', Replace: 'replace', Upsert: 'upsert' } as const;

/**
 * A transactional batch: each operation in turn, all of them or none. When one fails the others are 424.
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/transactional-batch
 */
export const runBatch = (cosmos: Cosmos, container: Container, ask: HttpAsk): HttpReply => {
  const operations: readonly BatchOperation[] = JSON.parse(ask.body);
  const replies: HttpReply[] = [];
  cosmos.database.exec('BEGIN');
  for (const operation of operations) {
    const answered = runOperation(cosmos, container, ask, operation);
    replies.push(answered);
    if (answered.status >= 300) break;
  }
  const failed = replies.some(({ status }) => status >= 300);
  cosmos.database.exec(failed ? 'ROLLBACK' : 'COMMIT');
  const chargeOf = ({ headers }: HttpReply) => Number(headers?.['x-ms-request-charge'] ?? 1);
  const charge = replies.reduce((sum, one) => sum + chargeOf(one), 0);
  return {
    status: failed ? 207 : 200,
    body: operations.map((_, index) => {
      const found = replies[index];
      const status = failed && (found?.status ?? 424) < 300 ? 424 : (found?.status ?? 424);
      return {
        statusCode: status,
        requestCharge: found ? chargeOf(found) : 0,
        eTag: found?.headers?.['etag'],
        resourceBody: status < 300 ? found?.body : undefined,
      };
    }),
    headers: {
      'x-ms-request-charge': charge.toFixed(2),
      'x-ms-session-token': `0:-1#${container.lsn}`,
    },
  };
};

const runOperation = (
  cosmos: Cosmos,
  container: Container,
  { headers, ...ask }: HttpAsk,
  { operationType, id, ifMatch, resourceBody }: BatchOperation,
): HttpReply => {
  const mode = Object.entries(batchModes).find(([name]) => name === operationType)?.[1];
  if (!mode) throw notSupported(`${operationType} in a batch`);
  const { 'if-match': _none, ...rest } = headers;
  const one = {
    ...ask,
    headers: ifMatch === undefined ? rest : { ...rest, 'if-match': ifMatch },
    body: JSON.stringify(resourceBody),
  };
  try {
    return write(cosmos, container, one, mode, id);
  } catch (error) {
    if (isCosmosError(error)) return { status: error.status };
    throw error;
  }
};
