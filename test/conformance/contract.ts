import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createDps, type Dps, enrollmentKey } from '../../local/dps/dps.ts';
import type { IotHub } from '../../local/iot-hub/hub.ts';
import { invokeMethod } from '../../local/iot-hub/methods.ts';
import { patchTwin } from '../../local/iot-hub/twins.ts';
import type { JsonObject } from '../../local/json.ts';

/** What a device is tested in: two hubs, and a DPS that puts it where the test says. */
export type Rig = {
  readonly deviceId: string;
  readonly dps: Dps;
  readonly hubs: ReadonlyMap<string, IotHub>;
  /** The hub that DPS answers next. */
  answer: string;
  /** What the device sent when it registered, each time. */
  readonly payloads: (JsonObject | undefined)[];
};

/** A device that has power. */
export type Powered = {
  /** Takes its power away; what it has on disk stays. */
  readonly cut: () => Promise<void>;
};

/** Gives a device power: the same device each time, with what it had on disk. */
export type SwitchOn = (rig: Rig) => Promise<Powered>;

const patience = { timeout: 15_000, interval: 20 };

/** docs/device-contract.md, as tests, for any device. Method timeouts are real: a device has 5 seconds to answer. */
export const conformance = (
  name: string,
  makeRig: () => Promise<{ readonly rig: Rig; readonly switchOn: SwitchOn }>,
): void => {
  describe(`conformance: ${name}`, () => {
    let rig: Rig;
    let on: SwitchOn;
    let device: Powered;
    const [east, west] = ['east.azure-devices.net', 'west.azure-devices.net'];
    beforeEach(async () => {
      const made = await makeRig();
      rig = made.rig;
      on = made.switchOn;
      device = await on(rig);
      return () => device.cut();
    });
    const held = (hub: string) => rig.hubs.get(hub)?.devices.get(rig.deviceId);
    const reported = (hub: string) => held(hub)?.reported.properties['reprovision'];
    const request = (but: object = {}) => ({
      requestId: 'm-1:1',
      campaignId: 'c',
      notBefore: '2000-01-01T00:00:00.000Z',
      notAfter: '2100-01-01T00:00:00.000Z',
      jitterSeconds: 0,
      reason: 'a test',
      ...but,
    });
    const ask = async (hub: string, payload: object) => {
      const found = rig.hubs.get(hub);
      if (!found) throw new Error(`no ${hub}`);
      const asked = { methodName: 'Reprovision', payload, responseTimeoutInSeconds: 5 };
      return (await invokeMethod(found, rig.deviceId, asked)).payload;
    };
    const put = (hub: string, payload: object | null) => {
      const found = rig.hubs.get(hub);
      const desired = { reprovision: payload as JsonObject | null };
      if (found) patchTwin(found, rig.deviceId, { properties: { desired } });
    };
    const arrives = (hub: string, state = 'done') =>
      vi.waitFor(() => expect(reported(hub)).toMatchObject({ state, hub }), patience);

    test('it says that it keeps the contract', () => {
      expect(reported(east)).toMatchObject({ contract: 1 });
    });

    test('by method: it accepts, goes with the request’s id, and reports the gap', async () => {
      rig.answer = west;
      expect(await ask(east, request())).toEqual({ answer: 'accepted' });
      await arrives(west);
      expect(reported(west)).toMatchObject({ requestId: 'm-1:1', gapMs: expect.any(Number) });
      expect(rig.payloads.at(-1)).toMatchObject({ rehome: { requestId: 'm-1:1' } });
      expect(held(west)?.session).toBeDefined();
    });

    test('its hub client is closed before it registers', async () => {
      rig.answer = west;
      const links: boolean[] = [];
      const { push } = rig.payloads;
      rig.payloads.push = (...given) => {
        links.push(held(east)?.session !== undefined);
        return push.apply(rig.payloads, given);
      };
      await ask(east, request());
      await arrives(west);
      expect(links).toEqual([false]);
    });

    test('by desired property, live: as by method', async () => {
      rig.answer = west;
      put(east, request());
      await arrives(west);
    });

    test('by desired property, when it comes back', async () => {
      await device.cut();
      put(east, request());
      rig.answer = west;
      device = await on(rig);
      await arrives(west);
    });

    test('an id is acted upon once: by method again, by property again, on the other hub, after a loss of power', async () => {
      rig.answer = west;
      put(east, request());
      await arrives(west);
      const registrations = rig.payloads.length;
      rig.answer = east;
      expect(await ask(west, request())).toEqual({ answer: 'accepted' });
      put(west, request({ reason: 'told again' }));
      await device.cut();
      device = await on(rig);
      expect(await ask(west, request())).toEqual({ answer: 'accepted' });
      expect(rig.payloads).toHaveLength(registrations);
      expect(held(west)?.session).toBeDefined();
    });

    test('another id is another request', async () => {
      rig.answer = west;
      await ask(east, request());
      await arrives(west);
      rig.answer = east;
      expect(await ask(west, request({ requestId: 'm-1:2' }))).toEqual({ answer: 'accepted' });
      await arrives(east);
    });

    test('a request that is late, or none, is refused, and nothing happens', async () => {
      const late = request({ notAfter: '2000-01-02T00:00:00.000Z' });
      expect(await ask(east, late)).toMatchObject({ answer: 'refused' });
      expect(await ask(east, { nothing: true })).toMatchObject({ answer: 'refused' });
      expect(rig.payloads).toHaveLength(1);
    });

    test('answered the hub that it left, it comes back there, and says done', async () => {
      rig.answer = east;
      await ask(east, request());
      await arrives(east);
    });

    test('power lost after it accepted: it goes when it is back', async () => {
      rig.answer = west;
      const soon = new Date(Date.now() + 1_500).toISOString();
      expect(await ask(east, request({ notBefore: soon }))).toEqual({ answer: 'accepted' });
      await device.cut();
      device = await on(rig);
      await arrives(west);
      expect(rig.payloads.at(-1)).toMatchObject({ rehome: { requestId: 'm-1:1' } });
    });

    test('a hub that does not know it any more: it registers, and finds its new home', async () => {
      await device.cut();
      rig.hubs.get(east)?.devices.delete(rig.deviceId);
      rig.answer = west;
      device = await on(rig);
      await vi.waitFor(() => expect(held(west)?.session).toBeDefined(), patience);
    });
  });
};

/** A DPS whose webhook answers what the rig says, and remembers what the device sent. */
export const rigDps = (
  options: Omit<Parameters<typeof createDps>[0], 'callWebhook'>,
  world: Parameters<typeof createDps>[1],
  rig: () => Rig,
): Dps =>
  createDps(
    {
      ...options,
      callWebhook: async (_url, body) => {
        const { payload } = body['deviceRuntimeContext'] as { readonly payload?: JsonObject };
        rig().payloads.push(payload);
        return { status: 200, body: { iotHubHostName: rig().answer } };
      },
    },
    world,
  );

export const groupKey = enrollmentKey('group', 'fleet');
