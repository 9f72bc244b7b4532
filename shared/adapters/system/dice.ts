import { randomBytes } from 'node:crypto';
import type { Dice } from '../../ports/dice.ts';

export const systemDice: Dice = {
  draw: Math.random,
  digits: (count) =>
    randomBytes(Math.ceil(count / 2))
      .toString('hex')
      .slice(0, count),
};
