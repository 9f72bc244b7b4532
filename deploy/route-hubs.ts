import { spawnSync } from 'node:child_process';
import {
  type Command,
  type HubShown,
  hubAt,
  hubShown,
  routeCommands,
  routing,
  showCommand,
} from './route-commands.ts';

/**
 * `npm run route-hubs [-- --dry-run]`: routes of hubs that are there already, by `az`, out of what azd says of the deployment. A hub that
 * fails holds up no other; what is done already is not done again. A dry run asks no hub: it says what a hub without any of it would get.
 */
const isDry = process.argv.includes('--dry-run');
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
};

const inWords = (command: Command): string =>
  `az ${command.map((word) => (/[^\w./:=-]/.test(word) ? `'${word}'` : word)).join(' ')}`;

/** @throws Error saying which command failed. */
const az = (command: Command): string => {
  const { status, error, stdout } = spawnSync('az', command, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return stdout;
  throw new Error(`${inWords(command)} failed${error ? `: ${error.message}` : ''}`);
};

const read = routing.safeParse(process.env);
if (read.success) {
  const { REHOME_HUB_IDS: ids } = read.data;
  if (ids.length === 0) say('No hub is named by REHOME_HUB_IDS: there is nothing to route.');
  for (const id of ids) {
    try {
      const at = hubAt(id);
      const nothing: HubShown = {};
      const shown = isDry ? nothing : hubShown.parse(JSON.parse(az(showCommand(at))));
      const commands = routeCommands(read.data, at, shown);
      if (commands.length === 0) say(`${at.hub} has its routes.`);
      for (const command of commands) {
        say(inWords(command));
        if (!isDry) az(command);
      }
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
    }
  }
} else {
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  complain(
    `azd runs it; by hand, after: set -a; eval "$(azd env get-values)"; set +a. ${wrong.join('; ')}`,
  );
}
