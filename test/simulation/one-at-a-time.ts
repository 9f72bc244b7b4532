/**
 * Work as Functions runs a timer's: never twice at once; a run that outlasts its slot is followed by another at once, for all the slots that it
 * missed. What a run throws ends that run alone.
 */
export const oneAtATime = (work: () => Promise<unknown>): (() => void) => {
  let isRunning = false;
  let isDue = false;
  const fire = (): void => {
    isDue = isRunning;
    if (isRunning) return;
    isRunning = true;
    work()
      .catch(() => undefined)
      .finally(() => {
        isRunning = false;
        if (isDue) fire();
      });
  };
  return fire;
};
