/** A Lifeboat that is about to hang or die: asks for a change of vm.oom_dump_tasks that waits `argv[2]` seconds, tells of it, and waits. */
import { startHelper } from '../../../src-main/helper/client/start-helper.ts';
import { PLACES } from './raw-helper.ts';

const started = await startHelper({ asks: 'none', places: PLACES });
if (!started.ok) throw new Error(started.error.code);
const helper = started.value;
const [, , seconds = '20', value = '0'] = process.argv;
const answer = await helper.request({
  verb: 'set-sysctls',
  changes: [{ name: 'vm.oom_dump_tasks', value: Number(value) }],
  pendingSeconds: Number(seconds),
});
process.stdout.write(`${JSON.stringify(answer)}\n`);
setInterval(() => undefined, 1000);
