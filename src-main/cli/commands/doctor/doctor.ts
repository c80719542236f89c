import { existsSync } from 'node:fs';
import { type Command } from 'commander';
import { type DoctorState } from '#shared/contract/doctor.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { compact } from '#shared/optional.ts';
import { failureLine, findingWords, killerSentences, wordsFor } from '#shared/words/index.ts';
import { readBootId } from '../../../proc/boot-id.ts';
import { stateFolder } from '../../../store/folders.ts';
import { Journal, JOURNAL_FILE } from '../../../store/journal.ts';
import { RECENT_ALERTS } from '../../../engine/doctor/examine-machine.ts';
import { examine } from '../../../engine/doctor/doctor.ts';
import { fold } from '../../terminal/fold.ts';
import { terminal } from '#shared/words/en/terminal.ts';
import { readWslReport } from '../../../wsl/read-report.ts';
import { wslJson, wslLines } from './wsl-notes-text.ts';
import { addDoctorWsl } from './doctor-wsl.ts';
import { jsonHead } from '../watch/list-json.ts';
import { kernelFiles, openKillerWatch, openSampler } from '../../../this-machine.ts';
import { ContainerNames } from '../../container-names.ts';
import { interestIn } from '../watch/look.ts';
import { logLine, outputColumns, printLine, reportFailure } from '../../terminal/output.ts';

/** A word and a mark for each state: never colour alone. */
const MARKS: Record<DoctorState, string> = { good: 'ok  ', note: 'note', warning: 'WARN', bad: 'BAD ' };

/** `lifeboat doctor`: what this machine allows, and what that means for the answers. */
export function addDoctor(program: Command): void {
  const doctor = program
    .command('doctor')
    .summary('check what Lifeboat can see and do on this machine')
    .description('Checks the kernel, cgroups and permissions, and what they mean for the answers.')
    .usage('[options]\n       lifeboat doctor wsl [options] <file>')
    .helpCommand('help [command]', terminal.helpCommand)
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const sampler = openSampler();
      if (!sampler.ok) {
        reportFailure(sampler.error);
        return;
      }
      const snapshot = sampler.value.sample(interestIn(GLOBAL_SCOPE));
      const { kept } = sampler.value;
      sampler.value.close();
      if (!snapshot.ok) {
        reportFailure(snapshot.error);
        return;
      }
      const names = new ContainerNames(snapshot.value, false);
      await names.learn(snapshot.value);
      names.close();
      const watch = openKillerWatch();
      await watch.look(snapshot.value);
      const killers = watch.in(snapshot.value);
      const alerts = recordedAlerts();
      const { findings } = examine(
        snapshot.value,
        compact({ files: kernelFiles(), kept, killers, alerts, containers: names.registry }),
      );
      const report = await readWslReport(kernelFiles(), snapshot.value);
      const words = wordsFor(process.env['LANG']);
      if (json === true) {
        const withWords = findings.map((finding) => ({ ...finding, ...findingWords(words, finding) }));
        const wsl = report === undefined ? {} : { wsl: wslJson(report, words) };
        printLine(safeJson({ ...jsonHead(snapshot.value), findings: withWords, ...wsl }));
        return;
      }
      const columns = outputColumns();
      for (const finding of findings) {
        const { title, meaning, hint } = findingWords(words, finding);
        const value = finding.value === '' ? '' : ` (${safeText(finding.value)})`;
        printLine(`${MARKS[finding.state]}  ${title}${value}`);
        printLine(fold(hint === undefined ? meaning : `${meaning} ${hint}`, '      ', columns));
        for (const line of killerSentences(words, finding)) printLine(fold(line, '      ', columns));
        // Not folded: it is to be pasted.
        if (finding.command !== undefined) printLine(`      ${safeText(finding.command)}`);
        for (const { name, command } of finding.remedies ?? []) {
          printLine(`      ${words.doctorView.remedy(name, command !== undefined)}`);
          if (command !== undefined) printLine(`      ${safeText(command)}`);
        }
      }
      if (report !== undefined) for (const line of wslLines(report, words, MARKS, columns)) printLine(line);
    });
  addDoctorWsl(doctor);
}

/** What a monitor has recorded for this user; undefined where there is no record, or it cannot be read. */
function recordedAlerts(): readonly RecordedAlert[] | undefined {
  const folder = stateFolder();
  if (!existsSync(`${folder}/${JOURNAL_FILE}`)) return undefined;
  const opened = Journal.open({ folder, nowMs: Date.now, bootId: readBootId(kernelFiles()) });
  if (!opened.ok) return undefined;
  const { journal, setAside } = opened.value;
  if (setAside !== undefined) logLine(failureLine(setAside));
  const page = journal.alerts.page(RECENT_ALERTS);
  journal.close();
  return page.ok ? page.value : undefined;
}
