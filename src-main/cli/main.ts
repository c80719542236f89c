#!/usr/bin/env node
import { CommanderError } from 'commander';
import { usePlainNumerals } from '#shared/format/numerals.ts';
import { EXIT, handleOutputErrors } from './terminal/output.ts';
import { createProgram } from './program.ts';

// Otherwise it is called MainThread in every list of processes, its own included.
process.title = 'lifeboat';
// The packages run this with Electron as a Node. What we start (a browser, an editor) may be an Electron of its own, and is to be one.
delete process.env['ELECTRON_RUN_AS_NODE'];
usePlainNumerals();
handleOutputErrors();
try {
  // Left to itself, commander takes the arguments of an Electron for those of a packaged window: one word fewer.
  await createProgram().parseAsync(process.argv, { from: 'node' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end with 0; everything else that commander refuses is usage.
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
