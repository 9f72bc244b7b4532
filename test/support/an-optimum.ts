import highsPackage, { type Highs } from 'highs';

/** Devices of one kind, as a test tells of them: on a hub, allowed on others. */
export type Group = {
  readonly hub: number;
  readonly targets: readonly number[];
  readonly count: number;
  readonly isMust: boolean;
};

export type Instance = {
  readonly loads: readonly number[];
  /** What is past it is excess. */
  readonly caps: readonly number[];
  /** Up to where others may come. */
  readonly roofs: readonly number[];
  readonly groups: readonly Group[];
};

export type Optimum = { readonly stays: number; readonly over: number; readonly moves: number };

/** CommonJS, whose types say otherwise. */
const highs = await (highsPackage as unknown as () => Promise<Highs>)();

/** Each is worth more than what could be made of the next in an instance of a few hubs. */
const worth = { stays: 10_000, over: 100, moves: 1 };

/** The same question, put to a solver of others as an integer program: no code of ours, but for the words. */
export const optimumOf = ({ loads, caps, roofs, groups }: Instance): Optimum => {
  const roofOf = (hub: number): number => roofs[hub] ?? 0;
  const restOf = (hub: number): number =>
    groups.reduce(
      (rest, group) => (group.isMust && group.hub === hub ? rest - group.count : rest),
      loads[hub] ?? 0,
    );
  const takes = (hub: number): boolean => restOf(hub) <= roofOf(hub);
  const variables = groups.flatMap(({ targets }, group) =>
    targets.filter(takes).map((to) => ({ group, to })),
  );
  const x = (group: number, to: number): string => `x_${group}_${to}`;
  const objective = [
    ...variables.map(({ group, to }) => `+ ${worth.moves} ${x(group, to)}`),
    ...groups.flatMap(({ isMust }, group) => (isMust ? [`+ ${worth.stays} s_${group}`] : [])),
    ...loads.map((_, hub) => `+ ${worth.over} o_${hub}`),
  ];
  const constraints = [
    ...groups.flatMap(({ targets, count, isMust }, group) => {
      const sent = targets
        .filter(takes)
        .map((to) => `+ ${x(group, to)}`)
        .join(' ');
      if (isMust) return [` g${group}: ${sent} + s_${group} = ${count}`];
      return sent !== '' ? [` g${group}: ${sent} <= ${count}`] : [];
    }),
    ...loads.map((load, hub) => {
      const terms = variables.flatMap(({ group, to }) => [
        ...(to === hub ? [`+ ${x(group, to)}`] : []),
        ...(groups[group]?.hub === hub ? [`- ${x(group, to)}`] : []),
      ]);
      const change = terms.join(' ');
      return [
        ` h${hub}: ${change} - p_${hub} <= ${roofOf(hub) - load}`,
        ` o${hub}: ${change} - o_${hub} <= ${(caps[hub] ?? 0) - load}`,
      ].join('\n');
    }),
  ];
  // [P3] Past its roof is only what was there before: too many that need not go, and those that stay though they should.
  const own = loads.map((_, hub) => {
    const stay = groups.flatMap((group, index) =>
      group.isMust && group.hub === hub ? [`- s_${index}`] : [],
    );
    return ` p${hub}: p_${hub} ${stay.join(' ')} <= ${Math.max(0, restOf(hub) - roofOf(hub))}`;
  });
  const bounds = loads.map((load, hub) => ` 0 <= p_${hub} <= ${Math.max(0, load - roofOf(hub))}`);
  const integers = [
    ...variables.map(({ group, to }) => x(group, to)),
    ...groups.flatMap(({ isMust }, group) => (isMust ? [`s_${group}`] : [])),
  ];
  const program = `Minimize\n obj: ${objective.join(' ')}\nSubject To\n${[...constraints, ...own].join('\n')}\nBounds\n${bounds.join('\n')}\n${integers.length ? `General\n ${integers.join(' ')}\n` : ''}End\n`;
  const solved = highs.solve(program);
  if (solved.Status !== 'Optimal') throw new Error(`${solved.Status}:\n${program}`);
  const primalOf = (name: string): number => {
    const column = solved.Columns[name];
    return column && 'Primal' in column ? Math.round(column.Primal) : 0;
  };
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + primalOf(name), 0);
  return {
    stays: sum(groups.flatMap(({ isMust }, group) => (isMust ? [`s_${group}`] : []))),
    over: sum(loads.map((_, hub) => `o_${hub}`)),
    moves: sum(variables.map(({ group, to }) => x(group, to))),
  };
};
