import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { quantile } from './measure.ts';
import { cpuMsOf } from './processes.ts';

/** What a round of load measured: requests a second, and milliseconds of one. */
export type Load = {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the process that answered, in milliseconds a request. */
  readonly cpuMs: number;
};

export type Target = { readonly port: number; readonly pid: number };

/** As DPS asks: keep-alive connections, each one request after the other. @param bodyOf the request's body, by its number. */
export const load = async (
  { port, pid }: Target,
  route: string,
  bodyOf: (index: number) => string,
  { connections, lastMs }: { readonly connections: number; readonly lastMs: number },
): Promise<Load> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const [begun, cpuBefore] = [performance.now(), cpuMsOf(pid)];
  const took: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < lastMs) {
      const asked = performance.now();
      next += 1;
      await post(agent, port, route, bodyOf(next));
      took.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  const [seconds, cpuMs] = [(performance.now() - begun) / 1_000, cpuMsOf(pid) - cpuBefore];
  took.sort((one, other) => one - other);
  return {
    rate: took.length / seconds,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    cpuMs: cpuMs / took.length,
  };
};

/** Anything but 200 is a fault of the measurement. */
export const post = (agent: Agent, port: number, route: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { agent, port, host: '127.0.0.1', path: route, method: 'POST' },
      (answer) => {
        if (answer.statusCode === 200) text(answer).then(resolve, reject);
        else reject(new Error(`${route}: ${answer.statusCode}`));
      },
    );
    asked.on('error', reject).end(body);
  });
