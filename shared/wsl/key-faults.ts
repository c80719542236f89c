import { meantAboveMinimum, meantBoolean, meantSize, meantValue, wslSize } from './corrections.ts';
import { DEFAULT_SWAP, LEAST_MEMORY_BYTES, type AcceptedValue } from './effective.ts';
import { type SizeFault, type WslFault } from './finding.ts';
import { type WslKey } from './keys.ts';
import {
  arePorts,
  asciiLower,
  isIpAddress,
  isMacAddress,
  parseWslBoolean,
  parseWslInteger,
  parseWslSize,
} from './values.ts';

/** A fault of one key, with the value that should stand there. */
export interface KeyFault {
  readonly fault: WslFault;
  readonly meant: string | undefined;
}

/** The value that WSL reads here, or why it refuses it. `name` is the key as it is written. */
export function acceptValue(
  known: WslKey,
  name: string,
  value: string,
  isWindows: boolean,
  ramBytes: number | undefined,
): { readonly accepted: AcceptedValue } | KeyFault {
  const { type } = known;
  const invalid = (ofType: 'integer' | 'keyword' | 'ports' | 'ip' | 'mac'): KeyFault => {
    const fault = { kind: 'invalid-value', key: name, value, type: ofType } as const;
    const { keywords } = known;
    return {
      fault: keywords === undefined ? fault : { ...fault, keywords },
      meant: meantValue(value, known),
    };
  };
  switch (type) {
    case 'size': {
      const size = parseWslSize(value);
      if (size !== undefined) return { accepted: size };
      return {
        fault: { kind: 'invalid-size', key: name, value, why: sizeFault(value) },
        meant: meantSize(value, ramBytes),
      };
    }
    case 'integer': {
      const number = parseWslInteger(value, isWindows ? 32 : 64);
      return number === undefined ? invalid('integer') : { accepted: number };
    }
    case 'boolean': {
      const is = parseWslBoolean(value);
      if (is !== undefined) return { accepted: is };
      return { fault: { kind: 'bool-invalid', key: name, value }, meant: meantBoolean(value) };
    }
    case 'keyword': {
      const keyword = known.keywords?.find((each) => asciiLower(each) === asciiLower(value));
      return keyword === undefined ? invalid('keyword') : { accepted: keyword };
    }
    case 'ports':
      return arePorts(value) ? { accepted: value } : invalid('ports');
    case 'ip':
      return isIpAddress(value) ? { accepted: value } : invalid('ip');
    case 'mac':
      return isMacAddress(value) ? { accepted: value } : invalid('mac');
    case 'text':
    case 'path':
      return { accepted: value };
  }
}

/** No machine has so much memory: what WSL cuts to all of it. */
const NO_MACHINE_BYTES = 2n ** 56n;

/** What is odd in a value that WSL accepts. */
export function oddValue(
  known: WslKey,
  name: string,
  value: string,
  accepted: AcceptedValue,
  ramBytes: number | undefined,
): KeyFault | undefined {
  const noEffect = (why: 'is-default' | 'no-memory-controller'): KeyFault => ({
    fault: { kind: 'no-effect', key: name, why },
    meant: undefined,
  });
  if (typeof accepted === 'bigint') {
    if (known.key === 'memory') return oddMemory(name, value, accepted, ramBytes);
    const standsForDefault = known.key === 'swap' ? DEFAULT_SWAP : known.key === 'swiotlb' ? 0n : undefined;
    return accepted === standsForDefault ? noEffect('is-default') : undefined;
  }
  if (known.key === 'processors' && typeof accepted === 'number' && accepted <= 0)
    return noEffect('is-default');
  if (known.key === 'cgroups' && accepted === 'v1') return noEffect('no-memory-controller');
  if (known.type === 'path' && typeof accepted === 'string') return oddPath(name, accepted);
  return undefined;
}

function oddMemory(
  name: string,
  value: string,
  bytes: bigint,
  ramBytes: number | undefined,
): KeyFault | undefined {
  if (bytes === 0n) return { fault: { kind: 'no-effect', key: name, why: 'is-default' }, meant: undefined };
  if (bytes < BigInt(LEAST_MEMORY_BYTES)) {
    const hasUnit = /[A-Z]/.test(value);
    return {
      fault: { kind: 'below-minimum', key: name, bytes: Number(bytes), hasUnit },
      meant: meantAboveMinimum(bytes, hasUnit),
    };
  }
  const fault = { kind: 'above-ram', key: name, value } as const;
  if (ramBytes === undefined) return bytes < NO_MACHINE_BYTES ? undefined : { fault, meant: undefined };
  if (bytes <= BigInt(ramBytes)) return undefined;
  return { fault: { ...fault, ramBytes }, meant: wslSize(ramBytes) };
}

/** Windows takes none of these in a path, and a character of .wslconfig keeps its lowest 8 bits. */
function oddPath(name: string, path: string): KeyFault | undefined {
  const fault = (why: 'escape' | 'not-ascii' | 'forbidden'): KeyFault => ({
    fault: { kind: 'path-characters', key: name, why },
    meant: undefined,
  });
  if (/[\u0000-\u001f]/.test(path)) return fault('escape');
  if (/[^\u0000-\u007f]/.test(path)) return fault('not-ascii');
  const bare = path.replace(/^\\\\[?.]\\/, '');
  return /[<>"|?*]/.test(bare) ? fault('forbidden') : undefined;
}

function sizeFault(value: string): SizeFault {
  if (value.trim() === '') return 'empty';
  if (value.includes('%')) return 'percent';
  if (/\d[.,]\d/.test(value)) return 'fraction';
  if (/\d\s+\S/.test(value)) return 'space';
  if (/\d[KMGT]?ib$/i.test(value)) return 'binary-unit';
  return /\d(?:[kmgt]b?|[KMGT]b|b)$/.test(value) ? 'small-letters' : 'other';
}
