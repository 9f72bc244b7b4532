/** What `npx rehome --help` says. */
export const usage = `npx rehome COMMAND [flags]

  status                            who you are, what the app is set to, and what of it does not work
  devices                           those that are moved, looked for, or tidied up after
  decisions                         what DPS was answered lately, where it changed something
  history                           who changed what, when and why

  show ID                           where a device is, and why
  explain ID                        what DPS would be answered for it now, and what every hub says  [--json]

  move ID --to HUB --reason TEXT    moves a device, and shows how it goes: exit code 0 when it is verified
       --allow-unknown              also one of which not all is known
       --allow-reset                also one whose twin is wiped by it
  cancel ID --reason TEXT           calls its move off, unless DPS has moved it already
  quarantine ID --reason TEXT       to the policy's hub for it, now or when it registers next
  return ID --reason TEXT           out of quarantine, to where it was before  [--to HUB]
  pin ID --reason TEXT              it stays where it is
  unpin ID --reason TEXT
  label ID NAME=VALUE …             all of its labels, for rules to go by

  hubs                              all of them: state, devices, room  [--json]
  hubs cordon HUB --reason TEXT     it takes no new devices; uncordon HUB or open HUB: again
  hubs close HUB --reason TEXT      presumed dead: its devices are answered elsewhere when they register
  hubs healthy HUB --reason TEXT    nothing is wrong with it, whatever Azure said: campaigns go on
  hubs weight HUB N --reason TEXT   its share of newcomers; capacity HUB N: how many devices it may hold
  hubs drain HUB --reason TEXT      everything off it, in waves: says the plan; with --yes carries it out  [--wait]
  hubs evacuate HUB --reason TEXT   the same of a hub that is dead: its devices are answered elsewhere when they come
  hubs drill HUB --reason TEXT      a drain that goes back once all have arrived
  inventory                         how far the fleet was taken in  [--json]

  plan GOAL [HUB | ID …] --reason TEXT
                                    what would be moved, at the least, and how long it would take: nothing is moved
                                    rebalance · drain HUB · evacuate HUB · fill HUB · relocate · quarantine ID … · return ID …
       --allow-unknown --allow-reset --moves-max N --cooldown-hours N --slack-percent N
       --imbalance-percent N --imbalance-count N --group-label NAME --group-moves-max N  [--json]
  plan list | show PLAN | diff PLAN PLAN   [--json]
  plan moves PLAN | refusals PLAN          a line each: device, from, to, stage; device, hub, why  [--json]

  campaign approve PLAN --reason TEXT
                                    what a plan comes to, in waves; with --hash HASH, as the plan says it, carries it out
       --limits JSON | FILE         { bakeMinutes, onFail, wavePercents, windows, freezes, timeZone, caps, … }  [--wait] [--json]
  campaign list | show C | follow C | moves C     [--json]
  campaign pause | resume | stop | abort C --reason TEXT
                                    stop: those on their way arrive; abort: they stay, and every request is taken back
  campaign rollback C --reason TEXT everything back: how many; with --hash HASH, does it
  breaker                           whether everything is stopped; breaker reset --reason TEXT: go on

  enroll check [ID …]               enrollments of a DPS that ask Rehome: whether their key opens it, and whether their
                                    devices can be moved: exit code 1 where one is wrong  [--json]
  enroll put ID … | --all           webhook and key onto them: says which; with --yes does it
  enroll rotate                     the key of REHOME_WEBHOOK_KEY in place of the one before, on all of a DPS that ask
                                    Rehome: says which; with --yes does it
       --dps HOST                   the DPS, which az login lets you into; or REHOME_DPS_CONNECTION
       --hubs A,B                   the hubs, where the management API is not to be asked

  policy check FILE                 whether a policy is sound: no app is asked
  policy put FILE --reason TEXT     the next version
  policy show [VERSION]             the version in force, or another
  policy diff A B                   which devices two policies would place differently, and why  [--fleet FILE] [--json]
                                    A and B are files, versions, or current
  policy schema                     the JSON Schema of a policy, for editors
  export [--out FILE]               all devices, with what it takes to place them: for diff
  replay LOG                        every decision of a log again: exit code 0 when all come out the same
                                    [--policy FILE] stands for every version

  --json          what it comes to, for programs: every command takes it
  --scope NAME    the scope of the device: main
  --url URL       where Rehome is: what \`npm start\` runs here, unless told; or REHOME_URL
  --token TOKEN   who you are, to App Service authentication; or REHOME_TOKEN
  --help          this; after a command, what that one takes

exit codes: 0 done · 1 refused, failed, or not verified · 2 misspelled: nothing was asked · 3 no answer`;

/** What is said of one command, with the flags that all of them take. */
export const usageOf = (command: string): string => {
  const [head = '', ...sections] = usage.split('\n\n');
  const last = sections.slice(-2);
  const own: string[] = [];
  let isIn = false;
  for (const line of sections.slice(0, -2).join('\n').split('\n')) {
    const [, named] = /^ {2}(\S+)/.exec(line) ?? [];
    if (named !== undefined) isIn = named === command;
    if (isIn) own.push(line);
  }
  if (own.length === 0) return usage;
  return [head.replace('COMMAND', command), own.join('\n'), ...last].join('\n\n');
};
