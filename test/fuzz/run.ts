import { fuzz } from './fuzz.ts';

/** `npm run fuzz -- [COUNT] [FIRST]`: hostile bodies through the webhook's door; the number of a case that goes wrong plays it again. */
const [count = 100_000, first = 0] = process.argv.slice(2).map(Number);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const begun = performance.now();
const { answered, refused, wrong, slowestMs } = await fuzz(first, count, (done) => {
  if (done > 0 && done % 100_000 === 0) say(`${done} of ${count}`);
});
for (const line of wrong) say(line);
const seconds = (performance.now() - begun) / 1_000;
say(
  `${answered + refused} cases from ${first}: ${answered} answered, ${refused} refused, ${wrong.length} wrong; slowest ${slowestMs.toFixed(1)} ms; ${seconds.toFixed(0)} s`,
);
if (wrong.length > 0) process.exitCode = 1;
