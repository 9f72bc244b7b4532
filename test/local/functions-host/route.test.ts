import { expect, test } from 'vitest';
import { compileRoute } from '../../../local/functions-host/route.ts';

test.each([
  ['api/dps/{scope}/allocate', '/api/dps/main/allocate', { scope: 'main' }],
  ['api/dps/{scope}/allocate', '/API/DPS/Main/Allocate/', { scope: 'Main' }],
  ['api/dps/{scope}/allocate', '/api/dps/a%20b/allocate', { scope: 'a b' }],
  ['api/dps/{scope}/allocate', '/api/dps/a/b/allocate', undefined],
  ['api/dps/{scope}/allocate', '/api/dps//allocate', undefined],
  ['api/dps/{scope}/allocate', '/api/dps/main', undefined],
  ['api/dps/{scope}/allocate', '/api/dps/%E0%A4%A/allocate', undefined],
  ['api/hubs/{id?}', '/api/hubs', {}],
  ['api/hubs/{id?}', '/api/hubs/east', { id: 'east' }],
  ['api/hubs/{id?}', '/api/hubs/east/twin', undefined],
  ['api/ops/{*path}', '/api/ops', {}],
  ['api/ops/{*path}', '/api/ops/a/b%2Fc', { path: 'a/b/c' }],
  ['/openapi.json', '/openapi.json', {}],
  ['/openapi.json', '/openapi+json', undefined],
])('%s on %s', (template, pathname, expected) => {
  expect(compileRoute(template)(pathname)).toEqual(expected);
});

test.each(['a/{id:int}', 'a/{id=1}', 'a/{x}.{y}', 'a/{**all}'])(
  '%s is refused by name',
  (template) => {
    expect(() => compileRoute(template)).toThrow('no route segment {');
  },
);
