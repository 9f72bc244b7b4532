/** A link as a service sees it. */
export type Link = {
  readonly publish: (topic: string, payload: string) => void;
  readonly close: () => void;
};

/** What a service does with a link, once it is open. */
export type Served = {
  /** A device publishes. False for a topic that the service does not have: Azure then drops the link. */
  readonly publish: (topic: string, payload: string) => boolean;
  readonly subscribe: (topics: readonly string[]) => void;
  readonly unsubscribe: (topics: readonly string[]) => void;
  readonly end: () => void;
};

/** `…/?$rid=1&$version=2` → the parameter's value. */
export const topicParameter = (topic: string, name: string): string =>
  new URLSearchParams(topic.slice(topic.indexOf('?') + 1)).get(name) ?? '';
