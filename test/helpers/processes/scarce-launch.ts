import { closeSync, openSync } from 'node:fs';
import { HELPER_PROTOCOL } from '#shared/contract/helper.ts';
import { launch } from '../../../src-main/helper/client/launch.ts';
import { offerDescriptors } from '../../../src-main/proc/descriptors.ts';

/**
 * A program that fills its table of descriptors and starts something that says hello as a helper does: while none is given up, and while some
 * are. Prints what came of both.
 */
const held: number[] = [];
try {
  for (;;) held.push(openSync('/dev/null', 'r'));
} catch {
  // That was the last one.
}
const hello = JSON.stringify({ hello: 'lifeboat-helper', protocol: HELPER_PROTOCOL, version: 'test' });
const start = async () => {
  const method = { via: 'root', prefix: ['/bin/sh', '-c'], asksPerson: false } as const;
  const started = await launch(method, [`echo '${hello}'; cat >/dev/null`]);
  if (started.ok) await started.value.close();
  return started.ok ? 'started' : started.error;
};
const none = await start();
offerDescriptors(() => {
  const given = held.splice(0, 4);
  for (const each of given) closeSync(each);
  return given.length > 0;
});
const some = await start();
process.stdout.write(`${JSON.stringify({ none, some })}\n`);
