import { onTestFinished } from 'vitest';
import { startFleet } from './start-fleet.ts';

/** A fleet that lasts as long as the test. */
export const aFleet = async (...given: Parameters<typeof startFleet>) => {
  const fleet = await startFleet(...given);
  onTestFinished(fleet.stop);
  return fleet;
};

/** What the app answered, by its own log: registration id → hubs in order. */
export const answersIn = (log: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const answers = new Map<string, string[]>();
  for (const line of log) {
    const json = /(\{"event":"allocated".*\})$/.exec(line)?.[1];
    if (!json) continue;
    const { registrationId, hub } = JSON.parse(json);
    answers.set(registrationId, [...(answers.get(registrationId) ?? []), hub]);
  }
  return answers;
};
