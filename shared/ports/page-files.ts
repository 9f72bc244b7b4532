/** A file of the operators' page; undefined: it has none of that name. */
export type PageFiles = (name: string) => Promise<PageFile | undefined>;

export type PageFile = {
  readonly type: string;
  readonly etag: string;
  readonly whole: Uint8Array;
  /** The same, by gzip. */
  readonly zipped: Uint8Array;
};
