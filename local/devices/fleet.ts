export type Progress = { readonly landed: number; readonly failed: number; readonly total: number };

/**
 * Starts so many devices, so many at a time. One that fails is counted and told, and the rest go on.
 * @param report is called after every device.
 */
export const startFleet = async <Device>(
  total: number,
  atOnceMax: number,
  start: (index: number) => Promise<Device>,
  report: (progress: Progress) => void,
  complain: (line: string) => void,
): Promise<readonly Device[]> => {
  const devices: Device[] = [];
  let [next, failed] = [0, 0];
  const worker = async (): Promise<void> => {
    while (next < total) {
      const index = next;
      next += 1;
      try {
        devices.push(await start(index));
      } catch (error) {
        failed += 1;
        complain(error instanceof Error ? error.message : String(error));
      }
      report({ landed: devices.length, failed, total });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, total) }, worker));
  return devices;
};
