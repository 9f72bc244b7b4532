import type { Registered } from '../../deploy/registered.ts';
import type { Bicep, Resource } from './bicep.ts';

/** What is deployed, against what the app is: by path. */
export type Deployment = {
  /** Of infra/, by path: Bicep and JSON. */
  readonly files: ReadonlyMap<string, string>;
  /** What the app registers with authentication before it. */
  readonly registered: readonly Registered[];
  /** What it registers without. */
  readonly unguarded: readonly Registered[];
  /** Microsoft's packages that production code imports. */
  readonly sdks: readonly string[];
};

/** Of infra/, parsed. */
export type Files = ReadonlyMap<string, Bicep>;

export const resourcesIn = (files: Files): readonly (Resource & { readonly file: string })[] =>
  [...files].flatMap(([file, { resources }]) => resources.map((one) => ({ ...one, file })));

export const bindingsOf = (registered: readonly Registered[]) =>
  registered.flatMap(({ bindings }) => Object.values(bindings));
