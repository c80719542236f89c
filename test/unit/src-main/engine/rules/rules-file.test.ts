import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Failure } from '#shared/result.ts';
import { addRule, removeRule } from '../../../../../src-main/engine/rules/edit-rules.ts';
import { type Rule } from '../../../../../src-main/engine/rules/rule.ts';
import { readRules, RulesFile } from '../../../../../src-main/engine/rules/rules-file.ts';

let root = '';
let path = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lifeboat-rules-'));
  mkdirSync(join(root, 'config'));
  path = join(root, 'config/rules.toml');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

const GOOD = '[[rule]]\nname = "a"\nadj = 5\n';
const BROKEN = '[[rule]]\nname = "a"\nadj = 5000\n';

/** An editor replaces files. With both there at the same time, their inodes surely differ. */
function edit(text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function open(onChange?: (rules: readonly Rule[], trouble: Failure | undefined) => void) {
  const options = { configFolder: join(root, 'config'), stateFolder: join(root, 'state') };
  return new RulesFile(onChange === undefined ? options : { ...options, onChange });
}

const values = (file: RulesFile) => file.rules.map(({ oomScoreAdj }) => oomScoreAdj);

describe('the rules in force', () => {
  it('are none where there is no file', () => {
    const file = open();
    expect([values(file), file.trouble]).toEqual([[], undefined]);
  });

  it('are those in the file, and follow it', () => {
    edit(GOOD);
    const file = open();
    expect(values(file)).toEqual([5]);
    edit(GOOD.replace('5', '6'));
    file.look();
    expect(values(file)).toEqual([6]);
    rmSync(path);
    file.look();
    expect([values(file), file.trouble]).toEqual([[], undefined]);
  });

  it('are the last good ones while the file is broken, and the place is reported', () => {
    edit(GOOD);
    const file = open();
    edit(BROKEN);
    file.look();
    expect(values(file)).toEqual([5]);
    expect(file.trouble).toMatchObject({ code: 'rules-broken' });
    expect(file.trouble?.facts).toMatchObject({ line: 3, column: 7 });
    edit(GOOD.replace('5', '7'));
    file.look();
    expect([values(file), file.trouble]).toEqual([[7], undefined]);
  });

  it('are the last good ones also for a Lifeboat that starts with a broken file', () => {
    edit(GOOD);
    open();
    edit(BROKEN);
    const later = open();
    expect(values(later)).toEqual([5]);
    expect(later.trouble?.code).toBe('rules-broken');
  });

  it('are none after the file was taken away, whatever was kept', () => {
    edit(GOOD);
    open();
    rmSync(path);
    expect(values(open())).toEqual([]);
    edit(BROKEN);
    expect(values(open())).toEqual([]);
  });

  it('are not taken from a file that others may write', () => {
    edit(GOOD);
    chmodSync(path, 0o666);
    const file = open();
    expect(values(file)).toEqual([]);
    expect(file.trouble?.facts).toMatchObject({ what: 'changeable' });
  });

  it('are not taken from a folder, or from a file without end', () => {
    mkdirSync(path);
    expect(open().trouble?.code).toBe('rules-broken');
    rmSync(path, { recursive: true });
    edit(`#${'x'.repeat(300 * 1024)}`);
    expect(open().trouble?.facts).toMatchObject({ what: 'too-large' });
  });

  it('are reported whenever they change, and only then', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const changes: (readonly [number, string | undefined])[] = [];
    const file = open((rules, trouble) => changes.push([rules.length, trouble?.code]));
    file.watch();
    vi.advanceTimersByTime(10_000);
    edit(GOOD);
    vi.advanceTimersByTime(10_000);
    edit(BROKEN);
    vi.advanceTimersByTime(10_000);
    file.close();
    edit(GOOD);
    vi.advanceTimersByTime(10_000);
    expect(changes).toEqual([
      [0, undefined],
      [1, undefined],
      [1, 'rules-broken'],
    ]);
  });

  it('are in force even when they cannot be kept', () => {
    edit(GOOD);
    writeFileSync(join(root, 'state'), 'a file where the folder would be');
    expect(values(open())).toEqual([5]);
  });
});

