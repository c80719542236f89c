import { bootGuest } from '../machines/guest.ts';
import { type GuestPrograms, packInitramfs } from '../machines/initramfs.ts';
import { debianKernel } from '../machines/kernels.ts';
import { type Results } from '../results.ts';
import { checkForecast } from './check.ts';

/** A file that fills its memory, and its copy. */
const options = { memoryMib: 768, swapMib: 16, filesMib: 1400, virtualTime: true } as const;

/** The part of the lab that holds forecasts against kills; `obstacle`: why there can be no guest. */
export async function judgeForecast(
  programs: GuestPrograms,
  obstacle: string | undefined,
  seriesFolder: string | undefined,
  results: Results,
  say: (line: string) => void,
): Promise<void> {
  if (obstacle !== undefined) {
    results.leaveOut('the forecast in a virtual machine', obstacle);
    return;
  }
  try {
    const kernel = debianKernel('6.12', say);
    const initramfs = packInitramfs(kernel, programs);
    const { problems, table } = await checkForecast(
      () => bootGuest(kernel, initramfs, options),
      seriesFolder,
    );
    say(table);
    results.check(`Debian ${kernel.release}: what is foretold of eaters`, problems);
  } catch (error) {
    results.fail(`the forecast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
