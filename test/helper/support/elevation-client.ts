/** A Lifeboat of an ordinary user: starts the helper as argv[2] says, has it answer once, and prints the result. */
import { readFileSync } from 'node:fs';
import { launch } from '../../../src-main/helper/client/launch.ts';
import { rightsNow, startHelper } from '../../../src-main/helper/client/start-helper.ts';
import { seenNow } from '../../helpers/seen-process.ts';
import { type ClientOrder } from './elevation-order.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as ClientOrder;
const rights = order.start === undefined ? undefined : rightsNow(order.start);
const started =
  order.launch === undefined
    ? await startHelper(order.start ?? { asks: 'none' })
    : await launch(order.launch.method, order.launch.command);
const report = { rights, uid: process.getuid?.() };
if (!started.ok) {
  say({ ...report, error: started.error });
} else {
  const helper = started.value;
  const answer = await helper.request({ verb: 'set-adj', process: seenNow(process.pid), oomScoreAdj: 321 });
  const adj = readFileSync('/proc/self/oom_score_adj', 'utf8').trim();
  await helper.close();
  say({ ...report, via: helper.via, hello: helper.hello, answer, adj });
}

function say(value: unknown): void {
  process.stdout.write(`\nREPORT ${JSON.stringify(value)}\n`);
}