describe('adding', () => {
  it('begins a file that explains itself', () => {
    const added = addRule(path, { name: 'firefox', oomScoreAdj: -100 });
    expect(added).toMatchObject({
      ok: true,
      value: { path, replaced: false, rule: { number: 1, oomScoreAdj: -100 } },
    });
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('# Lifeboat');
    expect(text.endsWith('[[rule]]\nname = "firefox"\nadj = -100\n')).toBe(true);
  });

  it('leaves everything else as it is, and gives the same rule another value', () => {
    const text = '# mine\r\n[[rule]] # keep\r\nname = "a"\r\nadj  =  5 # five\r\n# last';
    writeFileSync(path, text);
    expect(addRule(path, { name: 'a', oomScoreAdj: -7 })).toMatchObject({
      ok: true,
      value: { replaced: true },
    });
    expect(readFileSync(path, 'utf8')).toBe(text.replace('5 #', '-7 #'));
    addRule(path, { command: '^/bin/b "\\d"', user: 'root', allowMany: true, oomScoreAdj: 1 });
    expect(readFileSync(path, 'utf8')).toBe(
      `${text.replace('5 #', '-7 #')}\n\n[[rule]]\ncommand = '^/bin/b "\\d"'\nuser = "root"\nadj = 1\nallow_many = true\n`,
    );
  });

  it.for([
    {
      what: 'the comment beside it',
      text: '[[rule]]\r\nname = "a"\r\n  allow_many = false # a few only\r\nadj = 5\r\n',
      after: '[[rule]]\r\nname = "a"\r\n  allow_many = true # a few only\r\nadj = 5\r\n',
    },
    {
      what: 'the ends of lines',
      text: '[[rule]]\r\nname = "a"\r\nadj = 5 # five\r\n# last',
      after: '[[rule]]\r\nname = "a"\r\nadj = 5 # five\r\nallow_many = true\r\n# last',
    },
  ])('lets the same rule match many, and leaves $what as it is', ({ text, after }) => {
    writeFileSync(path, text);
    expect(addRule(path, { name: 'a', oomScoreAdj: 5, allowMany: true }).ok).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(after);
  });

  it('never writes a file that could not be read again', () => {
    writeFileSync(path, BROKEN);
    expect(addRule(path, { name: 'a', oomScoreAdj: 1 })).toMatchObject({
      ok: false,
      error: { code: 'rules-broken' },
    });
    expect(readFileSync(path, 'utf8')).toBe(BROKEN);
    rmSync(path);
    const refused = addRule(path, { name: 'a name that is too long', oomScoreAdj: 1 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'rule-broken' } });
    expect(addRule(path, { oomScoreAdj: 1 })).toMatchObject({ ok: false, error: { code: 'rule-broken' } });
    expect(existsSync(path)).toBe(false);
  });

  it('keeps the mode, and follows a link', () => {
    const elsewhere = join(root, 'dotfiles.toml');
    writeFileSync(elsewhere, GOOD, { mode: 0o600 });
    symlinkSync(elsewhere, path);
    expect(addRule(path, { name: 'b', oomScoreAdj: 1 }).ok).toBe(true);
    expect(readlinkSync(path)).toBe(elsewhere);
    expect(statSync(elsewhere).mode & 0o777).toBe(0o600);
  });

  it('says when it cannot write', () => {
    const refused = addRule('/proc/lifeboat/rules.toml', { name: 'b', oomScoreAdj: 1 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'io-failed', facts: { errno: 'ENOENT' } } });
  });

  it('any name that a process can have comes back', { timeout: 60_000 }, () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 15, size: 'max' })
      .filter((text) => Buffer.byteLength(text) <= 15);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 4 }), (names) => {
        rmSync(path, { force: true });
        for (const each of names)
          expect(addRule(path, { name: each, oomScoreAdj: 3 })).toMatchObject({ ok: true, value: { path } });
        const read = readRules(path);
        expect(read.ok && read.value.rules.map((rule) => rule.name)).toEqual(names.length === 0 ? [] : names);
      }),
      { numRuns: 60 },
    );
  });
});

describe('removing', () => {
  const THREE = `# top
[[rule]]
name = "a"
adj = 1

# about b
[[rule]]
name = "b" # b
# inside
adj = 2

[[rule]]
name = "c"
adj = 3
`;

  it('takes the rule and leaves the comments', () => {
    writeFileSync(path, THREE);
    expect(removeRule(path, 2)).toMatchObject({ ok: true, value: { rule: { name: 'b' } } });
    expect(readFileSync(path, 'utf8')).toBe(`# top
[[rule]]
name = "a"
adj = 1

# about b
# inside

[[rule]]
name = "c"
adj = 3
`);
  });

  it('takes all, one after the other', () => {
    writeFileSync(path, THREE);
    for (let count = 0; count < 3; count += 1) expect(removeRule(path, 1).ok).toBe(true);
    expect(readFileSync(path, 'utf8').replace(/\n+/g, '\n')).toBe('# top\n# about b\n# inside\n');
    expect(removeRule(path, 1)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
