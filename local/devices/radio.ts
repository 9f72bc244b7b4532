import type { Json, JsonObject } from '../json.ts';

/** What a device reaches the world by: Microsoft's SDK over MQTT, or the cores themselves. */
export type Radio = {
  /** Registers at DPS. @throws Error when it is not assigned. */
  readonly register: (payload: JsonObject | undefined) => Promise<Assignment>;
  /** @throws Error when the hub does not let it in. */
  readonly connect: (assignment: Assignment, ears: Ears) => Promise<Link>;
};

export type Assignment = { readonly assignedHub: string; readonly deviceId: string };

/** What comes from the hub. */
export type Ears = {
  /** Methods with a handler; any other goes unanswered, as with the SDK. */
  readonly methodNames: readonly string[];
  /** undefined: it never answers. */
  readonly onMethod: (name: string, payload: Json) => MethodAnswer | undefined;
  readonly onDesired: (patch: JsonObject) => void;
  /** The hub closed the link. */
  readonly onLost: () => void;
};

export type MethodAnswer = { readonly status: number; readonly payload: Json };

export type Link = {
  /** The desired properties as they are now. */
  readonly desired: () => JsonObject;
  readonly report: (patch: JsonObject) => Promise<void>;
  readonly close: () => Promise<void>;
};
