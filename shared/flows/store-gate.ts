/** So many in a row came to nothing: the store is out. */
const faultsMax = 10;

/**
 * Who waits for the store: no more than `atOnceMax` at once; and while it is out one at a time, so that the others are answered without it in
 * milliseconds, and the first that it answers lets all in again.
 *
 * @throws Error at once to who does not get in; else what the work throws.
 */
export const storeGate = (atOnceMax: number) => {
  let [atStore, faults] = [0, 0];
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const isOut = faults >= faultsMax;
    if (isOut && atStore > 0) throw new Error('the store is out, and somebody tries it already');
    if (atStore >= atOnceMax) throw new Error('too many devices wait for the store');
    atStore += 1;
    try {
      const value = await work();
      faults = 0;
      return value;
    } catch (fault) {
      faults += 1;
      throw fault;
    } finally {
      atStore -= 1;
    }
  };
};
