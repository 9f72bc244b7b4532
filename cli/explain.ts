import type { Verdict } from '../shared/allocation/verdict.ts';
import type { Api } from './api.ts';

type Explanation = {
  readonly answer: {
    readonly hub: string;
    readonly explained: string;
    readonly standing: string;
    readonly degraded: boolean;
    readonly rules: readonly string[];
  };
  readonly policy: number;
  readonly hubs: readonly {
    readonly hub: string;
    readonly standing: string;
    readonly deciders: readonly Verdict[];
  }[];
};

const marks = { yes: '✓', no: '✗', throttle: '~' } as const;

/** What DPS would be answered for a device now, and what every linked hub says to it. */
export const explain = async (
  api: Api,
  deviceId: string,
  asJson: boolean,
  say: (line: string) => void,
): Promise<void> => {
  const told = (await api.call('GET', `${api.pathOf(deviceId)}/explanation`)) as Explanation;
  if (asJson) return say(JSON.stringify(told, null, 2));
  const { answer, hubs, policy } = told;
  const rules = answer.rules.length > 0 ? ` (rule ${answer.rules.join(', ')})` : '';
  say(`${deviceId} → ${answer.hub}: ${answer.explained}${rules}, by policy ${policy}`);
  if (answer.degraded) say('A last resort: no hub is eligible.');
  for (const { hub, standing, deciders } of hubs) {
    say(`\n${hub === answer.hub ? '→' : ' '} ${hub}  ${standing}`);
    for (const { decider, says, because } of deciders)
      say(`    ${marks[says]} ${decider.padEnd(10)} ${because}`);
  }
};
