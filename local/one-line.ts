import type { z } from 'zod';

/** All that is wrong with a value, in one line: `extensions.http.routePrefix: expected string; …` */
export const oneLine = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
