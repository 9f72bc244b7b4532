import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Policy } from '../shared/domain/policy.ts';
import { parseDecisionLog, replay, type ToldTable } from '../shared/wire/decision-record.ts';
import { parseJson } from '../shared/wire/parse-json.ts';

export type Replayed = {
  readonly same: number;
  readonly different: readonly string[];
  /** Decisions that the log does not tell whole, or whose snapshot it does not tell. */
  readonly untold: number;
};

/** Every decision of a log once more: whether it comes out the same. @param policyOf reads a version. */
export const replayLog = async (
  file: string,
  policyOf: (version: number) => Promise<Policy>,
): Promise<Replayed> => {
  const tables = new Map<string, ToldTable>();
  const different: string[] = [];
  let [same, untold] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const told = parseDecisionLog(parseJson(line.slice(Math.max(0, line.indexOf('{"event":')))));
    if (!told && line.includes('"event":"allocated"')) untold += 1; // cut off, say
    if (!told) continue;
    if ('slackPercent' in told) {
      tables.set(told.id, told);
      continue;
    }
    const table = tables.get(told.table);
    if (!table) {
      untold += 1;
      continue;
    }
    const again = replay(told, table, await policyOf(told.policy));
    const { hub, because, standing } = told;
    const isSame = again.hub === hub && again.because === because && again.standing === standing;
    if (isSame) same += 1;
    else different.push(`${told.registrationId}: ${told.hub} then, ${again.hub} now`);
  }
  return { same, different, untold };
};
