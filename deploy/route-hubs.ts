import { spawnSync } from 'node:child_process';
import { routeCommands, routing } from './route-commands.ts';

/**
 * `npm run route-hubs [-- --dry-run]`: routes of hubs that are there already, by `az`, out of what azd says of the deployment. The first
 * command that fails ends it; all may be done again.
 */
const isDry = process.argv.includes('--dry-run');
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const read = routing.safeParse(process.env);
if (!read.success) {
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  process.stderr.write(`Run it by azd, or after: azd env get-values. ${wrong.join('; ')}\n`);
  process.exit(1);
}
const commands = routeCommands(read.data);
if (commands.length === 0) say('No hub is named by REHOME_HUB_IDS: there is nothing to route.');
for (const command of commands) {
  say(`az ${command.map((word) => (/[^\w./:=-]/.test(word) ? `'${word}'` : word)).join(' ')}`);
  if (isDry) continue;
  const { status, error } = spawnSync('az', command, { stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(
      `That failed${error ? `: ${error.message}` : ''}. Nothing after it was done.\n`,
    );
    process.exit(1);
  }
}
