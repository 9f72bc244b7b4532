const minuteMs = 60_000;

/**
 * Moves a minute, in the whole minutes of a campaign from half past to half past: so that each has one hand-over between two runs, and neither what
 * may be taken at once as it begins nor its end counts.
 * @throws RangeError where it has none.
 */
export const steadyPace = (movedAt: readonly number[]): number => {
  const half = minuteMs / 2;
  const from = Math.ceil((Math.min(...movedAt) - half) / minuteMs) * minuteMs + half;
  const until = Math.floor((Math.max(...movedAt) - half) / minuteMs) * minuteMs + half;
  if (until <= from) throw new RangeError('It has no whole minute from half past to half past.');
  const moved = movedAt.filter((at) => at >= from && at < until);
  return (moved.length * minuteMs) / (until - from);
};
