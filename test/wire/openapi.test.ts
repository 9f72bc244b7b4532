import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { toOpenApi } from '../../shared/wire/openapi.ts';
import { operations } from '../support/contract-of-the-api.ts';

const lint = async (document: object): Promise<readonly string[]> => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const source = JSON.stringify(document);
  const found = await lintFromString({ source, config });
  return found.map(
    ({ ruleId, message, location: [at] }) =>
      `${ruleId}: ${message} ${at && 'pointer' in at ? at.pointer : ''}`,
  );
};

test('the API’s description is OpenAPI 3.1, by a public linter’s strictest rules', async () => {
  expect(await lint(toOpenApi('1'))).toEqual([]);
}, 60_000);

test('a description that is wrong is told', async () => {
  const { info, ...rest } = toOpenApi('1');
  expect((await lint(rest)).join('\n')).toContain('info');
}, 60_000);

test('every operation has one name, and is told with its role, its answers and its bodies', () => {
  const { paths } = toOpenApi('1') as {
    readonly paths: Readonly<
      Record<string, Readonly<Record<string, { operationId: string; requestBody?: object }>>>
    >;
  };
  const told = Object.values(paths).flatMap((methods) => Object.values(methods));
  const ids = operations().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(told.map(({ operationId }) => operationId).sort()).toEqual([...ids].sort());
  const bodies = operations().filter(({ route }) => route.body);
  expect(told.filter(({ requestBody }) => requestBody)).toHaveLength(bodies.length);
});
