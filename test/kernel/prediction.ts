import { type Machine } from './machines/machine.ts';

/** What the program answers to `list --json -n 0`, as far as the lab judges it. */
export interface Prediction {
  readonly kernel: { readonly release: string; readonly formula: string };
  readonly totalPages: number;
  readonly panics: boolean;
  readonly confidence: 'certain' | 'close';
  readonly either: readonly number[];
  readonly killsAllocatingTask: boolean;
  readonly order: readonly PredictedProcess[];
  readonly ineligible: readonly { readonly pid: number; readonly name: string; readonly reason: string }[];
}

export interface PredictedProcess {
  readonly pid: number;
  readonly name: string;
  readonly badnessPages: number;
  readonly rssPages: number;
  readonly swapPages: number;
  readonly pageTablePages: number;
  readonly oomScoreAdj: number;
  readonly diesWith: readonly number[];
}

/** Asks the built program on that machine who is next in a scope. */
export async function predict(machine: Machine, scope: string): Promise<Prediction> {
  const command = [...machine.lifeboat, 'list', '--json', '-n', '0', '--scope', scope];
  const { code, stdout, stderr } = await machine.agent.run(20_000 * machine.patience, ...command);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr || stdout}`);
  const answer = JSON.parse(stdout) as Prediction;
  for (const key of [
    'totalPages',
    'panics',
    'confidence',
    'either',
    'killsAllocatingTask',
    'order',
    'ineligible',
  ]) {
    if (!Object.hasOwn(answer, key)) throw new Error(`the answer has no ${key}: ${stdout.slice(0, 400)}`);
  }
  return answer;
}
