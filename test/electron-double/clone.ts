/** Values of the structured clone algorithm as text, and back. */
export interface Clone {
  /** Throws Electron's `An object could not be cloned.` for what the algorithm refuses. */
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** A value in the text: itself where JSON has it, else a tagged one, or a reference into the list of objects. */
type Coded =
  | null
  | boolean
  | string
  | number
  | { readonly [Tag in 'number' | 'bigint']?: string }
  | { readonly ref: number };
type CodedObject =
  | { readonly kind: 'array' | 'set'; readonly items: readonly Coded[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Coded, Coded])[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Coded])[] }
  | { readonly kind: 'date'; readonly ms: number | null }
  | { readonly kind: 'regexp'; readonly source: string; readonly flags: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly stack: string }
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: readonly number[] };

/**
 * Makes both halves. Everything is inside, since the same source runs in Node and, by its text, in the page. The real `structuredClone`
 * decides first what may cross; it also leaves out what does not (accessors, prototypes).
 */
export function makeClone(): Clone {
  function encode(value: unknown): string {
    const seen = new Map<object, number>();
    const objects: (CodedObject | null)[] = [];
    const top = code(cloneOrThrow(value));
    return JSON.stringify([top, objects]);

    function code(item: unknown): Coded {
      if (item === null || typeof item === 'boolean' || typeof item === 'string') return item;
      if (typeof item === 'number')
        return Number.isFinite(item) && !Object.is(item, -0)
          ? item
          : { number: Object.is(item, -0) ? '-0' : String(item) };
      if (typeof item === 'bigint') return { bigint: String(item) };
      if (typeof item !== 'object') return {};
      const known = seen.get(item);
      if (known !== undefined) return { ref: known };
      const ref = objects.push(null) - 1;
      seen.set(item, ref);
      objects[ref] = codeObject(item);
      return { ref };
    }

    function codeObject(item: object): CodedObject {
      if (Array.isArray(item)) return { kind: 'array', items: Array.from(item, code) };
      if (item instanceof Set) return { kind: 'set', items: Array.from(item, code) };
      if (item instanceof Map)
        return { kind: 'map', pairs: Array.from(item, ([key, value]) => [code(key), code(value)] as const) };
      if (item instanceof Date) return { kind: 'date', ms: item.getTime() };
      if (item instanceof RegExp) return { kind: 'regexp', source: item.source, flags: item.flags };
      if (item instanceof Error)
        return { kind: 'error', name: item.name, message: item.message, stack: item.stack ?? '' };
      if (item instanceof ArrayBuffer)
        return { kind: 'bytes', type: 'ArrayBuffer', bytes: [...new Uint8Array(item)] };
      if (ArrayBuffer.isView(item)) {
        const bytes = [...new Uint8Array(item.buffer, item.byteOffset, item.byteLength)];
        return { kind: 'bytes', type: item.constructor.name, bytes };
      }
      return {
        kind: 'object',
        entries: Object.entries(item).map(([key, value]) => [key, code(value)] as const),
      };
    }
  }

  function cloneOrThrow(value: unknown): unknown {
    try {
      return structuredClone(value);
    } catch {
      throw new Error('An object could not be cloned.');
    }
  }

  function decode(text: string): unknown {
    const [top, objects] = JSON.parse(text) as [Coded, readonly CodedObject[]];
    const made = new Map<number, unknown>();
    return value(top);

    function value(coded: Coded): unknown {
      if (coded === null || typeof coded !== 'object') return coded;
      if ('ref' in coded) return made.has(coded.ref) ? made.get(coded.ref) : object(coded.ref);
      if (coded.number !== undefined) return Number(coded.number);
      return coded.bigint === undefined ? undefined : BigInt(coded.bigint);
    }

    /** An object is known by its number before its parts are made: they may point back to it. */
    function keep<T>(ref: number, thing: T): T {
      made.set(ref, thing);
      return thing;
    }

    function object(ref: number): unknown {
      const coded = objects[ref];
      switch (coded?.kind) {
        case 'array': {
          const array = keep<unknown[]>(ref, []);
          for (const item of coded.items) array.push(value(item));
          return array;
        }
        case 'set': {
          const set = keep(ref, new Set());
          for (const item of coded.items) set.add(value(item));
          return set;
        }
        case 'map': {
          const map = keep(ref, new Map());
          for (const [key, item] of coded.pairs) map.set(value(key), value(item));
          return map;
        }
        case 'object': {
          const plain = keep<Record<string, unknown>>(ref, {});
          for (const [key, item] of coded.entries)
            Object.defineProperty(plain, key, {
              value: value(item),
              writable: true,
              enumerable: true,
              configurable: true,
            });
          return plain;
        }
        case 'date':
          return keep(ref, new Date(coded.ms ?? NaN));
        case 'regexp':
          return keep(ref, new RegExp(coded.source, coded.flags));
        case 'error':
          return keep(ref, error(coded.name, coded.message, coded.stack));
        case 'bytes':
          return keep(ref, bytes(coded.type, coded.bytes));
        case undefined:
          throw new Error('electron-double: a message points to nothing');
      }
    }
  }

  function error(name: string, message: string, stack: string): Error {
    const kinds: Record<string, new (text: string) => Error> = {
      TypeError,
      RangeError,
      SyntaxError,
      EvalError,
      URIError,
    };
    const made = new (kinds[name] ?? Error)(message);
    made.stack = stack;
    return made;
  }

  function bytes(type: string, values: readonly number[]): unknown {
    const { buffer } = new Uint8Array(values);
    if (type === 'ArrayBuffer') return buffer;
    const view = (globalThis as unknown as Record<string, new (from: ArrayBuffer) => unknown>)[type];
    if (view === undefined) throw new Error(`electron-double: no ${type} here`);
    return new view(buffer);
  }

  return { encode, decode };
}
