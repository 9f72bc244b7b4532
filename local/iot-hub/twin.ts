import { isObject, type Json, type JsonObject } from '../json.ts';

/** Desired or reported properties, with the version and the metadata that IoT Hub keeps of them. */
export type Section = {
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
  version: number;
  lastUpdated: string;
};

export const newSection = (at: string): Section => ({
  properties: {},
  metadata: {},
  version: 1,
  lastUpdated: at,
});

/** A patch by RFC 7396 (null deletes), in place; names that begin with `$` are the service's and are passed over. */
export const patchSection = (section: Section, patch: JsonObject, at: string): void => {
  section.version += 1;
  section.lastUpdated = at;
  merge(section.properties, patch, { metadata: section.metadata, at });
};

/** What DPS does when it migrates: contents and version go along. */
export const copySection = (from: Section, to: Section): void => {
  clear(to.properties);
  clear(to.metadata);
  Object.assign(to.properties, structuredClone(from.properties));
  Object.assign(to.metadata, structuredClone(from.metadata));
  to.version = from.version;
  to.lastUpdated = from.lastUpdated;
};

export const patchTags = (tags: JsonObject, patch: JsonObject): void => merge(tags, patch);

const merge = (
  held: JsonObject,
  patch: JsonObject,
  stamp?: { readonly metadata: JsonObject; readonly at: string },
): void => {
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$') || name === '__proto__') continue;
    if (value === null) {
      delete held[name];
      if (stamp) delete stamp.metadata[name];
      continue;
    }
    const inner = stamp && { metadata: child(stamp.metadata, name), at: stamp.at };
    if (inner) inner.metadata['$lastUpdated'] = inner.at;
    if (isObject(value)) merge(child(held, name), value, inner);
    else held[name] = value;
  }
};

const child = (holder: JsonObject, name: string): JsonObject => {
  const held = holder[name];
  if (isObject(held)) return held;
  const made: JsonObject = {};
  holder[name] = made;
  return made;
};

const clear = (holder: JsonObject): void => {
  for (const name of Object.keys(holder)) delete holder[name];
};

/** As a back end reads it. */
export const toServiceView = ({
  properties,
  metadata,
  version,
  lastUpdated,
}: Section): JsonObject => ({
  ...properties,
  $metadata: { $lastUpdated: lastUpdated, ...metadata } satisfies Json,
  $version: version,
});

/** As the device reads it. */
export const toDeviceView = ({ properties, version }: Section): JsonObject => ({
  ...properties,
  $version: version,
});
