import { makeClone } from '../clone.ts';
import { makeBridge } from './bridge.ts';
import { runPreload, type PreloadInfo } from './isolated.ts';

/** The world that preloads run in, by Electron's name for it. */
export const ISOLATED_WORLD = 'Electron Isolated Context';
/** The function of that world that leads to main. */
export const TO_MAIN = 'electronDoubleToMain';
export const FROM_MAIN = 'electronDoubleFromMain';

/** What each new document of the page's own world begins with. */
export function mainWorldScript(secret: string): string {
  return `(${makeBridge.toString()})(${JSON.stringify(secret)}, 'main', 'isolated');`;
}

/** What each new document of the isolated world begins with; `preload` is the text of a CommonJS file. */
export function isolatedWorldScript(secret: string, info: PreloadInfo, preload: string): string {
  return `(${runPreload.toString()})(
    (${makeClone.toString()})(),
    (${makeBridge.toString()})(${JSON.stringify(secret)}, 'isolated', 'main'),
    ${JSON.stringify(info)},
    function (require, process, exports, module, global) {${preload}\n});`;
}
