import { pinText, signInText, type Right } from '#shared/contract/web-sign-in.ts';

const KEY_PAIR = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const MAC = { name: 'HMAC', hash: 'SHA-256' } as const;

/** What this browser proves itself with. Neither secret can be read by a page, not even by ours: it can only be used here. */
export interface BrowserKey {
  readonly publicKey: string;
  readonly privateKey: CryptoKey;
  /** Checks what the server proves. */
  readonly pin: CryptoKey;
}

/** A key that is not registered yet, and the proof that registers it. */
export interface NewKey {
  readonly key: BrowserKey;
  readonly proof: string;
  /** Whether the answer comes from the server that gave out the token. */
  readonly isAnswer: (text: string, proof: string) => Promise<boolean>;
}

/** Makes a key pair for the token of an address. */
export async function makeKey(token: string, origin: string): Promise<NewKey> {
  const pair = await crypto.subtle.generateKey(KEY_PAIR, false, ['sign', 'verify']);
  const publicKey = toText(await crypto.subtle.exportKey('raw', pair.publicKey));
  const secret = Uint8Array.from(token.match(/../g) ?? [], (hex) => parseInt(hex, 16));
  const byToken = await crypto.subtle.importKey('raw', secret, MAC, false, ['sign', 'verify']);
  const pin = await crypto.subtle.sign(MAC, byToken, toBytes(pinText(origin, publicKey)));
  return {
    key: {
      publicKey,
      privateKey: pair.privateKey,
      pin: await crypto.subtle.importKey('raw', pin, MAC, false, ['verify']),
    },
    proof: toText(await crypto.subtle.sign(MAC, byToken, toBytes(signInText(origin, publicKey)))),
    isAnswer: (text, proof) => crypto.subtle.verify(MAC, byToken, fromText(proof), toBytes(text)),
  };
}

/** Whether the server that signed this browser in is the one that proves this text. */
export function isServer({ pin }: BrowserKey, text: string, proof: string): Promise<boolean> {
  return crypto.subtle.verify(MAC, pin, fromText(proof), toBytes(text));
}

export async function signText({ privateKey }: BrowserKey, text: string): Promise<string> {
  return toText(await crypto.subtle.sign(SIGNATURE, privateKey, toBytes(text)));
}

/** A random number of 256 bits. */
export function makeNonce(): string {
  return toText(crypto.getRandomValues(new Uint8Array(32)).buffer);
}

/** Where keys are between two loads of the page: one for looking, one for changing. */
export interface KeyStore {
  all(): Promise<readonly BrowserKey[]>;
  keep(right: Right, key: BrowserKey): Promise<void>;
}

const DATABASE = 'lifeboat';
const STORE = 'keys';

/** Keys in IndexedDB, which can hold what no script can read. Where a browser has none (some private windows), they last as long as the page. */
export function openKeyStore(databases: IDBFactory | undefined): KeyStore {
  const known = new Map<Right, BrowserKey>();
  const database =
    databases === undefined ? Promise.resolve(undefined) : open(databases).catch(() => undefined);
  return {
    async all() {
      const opened = await database;
      if (opened === undefined) return [...known.values()];
      // Another tab may have signed in since.
      return finished(opened.transaction(STORE).objectStore(STORE).getAll() as IDBRequest<BrowserKey[]>);
    },
    async keep(right, key) {
      known.set(right, key);
      const opened = await database;
      if (opened !== undefined)
        await finished(opened.transaction(STORE, 'readwrite').objectStore(STORE).put(key, right));
    },
  };
}

function open(databases: IDBFactory): Promise<IDBDatabase> {
  const request = databases.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE);
  };
  return finished(request);
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the database of the browser failed'));
    };
  });
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toText(bytes: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromText(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
}
