import { kmsgText } from '#shared/kernel/oom-report/prefix.ts';
import { OomReportReader } from '#shared/kernel/oom-report/reader.ts';
import { type OomReport } from '#shared/kernel/oom-report/report.ts';
import { type Machine } from './machines/machine.ts';

/** The kernel's reports since a moment, as far as they are about us. */
export class ReportWatch {
  readonly #machine: Machine;
  readonly #isOurs: (report: OomReport) => boolean;
  #from: number;

  constructor(machine: Machine, isOurs: (report: OomReport) => boolean) {
    this.#machine = machine;
    this.#isOurs = isOurs;
    this.#from = machine.agent.kmsg.length;
  }

  /** From here on. A report that has not come to its kill yet belongs to what comes. */
  begin(): void {
    const { kmsg } = this.#machine.agent;
    const reader = new OomReportReader();
    let open: OomReport | undefined;
    let openedAt = this.#from;
    for (const [i, record] of kmsg.slice(this.#from).entries()) {
      if (isKernels(record)) reader.push(record);
      if (reader.current !== open) openedAt = this.#from + i;
      open = reader.current;
    }
    this.#from = open?.kills.length === 0 ? openedAt : kmsg.length;
  }

  reports(): OomReport[] {
    const reader = new OomReportReader();
    const reports: (OomReport | undefined)[] = [];
    for (const record of this.#machine.agent.kmsg.slice(this.#from)) {
      if (isKernels(record)) reports.push(reader.push(record));
    }
    reports.push(reader.end());
    return reports.filter((report) => report !== undefined).filter(this.#isOurs);
  }

  /** The log of that time without call traces and statistics, to be printed beside a disagreement. */
  text(): string {
    const lines = this.#machine.agent.kmsg.slice(this.#from).map(kmsgText);
    return lines.filter((line) => telling.test(line)).join('\n');
  }
}

const telling =
  /oom|Out of memory|Kill|\] +\d+ +\d+ |pages RAM|pages reserved|(?:memory|swap): usage|panic|callbacks suppressed/i;

/** Facility 0: what programs have written into /dev/kmsg has another one. */
function isKernels(record: string): boolean {
  return Number.parseInt(record, 10) >> 3 === 0;
}
