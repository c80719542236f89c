import { type WslCommandLine } from '../model/wsl.ts';

/**
 * What /proc/cmdline says in WSL 2. AppendCommonKernelCommandLine() of src/windows/common/helpers.cpp.
 *
 *     initrd=\initrd.img WSL_ROOT_INIT=1 panic=-1 nr_cpus=8 … page_reporting.page_reporting_order=5 swiotlb=force hv_pci_swiotlb=67108864 psi=1
 */
export function parseWslCommandLine(text: string): WslCommandLine {
  const words = text.trim().split(/\s+/);
  const valueOf = (name: string) =>
    words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const processors = wholeNumber(valueOf('nr_cpus'));
  const swiotlbBytes = wholeNumber(valueOf('hv_pci_swiotlb'));
  // include/linux/psi.h: parsed by kstrtobool().
  const hasPsi = /^(?:1|y|on)/i.test(valueOf('psi') ?? '');
  return {
    text: text.trim(),
    hasPsi,
    ...(processors === undefined ? {} : { processors }),
    ...(swiotlbBytes === undefined ? {} : { swiotlbBytes }),
  };
}

/** The order of the smallest block that the kernel reports to Windows as free, by its command line. */
export function reportingOrderIn(commandLine: string): number | undefined {
  return wholeNumber(/(?:^|\s)page_reporting\.page_reporting_order=(\d+)(?:\s|$)/.exec(commandLine)?.[1]);
}

/** As in the kernel: blocks of more than 2^10 pages exist on no machine of WSL, but are counted where they stand. */
const MOST_ORDERS = 16;

/**
 * Free pages in blocks of at least this order, by /proc/buddyinfo; undefined where the text is none. mm/vmstat.c frag_show().
 *
 *     Node 0, zone   Normal    216     55    189    101     84     38     37     27      5      3    587
 */
export function freePagesInBlocks(buddyinfo: string, order: number): number | undefined {
  let pages: number | undefined;
  for (const line of buddyinfo.split('\n')) {
    const counts = /^Node\s+\d+,\s+zone\s+\S+\s+([\d\s]+)$/.exec(line)?.[1];
    if (counts === undefined) continue;
    pages ??= 0;
    for (const [at, count] of counts.trim().split(/\s+/).slice(0, MOST_ORDERS).entries())
      if (at >= order) pages += Number(count) * 2 ** at;
  }
  return pages;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
