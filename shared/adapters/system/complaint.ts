/** A line about what no request can be answered with: on stderr, which Functions logs as an error of the worker. */
export const systemComplaint = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
