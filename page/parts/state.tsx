/** A state is told by its word and its shape; the colour says it once more. */

const shapes: Readonly<Record<string, string>> = {
  good: '●',
  busy: '◐',
  warn: '▲',
  bad: '■',
  calm: '○',
};

const kinds: Readonly<Record<string, string>> = {
  open: 'good',
  cordoned: 'calm',
  draining: 'busy',
  closed: 'bad',
  running: 'busy',
  preparing: 'busy',
  stopping: 'busy',
  aborting: 'warn',
  held: 'warn',
  paused: 'calm',
  completed: 'good',
  stopped: 'calm',
  aborted: 'bad',
  made: 'good',
  planning: 'busy',
  asked: 'busy',
  failed: 'bad',
  pass: 'good',
  fail: 'bad',
  inconclusive: 'warn',
  yes: 'good',
  no: 'bad',
  throttle: 'warn',
  verified: 'good',
  done: 'good',
  refused: 'calm',
  begun: 'warn',
};

export const State = ({ is, as = is }: { readonly is: string; readonly as?: string }) => {
  const kind = kinds[is] ?? 'calm';
  return (
    <span class={`state ${kind}`}>
      <span aria-hidden="true">{shapes[kind]}</span> {as}
    </span>
  );
};
