import { type KeptFile } from '../../proc/kept-file.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { keepSysctl } from '../../proc/sysctl/value.ts';
import { type OomSettings } from '../snapshot.ts';

/** The sysctls that decide what the kernel does when memory runs out, kept open between ticks. */
export class OomSettingsFiles {
  readonly #panicOnOom: KeptFile<number>;
  readonly #killAllocatingTask: KeptFile<number>;
  readonly #swappiness: KeptFile<number>;

  constructor(files: KernelFiles) {
    this.#panicOnOom = keepSysctl(files, 'vm.panic_on_oom');
    this.#killAllocatingTask = keepSysctl(files, 'vm.oom_kill_allocating_task');
    this.#swappiness = keepSysctl(files, 'vm.swappiness');
  }

  /** The values now; the kernel's defaults where one cannot be read. */
  read(): OomSettings {
    return {
      panicOnOom: valueOf(this.#panicOnOom, 0),
      killAllocatingTask: valueOf(this.#killAllocatingTask, 0) !== 0,
      swappiness: valueOf(this.#swappiness, 60),
    };
  }

  close(): void {
    for (const file of [this.#panicOnOom, this.#killAllocatingTask, this.#swappiness]) file.close();
  }
}

function valueOf(file: KeptFile<number>, fallback: number): number {
  const read = file.read();
  return read.ok ? read.value : fallback;
}
