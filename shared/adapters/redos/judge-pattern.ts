import type { JudgePattern } from '../../ports/policies.ts';

/** Nobody else of the process is served meanwhile: a pattern that is not found harmless by then is not. */
const timeoutMs = 100;

/** A pattern goes back no more often than this, for text of any length. */
const backtracksMax = 200;

/** By `redos-detector`, loaded when somebody puts a policy. */
export const judgePattern: JudgePattern = async ({ pattern, ignoresCase }) => {
  const { default: detector } = await import('redos-detector');
  await new Promise(setImmediate); // others first: a policy may hold many
  const { safe, error } = detector.isSafePattern(pattern, {
    ...(ignoresCase ? { caseInsensitive: true } : { unicode: true }),
    maxScore: backtracksMax,
    timeout: timeoutMs,
  });
  if (safe) return undefined;
  return error === 'hitMaxScore'
    ? 'text can be made that takes it long to match'
    : 'it is too intricate to be shown to be fast';
};
