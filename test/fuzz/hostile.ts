import { groupRegistration, individualRegistration } from '../support/samples.ts';

/** Bodies that no DPS would send, drawn from a seed: nearly right, in one or several places. */

type Draw = () => number;
type Json = unknown;

const pick = <Value>(draw: Draw, values: readonly Value[]): Value =>
  values[Math.floor(draw() * values.length)] as Value;

const below = (draw: Draw, count: number): number => Math.floor(draw() * count);

/** Ten times what a DPS could send: more is for the host to refuse. */
const bodyLengthMax = 1_000_000;

export const hostileBody = (draw: Draw): string => {
  const text = pick(draw, [groupRegistration, individualRegistration])();
  const body = JSON.parse(text) as Record<string, Json>;
  for (let changes = 1 + below(draw, 3); changes > 0; changes -= 1) mutate(draw, body);
  const spoilt = draw() < 0.3 ? respell(draw, body) : body;
  return spoil(draw, JSON.stringify(spoilt)).slice(0, bodyLengthMax);
};

/** Somewhere in it, something else. */
const mutate = (draw: Draw, body: Record<string, Json>): void => {
  const [holder, key] = pick(draw, placesIn(body));
  if (draw() < 0.1) delete holder[key];
  else holder[key] = hostileValue(draw, key);
};

type Place = readonly [holder: Record<string, Json>, key: string];

const placesIn = (value: Json): readonly Place[] => {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, Json>;
  return Object.keys(holder).flatMap((key) => [
    [holder, key] as const,
    ...placesIn(holder[key]).slice(0, 20),
  ]);
};

const oddTexts = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  'İstanbul',
  'K',
  'ſtraße',
  '😀'.repeat(40),
  '__proto__',
  'constructor',
  'toString',
  '../../etc',
  'a/b\\c?d#e%2f',
  "'; DROP TABLE devices",
  '{{7*7}}',
  'null',
  'NaN',
  'custom-allocation-toasters-hub.azure-devices.net',
  'CUSTOM-ALLOCATION-TOASTERS-HUB.AZURE-DEVICES.NET',
  'custom-allocation-toasters-hub.azure-devices.net.',
  ' custom-allocation-toasters-hub.azure-devices.net',
];

const idOf = (length: number): string => 'x'.repeat(length);

const hostileValue = (draw: Draw, key: string): Json => {
  const kinds: readonly (() => Json)[] = [
    () => pick(draw, oddTexts),
    () => idOf(pick(draw, [1, 127, 128, 129, 253, 254, 5_000])),
    () => pick(draw, [null, true, false, 0, -1, 1.5, 1e308, -0, Number.MAX_SAFE_INTEGER + 2]),
    () => [],
    () => ({}),
    () => deep(draw, below(draw, 500)),
    () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'),
    () => Array.from({ length: below(draw, 60) }, () => pick(draw, oddTexts)),
    () => hubs(draw, pick(draw, [1, 2, 50, 51, 500, 3_000])),
    () => ({ model: 'a'.repeat(below(draw, 2_000)), list: [[[[]]]], firmware: { version: 7 } }),
    () => ({ rehome: { requestId: pick(draw, oddTexts), latencyMs: latencies(draw), region: 7 } }),
    () => ({ updateHubAssignment: pick(draw, [0, 'false', null, []]), migrateDeviceData: {} }),
  ];
  const value = pick(draw, kinds)();
  return key === 'linkedHubs' && draw() < 0.5 ? hubs(draw, 1 + below(draw, 100)) : value;
};

const deep = (draw: Draw, depth: number): Json => {
  let held: Json = pick(draw, oddTexts);
  for (let level = 0; level < depth; level += 1) held = level % 2 ? [held] : { a: held };
  return held;
};

const hubs = (draw: Draw, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `hub-${index % 200}.azure-devices.net`;
    return draw() < 0.2 ? name.toUpperCase() : name;
  });

const latencies = (draw: Draw): Json =>
  pick<Json>(draw, [
    { westeurope: -1, eastus: 'fast' },
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`region-${index}`, index])),
    [1, 2, 3],
    'none',
    { __proto__: 1, 'hub-1.azure-devices.net': 0 },
  ]);

/** Keys in another case, as Azure's own documents spell them; and now and then twice. */
const respell = (draw: Draw, value: Json): Json => {
  if (Array.isArray(value)) return value.map((one) => respell(draw, one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, held]) => {
      const spelled = pick(draw, [key, key.toUpperCase(), key.toLowerCase()]);
      const inner = respell(draw, held);
      return draw() < 0.1
        ? [
            [spelled, inner],
            [`${key} `, null],
            [key, inner],
          ]
        : [[spelled, inner]];
    }),
  );
};

/** The text itself, seldom. */
const spoil = (draw: Draw, text: string): string => {
  const at = below(draw, text.length);
  switch (below(draw, 12)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return `${text.slice(0, at)}${pick(draw, ['"', '}', '\u0000', '\\', '😀', '1e999'])}${text.slice(at)}`;
    case 2: // a key twice: the last one counts
      return `${text.slice(0, -1)},"linkedHubs":${JSON.stringify(hubs(draw, 3))}}`;
    case 3:
      return `${'['.repeat(below(draw, 50_000))}${text}`;
    case 4:
      return pick(draw, ['', 'null', '[]', '7', '"x"', '\ufeff{}', `{"a":${'9'.repeat(400)}}`]);
    case 5:
      return `${' '.repeat(below(draw, 200_000))}${text}`;
    default:
      return text;
  }
};
