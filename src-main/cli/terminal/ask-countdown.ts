import { createInterface } from 'node:readline';
import { terminal } from '#shared/words/en/terminal.ts';

/** The answer about a pending change. */
export type Verdict = 'keep' | 'keep-on-disk' | 'take-back' | 'silence';

/** Where the question is asked: the terminal, except in tests. */
export interface Asked {
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  readonly nowMs?: () => number;
  /** Whether it can be kept on disk as well. */
  readonly disk?: boolean;
}

/**
 * Asks whether to keep a change, counting down to the moment at which it reverts. Any answer but a clear yes reverts it at once; without an
 * answer the helper reverts it.
 */
export function askToKeep(deadlineMs: number, on: Asked = {}): Promise<Verdict> {
  const { input = process.stdin, output = process.stderr, nowMs = Date.now, disk = true } = on;
  const line = createInterface({ input, output });
  const secondsLeft = () => Math.max(0, Math.ceil((deadlineMs - nowMs()) / 1000));
  return new Promise((resolve) => {
    const end = (verdict: Verdict) => {
      clearInterval(timer);
      // close() emits `close` itself, and the verdict is known by then.
      line.removeAllListeners('close');
      line.close();
      output.write('\n');
      resolve(verdict);
    };
    const show = () => {
      if (secondsLeft() === 0) {
        end('silence');
        return;
      }
      line.setPrompt(terminal.keep(secondsLeft(), disk));
      // Keeps the text typed so far.
      line.prompt(true);
    };
    line.on('line', (text) => {
      const verdict = verdictOf(text);
      end(verdict === 'keep-on-disk' && !disk ? 'take-back' : verdict);
    });
    line.on('SIGINT', () => {
      end('take-back');
    });
    line.on('close', () => {
      end('take-back');
    });
    const timer = setInterval(show, 1_000);
    show();
  });
}

/** What an answer means. */
export function verdictOf(line: string): Verdict {
  const word = line.trim().toLowerCase();
  if (word === 'y' || word === 'yes') return 'keep';
  return word === 'd' || word === 'disk' ? 'keep-on-disk' : 'take-back';
}
