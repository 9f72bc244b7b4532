import { app, type HttpHandler } from '@azure/functions';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toAllocationResponse, toRefusalLine } from '../shared/wire/allocation-answer.ts';
import { parseAllocationRequest } from '../shared/wire/allocation-request.ts';
import { decisionLog } from '../shared/wire/decision-record.ts';
import { toProblem } from '../shared/wire/problem.ts';

/** POST dps/{scope}/allocate: DPS asks which hub a device belongs on. 200 names it; 400 and 404 name what was wrong. */
export const allocateDeviceHandler = ({
  scopes,
  allocateDevice,
  meters,
}: Pick<Rehome, 'scopes' | 'allocateDevice' | 'meters'>): HttpHandler => {
  const linesOf = decisionLog();
  return async (request, context) => {
    const scope = request.params['scope'] ?? '';
    const asked = parseAllocationRequest(scope, await request.text(), scopes);
    if (asked.kind === 'refused') {
      context.warn(toRefusalLine(scope, asked));
      return toProblem(asked);
    }
    const decision = await allocateDevice(asked.request);
    const { hub, because, degraded, tookMs } = decision;
    meters.allocated({ scope, hub, because, degraded, tookMs });
    for (const line of linesOf(asked.request, decision)) {
      if (decision.degraded) context.warn(line);
      else context.info(line);
    }
    return toAllocationResponse(decision);
  };
};

app.http('allocateDevice', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'dps/{scope}/allocate',
  handler: allocateDeviceHandler(rehome()),
});
