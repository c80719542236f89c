import { originOf } from '../addresses.ts';

/** A frame of a page as handlers see it: `event.senderFrame`. */
export class DoubleFrame implements Pick<
  Electron.WebFrameMain,
  'url' | 'origin' | 'parent' | 'top' | 'name' | 'frameTreeNodeId' | 'isDestroyed'
> {
  url = '';
  readonly name = '';
  readonly frameTreeNodeId: number;
  readonly parent: Electron.WebFrameMain | null;

  constructor(frameTreeNodeId: number, parent: DoubleFrame | null = null) {
    this.frameTreeNodeId = frameTreeNodeId;
    this.parent = parent as unknown as Electron.WebFrameMain | null;
  }

  get origin(): string {
    return originOf(this.url);
  }

  get top(): Electron.WebFrameMain | null {
    return this.parent ?? (this as unknown as Electron.WebFrameMain);
  }

  isDestroyed(): boolean {
    return false;
  }
}
