/** What a person wrote is not a command: nothing was asked. */
export const misspelled = (message: string): Error =>
  Object.assign(new Error(message), { name: 'Misspelled' });

/** What a script goes by; `--help` tells them. */
export const exitCodeOf = (error: unknown): number => {
  if (!(error instanceof Error)) return 1;
  const isArgument = 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (error.name === 'Misspelled' || isArgument) return 2;
  return error.name === 'NoAnswer' ? 3 : 1;
};
