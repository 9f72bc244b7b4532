import { measureCharges } from './charges.ts';
import { measureDecisions } from './decisions.ts';
import { measureDoor } from './door.ts';
import { measureImport } from './import-time.ts';
import { measureInstances } from './instances.ts';
import { measureOutages } from './outage.ts';
import { measurePlanner } from './planner.ts';
import { measureSpread } from './spread.ts';

/**
 * `npm run bench`: the rates and shares that the documents give, measured in one run. Read the ratios: the times are this machine's.
 * `npm run bench -- outage` plays a store that fails, for a quarter of an hour; `npm run bench -- planner` plans fleets of up to ten million.
 */
if (process.argv.includes('outage')) {
  await measureOutages();
} else if (process.argv.includes('planner')) {
  measurePlanner();
} else {
  measureSpread();
  measureDecisions();
  await measureInstances();
  await measureCharges();
  measureImport();
  await measureDoor();
}
