import { planAMillion } from './plan-a-million.ts';

/** The same in a thread of its own. */
planAMillion();
