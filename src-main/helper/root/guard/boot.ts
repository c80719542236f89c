/** The argument by which a process knows that it is a guard; a file that Node runs has an absolute path there. */
export const GUARD_NAME = 'lifeboat-guard';

/** Runs the text that comes by descriptor 3 as a CommonJS module: all that the command line of a guard says. */
export const BOOT_GUARD =
  "new Function('require', 'module', 'exports', require('fs').readFileSync(3, 'utf8'))(require, { exports: {} }, {})";
