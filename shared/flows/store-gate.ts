/** So many in a row came to nothing: the store is out. */
const faultsMax = 10;
/** While it is out so many at once try it: what can be read is not kept waiting by what cannot be written. */
const triesMax = 4;

/**
 * Who waits for the store: no more than `atOnceMax` at once; and while it is out a few, so that the others are answered without it in
 * milliseconds, and the first that it answers lets all in again.
 *
 * @param isOfStore whether a fault says that the store is out; one of a single record does not.
 * @throws Error at once to who does not get in; else what the work throws.
 */
export const storeGate = (atOnceMax: number, isOfStore: (fault: unknown) => boolean) => {
  let [atStore, faults, answers] = [0, 0, 0];
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const isOut = faults >= faultsMax;
    if (isOut && atStore >= triesMax)
      throw new Error('the store is out, and others try it already');
    if (atStore >= atOnceMax) throw new Error('too many devices wait for the store');
    const answersBefore = answers;
    atStore += 1;
    try {
      const value = await work();
      answers += 1;
      faults = 0;
      return value;
    } catch (fault) {
      // Who began before the last answer tells of what was then.
      if (answers === answersBefore && isOfStore(fault)) faults += 1;
      throw fault;
    } finally {
      atStore -= 1;
    }
  };
};
