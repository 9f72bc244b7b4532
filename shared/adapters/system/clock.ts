import { instant } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';

export const systemClock: Clock = { now: () => instant(Date.now()) };
