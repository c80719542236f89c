import { request, type IncomingMessage } from 'node:http';

/** Why an engine gave no answer that can be used. `slow`: not whole in time. */
export type NoAnswer = 'absent' | 'denied' | 'silent' | 'slow' | 'malformed';

/** What an engine answers, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Parsed where it is JSON; undefined otherwise. */
  readonly body: unknown;
}

/** The way to ask one engine. Nothing throws. */
export type Ask = (question: Question) => Promise<Answer | NoAnswer>;

export interface Question {
  readonly method?: 'GET' | 'POST';
  /** With its version: `/v1.41/containers/json`. */
  readonly path: string;
  readonly body?: unknown;
  /** Of the whole answer. */
  readonly timeoutMs?: number;
}

/** An engine under load answers within a second; one that is just starting makes its callers wait. */
const TIMEOUT_MS = 10_000;
/** An inspection has some 10 KB, a list of 1,000 containers 2 MB. */
const MOST_BYTES = 16 << 20;

/** Asks over a Unix socket, one connection a question. */
export function askOver(socketPath: string): Ask {
  return ({ method = 'GET', path, body, timeoutMs = TIMEOUT_MS }) =>
    new Promise((resolve) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        Host: 'localhost',
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
      };
      const asked = request({ socketPath, path, method, headers, agent: false });
      const end = (answer: Answer | NoAnswer) => {
        clearTimeout(timer);
        resolve(answer);
        asked.destroy();
      };
      const timer = setTimeout(() => {
        end('slow');
      }, timeoutMs);
      timer.unref();
      asked.on('error', (error) => {
        end(noAnswer(error));
      });
      asked.on('response', (response) => {
        const parts: Buffer[] = [];
        let length = 0;
        response.on('data', (part: Buffer) => {
          length += part.length;
          if (length > MOST_BYTES) end('malformed');
          else parts.push(part);
        });
        response.on('error', (error) => {
          end(noAnswer(error));
        });
        response.on('end', () => {
          const { statusCode: status = 0, headers: given } = response;
          end({ status, headers: given, body: parsed(Buffer.concat(parts).toString('utf8')) });
        });
      });
      asked.end(sent);
    });
}

/** What an error of the connection means: the system's own, or one of the HTTP parser (`HPE_…`). */
export function noAnswer(error: Error): NoAnswer {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  return code.startsWith('HPE_') ? 'malformed' : 'silent';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
