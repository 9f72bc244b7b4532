import { measureCharges } from './charges.ts';
import { measureDecisions } from './decisions.ts';
import { measureDoor } from './door.ts';
import { measureImport } from './import-time.ts';
import { measureInstances } from './instances.ts';
import { origin } from './origin.ts';
import { measureOutages } from './outage.ts';
import { measurePlanner } from './planner.ts';
import { measureSpread } from './spread.ts';

/**
 * `npm run bench`: the rates and shares that the documents give, measured in one run. Read the ratios: the times are this machine's.
 * `npm run bench -- NAME…` measures those alone.
 */
const quick = {
  spread: measureSpread,
  decisions: measureDecisions,
  instances: measureInstances,
  charges: measureCharges,
  import: measureImport,
  door: measureDoor,
};

/** Only by name: a store that fails for a quarter of an hour; fleets of up to ten million. */
const long = { outage: measureOutages, planner: measurePlanner };

const known = new Map<string, () => void | Promise<void>>(Object.entries({ ...quick, ...long }));
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(quick);
const unknown = names.filter((name) => !known.has(name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no ${unknown.join(', ')}; there are ${[...known.keys()].join(', ')}\n`,
  );
  process.exit(2);
}
process.stdout.write(`${origin()}\n`);
for (const name of names) await known.get(name)?.();
