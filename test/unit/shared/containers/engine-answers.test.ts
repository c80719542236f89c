import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  agreedVersion,
  parseContainerList,
  parseInspect,
} from '../../../../shared/containers/engine-answers.ts';
import { parseEngineEvent } from '../../../../shared/containers/engine-event.ts';

const FIXTURES = new URL('../../../fixtures/containers/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, FIXTURES), 'utf8');
const json = (name: string): unknown => JSON.parse(text(name));
const events = (name: string) =>
  text(name)
    .trim()
    .split('\n')
    .map((line) => parseEngineEvent(JSON.parse(line)));
const ID = 'f8201e5d0bc58355cebceebb4f0dcd5c3c461ceab2d674b8181f849749cbe63e';

describe('what engines answer', () => {
  it('is read from an inspection by Docker Engine 20.10', () => {
    expect(parseInspect(json('docker-20.10-inspect.json'))).toEqual({
      id: ID,
      name: 'shop-db-1',
      image: 'lb',
      compose: { project: 'shop', service: 'db', number: 1 },
      pod: undefined,
      devcontainer: undefined,
      restartPolicy: 'always',
      restartCount: 0,
      health: undefined,
      state: 'running',
      mainPid: 14865,
      limitsAsked: {
        memoryBytes: 64 * 2 ** 20,
        memorySwapBytes: 64 * 2 ** 20,
        reservationBytes: undefined,
        oomScoreAdj: 0,
      },
    });
  });

  it('is read from an inspection by Podman 4.3, whose empty texts are nothing', () => {
    expect(parseInspect(json('podman-4.3-inspect.json'))).toMatchObject({
      name: 'shop-web-1',
      image: 'localhost/lb:latest',
      compose: { project: 'shop', service: 'web', number: undefined },
      health: undefined,
      restartPolicy: 'always',
      limitsAsked: { memoryBytes: 64 * 2 ** 20 },
    });
  });

  it('is read from a list, as far as it tells', () => {
    const list = parseContainerList(json('docker-20.10-list.json'));
    expect(list?.find(({ id }) => id === ID)).toMatchObject({
      name: 'shop-db-1',
      compose: { project: 'shop' },
      state: 'running',
      limitsAsked: undefined,
    });
  });

  it('is read from the events of both', () => {
    const names = (name: string) =>
      events(name).map((event) => (typeof event === 'object' ? `${event.kind} ${event.name ?? ''}` : event));
    expect(names('docker-20.10-events.jsonl')).toEqual(['oom eater', 'died eater', 'other']);
    expect(names('podman-4.3-events.jsonl')).toEqual([
      'started shop-web-1',
      'renamed shop-web-2',
      'died shop-web-2',
      'other',
    ]);
  });

  it('is harmless where names hold control characters, marks that reorder, and kilobytes', () => {
    const nasty = `/\u001b]0;x\u0007\u202eevil${'n'.repeat(5_000)}`;
    const found = parseInspect({
      Id: ID,
      Name: nasty,
      Config: { Image: '\u009b31m', Labels: { 'com.docker.compose.project': 'p'.repeat(4_096), 7: 7 } },
    });
    expect(found?.name).toMatch(/^\\x1b\]0;x\\x07\\u202eevil/);
    expect(found?.name?.length).toBeLessThanOrEqual(255);
    expect(found?.image).toBe('\\x9b31m');
    expect(found?.compose?.project).toHaveLength(255);
  });

  it.each([
    ['text', 'OK'],
    ['a list', []],
    ['null', null],
    ['an id that is a path', { Id: '../../etc' }],
    ['an id that is too short', { Id: 'abc' }],
  ])('is no container where it is %s', (_, body) => {
    expect(parseInspect(body)).toBeUndefined();
  });

  it('is undefined in each field of another type than engines write', () => {
    const found = parseInspect({
      Id: ID,
      Name: 7,
      State: { Status: ['running'], Pid: -1, Health: 'x' },
      HostConfig: { Memory: '64m', MemorySwap: 1.5, OomScoreAdj: 5_000, RestartPolicy: 'always' },
      Config: { Labels: ['com.docker.compose.project'] },
      RestartCount: NaN,
    });
    expect(found).toMatchObject({
      name: undefined,
      state: undefined,
      mainPid: undefined,
      compose: undefined,
    });
    expect(found?.limitsAsked).toEqual({
      memoryBytes: undefined,
      memorySwapBytes: undefined,
      reservationBytes: undefined,
      oomScoreAdj: undefined,
    });
  });

  it.each([
    ['1.41', '1.41'],
    ['1.24', '1.24'],
    ['1.55', '1.55'],
    ['1.56', '1.55'],
    ['2.0', '1.55'],
    ['', undefined],
    ['1.41/../..', undefined],
    [undefined, undefined],
  ])('agrees with an engine of API %s on %s', (theirs, agreed) => {
    expect(agreedVersion(theirs)).toBe(agreed);
  });
});
