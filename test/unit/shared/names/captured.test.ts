import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Namer } from '#shared/names/names.ts';
import { youLose } from '#shared/words/en/names.ts';
import { CAPTURED_INDEX } from './captured-index.ts';
import { taskOf, worldOf, type CaseFacts } from './case-world.ts';

/** A program that ran on Debian, as /proc showed it, and what it is. */
interface Captured extends CaseFacts {
  readonly id: string;
  readonly what: string;
  readonly expect: {
    readonly label: string;
    readonly role: string;
    readonly app: string | null;
    readonly within: string | null;
    readonly evidence: string;
    readonly youLose: string | null;
    readonly never: readonly string[];
  };
}

const { captured } = JSON.parse(readFileSync(new URL('fixtures/captured.json', import.meta.url), 'utf8')) as {
  readonly captured: readonly Captured[];
};

describe('names of programs of Debian', () => {
  it.each(captured)('are right for $what ($id)', (each) => {
    const {
      label,
      role,
      app,
      within = null,
      evidence,
      loss,
    } = new Namer(worldOf(each, CAPTURED_INDEX)).of(taskOf(each.process));
    const { never, ...expected } = each.expect;
    const lost = loss === undefined ? null : youLose(loss);
    expect({ label, role, app: app?.id ?? null, within, evidence, youLose: lost }).toEqual(expected);
    for (const text of never) expect(JSON.stringify([label, app, lost])).not.toContain(text);
  });

  it('are of forty programs at least, hostile ones among them', () => {
    expect(captured.length).toBeGreaterThanOrEqual(40);
  });
});
