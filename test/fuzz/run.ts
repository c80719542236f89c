/**
 * `npm run fuzz -- http --count 1000 --seed 7`: an attack on a part of Lifeboat that runs on its own, with a count and a seed, by which it
 * can be repeated. Without a name all attacks run. Ends with 1 where something was lost.
 */
import { parseArgs } from 'node:util';
import { type Attack } from './attack.ts';
import { fuzzContainers } from './containers.ts';
import { fuzzCrowdedCgroups } from './crowded-cgroups.ts';
import { fuzzDeaths } from './deaths.ts';
import { fuzzEnvironments } from './environments.ts';
import { fuzzHelperLines } from './helper-lines.ts';
import { fuzzHttp } from './http.ts';
import { fuzzLinks } from './links.ts';
import { fuzzPidReuse } from './pid-reuse.ts';
import { fuzzPlans } from './plans.ts';
import { fuzzWebSocket } from './web-socket.ts';

/** The attacks by name. A further one is a further line. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  containers: fuzzContainers,
  'crowded-cgroups': fuzzCrowdedCgroups,
  deaths: fuzzDeaths,
  environments: fuzzEnvironments,
  'helper-lines': fuzzHelperLines,
  http: fuzzHttp,
  links: fuzzLinks,
  'pid-reuse': fuzzPidReuse,
  plans: fuzzPlans,
  'web-socket': fuzzWebSocket,
};
const DEFAULT_COUNT = 1000;

// What an attack has started is ended or let go at the exit of this process.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { count: { type: 'string' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !Object.hasOwn(ATTACKS, name));
  const count = Number(values.count ?? DEFAULT_COUNT);
  const seed = Number(values.seed ?? Date.now() % 2 ** 32);
  if (unknown !== undefined || !Number.isSafeInteger(count) || !Number.isSafeInteger(seed)) {
    process.stderr.write(`npm run fuzz -- [${Object.keys(ATTACKS).join('|')}] [--count N] [--seed S]\n`);
    return 2;
  }
  let isLost = false;
  for (const [name, attack] of Object.entries(ATTACKS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const { tried, outcomes, lost } = await attack({ count, seed });
    const counts = Object.entries(outcomes).map(([outcome, times]) => `${outcome} ${times}`);
    process.stdout.write(
      `${name} --count ${count} --seed ${seed}: ${tried} tried (${counts.join(', ')}), ${lost.length} lost\n`,
    );
    for (const what of lost) process.stdout.write(`  ${what}\n`);
    isLost ||= lost.length > 0;
  }
  return isLost ? 1 : 0;
}
