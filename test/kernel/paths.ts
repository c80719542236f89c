import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');

/** What is made or downloaded once and kept; git ignores it. */
export const cache = join(repository, '.cache', 'lab');

/** What `npm run build` makes. */
export const built = join(repository, 'out/main');

/** The built program under test: a copy from the start of this run, since another build may run meanwhile. */
export const runFolder = join(cache, `run-${process.pid}`);
export const programFolder = join(runFolder, 'out/main');
export const program = join(programFolder, 'lifeboat.js');
