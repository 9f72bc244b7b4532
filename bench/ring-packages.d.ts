/** What is used of two packages that bring no types. */
declare module 'hashring' {
  export default class HashRing {
    constructor(servers: string[] | Record<string, { readonly weight: number }>);
    get(key: string): string;
  }
}

declare module 'consistent-hash' {
  export default class ConsistentHash {
    /** @param points where on the ring the node stands. */
    add(node: string, count: number, points: number[]): this;
    get(key: string): string;
  }
}
