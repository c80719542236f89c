/** A first look at a line while no report is open. Every line comes by here, so the words looked for are few and begin with rare letters. */
export function mayOpen(line: string): boolean {
  return (
    (line.includes('ill') && wordsOfKilling.test(line)) ||
    line.includes('Tasks state (memory values in pages)') ||
    line.includes('_vm ') ||
    line.includes('B, limit ') ||
    line.includes('Kernel panic') ||
    (line.charCodeAt(0) === BRACE && line.includes('"MESSAGE"'))
  );
}

const wordsOfKilling = /oom-kill|ill(?:ed)? process |no killable processes|killed as a result of limit of /;

const BRACE = 123;

/** Text that every line of a report has, rows aside: all others are skipped unparsed. */
export const telling =
  /oom|[Oo]ut of [Mm]emory|[Kk]ill|usage |pages R|pages r|swap {1,2}=|[Pp][Ii][Dd]: |panic|limit of|total_vm|total-vm|vsz:|going to be|Tasks state/;
