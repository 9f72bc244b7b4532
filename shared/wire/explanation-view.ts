import type { Explained } from '../flows/explain-device.ts';
import type { ExplanationView } from './api/devices.ts';

/** An explanation as operators see it. */
export const toExplanationView = ({
  answer,
  hubs,
  question,
  roster,
}: Explained): ExplanationView => ({
  registrationId: question.registrationId,
  answer: {
    hub: answer.hub,
    because: answer.because,
    explained: sentences[answer.because],
    standing: answer.standing,
    degraded: answer.degraded,
    rules: answer.rules,
    initialTwin: answer.initialTwin ?? null,
  },
  policy: roster.policy.version,
  hubTableTakenAt: new Date(roster.table.takenAt).toISOString(),
  hubs: hubs.map(({ spelled, standing, verdicts }) => ({
    hub: spelled,
    standing,
    deciders: verdicts,
  })),
});

const sentences = {
  'never-reprovision': 'its enrollment keeps it where it is',
  quarantined: 'it is in quarantine',
  moving: 'a move of it is open, and this is its target',
  held: 'a move of it is open, but its target takes no device now: it stays',
  resident: 'it lives there, and no move says otherwise',
  newcomer: 'it has no home yet, and is placed',
  closed: 'its home is closed, and it is placed anew',
  unlinked: 'its home is not linked, and it is placed anew',
} as const;
