import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const FOLDER = join(import.meta.dirname, '../../.github/workflows');

describe.for(readdirSync(FOLDER))('the workflow %s', (name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');

  it('is YAML', async () => {
    expect(await format(text, { parser: 'yaml' })).toContain('jobs:');
  });

  it('pins every action to a version, and uses only those of GitHub itself', () => {
    const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^actions\/[a-z-]+@v\d+$/.test(action ?? ''))).toEqual([]);
  });

  it('may read, and write only where a release is made', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    const writing = text.split(/^ {2}(?=\w+:$)/m).filter((job) => job.includes(': write'));
    expect(writing.map((job) => job.split(':')[0])).toEqual(['release']);
  });

  it('leaves its token to no later step', () => {
    const checkouts = text.match(/uses: actions\/checkout@/g) ?? [];
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
  });

  it('calls only scripts that package.json has', () => {
    const called = [...text.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, script = '']) => script);
    const known = [...Object.keys(packageJson.scripts), 'ci'];
    expect(called.filter((script) => !known.includes(script))).toEqual([]);
    expect(called).toEqual(expect.arrayContaining(['ci', 'check', 'test', 'lab', 'package']));
  });
});
