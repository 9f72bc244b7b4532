import { overshootOf } from '../test/simulation/instances.ts';
import { say } from './measure.ts';

/** [A4] By how many devices a hub is lifted past its bound, when many instances answer as many newcomers as one DPS lets in. */
export const measureInstances = async (): Promise<void> => {
  say('\nPast the bound, 1,000 newcomers a minute for 15 minutes; one hub of 10 is empty');
  for (const slackPercent of [0, 5])
    for (const instances of [1, 20])
      for (const snapshotMs of [1_000, 10_000]) {
        const { worst, allowed, fullest } = await overshootOf(
          {
            instances,
            hubCount: 10,
            rate: 1_000 / 60,
            seconds: 900,
            snapshotMs,
            flushMs: snapshotMs,
            confirmMs: 2_000,
            countMs: 300_000,
            slackPercent,
            loadOfOthers: 1_000,
          },
          1,
        );
        say(
          `  ε ${slackPercent} %, ${String(instances).padStart(2)} instances, snapshots of ${String(snapshotMs / 1_000).padStart(2)} s: ${String(worst).padStart(4)} devices, of ${allowed} that the law allows; fullest ${fullest.toFixed(3)}`,
        );
      }
};
