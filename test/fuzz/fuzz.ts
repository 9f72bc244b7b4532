import { HttpRequest, type HttpResponseInit, InvocationContext } from '@azure/functions';
import { allocateDeviceHandler } from '../../functions/allocate-device.ts';
import { compose } from '../../shared/composition.ts';
import { readSettings } from '../../shared/config/settings.ts';
import { mulberry32 } from '../simulation/virtual-world.ts';
import { hostileBody } from './hostile.ts';

/** A policy that looks at everything that a device may send. */
const policy = {
  strategy: 'lowestLatency',
  quarantine: 'hub-7.azure-devices.net',
  rules: [
    { name: 'odd', when: { payload: { 'firmware.version': 7 } }, quarantine: true },
    {
      name: 'model',
      when: {
        payload: { model: { pattern: '^a+$' } },
        registrationId: { pattern: '^([a-z]+-)*x' },
      },
      regions: ['westeurope'],
      continue: true,
    },
    { name: 'proto', when: { payload: { '__proto__.polluted': true } }, tiers: ['S3'] },
    {
      name: 'twin',
      when: { labels: { constructor: { pattern: '.' } } },
      initialTwin: { tags: { a: 1 } },
    },
  ],
};

const hubs = Array.from({ length: 50 }, (_, index) => ({
  hostName: `hub-${index}.azure-devices.net`,
  weight: 1 + (index % 5),
  region: ['westeurope', 'eastus'][index % 2],
  state: index % 9 === 0 ? 'cordoned' : 'open',
}));

export type Fuzzed = {
  readonly answered: number;
  readonly refused: number;
  /** What was wrong, with the number of the case. */
  readonly wrong: readonly string[];
  readonly slowestMs: number;
};

const wrongMax = 10;

/** So many hostile bodies through the webhook's door, from that case on. */
export const fuzz = async (
  first: number,
  count: number,
  tell: (done: number) => void = () => undefined,
): Promise<Fuzzed> => {
  const settings = { REHOME_HUBS: JSON.stringify(hubs), REHOME_POLICY: JSON.stringify(policy) };
  const handler = allocateDeviceHandler(compose(readSettings(settings)));
  const context = new InvocationContext({ functionName: 'allocateDevice', logHandler: () => {} });
  const wrong: string[] = [];
  let [answered, refused, slowestMs] = [0, 0, 0];
  for (let index = first; index < first + count && wrong.length < wrongMax; index += 1) {
    const body = hostileBody(mulberry32(index));
    let answer = await askOnce(handler, context, body);
    // A machine that is busy is slow now and then: a body that makes us slow is so every time.
    for (let again = 0; again < 3 && answer.tookMs > slowestMs; again += 1) {
      const next = await askOnce(handler, context, body);
      if (next.tookMs < answer.tookMs) answer = next;
    }
    slowestMs = Math.max(slowestMs, answer.tookMs);
    const verdict = judge(body, answer.said);
    if (verdict === 'answered') answered += 1;
    else if (verdict === 'refused') refused += 1;
    else wrong.push(`case ${index}: ${verdict}`);
    if (index % 10_000 === 0) tell(index - first);
  }
  return { answered, refused, wrong, slowestMs };
};

type Handler = ReturnType<typeof allocateDeviceHandler>;

const askOnce = async (
  handler: Handler,
  context: InvocationContext,
  body: string,
): Promise<{ readonly said: HttpResponseInit | string; readonly tookMs: number }> => {
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://127.0.0.1/',
    body: { string: body },
    params: { scope: 'main' },
  });
  const begun = performance.now();
  const said = await Promise.resolve(handler(request, context)).catch(
    (error: unknown) => `it threw ${String(error)}`,
  );
  return { said: said as HttpResponseInit | string, tookMs: performance.now() - begun };
};

/** Written from the law: never a 5xx, never a hub that was not among those asked about, and a refusal names a field. */
const judge = (body: string, answer: HttpResponseInit | string): string => {
  if (typeof answer === 'string') return answer;
  const { status = 200, jsonBody } = answer as { status?: number; jsonBody?: unknown };
  if (status === 200) {
    const { iotHubHostName } = jsonBody as { iotHubHostName: string };
    return linkedIn(body).includes(iotHubHostName) ? 'answered' : `answered ${iotHubHostName}`;
  }
  const { errors } = jsonBody as { errors: readonly { field: string }[] };
  if (status !== 400) return `status ${status}`;
  return errors.length > 0 && errors.every(({ field }) => field !== '') ? 'refused' : 'no field';
};

/** Whatever stands under that name, in any case. */
const linkedIn = (body: string): readonly unknown[] =>
  Object.entries(JSON.parse(body) as object).flatMap(([key, held]) =>
    key.toLowerCase() === 'linkedhubs' && Array.isArray(held) ? held : [],
  );
