import { capitalized } from '#shared/format/capitalized.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { type MemoryLevel } from '#shared/model/alert.ts';
import { type KillOrderView } from '#shared/model/kill-order.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type Words } from '#shared/words/index.ts';

/** A menu of a panel does not wrap its lines. */
const LINE = 64;

/** What an item of the tray's menu does; `line` only says something. */
export type TrayAction = 'open' | 'protect' | 'protect-strong' | 'protect-never' | 'settings' | 'quit';
export type TrayItem =
  | { readonly kind: 'line'; readonly label: string }
  | { readonly kind: 'action'; readonly action: TrayAction; readonly label: string }
  | { readonly kind: 'separator' };

/** Everything that the tray shows. */
export interface TrayView {
  readonly level: MemoryLevel;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
  /** The process that "protect" means. */
  readonly victim?: ProcessId;
}

export interface TrayFacts {
  readonly level: MemoryLevel;
  readonly memory: MemoryState;
  /** The machine's order with its first places; undefined while it is not known. */
  readonly order: KillOrderView | undefined;
  /** Absent where nothing is forecast of the machine. */
  readonly forecast?: Forecast | undefined;
  readonly pageSizeBytes: number;
  readonly words: Words;
}

/** What the tray is to show for a reading. */
export function trayView({ level, memory, order, forecast, pageSizeBytes, words }: TrayFacts): TrayView {
  const labels = words.tray;
  const state = labels.state(words.alerts.memoryLevels[level], formatBytes(memory.availableBytes));
  const first = order?.outcome === 'kills' ? order.entries[0] : undefined;
  const says = forecast === undefined ? [] : wrapped(capitalized(words.forecast.machine(forecast))).map(line);
  const end: TrayItem[] = [
    { kind: 'separator' },
    { kind: 'action', action: 'open', label: labels.open },
    { kind: 'action', action: 'settings', label: labels.settings },
    { kind: 'separator' },
    { kind: 'action', action: 'quit', label: labels.quit },
  ];
  if (order === undefined || first === undefined) {
    const why = order === undefined || order.outcome === 'kills' ? labels.noVictim : labels.otherwise;
    return { level, tooltip: `Lifeboat: ${state}`, items: [line(state), ...says, line(why), ...end] };
  }
  const name = `${words.nameOf(first)} (${words.pidOf(first)})`;
  const next = order.either.length > 1 ? labels.mayBeNext(name) : labels.next(name);
  const sentence = words.explainSentence(
    first,
    order.totalPages,
    pageSizeBytes,
    order.scope,
    memory.swap !== undefined,
  );
  const { pid, startTicks } = first;
  return {
    level,
    tooltip: `Lifeboat: ${state}. ${next}`,
    victim: { pid, startTicks },
    items: [
      line(state),
      ...says,
      { kind: 'separator' },
      line(next),
      ...wrapped(sentence).map(line),
      { kind: 'action', action: 'protect', label: labels.protect(name) },
      { kind: 'action', action: 'protect-strong', label: labels.protectStrong(name) },
      { kind: 'action', action: 'protect-never', label: labels.protectNever(name) },
      ...end,
    ],
  };
}

function line(label: string): TrayItem {
  return { kind: 'line', label };
}

/** The text in lines that a menu can show. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > LINE) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
