import { describe, expect, it } from 'vitest';
import { presumedFacts } from '#shared/killers/systemd.ts';
import { containerWith } from '../../../helpers/containers/container.ts';
import { CASES, worldOf } from '../../shared/names/case-world.ts';
import { caseFiles, fakeProcess, makePrograms, namedTree } from './named-tree.ts';

const USER = '/user.slice/user-1000.slice/user@1000.service/app.slice';

describe('names of processes read from files', () => {
  it.each(CASES.cases)('are those of the case $id', (each) => {
    const { process, others = [], container, steam = {}, expect: expected } = each;
    const manifests = Object.fromEntries(
      Object.entries(steam).map(([file, name]) => [
        `/home/ann/.local/share/Steam/steamapps/${file}`,
        `"AppState"\n{\n\t"name"\t\t"${name}"\n}\n`,
      ]),
    );
    const world = worldOf(each);
    const named = namedTree(
      [process, ...others].map(fakeProcess),
      {
        ...caseFiles(),
        ...manifests,
        '/home/ann/.local/share/Steam/steamapps/libraryfolders.vdf': '"libraryfolders"\n{\n}\n',
      },
      {
        container: (cgroup) =>
          container !== undefined && cgroup === process.cgroup
            ? containerWith({ name: container.name, restartPolicy: 'always' })
            : undefined,
        unit: (unit) => ({ ...presumedFacts(unit), ...world.unit(unit) }),
      },
    );
    makePrograms(named.root);
    const {
      label,
      role,
      app = null,
      evidence,
      within = null,
      icon = null,
      youLose = null,
      secondary,
    } = named.namesOf(process.pid);
    const { never: _, ...rest } = expected;
    expect({ label, role, app, evidence, within, icon, youLose, secondary }).toEqual(rest);
  });
});

describe('ProcessNaming', () => {
  const kate = {
    '/usr/share/applications/org.kde.kate.desktop':
      '[Desktop Entry]\nName=Kate\nName[de]=Kate auf Deutsch\nExec=kate %U\n',
  };

  it('names an application in the language of the user', () => {
    const named = namedTree(
      [{ pid: 9, name: 'kate', cgroup: `${USER}/app-org.kde.kate-9.scope`, cmdline: ['kate'] }],
      kate,
    );
    expect(named.namesOf(9).label).toBe('Kate auf Deutsch');
  });

  it('gives the very same object as long as nothing has changed', () => {
    const named = namedTree([{ pid: 9, name: 'sleep', cmdline: ['sleep', '1'], exe: '/usr/bin/sleep' }]);
    const first = named.namesOf(9);
    named.pass(5_000);
    expect(named.namesOf(9)).toBe(first);
  });

  it('names a process again after exec', () => {
    const named = namedTree([{ pid: 9, name: 'sh', cmdline: ['sh', '-c', 'exec x'], exe: '/usr/bin/dash' }]);
    expect(named.namesOf(9).label).toBe('shell command');
    named.tree.setProcess({
      pid: 9,
      name: 'redis-server',
      cmdline: ['redis-server *:6379'],
      exe: '/usr/bin/redis-server',
    });
    expect(named.namesOf(9).label).toBe('Redis');
  });

  it('names a process again once its name in an engine is known', () => {
    const id = 'ab'.repeat(32);
    const cgroup = `/docker/${id}`;
    let container = containerWith({ id });
    const named = namedTree(
      [{ pid: 9, name: 'sleep', cmdline: ['sleep'], cgroup }],
      {},
      { container: () => container },
    );
    expect(named.namesOf(9).app?.name).toBe(`docker:${id.slice(0, 12)}`);
    container = containerWith({ id, name: 'web' });
    expect(named.namesOf(9).app).toEqual({ id: 'container:web', name: 'web' });
  });

  it('finds an application that is installed later, and looks no more often than every 30 seconds', async () => {
    const named = namedTree(
      [{ pid: 9, name: 'kate', cgroup: `${USER}/app-org.kde.kate-9.scope`, cmdline: ['kate'] }],
      {
        '/usr/share/applications/x.desktop': '[Desktop Entry]\nName=X\n',
      },
    );
    expect(named.namesOf(9).app).toBeUndefined();
    const { writeAt } = await import('./named-tree.ts');
    for (const [path, text] of Object.entries(kate)) writeAt(named.root, path, text);
    named.desktop.missed();
    await new Promise(setImmediate);
    expect(named.namesOf(9).app).toBeUndefined();
    named.pass(31_000);
    named.desktop.missed();
    await new Promise(setImmediate);
    expect(named.namesOf(9).app?.id).toBe('org.kde.kate');
  });

  it('forgets processes that have ended', () => {
    const named = namedTree(Array.from({ length: 200 }, (_, at) => ({ pid: 100 + at })));
    const nameAll = () => {
      const snapshot = named.sample();
      for (const process of snapshot.processes) snapshot.namesOf?.(process);
    };
    nameAll();
    expect(named.naming.size).toBe(200);
    for (let pid = 100; pid < 300; pid++) named.tree.removeProcess(pid);
    for (let pid = 1000; pid < 1100; pid++) named.tree.setProcess({ pid });
    for (let at = 0; at < 40; at++) nameAll();
    expect(named.naming.size).toBeLessThan(2 * 100 + 65);
  });

  it('reads nothing of the environment', () => {
    const named = namedTree([{ pid: 9, name: 'nvim', cmdline: ['nvim'], exe: '/usr/bin/nvim' }], kate);
    named.tree.write(
      '/proc/9/environ',
      'GIO_LAUNCHED_DESKTOP_FILE=/usr/share/applications/org.kde.kate.desktop\0GIO_LAUNCHED_DESKTOP_FILE_PID=9\0',
    );
    expect(named.namesOf(9)).toMatchObject({ label: 'nvim', evidence: 'none' });
  });

  it('says that everything in a cgroup goes that dies whole', () => {
    const named = namedTree([
      { pid: 9, name: 'a', cgroup: '/box/a' },
      { pid: 10, name: 'b', cgroup: '/box/b' },
    ]);
    named.tree.setCgroup('/box', { oomGroup: true });
    named.sample();
    expect(named.namesOf(9).youLose).toBe('everything in box');
  });
});
