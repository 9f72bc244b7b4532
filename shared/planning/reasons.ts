/** How often each reason was given, the most frequent first. */
export const countReasons = (
  all: readonly { readonly because: string }[],
): readonly { readonly because: string; readonly count: number }[] => {
  const counts = new Map<string, number>();
  for (const { because } of all) counts.set(because, (counts.get(because) ?? 0) + 1);
  return [...counts]
    .map(([because, count]) => ({ because, count }))
    .sort((one, other) => other.count - one.count || (one.because < other.because ? -1 : 1));
};
