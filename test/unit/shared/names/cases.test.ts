import { describe, expect, it } from 'vitest';
import { clean } from '#shared/names/clean.ts';
import { Namer } from '#shared/names/names.ts';
import { redactedCommand } from '#shared/names/redact.ts';
import { unitApplication } from '#shared/names/unit-app.ts';
import { youLose } from '#shared/words/en/names.ts';
import { CASE_INDEX, CASES, taskOf, worldOf } from './case-world.ts';

describe('names of processes', () => {
  it.each(CASES.cases)('are those of the case $id', (each) => {
    const found = new Namer(worldOf(each)).of(taskOf(each.process));
    const { label, role, app, within, evidence, loss, icon, secondary } = found;
    const shown = {
      label,
      app: app ?? null,
      role,
      evidence,
      within: within ?? null,
      icon: icon ?? null,
      youLose: loss === undefined ? null : youLose(loss),
      secondary,
    };
    const { never, ...expected } = each.expect;
    expect(shown).toEqual(expected);
    for (const text of never) expect(JSON.stringify([label, role, app, shown.youLose])).not.toContain(text);
  });
});

describe('applications by units', () => {
  it.each(CASES.unitVectors)('$path is $kind $id', ({ path, id, kind, index }) => {
    const hasFile = (each: string) => index?.includes(each) ?? CASE_INDEX.byId(each) !== undefined;
    const found = unitApplication(path, hasFile);
    expect([found?.id ?? null, found?.kind ?? 'none']).toEqual([id, kind]);
    if (index === undefined) expect(unitApplication(path)?.id ?? null).toBe(id);
  });
});

describe('texts from outside', () => {
  it.each(CASES.textVectors)('$raw is shown as $shown', ({ raw, shown }) => {
    expect(clean(raw)).toBe(shown);
  });
});

describe('command lines without secrets', () => {
  it.each(CASES.redactVectors)('$shown', ({ argv, shown }) => {
    expect(redactedCommand(argv)).toBe(shown);
  });
});
