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

/** Requests a second of the webhook beside a function that does nothing, on one host, in turns. */
export const measureDoor = async (): Promise<void> => {
  const keys = newHostKeys();
  const appFolder = path.join(import.meta.dirname, 'door-app');
  let lines = 0;
  const app = await startApp({ appFolder, port: 0, keys, environment: process.env }, () => {
    lines += 1;
  });
  const paths = ['/api/noOp', '/api/dps/main/allocate'];
  const rates = new Map<string, number[]>(paths.map((route) => [route, []]));
  for (let round = 0; round < roundCount; round += 1) {
    for (const route of paths) {
      const rate = await load(app.port, `${route}?code=${keys.host}`);
      if (round > 0) rates.get(route)?.push(rate); // the first warms up
    }
  }
  await app.stop();
  const [noOp = 0, door = 0] = paths.map((route) => median(rates.get(route) ?? []));
  say(`\nRequests a second on the embedded host, ${connectionCount} connections`);
  say(
    `  no-op ${whole(noOp)}, webhook ${whole(door)} (${(door / noOp).toFixed(2)}×); ${whole(lines)} lines logged`,
  );
};

const load = async (port: number, route: string): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionCount });
  const begun = performance.now();
  let answered = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < roundMs) {
      await post(agent, port, route);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: connectionCount }, worker));
  agent.destroy();
  return (answered / (performance.now() - begun)) * 1_000;
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
