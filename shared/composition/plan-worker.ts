import { given } from '../adapters/system/worker.ts';
import { readMoveSettings } from '../config/move-settings.ts';
import { readPlanSettings } from '../config/plan-settings.ts';
import { readSettings } from '../config/settings.ts';
import { azureAccess } from './azure-access.ts';
import { type PlanWork, planningOf } from './planning.ts';
import { seedOf } from './seed.ts';
import { storeOf } from './store.ts';

/** The thread in which a plan is made: what the app is made of, once more, by the same settings. */
const settings = readSettings();
const seed = seedOf(settings.policy);
await seed.judged;
const store = storeOf(settings, seed.policy);
const { makePlan } = planningOf(
  settings,
  store,
  azureAccess(readMoveSettings()),
  readPlanSettings(),
);
const { planId } = given() as PlanWork;
await makePlan(planId);
