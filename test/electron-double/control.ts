import { rmSync } from 'node:fs';
import { createServer } from 'node:net';

/** What a test sends, as one line of JSON: a function of the electron module and one argument, by its text. */
export interface ControlRequest {
  readonly id: number;
  readonly source: string;
  readonly argument: unknown;
}
export type ControlAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };

/** Lets a test run functions in main, as Playwright does with the real Electron. The first line says where Chromium is. */
export function openControl(path: string, electron: object, port: number): void {
  const server = createServer((socket) => {
    let text = '';
    socket.write(`${JSON.stringify({ port })}\n`);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        void answer(JSON.parse(line) as ControlRequest, electron).then((reply) =>
          socket.write(`${JSON.stringify(reply)}\n`),
        );
      }
    });
  });
  // What an earlier run has left.
  rmSync(path, { force: true });
  server.listen({ path });
  server.unref();
}

async function answer({ id, source, argument }: ControlRequest, electron: object): Promise<ControlAnswer> {
  try {
    const call = (0, eval)(`(${source})`) as (electron: object, argument: unknown) => unknown;
    return { id, ok: true, value: await call(electron, argument) };
  } catch (error) {
    return {
      id,
      ok: false,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
