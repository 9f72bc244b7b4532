import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { registeredFunctions } from '../../deploy/registered.ts';
import { allocate } from '../../shared/allocation/allocate.ts';
import { moveId } from '../../shared/domain/move.ts';
import { toAdvancedLine } from '../../shared/wire/campaign-lines.ts';
import { toDeadLetterLine } from '../../shared/wire/dead-letter.ts';
import { decisionLog } from '../../shared/wire/decision-record.ts';
import { toSettledLine } from '../../shared/wire/move-lines.ts';
import { toRebalancedLine } from '../../shared/wire/plan-lines.ts';
import { aHub, aRoster, aTable } from '../support/a-hub.ts';
import { aQuestion } from '../support/a-question.ts';
import { aRequest } from '../support/a-request.ts';
import { rootFolder } from '../support/source.ts';

/** Whatever wakes somebody asks for lines that the app writes, by the names that they have. */

const read = (file: string): Promise<string> => readFile(path.join(rootFolder, file), 'utf8');
const names = await Array.fromAsync(glob('infra/queries/*.kql', { cwd: rootFolder }));
const queries = new Map(
  await Promise.all(names.map(async (name) => [path.basename(name), await read(name)] as const)),
);

const registered = (await registeredFunctions(true)).map(({ name }) => name);

/** A line of each event, with all that it may tell. */
const linesWritten = (): readonly Record<string, unknown>[] => {
  const roster = aRoster(
    aTable(aHub('east', { state: 'cordoned' }), { ...aHub('west'), deviceCount: 7 }),
  );
  const question = aQuestion({ linked: ['east', 'west'] });
  const decision = {
    ...allocate(question, roster),
    question,
    roster,
    move: { id: moveId('0123456789abcdef0123'), campaignId: 'c-1' },
    tookMs: 3,
    snapshotAgeMs: 1,
    storeFault: 'gone',
    policyFault: 'bad',
  };
  const pace = { perMinute: 1, allowedPerMinute: 2, binds: 'nothing' };
  const ended = { id: 'c-1', left: 'ended', outcome: 'aborted', because: 'x', pace } as const;
  const scope = question.facts.scope;
  const move = { id: 'm', campaignId: 'c', from: 'a', to: 'b', attempt: 1 };
  const settled = { scope, deviceId: 'd', settled: { move, verdict: 'stranded', because: 'x' } };
  const quiet = { silent: [], proposed: [], observed: [], resumed: [], approved: undefined };
  return [
    ...decisionLog()({ ...aRequest({ linked: ['east'] }), requestId: 'm:1' }, decision),
    toAdvancedLine({ ran: [{ ...ended, scope }], faults: [] }),
    toSettledLine(settled as never),
    toDeadLetterLine('onHubEvent', ['x']),
    toRebalancedLine({ ...quiet, tripped: 'x' }),
  ].map((line) => JSON.parse(line));
};

/** What stands in a line under the name that the query gives it. */
const partsOf = (line: Record<string, unknown>): Readonly<Record<string, unknown>> => {
  const [ran] = (line['ran'] ?? []) as readonly Record<string, unknown>[];
  const hubs = (line['hubs'] ?? []) as readonly Record<string, unknown>[];
  return { line, ran, 'ran.pace': ran?.['pace'], hub: Object.assign({}, ...hubs) };
};

test.each([...queries])('%s asks for what is there', (_name, text) => {
  const lines = linesWritten();
  const events = [...text.matchAll(/event == '([\w-]+)'/g)].map(([, event]) => event);
  const asked = lines.filter(({ event }) => events.includes(String(event)));
  expect(asked.length).toBe(events.length);
  for (const [, of = '', field = ''] of text.matchAll(/\b(line|ran|ran\.pace|hub)\.(\w+)/g)) {
    const among = asked.length > 0 ? asked : lines;
    const isThere = among.some((line) => field in Object(partsOf(line)[of]));
    expect([field, isThere || /^(ids|version|deviceId)$/.test(field)]).toEqual([field, true]);
  }
  for (const [, name] of text.matchAll(/name (?:==|in \() ?'(\w+)'/g))
    expect(registered).toContain(name);
});

test('every alert and every table of the workbook asks one of them', async () => {
  const alerts = await read('infra/app/alerts.bicep');
  const asked = [...alerts.matchAll(/loadTextContent\('\.\.\/queries\/([\w-]+\.kql)'\)/g)];
  expect(asked.length).toBe(11);
  for (const [, file = ''] of asked) expect([...queries.keys()]).toContain(file);
  const { items } = JSON.parse(await read('infra/generated/workbook.json'));
  const tiles: readonly { readonly content: { readonly query?: string } }[] = items.slice(1);
  expect(tiles.length).toBeGreaterThan(10);
  for (const { content } of tiles) expect([...queries.values()]).toContain(content.query);
});

test('every event that the app writes is told of', async () => {
  const sources = await Array.fromAsync(glob('{functions,shared}/**/*.ts', { cwd: rootFolder }));
  const code = (await Promise.all(sources.map(read))).join('\n');
  const page = await read('docs/telemetry.md');
  const events = new Set(
    [...code.matchAll(/\bevent: '([a-z]+(?:-[a-z]+)*)'/g)].map(([, one = '']) => one),
  );
  expect(events.size).toBeGreaterThan(20);
  expect([...events].filter((event) => !page.includes(`\`${event}\``))).toEqual([]);
});
