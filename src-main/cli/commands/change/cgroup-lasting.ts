import { fail } from '#shared/result.ts';
import { safeJson } from '#shared/format/safe-text.ts';
import { goesBelowUsage, refusalIn, type CgroupChange } from '#shared/model/cgroup-change.ts';
import { type NamedScope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { confirm } from '../../terminal/ask.ts';
import { inProcess, isRealMachine, isTerminal } from '../../in-process.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { pathMeant, previewLines, type CgroupOptions } from './cgroup-changes.ts';

/** Shows what a limit would bring and who keeps it, and sets it by the engine of the container or by systemd. */
export async function setLasting(
  asked: string | NamedScope,
  change: Pick<CgroupChange, 'setting' | 'value'>,
  { json, dryRun, mayKill, yes }: CgroupOptions,
): Promise<void> {
  const words = wordsFor(process.env['LANG']);
  await inProcess(async (opened) => {
    const { client } = opened;
    const path = pathMeant(opened, asked);
    if (!path.ok) {
      reportFailure(path.error);
      return;
    }
    const preview = await client.request('change.previewLimit', {
      path: path.value,
      ...change,
      lasting: true,
    });
    if (!preview.ok) {
      reportFailure(preview.error);
      return;
    }
    const { way, id } = preview.value;
    if (json !== true) printText([...previewLines(preview.value), `  · ${words.cgroup.way(way)}`]);
    const refused = refusalIn(preview.value);
    if (refused !== undefined || way.kind === 'cgroup') {
      logLine(refused === undefined ? words.cgroup.noWay : plain(words.cgroup.factSentence(refused)));
      process.exitCode = EXIT.failure;
      return;
    }
    const needsMayKill = goesBelowUsage(preview.value) && mayKill !== true;
    if (dryRun === true) {
      if (needsMayKill && json !== true) printLine(`  ${words.terminal.wouldKill}`);
      if (json === true) printLine(safeJson({ version: 1, ...preview.value }));
      return;
    }
    const real = isRealMachine();
    if (!real.ok || needsMayKill || (yes !== true && !isTerminal())) {
      const why = needsMayKill
        ? fail('would-kill', { what: 'preview' })
        : fail('not-asked', { why: 'no-terminal' });
      reportFailure(real.ok ? why.error : real.error);
      return;
    }
    if (yes !== true && !(await confirm(words.terminal.confirm))) {
      logLine(words.terminal.notAsked);
      process.exitCode = EXIT.failure;
      return;
    }
    const applied = await client.request('change.applyLimit', { id, mayKill: mayKill === true });
    if (!applied.ok) reportFailure(applied.error);
    else if (json === true) printLine(safeJson({ version: 1, ...preview.value, applied: applied.value }));
    else printLine(words.cgroup.limitKept);
  });
}
