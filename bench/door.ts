import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startApp } from '../local/functions-host/app-process.ts';
import { newHostKeys } from '../local/functions-host/keys.ts';
import { median, say, whole } from './measure.ts';

const connectionCount = 16;
const roundMs = 2_000;
const roundCount = 5;
const root = path.resolve(import.meta.dirname, '..');
const body = readFileSync(path.join(root, 'local/samples/group-registration.json'));

/** What a round of load measured. */
type Round = { readonly rate: number; readonly p50: number; readonly p99: number };

/** Requests a second of the webhook beside a function that does nothing, on one host, in turns; and how long each took. */
export const measureDoor = async (): Promise<void> => {
  const keys = newHostKeys();
  const appFolder = path.join(import.meta.dirname, 'door-app');
  let lines = 0;
  const app = await startApp({ appFolder, port: 0, keys, environment: process.env }, () => {
    lines += 1;
  });
  const paths = ['/api/noOp', '/api/dps/main/allocate'];
  const rounds = new Map<string, Round[]>(paths.map((route) => [route, []]));
  for (let round = 0; round < roundCount; round += 1) {
    for (const route of paths) {
      const measured = await load(app.port, `${route}?code=${keys.host}`);
      if (round > 0) rounds.get(route)?.push(measured); // the first warms up
    }
  }
  await app.stop();
  const [noOp, door] = paths.map((route) => middleOf(rounds.get(route) ?? [])) as [Round, Round];
  say(`\nThe webhook on the embedded host, ${connectionCount} connections`);
  say(`  ${'a function that does nothing'.padEnd(30)}${told(noOp)}`);
  say(`  ${'the webhook'.padEnd(30)}${told(door)}`);
  say(
    `  ratio ${(door.rate / noOp.rate).toFixed(2)}×, p50 ${(door.p50 / noOp.p50).toFixed(2)}×, p99 ${(door.p99 / noOp.p99).toFixed(2)}×; ${whole(lines)} lines logged`,
  );
};

const middleOf = (measured: readonly Round[]): Round => ({
  rate: median(measured.map(({ rate }) => rate)),
  p50: median(measured.map(({ p50 }) => p50)),
  p99: median(measured.map(({ p99 }) => p99)),
});

const told = ({ rate, p50, p99 }: Round): string =>
  `${whole(rate).padStart(7)}/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`;

const load = async (port: number, route: string): Promise<Round> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionCount });
  const begun = performance.now();
  const took: number[] = [];
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < roundMs) {
      const asked = performance.now();
      await post(agent, port, route);
      took.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connectionCount }, worker));
  agent.destroy();
  const seconds = (performance.now() - begun) / 1_000;
  took.sort((one, other) => one - other);
  const at = (share: number): number => took[Math.floor(share * (took.length - 1))] ?? Number.NaN;
  return { rate: took.length / seconds, p50: at(0.5), p99: at(0.99) };
};

const post = (agent: Agent, port: number, route: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { agent, port, host: '127.0.0.1', path: route, method: 'POST' },
      (answer) => {
        if (answer.statusCode === 200) text(answer).then(() => resolve(), reject);
        else reject(new Error(`${route}: ${answer.statusCode}`));
      },
    );
    asked.on('error', reject).end(body);
  });
