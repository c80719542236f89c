/** `npm run build`: builds both halves into `out/`, whether that is needed or not. */
import { build } from './builder.ts';

process.exitCode = build() ? 0 : 1;
