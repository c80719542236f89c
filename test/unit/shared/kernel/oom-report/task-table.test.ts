import { describe, expect, it } from 'vitest';
import { taskPageTablePages } from '#shared/kernel/oom-report/report.ts';
import { parseTask, taskColumns } from '#shared/kernel/oom-report/task-table.ts';

function parsed(header: string, row: string) {
  const columns = taskColumns(header);
  return columns && parseTask(row, columns);
}

describe('the shapes of the task table', () => {
  it.each([
    [
      '2.6.36 to 3.4',
      '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name',
      '[12757]    48 12757   113806     1206   0       0             0 php-fpm',
      { rssPages: 1206, oomScoreAdj: 0, name: 'php-fpm' },
      undefined,
    ],
    [
      '3.5 to 3.19',
      '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
      '[ 1532]  1000  1532   410347   398810     790        0             0 badsysprogram',
      { rssPages: 398810, swapPages: 0, name: 'badsysprogram' },
      790,
    ],
    [
      '4.0 to 4.14',
      '[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name',
      '[ 1381]     0  1381   530382     5191      34       4     5489             0 gunpowder-memho',
      { rssPages: 5191, swapPages: 5489, name: 'gunpowder-memho' },
      38,
    ],
    [
      '4.15 to 6.7',
      '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
      '[   7148]     0  7148     6454     2679    86015        5          -998 ab',
      { rssPages: 2679, swapPages: 5, oomScoreAdj: -998, name: 'ab' },
      20,
    ],
    [
      '6.8 on',
      '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
      '[   7480]     0  7478     1233     1091      896      100        95    32768        0             0 8',
      { pid: 7480, tgid: 7478, rssAnonPages: 896, rssFilePages: 100, rssShmemPages: 95, name: '8' },
      8,
    ],
  ])('%s', (_, header, row, expected, tablePages) => {
    const task = parsed(header, row);
    expect(task).toMatchObject(expected);
    expect(task && taskPageTablePages(task, 4096)).toBe(tablePages);
  });

  it('an unknown column is ignored', () => {
    const task = parsed(
      '[  pid  ]   uid  tgid total_vm      rss (01)nrss  pgtables_bytes swapents oom_score_adj name',
      '[  13135]     0 13135   787018   674666   674300  5439488        0             0 a.out',
    );
    expect(task).toMatchObject({ rssPages: 674666, pageTableBytes: 5439488, name: 'a.out' });
  });
});

describe('names in rows', () => {
  const header = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name';
  it.each(['', ' ', '1 2 3', '-5', 'a  b ', '[ 1] 2'])('%j', (name) => {
    expect(
      parsed(header, `[      1]     0     1        2        3     4096        0             0 ${name}`)?.name,
    ).toBe(name);
  });

  it.each([
    ['too few figures', '[      1]     0     1        2 x'],
    ['words between', '[      1]     0     1  two        3     4096        0             0 x'],
    ['no pid', '[     ab]     0     1        2        3     4096        0             0 x'],
  ])('%s: no row', (_, row) => {
    expect(parsed(header, row)).toBeUndefined();
  });
});
