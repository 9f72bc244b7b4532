import { readFile, writeFile } from 'node:fs/promises';
import { type FleetFile, fleetPage } from '../shared/wire/fleet-view.ts';
import type { Api } from './api.ts';

/** A fleet that was exported: hubs, enrollments, and every device with what it takes to place it anew. */
export const readFleet = async (file: string): Promise<FleetFile> => {
  const text = await readFile(file, 'utf8');
  try {
    return fleetPage.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is no fleet that was exported: see npx rehome export`, { cause });
  }
};

const pageSize = 500;

type Page = {
  readonly takenAt: number;
  readonly hubs: readonly unknown[];
  readonly enrollments: Readonly<Record<string, unknown>>;
  readonly devices: readonly unknown[];
  readonly unreadable: readonly string[];
  readonly after: string | null;
};

type Written = Omit<Page, 'after'>;

/** All of a scope's devices, page by page. @param tell hears how many there are so far. */
export const fetchFleet = async (api: Api, tell: (count: number) => void): Promise<Written> => {
  const devices: unknown[] = [];
  const unreadable: string[] = [];
  const enrollments: Record<string, unknown> = {};
  let after: string | null = null;
  for (;;) {
    const from: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const path = `devices/${encodeURIComponent(api.scope)}?all=true&limit=${pageSize}${from}`;
    const page = (await api.call('GET', path)) as Page;
    for (const device of page.devices) devices.push(device);
    unreadable.push(...page.unreadable);
    Object.assign(enrollments, page.enrollments);
    tell(devices.length);
    if (page.after === null)
      return { takenAt: page.takenAt, hubs: page.hubs, enrollments, devices, unreadable };
    after = page.after;
  }
};

export const exportFleet = async (
  api: Api,
  file: string | undefined,
  say: (line: string) => void,
): Promise<void> => {
  const fleet = await fetchFleet(api, () => undefined);
  if (file === undefined) return say(JSON.stringify(fleet));
  await writeFile(file, JSON.stringify(fleet));
  say(`${file}: ${fleet.devices.length} devices on ${fleet.hubs.length} hubs`);
  for (const id of fleet.unreadable) say(`  left out: the record ${id} is none of ours`);
};
