import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Session } from '../chromium/cdp.ts';
import { type FromPage, type ToPage } from '../page/isolated.ts';
import { FROM_MAIN, ISOLATED_WORLD, isolatedWorldScript, mainWorldScript, TO_MAIN } from '../page/scripts.ts';

/** The line between main and the isolated world of a page's top frame. */
export class PageLink {
  readonly #page: Session;
  /** The isolated world of the document that is there now. */
  #context: number | undefined;

  private constructor(page: Session) {
    this.#page = page;
  }

  /** Readies the target, so that each document in it begins with the bridge and the preload. */
  static async open(
    page: Session,
    frameId: string,
    preload: { readonly path: string | undefined; readonly argv: readonly string[] },
    onMessage: (message: FromPage) => void,
  ): Promise<PageLink> {
    const link = new PageLink(page);
    page.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId: owner } = context.auxData as { frameId?: string };
      if (context.name === ISOLATED_WORLD && owner === frameId) link.#context = context.id;
    });
    page.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === link.#context) link.#context = undefined;
    });
    page.on('Runtime.executionContextsCleared', () => {
      link.#context = undefined;
    });
    page.on('Inspector.targetCrashed', () => {
      link.#context = undefined;
    });
    page.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      // What a document that is gone has still said comes too late.
      if (name === TO_MAIN && executionContextId === link.#context)
        onMessage(JSON.parse(payload) as FromPage);
    });
    const secret = randomUUID();
    const { path, argv } = preload;
    const { versions, arch } = process;
    const text = path === undefined ? '' : readFileSync(path, 'utf8');
    const scripts = [
      { source: mainWorldScript(secret) },
      {
        source: isolatedWorldScript(secret, { path: path ?? '', versions, arch, argv }, text),
        worldName: ISOLATED_WORLD,
      },
    ];
    await Promise.all([
      page.send('Page.enable'),
      page.send('Runtime.enable'),
      page.send('Runtime.addBinding', { name: TO_MAIN, executionContextName: ISOLATED_WORLD }),
      ...scripts.map((script) => page.send('Page.addScriptToEvaluateOnNewDocument', script)),
    ]);
    return link;
  }

  /** Posts to the present document; a message without one is dropped. */
  post(message: ToPage): void {
    if (this.#context === undefined) return;
    const expression = `${FROM_MAIN}(${JSON.stringify(message)})`;
    this.#page.send('Runtime.evaluate', { expression, contextId: this.#context }).catch(() => undefined);
  }
}
